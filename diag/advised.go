package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// advised names, as the next step of what is unexplained, a fault of the release that the servers
// concerned may have: their configuration is as the fault takes it, and the log of one repeats what
// the fault writes. That is no proof: another program error may end in the same line.
func advised(e *model.Ensemble, open []report.Symptom, table advisory.Table) []report.Symptom {
	if table == nil {
		table = advisory.Builtin()
	}
	for i := range open {
		for _, s := range concerned(e, report.Finding{Servers: open[i].Servers}) {
			if row, ok := faultByLog(e, s, table); ok {
				open[i].Next = avoidance(s, row)
				break
			}
		}
	}
	return open
}

// faultByLog is the advisory about a server whose line its log repeats.
func faultByLog(e *model.Ensemble, s *model.Server, table advisory.Table) (advisory.Advisory, bool) {
	version, known := s.Version()
	if h := s.Local; !known || h == nil || !h.Log.Seen() || !s.NotServing() {
		return advisory.Advisory{}, false
	}
	for _, row := range table.Of(version.String()) {
		if _, ok := exposed(e, s, row.Exposed); ok && row.Log != "" && repeatsLately(s.Local, row.Log) {
			return row, true
		}
	}
	return advisory.Advisory{}, false
}

// repeatsLately reports whether the log of a host says something again and again: a message and its
// innermost exception.
func repeatsLately(h *model.Host, text string) bool {
	return slices.ContainsFunc(h.Log.Value.Events, func(event snapshot.LogEvent) bool {
		age, ok := logAge(h.Log.Value, event.Last, h.Looked)
		return ok && age <= lately && event.Count >= repeated && event.Text+": "+event.Cause == text
	})
}

// avoidance is what to do about a fault that a server may have.
func avoidance(s *model.Server, row advisory.Advisory) report.Fix {
	do := row.Avoid
	if len(row.Fixed) > 0 {
		do = strings.TrimSpace(do + " It is fixed in " + strings.Join(row.Fixed, ", ") + ".")
	}
	version, _ := s.Version()
	return report.Fix{
		Host: s.Name, Command: "zkdoctor advisories " + row.ID, Risk: "none",
		Note: fmt.Sprintf("likely %s of %s: the log of %s repeats its message. %s %s %s",
			row.ID, version, s.Name, row.When, row.What, do),
	}
}
