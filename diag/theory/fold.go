package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Theory is what is wrong, as far as what was found explains it.
type Theory struct {
	// Shown come in the order in which to mend them; Folded are those that another one
	// explains, but for those that are always shown.
	Shown, Folded []report.Finding
	// Unexplained are the symptoms among Shown that no finding explains. What is a remark, or
	// only possible, is none.
	Unexplained []report.Finding
}

// Fold sorts findings into those to show and those that another one explains.
// It decides on the raw findings, so that chains fold: what is itself explained
// still explains.
func Fold(raw []report.Finding, kinds map[report.Code]Kind, e *model.Ensemble) Theory {
	var t Theory
	parents := make([][]int, len(raw))
	for i := range raw {
		for j := range raw {
			if i != j && slices.Contains(kinds[raw[j].Code].Explains, raw[i].Code) && covers(e, kinds, raw[j], raw[i]) {
				parents[i] = append(parents[i], j)
			}
		}
		if kinds[raw[i].Code].ByNumber && !enough(e, pick(raw, parents[i])) {
			parents[i] = nil
		}
	}
	for i := range raw {
		if len(parents[i]) == 0 {
			kind, matters := kinds[raw[i].Code], raw[i].Severity != report.Info && raw[i].Certainty != report.Possible
			raw[i].Root = matters && !kind.Symptom && !kind.NeverRoot
			if matters && kind.Symptom {
				t.Unexplained = append(t.Unexplained, raw[i])
			}
			continue
		}
		for _, top := range tops(i, parents) {
			raw[top].Explains = append(raw[top].Explains, label(raw[i], kinds))
		}
	}
	for i := range raw {
		if len(parents[i]) > 0 && !kinds[raw[i].Code].AlwaysShown {
			t.Folded = append(t.Folded, raw[i])
		} else {
			t.Shown = append(t.Shown, raw[i])
		}
	}
	t.Shown, t.Folded, t.Unexplained = merge(t.Shown, kinds), merge(t.Folded, kinds), merge(t.Unexplained, kinds)
	slices.SortStableFunc(t.Shown, func(a, b report.Finding) int { return rank(e, kinds, a, b) })
	return t
}

// pick are the findings at these places.
func pick(raw []report.Finding, places []int) []report.Finding {
	out := make([]report.Finding, 0, len(places))
	for _, i := range places {
		out = append(out, raw[i])
	}
	return out
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
