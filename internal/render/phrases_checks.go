package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// counts says what became of the rules, and whether any found something.
func (p *phrases) counts() (line string, found bool) {
	c := &p.r.Checks
	findings, notes := len(p.r.Folded), 0
	for _, f := range p.r.Findings {
		if f.Severity == report.Info {
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
		parts = append(parts, itoa(c.Crashed)+" crashed")
	}
	line = plural(c.Total, "check") + ": " + strings.Join(parts, ", ") + "." + p.crashes()
	if findings+notes == 0 {
		return "No findings. " + line, false
	}
	return line, true
}

// maxCrashes is how many crashed checks are named; the JSON has all.
const maxCrashes = 3

// crashes names the checks that crashed, and with what; empty for none.
func (p *phrases) crashes() string {
	c := &p.r.Checks
	if c.Crashed == 0 {
		return ""
	}
	var named []string
	for _, crash := range c.Crashes[:min(len(c.Crashes), maxCrashes)] {
		named = append(named, slug(crash.Code)+" ("+clean(crash.Text, maxValue)+")")
	}
	text := " This is a bug in zkdoctor. Report it"
	if len(named) > 0 {
		text += ": " + strings.Join(named, ", ")
	}
	if more := len(c.Crashes) - len(named); more > 0 {
		text += " and " + itoa(more) + " more"
	}
	return text + "."
}

// skipGroup is the checks skipped for one reason.
type skipGroup struct {
	kind   report.SkipKind
	reason string
	checks []string
}

// skipGroups groups skips by reason, the most frequent first.
func skipGroups(skips []report.Skip) []skipGroup {
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

// head is the reason, and for how many checks it is one.
func (g *skipGroup) head() string {
	return clean(g.reason, maxProse) + " (" + itoa(len(g.checks)) + ")"
}

// gaveNothing says which servers did not answer which words.
func (p *phrases) gaveNothing() []string {
	var out []string
	for _, s := range p.r.Servers {
		if len(s.Skipped) == 0 {
			continue
		}
		list := make([]string, len(s.Skipped))
		for k, w := range s.Skipped {
			list[k] = clean(w, maxWord)
		}
		out = append(out, p.names.of(s.Name)+" did not answer "+strings.Join(list, ", "))
	}
	return out
}
