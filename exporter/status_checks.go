package exporter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// folded names consequences by code, with the servers of each.
func folded(list []diag.Finding) string {
	servers := map[diag.Code][]string{}
	var codes []diag.Code
	for i := range list {
		f := &list[i]
		if _, ok := servers[f.Code]; !ok {
			codes = append(codes, f.Code)
			servers[f.Code] = nil
		}
		for _, s := range f.Servers {
			if !slices.Contains(servers[f.Code], s) {
				servers[f.Code] = append(servers[f.Code], s)
			}
		}
	}
	var out []string
	for _, c := range codes[:min(len(codes), maxFindings)] {
		text := visible(string(c), maxWord)
		if len(servers[c]) > 0 {
			text += " (" + nameList(servers[c]) + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// counts says what became of the rules.
func counts(r *diag.Report) string {
	c := &r.Checks
	found, notes := len(r.Folded), 0
	for i := range r.Findings {
		if isNote(&r.Findings[i]) {
			notes++
		} else {
			found++
		}
	}
	text := plural(c.Total, "check") + ": "
	if found > 0 {
		text += plural(found, "finding") + ", "
	}
	if notes > 0 {
		text += plural(notes, "note") + ", "
	}
	text += strconv.Itoa(c.Passed) + " passed"
	if c.Skipped > 0 {
		text += ", " + strconv.Itoa(c.Skipped) + " skipped"
	}
	if c.Crashed > 0 {
		text += ", " + strconv.Itoa(c.Crashed) + " crashed (a fault of zkdoctor: please report it)"
	}
	return text + "."
}

// skips groups what was skipped by reason, the most frequent first.
func (v *findingsView) skips(r *diag.Report) {
	at := map[string]int{}
	var reasons []string
	var checks [][]string
	for _, s := range r.Checks.Skips {
		i, ok := at[s.Reason]
		if !ok {
			i = len(reasons)
			at[s.Reason] = i
			reasons, checks = append(reasons, s.Reason), append(checks, nil)
		}
		if c := visible(string(s.Check), maxWord); !slices.Contains(checks[i], c) {
			checks[i] = append(checks[i], c)
		}
	}
	for i, reason := range reasons {
		v.Skips = append(v.Skips, skipView{visible(reason, maxProse), strings.Join(checks[i], ", "), len(checks[i])})
	}
	slices.SortStableFunc(v.Skips, func(a, b skipView) int { return b.Count - a.Count })
	v.Skips = v.Skips[:min(len(v.Skips), maxReasons)]
	if len(v.Skips) > 0 {
		v.Skipped = plural(r.Checks.Skipped, "check") + " skipped: why"
	}
	for i := range r.Servers {
		s := &r.Servers[i]
		if len(s.Skipped) == 0 || len(v.Silent) >= maxReasons {
			continue
		}
		v.Silent = append(v.Silent, visible(s.Name, maxValue)+" gave nothing for "+nameList(s.Skipped))
	}
}
