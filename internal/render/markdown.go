package render

import (
	"io"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Markdown writes the report for a ticket or a chat: verdict, since when, cause, evidence and
// fix, and the rest collapsed. Code blocks are at most 80 columns wide. The error is the writer's.
func Markdown(w io.Writer, r *report.Report, o Options) error {
	m := newMarkdown(r, o)
	word, state := stateWords(&r.Verdict)
	m.para("**" + strings.TrimSpace(word+" "+state) + "**: " + mdProse(m.names.prose(r.Verdict.Summary)))
	m.para(m.checked())
	m.para(mdProse(m.incomplete()))
	m.para(mdProse(m.unverified("--tls-insecure")))
	m.para(mdProse(m.cannotTell()))
	m.para(m.since())
	title, full, also, script, notes := m.sorted()
	shown := m.cap(len(full), maxRoots)
	for i, f := range full[:shown] {
		m.finding(title+" "+itoa(i+1), f, nil)
	}
	for i := range r.Unexplained[:m.cap(len(r.Unexplained), maxRoots)] {
		s := &r.Unexplained[i]
		m.finding(unexplainedLabel, asFinding(s), s.RuledOut)
	}
	rest := newPage(r, m.o)
	rest.servers()
	rest.tellAges()
	rest.sessions()
	rest.reach()
	rest.more(full[shown:], strings.ToLower(title))
	rest.folded(true)
	for _, f := range also {
		rest.inShort(f)
	}
	for _, f := range script {
		rest.said("NOTE", f)
	}
	if len(notes) > 0 {
		rest.blank()
		rest.notesLines(notes)
	}
	rest.blank()
	rest.footer(true)
	m.details("Servers, other findings and checks", rest.b.String())
	return m.write(w)
}

// ChangesMarkdown writes what is different between two checks in the same way.
func ChangesMarkdown(w io.Writer, c *report.Changes, o Options) error {
	m := newMarkdown(&report.Report{}, o)
	m.names = wholeNames()
	m.para("**" + changedWord(c) + "**: " + mdProse(m.compared(c)))
	rest := newPage(m.r, m.o)
	rest.names = m.names
	rest.moment("before", &c.Before)
	rest.moment("after", &c.After)
	if len(c.Changes) > 0 {
		rest.blank()
	}
	most := 30 // what a chat shows before it collapses a message itself
	for i := range c.Changes[:min(len(c.Changes), most)] {
		rest.change(&c.Changes[i])
	}
	m.block("text", rest.b.String())
	if len(c.Changes) > most {
		rest.b.Reset()
		for i := range c.Changes[most:] {
			rest.change(&c.Changes[most+i])
		}
		m.details(plural(len(c.Changes)-most, "more change"), rest.b.String())
	}
	return m.write(w)
}

// markdown collects the parts of one message.
type markdown struct {
	phrases

	b strings.Builder
}

func newMarkdown(r *report.Report, o Options) *markdown {
	o.Width, o.Color = defaultWidth, false
	return &markdown{phrases: phrases{r: r, o: o, names: newNames(r.Servers, maxName)}}
}

// para writes a paragraph, nothing where there is none. The text is Markdown.
func (m *markdown) para(text string) {
	if text != "" {
		m.b.WriteString(text + "\n\n")
	}
}

// block writes lines as they are, behind a fence that none of them can close.
func (m *markdown) block(language, lines string) {
	fence := strings.Repeat("`", max(3, longestRun(lines)+1))
	m.para(fence + language + "\n" + strings.Trim(lines, "\n") + "\n" + fence)
}

// details writes lines that are shown on request.
func (m *markdown) details(title, lines string) {
	m.para("<details><summary>" + title + "</summary>")
	m.block("text", lines)
	m.para("</details>")
}

func (m *markdown) write(w io.Writer) error {
	_, err := io.WriteString(w, strings.TrimRight(m.b.String(), "\n")+"\n")
	return err
}

// checked is when, from where and by what the check was made.
func (m *markdown) checked() string {
	text := "Checked"
	if !m.o.Deterministic {
		text += " " + utc(m.r.GeneratedAt)
	}
	if host := clean(m.r.Vantage.Host, maxWord); host != "" {
		text += " from " + mdProse(host)
	}
	return text + " by zkdoctor " + mdProse(clean(m.r.Tool.Version, maxWord)) + "."
}

// since is since when servers are what they are, as far as one check shows it.
func (m *markdown) since() string {
	if m.o.Deterministic {
		return ""
	}
	var known []string
	for i := range m.r.Servers {
		s := &m.r.Servers[i]
		if s.UptimeSeconds == nil {
			continue
		}
		at := utc(m.r.GeneratedAt.Add(-time.Duration(*s.UptimeSeconds) * time.Second))
		what := roleWord(s)
		if s.UptimeOf != "election" {
			what = "process"
		}
		known = append(known, mdProse(m.names.of(s.Name))+" ("+what+") "+at)
	}
	if len(known) == 0 {
		return ""
	}
	if most := m.cap(len(known), maxServers); most < len(known) {
		known = append(known[:most], "and "+itoa(len(known)-most)+" more")
	}
	return "Since: " + strings.Join(known, ", ") + "."
}

// finding writes a finding in full, with what it is not.
func (m *markdown) finding(label string, f *report.Finding, not []string) {
	head := "**" + label + "**: " + mdProse(severityWord(f.Severity)) + " " + mdCode(slug(f.Code))
	if on := m.capServers(f.Servers); on != "" {
		head += " on " + mdProse(on)
	}
	if c := certaintyText(f); c != "" {
		head += ", " + mdProse(c)
	}
	m.para(head)
	text := mdProse(m.names.prose(f.Title))
	if f.Summary != "" {
		text = strings.TrimSuffix(text, ".") + ". " + mdProse("Why: "+m.names.prose(f.Summary))
	}
	m.para(text)
	p := newPage(m.r, m.o)
	if lines := p.evidence(f, maxFacts); len(lines) > 0 {
		m.block("text", strings.Join(lines, "\n"))
	}
	for _, cause := range not {
		m.para("Not: " + mdProse(m.names.prose(cause)))
	}
	m.remedy(f.Fix)
}

// remedy writes the steps of a fix.
func (m *markdown) remedy(steps []report.Fix) {
	no := 0
	for i, r := range rounds(steps) {
		head := "Fix"
		if where := m.where(i, r.hosts); where != "" {
			head += " " + mdProse(where)
		}
		m.para(head + ":")
		for k := range r.steps {
			no++
			m.para(itoa(no) + ". " + mdProse(m.stepText(&r.steps[k])))
			text, warning := commandText(r.steps[k].Command)
			if text != "" {
				m.block("sh", strings.Join(foldedCommand(text, defaultWidth), "\n"))
			}
			m.para(mdProse(warning))
		}
	}
}
