package restart

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// findings are all that check finds, shown or folded.
func (s *subject) findings() []report.Finding { return slices.Concat(s.r.Findings, s.r.Folded) }

// fromFinding is a check that a finding decides.
func fromFinding(result Result, f report.Finding) Check {
	text := f.Title
	if len(f.Servers) > 0 {
		text = enumerate(f.Servers) + ": " + f.Title
	}
	return Check{Result: result, Text: text, Evidence: f.Evidence, Do: f.Fix, Finding: f.Code}
}

// concerns reports whether a finding is about the server, or about all.
func (s *subject) concerns(f report.Finding) bool {
	return len(f.Servers) == 0 || slices.Contains(f.Servers, s.s.Name)
}
