package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// LintText writes what was said of a configuration for people, by the rules of
// Text: what keeps ZooKeeper from starting stands first. The error is the
// writer's.
func LintText(w io.Writer, r *lint.Report, o Options) error {
	p := newPage(&report.Report{}, o)
	p.lintHead(r)
	severity := report.Severity("")
	for i := range r.Remarks {
		m := &r.Remarks[i]
		if m.Severity != severity {
			severity = m.Severity
			p.blank()
			p.put(lintTitle(severity))
		}
		p.blank()
		p.remark(m, r.ZooKeeper)
	}
	if r.Omitted > 0 {
		p.blank()
		p.put("and " + plural(r.Omitted, "more remark") + ".")
	}
	if r.ExitCode > 0 {
		p.blank()
		p.put("exit " + itoa(r.ExitCode))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// lintHead answers the first question: would ZooKeeper start with it?
func (p *page) lintHead(r *lint.Report) {
	word := statusWord(r.ExitCode)
	lead := word + strings.Repeat(" ", max(2, 6-len(word)))
	verdict := "nothing to fix"
	switch {
	case r.Counts.Critical > 0:
		verdict = "ZooKeeper would not start, or would never serve"
	case r.Counts.Warning > 0:
		verdict = "ZooKeeper would start; there are warnings"
	}
	file := clean(r.File, maxValue)
	if r.Object != "" {
		file += ", " + clean(r.Object, maxValue)
	}
	if r.Dynamic != "" {
		file += " with " + clean(r.Dynamic, maxValue)
	}
	counts := "No remarks."
	if r.Counts != (lint.Counts{}) {
		counts = strings.Join([]string{
			itoa(r.Counts.Critical) + " critical", plural(r.Counts.Warning, "warning"), plural(r.Counts.Info, "note"),
		}, ", ") + "."
	}
	whom := "any version"
	if r.ZooKeeper != "" {
		whom = "ZooKeeper " + clean(r.ZooKeeper, maxWord)
	}
	said := fmt.Sprintf("%s: %s. Judged for %s. %s", file, verdict, whom, counts)
	for i, l := range wrap(said, p.width-len(lead), p.width-len(lead)) {
		if i > 0 {
			word, lead = "", strings.Repeat(" ", len(lead))
		}
		p.put(p.paint(word) + lead[len(word):] + l)
	}
}

func lintTitle(s report.Severity) string {
	switch s {
	case report.Critical:
		return "WOULD NOT START, OR WOULD NEVER SERVE"
	case report.Warning:
		return "WARNINGS"
	case report.Info:
		return "NOTES"
	}
	return clean(string(s), maxWord)
}

// remark writes one: where, and whom it concerns; what is there, what should be,
// and why.
func (p *page) remark(m *lint.Remark, version string) {
	at := clean(m.File, maxValue)
	if m.Line > 0 {
		at += ":" + itoa(m.Line)
	}
	word, key := severityWord(m.Severity), clean(m.Key, maxWord)
	before := at + indent
	if len(before)+len(word)+len(indent)+len(key) > p.width {
		for len(at) > p.width {
			p.put(at[:p.width])
			at = at[p.width:]
		}
		p.put(at)
		before = indent
	}
	line := before + word + indent + key
	concerns := versionsText(m.Versions, version)
	line, fits := p.spread(line, concerns)
	p.put(before + p.paint(word) + line[len(before)+len(word):])
	if !fits && concerns != "" {
		p.put(indent + concerns)
	}
	p.flow("  found ", body, clean(m.Found, maxProse))
	p.flow("  want  ", body, clean(m.Recommended, maxProse))
	p.flow("  why   ", body, clean(m.Why, maxProse))
}

// versionsText says whom a remark concerns; nothing where that is clear.
func versionsText(versions, asked string) string {
	if versions == "" || asked != "" {
		return ""
	}
	return "ZooKeeper " + clean(lint.Releases(versions), maxWord)
}

// LintJSON writes it as JSON, by the rules of JSON. The error is the writer's.
func LintJSON(w io.Writer, r *lint.Report) error { return writeJSON(w, "remarks", listed(r)) }

// LintSeveralJSON writes what was said of several configurations. The error is the writer's.
func LintSeveralJSON(w io.Writer, all []*lint.Report) error {
	several := lint.Several{SchemaVersion: lint.SchemaVersion, Reports: []lint.Report{}}
	for _, r := range all {
		several.Reports = append(several.Reports, listed(r))
		several.ExitCode = max(several.ExitCode, r.ExitCode)
	}
	return writeJSON(w, "remarks", several)
}

func listed(r *lint.Report) lint.Report {
	c := *r
	c.Remarks = list(c.Remarks)
	return c
}
