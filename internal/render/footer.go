package render

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

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

// footer counts the checks; where the first line had no room for the time, it
// stands here.
func (p *page) footer(timed bool) {
	line, found := p.counts()
	if found || p.r.Verdict.ExitCode != 0 {
		line += " exit " + itoa(p.r.Verdict.ExitCode)
	}
	p.flowTimed(line, timed)
	if hint := p.skipHint(); hint != "" && !found && !p.o.All {
		p.flow("", indent, hint)
	}
}

// flowTimed writes the line, and the time at its end unless it was told before.
func (p *page) flowTimed(line string, reported bool) {
	when := p.when()
	short, _, _ := strings.Cut(when, indent)
	for _, right := range []string{when, short} {
		if both, fits := p.spread(line, right); fits && !reported {
			p.put(both)
			return
		}
	}
	p.flow("", indent, line)
	if when != "" && !reported {
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
		if g.kind == report.SkipLocalFiles {
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
