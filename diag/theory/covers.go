package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// covers reports whether a cause is sure enough, at work now, and concerns every server that
// the consequence does. What concerns the whole ensemble is explained by what
// keeps a voter out; what is about this host and no row of the table, by nothing
// elsewhere.
func covers(e *model.Ensemble, kinds map[report.Code]Kind, cause, consequence report.Finding) bool {
	switch {
	case cause.Certainty == report.Possible, cause.Later:
		return false
	case kinds[consequence.Code].CoveredByAny:
		return true
	case kinds[consequence.Code].EnsembleWide:
		return regained(e, cause) > 0
	case kinds[cause.Code].CoversAll:
		return true
	case len(consequence.Servers) == 0:
		return len(cause.Servers) == 0
	}
	return !slices.ContainsFunc(consequence.Servers, func(s string) bool { return !slices.Contains(cause.Servers, s) })
}

// regained is how many voters come back when the finding is mended.
func regained(e *model.Ensemble, f report.Finding) int {
	return len(e.Filter(func(s *model.Server) bool { return keepsOut(f, s) }))
}
