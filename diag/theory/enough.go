package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// enough reports whether causes explain that a quorum is lost, or that none confirms writes:
// they do unless the voters that none of them keeps out are a quorum by themselves. Those
// should have elected a leader without the others.
func enough(e *model.Ensemble, causes []report.Finding) bool {
	left := map[int64]bool{}
	for _, id := range e.List.Quorums.Voters() {
		s := e.ByLine(id)
		left[id] = s == nil || !slices.ContainsFunc(causes, func(f report.Finding) bool { return keepsOut(f, s) })
	}
	return !e.List.Quorums.Contains(left)
}

// keepsOut reports whether the finding is about a voter that is out.
func keepsOut(f report.Finding, s *model.Server) bool {
	return (slices.Contains(f.Servers, s.Name) || slices.Contains(f.KeepsOut, s.Name)) && s.Voter() &&
		(s.Serving == model.No || s.Counted == model.No || s.Role == report.Standalone)
}
