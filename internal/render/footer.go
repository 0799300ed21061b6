package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// explained names the consequences hidden under the root causes.
func (p *phrases) explained() string {
	if len(p.r.Folded) == 0 {
		return ""
	}
	lead, known := "Explained by this: ", []string(nil)
	roots := 0
	for i := range p.r.Findings {
		if f := &p.r.Findings[i]; f.Root {
			known = f.Servers
			roots++
		}
	}
	if roots > 1 {
		lead, known = "Explained by these: ", nil
	}
	return lead + strings.Join(p.grouped(pointers(p.r.Folded), known), ", ") + "."
}

func pointers(list []diag.Finding) []*diag.Finding {
	out := make([]*diag.Finding, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// folded writes them, apart from what is above when that is no block.
func (p *page) folded(apart bool) {
	sentence := p.explained()
	if apart && sentence != "" {
		p.blank()
	}
	p.say(sentence)
	if !p.o.All {
		return
	}
	for _, f := range pointers(p.r.Folded) {
		text := slug(f.Code)
		if s := p.capServers(f.Servers); s != "" {
			text += " (" + s + ")"
		}
		p.flow(indent, indent+indent, text+": "+p.names.prose(f.Title))
	}
}

// counts says what became of the rules, and whether any found something.
func (p *phrases) counts() (line string, found bool) {
	c := &p.r.Checks
	findings, notes := len(p.r.Folded), 0
	for i := range p.r.Findings {
		if p.r.Findings[i].Severity == diag.Info {
			notes++
		} else {
			findings++
		}
	}
	var parts []string
	if findings > 0 {
		parts = append(parts, plural(findings, "finding"))
	}
	if notes > 0 {
		parts = append(parts, plural(notes, "note"))
	}
	parts = append(parts, itoa(c.Passed)+" passed")
	if c.Skipped > 0 {
		parts = append(parts, itoa(c.Skipped)+" skipped")
	}
	if c.Crashed > 0 {
		parts = append(parts, itoa(c.Crashed)+" crashed (a fault of zkdoctor: please report it)")
	}
	line = plural(c.Total, "check") + ": " + strings.Join(parts, ", ") + "."
	if findings+notes == 0 {
		return "No findings. " + line, false
	}
	return line, true
}

// footer counts the checks; where the first line had no room for the time, it
// stands here.
func (p *page) footer(timed bool) {
	line, found := p.counts()
	if found || p.r.Verdict.ExitCode != 0 {
		line += " exit " + itoa(p.r.Verdict.ExitCode)
	}
	p.flowTimed(line, timed)
	if hint := p.skipHint(); hint != "" && !found {
		p.flow("", indent, hint)
	}
}

// flowTimed writes the line, and the time at its end unless it was told before.
func (p *page) flowTimed(line string, told bool) {
	when := p.when()
	short, _, _ := strings.Cut(when, indent)
	for _, right := range []string{when, short} {
		if both, fits := p.spread(line, right); fits && !told {
			p.put(both)
			return
		}
	}
	p.flow("", indent, line)
	if when != "" && !told {
		p.put(when)
	}
}

// skipHint says why checks were skipped, as far as one sentence can.
func (p *page) skipHint() string {
	groups := skipGroups(p.r.Checks.Skips)
	if len(groups) == 0 {
		return ""
	}
	own := 0 // checks that only a server itself can make
	for _, g := range groups {
		if g.kind == diag.SkipLocalFiles {
			own += len(g.checks)
		}
	}
	switch {
	case own > 0 && p.r.Vantage.LocalServer == nil && len(p.r.Processes) == 0:
		who := "The skipped ones"
		if len(groups) > 1 {
			who = itoa(own) + " of the skipped ones"
		}
		return who + " need a server's own files: run zkdoctor on one of the servers."
	case len(groups) == 1:
		return "Skipped: " + strings.Join(groups[0].checks, ", ") + " (" + clean(groups[0].reason, maxValue) + ")."
	}
	return "--all says why checks were skipped."
}

// skipGroup is the checks skipped for one reason.
type skipGroup struct {
	kind   diag.SkipKind
	reason string
	checks []string
}

// skipGroups groups skips by reason, the most frequent first.
func skipGroups(skips []diag.Skip) []skipGroup {
	var out []skipGroup
	at := map[string]int{}
	for _, s := range skips {
		i, ok := at[s.Reason]
		if !ok {
			i = len(out)
			at[s.Reason] = i
			out = append(out, skipGroup{kind: s.Kind, reason: s.Reason})
		}
		if c := slug(s.Check); !slices.Contains(out[i].checks, c) {
			out[i].checks = append(out[i].checks, c)
		}
	}
	slices.SortStableFunc(out, func(a, b skipGroup) int { return len(b.checks) - len(a.checks) })
	return out
}

// checks lists what passed and what was skipped, and why.
func (p *page) checks() {
	c := &p.r.Checks
	if len(c.PassedCodes) > 0 {
		list := make([]string, len(c.PassedCodes))
		for i, s := range c.PassedCodes {
			list[i] = slug(s)
		}
		p.blank()
		p.flow("passed  ", body, strings.Join(list, ", "))
	}
	for i, g := range skipGroups(c.Skips) {
		if i == 0 {
			p.blank()
		}
		p.flow("skipped ", body, g.head()+": "+strings.Join(g.checks, ", "))
	}
	for i, sentence := range p.gaveNothing() {
		if i == 0 {
			p.blank()
		}
		p.flow("words   ", body, sentence)
	}
}

// head is the reason, and for how many checks it is one.
func (g *skipGroup) head() string {
	return clean(g.reason, maxProse) + " (" + itoa(len(g.checks)) + ")"
}

// gaveNothing says which servers did not answer which words.
func (p *phrases) gaveNothing() []string {
	var out []string
	for i := range p.r.Servers {
		s := &p.r.Servers[i]
		if len(s.Skipped) == 0 {
			continue
		}
		list := make([]string, len(s.Skipped))
		for k, w := range s.Skipped {
			list[k] = clean(w, maxWord)
		}
		out = append(out, p.names.of(s.Name)+" gave nothing for "+strings.Join(list, ", "))
	}
	return out
}
