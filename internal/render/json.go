package render

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/asciijson"
)

// JSON writes the report as indented JSON with a newline at its end. Lists that
// are always present are [] when empty. Everything beyond printable ASCII is
// escaped, as JSON allows: the answer may be looked at on a terminal. The error
// is the writer's.
func JSON(w io.Writer, r *report.Report) error {
	return writeJSON(w, "report", whole(r))
}

// writeJSON writes a value, of which what is its name.
func writeJSON(w io.Writer, what string, value any) error {
	if err := asciijson.Write(w, value, "  "); err != nil {
		return fmt.Errorf("the %s: %w", what, err)
	}
	return nil
}

// whole returns a copy of the report in which no list is nil and every number
// can be written.
func whole(r *report.Report) *report.Report {
	c := *r
	c.Servers = list(slices.Clone(r.Servers))
	for i := range c.Servers {
		s := &c.Servers[i]
		s.LatencyAvgMs, s.LatencyMaxMs = finite(s.LatencyAvgMs), finite(s.LatencyMaxMs)
	}
	c.Findings = list(wholeFindings(r.Findings))
	c.Folded = wholeFindings(r.Folded)
	c.Unexplained = list(slices.Clone(r.Unexplained))
	for i := range c.Unexplained {
		s := &c.Unexplained[i]
		s.Servers, s.RuledOut, s.Telling = list(s.Servers), list(s.RuledOut), list(s.Telling)
	}
	c.Verdict.LeaderIDs, c.Verdict.Leaders = list(r.Verdict.LeaderIDs), list(r.Verdict.Leaders)
	c.Verdict.Out, c.Verdict.Unseen = list(r.Verdict.Out), list(r.Verdict.Unseen)
	c.Checks.PassedCodes, c.Checks.Skips = list(r.Checks.PassedCodes), list(r.Checks.Skips)
	return &c
}

func wholeFindings(all []report.Finding) []report.Finding {
	all = slices.Clone(all)
	for i := range all {
		f := &all[i]
		f.Servers, f.Evidence = list(f.Servers), list(f.Evidence)
		f.Fix, f.Explains = list(f.Fix), list(f.Explains)
	}
	return all
}

// list returns s, and an empty list for nil.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// finite returns nil for what JSON has no number for.
func finite(f *float64) *float64 {
	if f == nil || math.IsNaN(*f) || math.IsInf(*f, 0) {
		return nil
	}
	return f
}
