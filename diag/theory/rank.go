package theory

import (
	"cmp"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// inOrder puts findings into the order in which to repair them: root causes first; then by
// severity; then data at risk, the number of voters regained, certainty, and what is on
// this host. Ties keep the order of the catalogue.
func inOrder(findings []report.Finding, kinds map[report.Code]Kind, e *model.Ensemble) []report.Finding {
	type ranked struct {
		*report.Finding
		regained int
		local    bool
	}
	all := make([]ranked, len(findings))
	for i := range findings {
		f := &findings[i]
		all[i] = ranked{f, len(KeptOut(e, f)), isLocal(e, f)}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		return cmp.Or(
			-compareBool(a.Root, b.Root),
			cmp.Compare(severityOrder(a.Severity), severityOrder(b.Severity)),
			-compareBool(kinds[a.Code].DataAtRisk, kinds[b.Code].DataAtRisk),
			-cmp.Compare(a.regained, b.regained),
			cmp.Compare(certaintyOrder(a.Certainty), certaintyOrder(b.Certainty)),
			-compareBool(a.local, b.local),
		)
	})
	var out []report.Finding
	for _, one := range all {
		out = append(out, *one.Finding)
	}
	return out
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

func isLocal(e *model.Ensemble, f *report.Finding) bool {
	return slices.ContainsFunc(f.Servers, func(name string) bool {
		s := e.ByName(name)
		return s != nil && s.Local != nil
	})
}
