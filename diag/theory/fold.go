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
	return model.OrEmpty(shown), merge(folded, kinds)
}

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

// regained is how many voters come back when the finding is mended.
func regained(e *model.Ensemble, f report.Finding) int {
	n := 0
	for _, s := range e.Servers {
		if slices.Contains(f.Servers, s.Name) && s.Voter() && (s.Serving == model.No || s.Counted == model.No || s.Role == report.Standalone) {
			n++
		}
	}
	return n
}
