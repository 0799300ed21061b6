package render

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// unexplainedLabel is what a symptom is called that follows from nothing that was found.
const unexplainedLabel = "NOT EXPLAINED"

// asFinding is a symptom as a finding, whose remedy is the next step.
func asFinding(s *report.Symptom) *report.Finding {
	return &report.Finding{
		Code: s.Symptom, Severity: s.Severity, Servers: s.Servers, Title: s.Title, Summary: s.Summary,
		Evidence: s.Telling, Fix: []report.Fix{s.Next},
	}
}

// isUnexplained reports whether a finding is told as a symptom that nothing explains.
func isUnexplained(r *report.Report, f *report.Finding) bool {
	return !f.Root && slices.ContainsFunc(r.Unexplained, func(s report.Symptom) bool {
		return s.Symptom == f.Code && slices.Equal(s.Servers, f.Servers)
	})
}
