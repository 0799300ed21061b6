package render

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// How much is shown without Options.All.
const (
	maxRoots = 3
	maxAlso  = 4
	maxNotes = 5
	// maxFacts is the most evidence of one finding.
	maxFacts = 8
)

// findings writes the root causes in full, then what is not explained by them,
// then notes. Without any root cause the worst findings are written in full. It
// reports whether the last line was the one on what is explained, to which the
// count of checks can be joined.
func (p *page) findings() bool {
	title, full, also, script, notes := p.sorted()
	shown := p.cap(len(full), maxRoots)
	for i, f := range full[:shown] {
		p.inFull(strings.ToUpper(title)+" "+itoa(i+1), f)
	}
	p.more(full[shown:], strings.ToLower(title))
	p.unexplained()
	p.folded(len(full) == 0)
	shown = p.cap(len(also), maxAlso)
	for _, f := range also[:shown] {
		p.inShort(f)
	}
	p.more(also[shown:], "finding")
	for _, f := range script {
		p.inFull("NOTE", f)
	}
	if shown = p.cap(len(notes), maxNotes); shown > 0 {
		p.blank()
		p.notesLines(notes[:shown])
		if n := len(notes) - shown; n > 0 {
			p.put("and " + plural(n, "more note") + " (--all)")
		}
	}
	return len(p.r.Folded) > 0 && len(p.r.Unexplained) == 0 && len(also)+len(notes)+len(script) == 0
}

// more names what is left out.
func (p *page) more(rest []*report.Finding, what string) {
	if len(rest) == 0 {
		return
	}
	p.blank()
	n := "and " + plural(len(rest), "more "+what) + ": "
	p.flow(n, indent, strings.Join(p.grouped(rest, nil), ", ")+". --all shows them.")
}

// head writes the first line of a block.
func (p *page) head(label string, f *report.Finding) {
	word := severityWord(f.Severity)
	before := label + indent
	if f.Severity == report.Info {
		before, word = "", label
	}
	line := before + word + indent + slug(f.Code)
	servers := p.capServers(f.Servers)
	certainty := certaintyText(f)
	own := servers != "" && len(line)+len(servers)+len(certainty)+4 > p.width
	if servers != "" && !own {
		line += indent + servers
	}
	line, fits := p.spread(line, certainty)
	p.put(before + p.paint(word) + line[len(before)+len(word):])
	if !fits && certainty != "" {
		p.put(indent + certainty)
	}
	if own {
		p.flow("  on    ", body, servers)
	}
}

// inFull writes a finding with why, do and docs.
func (p *page) inFull(label string, f *report.Finding) {
	p.said(label, f)
	p.remedy(f.Fix)
	p.put("  docs  zkdoctor explain " + slug(f.Code))
}

// said writes what is said of a finding, and why.
func (p *page) said(label string, f *report.Finding) {
	p.blank()
	p.head(label, f)
	p.flow(indent, indent, p.names.prose(f.Title))
	why := "  why   "
	if f.Summary != "" {
		p.flow(why, body, p.names.prose(f.Summary))
		why = body
	}
	for _, l := range p.evidence(f, maxFacts) {
		p.put(why + l)
		why = body
	}
}

// unexplained writes what follows from nothing that was found: what it cannot be, what tells
// most, and the step that would tell more.
func (p *page) unexplained() {
	shown := p.cap(len(p.r.Unexplained), maxRoots)
	for i := range p.r.Unexplained[:shown] {
		s := &p.r.Unexplained[i]
		f := asFinding(s)
		p.said(unexplainedLabel, f)
		not := "  not   "
		for _, cause := range s.RuledOut {
			p.flow(not, body, p.names.prose(cause))
			not = body
		}
		p.remedy(f.Fix)
	}
	var rest []*report.Finding
	for i := range p.r.Unexplained[shown:] {
		rest = append(rest, asFinding(&p.r.Unexplained[shown+i]))
	}
	p.more(rest, "symptom")
}

// inShort writes a finding that is not a root cause, with its first fact; what is critical has its
// remedy too, for it may be another one than that of the cause.
func (p *page) inShort(f *report.Finding) {
	p.blank()
	p.head("ALSO", f)
	p.flow(indent, indent, p.names.prose(f.Title))
	for _, l := range p.evidence(f, 1) {
		p.put(body + l)
	}
	if p.o.All || f.Severity == report.Critical {
		p.remedy(f.Fix)
	}
}

// notesLines writes notes and possible readings, one line each.
func (p *page) notesLines(notes []*report.Finding) {
	for _, f := range notes {
		lead := fmt.Sprintf("%-12s", noteWord(f))
		head := slug(f.Code)
		if s := p.capServers(f.Servers); s != "" {
			head += " (" + s + ")"
		}
		p.flow(lead, strings.Repeat(" ", len(lead)), head+": "+p.names.prose(f.Title))
	}
}
