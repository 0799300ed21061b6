package theory

import (
	"cmp"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// rank orders what is shown: root causes first; then by severity; then data at risk, the
// number of voters regained, certainty, and what is on this host. Ties keep the order of
// the catalogue.
func rank(e *model.Ensemble, kinds map[report.Code]Kind, a, b report.Finding) int {
	return cmp.Or(
		-compareBool(a.Root, b.Root),
		cmp.Compare(severityOrder(a.Severity), severityOrder(b.Severity)),
		-compareBool(kinds[a.Code].DataAtRisk, kinds[b.Code].DataAtRisk),
		-cmp.Compare(regained(e, a), regained(e, b)),
		cmp.Compare(certaintyOrder(a.Certainty), certaintyOrder(b.Certainty)),
		-compareBool(isLocal(e, a), isLocal(e, b)),
	)
}

// compareBool is cmp.Compare for truth: false is less.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func severityOrder(s report.Severity) int {
	return slices.Index([]report.Severity{report.Critical, report.Warning, report.Info}, s)
}

func certaintyOrder(c report.Certainty) int {
	return slices.Index([]report.Certainty{report.Proven, report.Likely, report.Possible}, c)
}

func isLocal(e *model.Ensemble, f report.Finding) bool {
	return slices.ContainsFunc(e.Servers, func(s *model.Server) bool {
		return s.Local != nil && slices.Contains(f.Servers, s.Name)
	})
}
