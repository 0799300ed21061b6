package theory

import (
	"cmp"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Theory is what is wrong, as far as what was found explains it.
type Theory struct {
	// Shown come in the order in which to repair them; Folded are those that another one
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
	c := newCauses(raw, kinds, e)
	for i := range raw {
		if c.explained[i] {
			continue
		}
		kind, matters := kinds[raw[i].Code], raw[i].Severity != report.Info && raw[i].Certainty != report.Possible
		raw[i].Root = matters && !kind.Symptom && !kind.NeverRoot
		if matters && kind.Symptom {
			t.Unexplained = append(t.Unexplained, raw[i])
		}
	}
	consequences := map[set][]consequence{}
	for i := range raw {
		if !c.explained[i] {
			continue
		}
		for of, first := range c.headsOf(i) {
			consequences[of] = append(consequences[of], consequence{first, i})
		}
	}
	for i := range raw {
		if c.explained[i] && !kinds[raw[i].Code].AlwaysShown {
			t.Folded = append(t.Folded, raw[i])
			continue
		}
		of := setOf(&raw[i], i, kinds)
		if all := consequences[of]; all != nil {
			raw[i].Explains = labels(raw, all, kinds)
			delete(consequences, of) // the others are joined to this one
		}
		t.Shown = append(t.Shown, raw[i])
	}
	t.Shown, t.Folded, t.Unexplained = merge(t.Shown, kinds), merge(t.Folded, kinds), merge(t.Unexplained, kinds)
	t.Shown = inOrder(t.Shown, kinds, e)
	return t
}

// consequence is a finding that others explain: head is the first of those in a set.
type consequence struct{ head, finding int }

// labels names consequences, those of the first head first.
func labels(raw []report.Finding, all []consequence, kinds map[report.Code]Kind) []string {
	slices.SortFunc(all, func(a, b consequence) int {
		return cmp.Or(cmp.Compare(a.head, b.head), cmp.Compare(a.finding, b.finding))
	})
	var out []string
	named := map[string]bool{}
	for _, one := range all {
		if name := label(&raw[one.finding], kinds); !named[name] {
			named[name] = true
			out = append(out, name)
		}
	}
	return out
}

// label is a finding in an Explains list: code, or code@server.
func label(f *report.Finding, kinds map[report.Code]Kind) string {
	if len(f.Servers) == 1 && !kinds[f.Code].EnsembleWide {
		return string(f.Code) + "@" + f.Servers[0]
	}
	return string(f.Code)
}
