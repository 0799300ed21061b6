package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// maxServers is the most servers listed for one finding.
const maxServers = 12

// sorted are the findings in the order in which they are shown, but for symptoms that
// nothing explains: those to be told in full and what they are called, what else is wrong, notes on the status script,
// and the other notes.
func (p *phrases) sorted() (title string, full, also, script, notes []*report.Finding) {
	for i := range p.r.Findings {
		f := &p.r.Findings[i]
		switch {
		case isUnexplained(p.r, f):
		case f.Root && f.Severity != report.Info:
			full = append(full, f)
		case f.Code == "status-script-misleading" && p.serves(f):
			script = append(script, f)
		case f.Severity == report.Info || f.Certainty == report.Possible:
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
func (p *phrases) serves(f *report.Finding) bool {
	return slices.ContainsFunc(p.r.Processes, func(pr report.ProcessView) bool {
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

// certaintyText is "certainty: likely", or nothing.
func certaintyText(f *report.Finding) string {
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

// noteWord is what stands before a note.
func noteWord(f *report.Finding) string {
	if f.Certainty == report.Possible {
		return "also check"
	}
	return "note"
}

// grouped lists findings by code, with the servers of each: "process-down (zk2
// zk3)". The order is that of the first of each code. Servers are left out where
// they are the known ones.
func (p *phrases) grouped(list []*report.Finding, known []string) []string {
	servers := map[report.Code][]string{}
	var codes []report.Code
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

// explained names the consequences hidden under the root causes.
func (p *phrases) explained() string {
	if len(p.r.Folded) == 0 {
		return ""
	}
	lead, known := "Explained by this: ", []string(nil)
	roots := 0
	for _, f := range p.r.Findings {
		if f.Root {
			known = f.Servers
			roots++
		}
	}
	switch {
	case roots+len(p.r.Unexplained) > 1:
		lead, known = "Explained by these: ", nil
	case roots+len(p.r.Unexplained) == 0: // by a note
		lead = "Consequences: "
	}
	return lead + strings.Join(p.grouped(pointers(p.r.Folded), known), ", ") + "."
}

func pointers(list []report.Finding) []*report.Finding {
	out := make([]*report.Finding, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
