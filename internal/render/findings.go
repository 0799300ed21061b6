package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// How much is shown without Options.All.
const (
	maxRoots = 3
	maxAlso  = 4
	maxNotes = 5
	// maxFacts is the most evidence of one finding.
	maxFacts = 8
	// maxServers is the most servers listed for one finding.
	maxServers = 12
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
	return len(p.r.Folded) > 0 && len(also)+len(notes)+len(script) == 0
}

// sorted are the findings in the order in which they are shown: those to be told in
// full and what they are called, what else is wrong, notes on the status script,
// and the other notes.
func (p *phrases) sorted() (title string, full, also, script, notes []*diag.Finding) {
	for i := range p.r.Findings {
		f := &p.r.Findings[i]
		switch {
		case f.Root && f.Severity != diag.Info:
			full = append(full, f)
		case f.Code == diag.StatusScriptMisleading && p.serves(f):
			script = append(script, f)
		case f.Severity == diag.Info || f.Certainty == diag.Possible:
			notes = append(notes, f)
		default:
			also = append(also, f)
		}
	}
	if len(full) == 0 {
		return "Finding", also, nil, script, notes
	}
	return "Root cause", full, also, script, notes
}

// serves reports whether the finding is about a process of this host that serves
// although the status script denies it. That note is told in full: the script's
// sentence is what made somebody run zkdoctor.
func (p *phrases) serves(f *diag.Finding) bool {
	return slices.ContainsFunc(p.r.Processes, func(pr diag.ProcessView) bool {
		return pr.Serving && slices.Contains(f.Servers, pr.Server)
	})
}

// cap is how many of n are shown.
func (p *phrases) cap(n, most int) int {
	if p.o.All {
		return n
	}
	return min(n, most)
}

// more names what is left out.
func (p *page) more(rest []*diag.Finding, what string) {
	if len(rest) == 0 {
		return
	}
	p.blank()
	n := "and " + plural(len(rest), "more "+what) + ": "
	p.flow(n, indent, strings.Join(p.grouped(rest, nil), ", ")+". --all shows them.")
}

// head writes the first line of a block.
func (p *page) head(label string, f *diag.Finding) {
	word := severityWord(f.Severity)
	before := label + indent
	if f.Severity == diag.Info {
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

// certaintyText is "certainty: likely", or nothing.
func certaintyText(f *diag.Finding) string {
	if f.Certainty == "" {
		return ""
	}
	return "certainty: " + clean(string(f.Certainty), 10)
}

// capServers lists the servers of a finding, shortened to what can be read.
func (p *phrases) capServers(all []string) string {
	n := p.cap(len(all), maxServers)
	out := p.names.list(all[:n])
	if n < len(all) {
		out = append(out, "and "+itoa(len(all)-n)+" more")
	}
	return strings.Join(out, " ")
}

// inFull writes a finding with why, do and docs.
func (p *page) inFull(label string, f *diag.Finding) {
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
	p.remedy(f.Fix)
	p.put("  docs  zkdoctor explain " + slug(f.Code))
}

// inShort writes a finding that is not a root cause, with its first fact.
func (p *page) inShort(f *diag.Finding) {
	p.blank()
	p.head("ALSO", f)
	p.flow(indent, indent, p.names.prose(f.Title))
	for _, l := range p.evidence(f, 1) {
		p.put(body + l)
	}
	if p.o.All {
		p.remedy(f.Fix)
	}
}

// notesLines writes notes and possible readings, one line each.
func (p *page) notesLines(notes []*diag.Finding) {
	for _, f := range notes {
		lead := fmt.Sprintf("%-12s", noteWord(f))
		head := slug(f.Code)
		if s := p.capServers(f.Servers); s != "" {
			head += " (" + s + ")"
		}
		p.flow(lead, strings.Repeat(" ", len(lead)), head+": "+p.names.prose(f.Title))
	}
}

// noteWord is what stands before a note.
func noteWord(f *diag.Finding) string {
	if f.Certainty == diag.Possible {
		return "also check"
	}
	return "note"
}

// grouped lists findings by code, with the servers of each: "process-down (zk2
// zk3)". The order is that of the first of each code. Servers are left out where
// they are the known ones.
func (p *phrases) grouped(list []*diag.Finding, known []string) []string {
	servers := map[diag.Code][]string{}
	var codes []diag.Code
	for _, f := range list {
		if _, ok := servers[f.Code]; !ok {
			codes = append(codes, f.Code)
			servers[f.Code] = nil
		}
		servers[f.Code] = append(servers[f.Code], f.Servers...)
	}
	out := make([]string, 0, len(codes))
	for _, c := range codes {
		s := slug(c)
		if on := distinct(servers[c]); len(on) > 0 && !slices.Equal(on, known) {
			s += " (" + p.capServers(on) + ")"
		}
		out = append(out, s)
	}
	return out
}

// distinct drops repeated words and keeps the order.
func distinct(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
