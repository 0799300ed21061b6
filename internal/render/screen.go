package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Watch is what the screen of a watch shows.
type Watch struct {
	// Report is that of the last check; nil before the first.
	Report *report.Report
	// Rates are what servers did since the check before it.
	Rates []report.Rate
	// Events are what changed, the oldest first.
	Events []report.Event
	// Trouble is what keeps zkdoctor from checking; empty for nothing.
	Trouble string
	// Since is when the watch began, Every the time between checks.
	Since time.Time
	Every time.Duration
}

// Sizes of the screen's parts, in lines.
const (
	leastHeight = 12
	// maxFindingLines is what the findings take, as long as there are changes to show.
	maxFindingLines = 6
)

// Screen is the screen of a watch, in lines of at most o.Width columns and of at most height:
// verdict, servers, findings, and what changed.
func Screen(w Watch, o Options, height int) []string {
	height = max(height, leastHeight)
	p := newPage(w.Report, o)
	p.rates, p.ofToday = w.Rates, true
	p.headline()
	if w.Trouble != "" {
		p.flow("", indent, "zkdoctor: "+clean(w.Trouble, maxProse))
	}
	p.servers()
	p.tellAges()
	top := p.taken()
	p.worst()
	findings := p.taken()
	foot := "Every " + w.Every.String() + " since " + utc(w.Since) + ". Ctrl-C ends it."
	room := max(height-len(top)-2, 3) // an empty line, and the last one
	changes := p.changed(w.Events)
	if most := max(maxFindingLines, room-len(changes)); len(findings) > most {
		findings = append(findings[:most-1], indent+"... (zkdoctor check shows all)")
	}
	if most := room - len(findings); len(changes) > max(most, 0) {
		newest := changes[len(changes)-max(most-2, 0):]
		changes = append([]string{"", "CHANGES"}, newest...)
	}
	lines := append(append(top, findings...), changes...)
	lines = lines[:min(len(lines), height-1)]
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, foot)
}

// taken are the lines so far, which the page then no longer has.
func (p *page) taken() []string {
	text := strings.TrimSuffix(p.b.String(), "\n")
	p.b.Reset()
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// worst writes a line for each finding above info, root causes and what is not explained first.
func (p *page) worst() {
	title, full, also, _, _ := p.sorted()
	if len(full)+len(also)+len(p.r.Unexplained) == 0 {
		return
	}
	p.blank()
	p.put(strings.ToUpper(title) + "S")
	for _, f := range full {
		p.oneLine(severityWord(f.Severity), f)
	}
	for i := range p.r.Unexplained {
		p.oneLine(unexplainedLabel, asFinding(&p.r.Unexplained[i]))
	}
	for _, f := range also {
		p.oneLine(severityWord(f.Severity), f)
	}
}

func (p *page) oneLine(label string, f *report.Finding) {
	text := slug(f.Code)
	if s := p.capServers(f.Servers); s != "" {
		text += " (" + s + ")"
	}
	p.flow(fmt.Sprintf("  %-4s  ", label), body, text+": "+p.names.prose(f.Title))
}

// changed are the changes with their times, a line each.
func (p *page) changed(events []report.Event) []string {
	if len(events) == 0 {
		return nil
	}
	out := []string{"", "CHANGES"}
	for i := range events {
		e := &events[i]
		if e.Kind == report.VerdictChanged {
			// The first line of the screen has the rest.
			e = &report.Event{At: e.At, Change: report.Change{Kind: e.Kind, From: e.From, To: e.To}}
		}
		line := indent + e.At.UTC().Format(clockForm) + fmt.Sprintf("  %-10s  ", changeWord(e.Kind)) + p.changeText(&e.Change)
		out = append(out, cutEnd(line, p.width))
	}
	return out
}

// CutTo cuts a line that has colours in it to so many columns.
func CutTo(line string, columns int) string {
	seen := 0
	for i := 0; i < len(line); i++ {
		if line[i] == 0x1b {
			for i < len(line) && line[i] != 'm' {
				i++
			}
			continue
		}
		if seen == columns {
			return line[:i] + colorOff(line[:i])
		}
		seen++
	}
	return line
}

// colorOff ends the colours of a part of a line, where it has any.
func colorOff(part string) string {
	if strings.Contains(part, "\x1b[") {
		return "\x1b[0m"
	}
	return ""
}
