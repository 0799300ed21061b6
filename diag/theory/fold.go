package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Fold sorts findings into those to show and those that another one explains.
// It decides on the raw findings, so that chains fold: what is itself explained
// still explains. Shown ones come in the order in which to mend them.
func Fold(raw []report.Finding, kinds map[report.Code]Kind, e *model.Ensemble) (shown, folded []report.Finding) {
	parents := make([][]int, len(raw))
	for i := range raw {
		for j := range raw {
			if i != j && slices.Contains(kinds[raw[j].Code].Explains, raw[i].Code) && covers(e, kinds, raw[j], raw[i]) {
				parents[i] = append(parents[i], j)
			}
		}
	}
	for i := range raw {
		if len(parents[i]) == 0 {
			raw[i].Root = !kinds[raw[i].Code].NeverRoot && raw[i].Severity != report.Info && raw[i].Certainty != report.Possible
			continue
		}
		for _, top := range tops(i, parents) {
			raw[top].Explains = append(raw[top].Explains, label(raw[i], kinds))
		}
	}
	for i := range raw {
		if len(parents[i]) > 0 && !kinds[raw[i].Code].AlwaysShown {
			folded = append(folded, raw[i])
		} else {
			shown = append(shown, raw[i])
		}
	}
	shown = merge(shown, kinds)
	slices.SortStableFunc(shown, func(a, b report.Finding) int { return rank(e, kinds, a, b) })
	return shown, merge(folded, kinds)
}

// tops are the findings at the head of the chains that lead to i.
func tops(i int, parents [][]int) []int {
	if len(parents[i]) == 0 {
		return []int{i}
	}
	var out []int
	for _, p := range parents[i] {
		for _, top := range tops(p, parents) {
			if !slices.Contains(out, top) {
				out = append(out, top)
			}
		}
	}
	return out
}
