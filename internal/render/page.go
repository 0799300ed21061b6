package render

import (
	"strings"
	"text/tabwriter"

	"github.com/fatih/color"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Margins of the text.
const (
	indent = "  "
	// body is where the text of a block starts, behind its label (why, do, docs).
	body = "        "
)

// page collects the lines of one screen.
type page struct {
	phrases

	b     strings.Builder
	width int
	// released is set once the releases of the servers stand on the page.
	released bool
	// crit is the most visible of them; bold is for what stands first and is not fine.
	crit, warn, good, bold *color.Color
}

func newPage(r *report.Report, o Options) *page {
	p := &page{phrases: phrases{r: r, o: o, names: newNames(r.Servers, maxName)}, width: o.width()}
	p.crit, p.warn = color.New(color.FgRed, color.Bold), color.New(color.FgYellow)
	p.good, p.bold = color.New(color.FgCyan), color.New(color.Bold)
	for _, c := range []*color.Color{p.crit, p.warn, p.good, p.bold} {
		if o.Color {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

// put writes one line.
func (p *page) put(s string) {
	p.b.WriteString(strings.TrimRight(s, " "))
	p.b.WriteByte('\n')
}

// blank separates two parts of the screen by one empty line.
func (p *page) blank() { p.b.WriteByte('\n') }

// flow writes text behind lead and wraps it; further lines start with hang.
func (p *page) flow(lead, hang, text string) {
	for _, l := range wrap(text, p.width-len(lead), p.width-len(hang)) {
		p.put(lead + l)
		lead = hang
	}
}

// paint repeats the meaning of the status words in colour.
func (p *page) paint(word string) string {
	switch word {
	case "CRIT":
		return p.crit.Sprint(word)
	case "WARN", "UNKNOWN":
		return p.warn.Sprint(word)
	case "OK": // no green: many do not see it beside red
		return p.good.Sprint(word)
	}
	return word
}

// spread returns left and right at the two ends of the line, with false when
// there is no room for both.
func (p *page) spread(left, right string) (string, bool) {
	gap := p.width - len(left) - len(right)
	if right == "" || gap < 2 {
		return left, false
	}
	return left + strings.Repeat(" ", gap) + right, true
}

// wrap breaks text at blanks into lines of at most width characters, the first
// one of at most first. What stands between backquotes stays on one line, and a
// word is broken only when it is longer than a line.
func wrap(text string, first, width int) []string {
	var lines []string
	line, room := "", first
	next := func() {
		lines = append(lines, line)
		line, room = "", width
	}
	for _, w := range words(text, width) {
		if line != "" && len(line)+1+len(w) > room {
			next()
		}
		if line == "" && len(w) > room && len(lines) == 0 && room < width {
			next()
		}
		for len(w) > room {
			line = w[:room]
			w = w[room:]
			next()
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" || len(lines) == 0 {
		next()
	}
	return lines
}

// words splits text at blanks, but not within backquotes unless what they quote
// is longer than limit.
func words(text string, limit int) []string {
	var out []string
	for i, part := range strings.SplitAfter(text, "`") {
		fields := strings.Fields(part)
		quoted := i%2 == 1 && strings.HasSuffix(part, "`") && len(part) < limit
		if quoted {
			fields = []string{part}
		}
		if len(fields) == 0 {
			continue
		}
		glued := len(out) > 0 && (quoted || !strings.HasPrefix(part, " ")) && strings.HasSuffix(out[len(out)-1], "`")
		if glued {
			out[len(out)-1] += fields[0]
			fields = fields[1:]
		}
		out = append(out, fields...)
	}
	return out
}

// columns aligns rows of cells, two blanks between columns. Cells must be clean.
func columns(rows [][]string) []string {
	var b strings.Builder
	tw := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, r := range rows {
		_, _ = tw.Write([]byte(strings.Join(r, "\t") + "\n")) // a Builder does not fail
	}
	_ = tw.Flush()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// statusWord is the first word of the screen, from the exit code.
func statusWord(code int) string {
	switch code {
	case 0:
		return "OK"
	case 1:
		return "WARN"
	case 2:
		return "CRIT"
	}
	return "UNKNOWN"
}

// stateWords are the first two words of what is said of an ensemble: CRIT DOWN. The
// second is empty where it would repeat the first.
func stateWords(v *report.Verdict) (word, state string) {
	word, state = statusWord(v.ExitCode), v.State.Word()
	if state == word {
		state = ""
	}
	return word, state
}

// severityWord is the status word of one finding.
func severityWord(s report.Severity) string {
	switch s {
	case report.Critical:
		return "CRIT"
	case report.Warning:
		return "WARN"
	case report.Info:
		return "note"
	}
	return clean(string(s), 10)
}

func longest(list []string) int {
	w := 0
	for _, s := range list {
		w = max(w, len(s))
	}
	return w
}

// when is the time of the report and how long it took.
func (p *page) when() string {
	if p.o.Deterministic {
		return ""
	}
	t := utc(p.r.GeneratedAt)
	if t != "" && p.r.TookMs > 0 {
		t += indent + seconds(p.r.TookMs)
	}
	return t
}

// say writes a sentence that there may be.
func (p *page) say(sentence string) {
	if sentence != "" {
		p.flow("", indent, sentence)
	}
}
