package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// reachViews is the matrix of the report.
func reachViews(e *model.Ensemble) []report.Reach {
	var out []report.Reach
	for _, v := range e.Vantages {
		for _, s := range e.Servers {
			if seen := v.ByName(s.Name); seen != nil && seen.Name != v.MemberVantage() {
				out = append(out, report.Reach{From: v.From(), To: s.Name, Quorum: seen.QuorumPort, Election: seen.ElectionPort})
			}
		}
	}
	return out
}
