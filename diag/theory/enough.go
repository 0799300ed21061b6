package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// enough reports whether causes explain that a quorum is lost, or that none confirms writes:
// they do unless the voters that none of them keeps out are a quorum by themselves. Those
// should have elected a leader without the others.
func enough(e *model.Ensemble, raw []report.Finding, causes []int) bool {
	out := map[*model.Server]bool{}
	for _, i := range causes {
		for _, s := range KeptOut(e, &raw[i]) {
			out[s] = true
		}
	}
	left := map[int64]bool{}
	for _, id := range e.List.Quorums.Voters() {
		s := e.ByLine(id)
		left[id] = s == nil || !out[s]
	}
	return !e.List.Quorums.Contains(left)
}

// KeptOut are the voters that are out and that the finding is about.
func KeptOut(e *model.Ensemble, f *report.Finding) []*model.Server {
	var out []*model.Server
	for _, name := range slices.Concat(f.Servers, f.KeepsOut) {
		s := e.ByName(name)
		if s != nil && s.Voter() && !slices.Contains(out, s) &&
			(s.Serving == model.No || s.Counted == model.No || s.Role == report.Standalone) {
			out = append(out, s)
		}
	}
	return out
}
