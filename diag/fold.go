package diag

import (
	"cmp"
	"slices"
	"strings"
)

// fold sorts findings into those to show and those that another one explains.
// It decides on the raw findings, so that chains fold: what is itself explained
// still explains. Shown ones come in the order in which to mend them.
func fold(raw []Finding, kinds map[Code]Kind, e *ensemble) (shown, folded []Finding) {
	parents := make([][]int, len(raw))
	for i := range raw {
		for j := range raw {
			if i != j && slices.Contains(kinds[raw[j].Code].Explains, raw[i].Code) && e.covers(kinds, raw[j], raw[i]) {
				parents[i] = append(parents[i], j)
			}
		}
	}
	for i := range raw {
		if len(parents[i]) == 0 {
			raw[i].Root = !kinds[raw[i].Code].NeverRoot && raw[i].Severity != Info && raw[i].Certainty != Possible
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
	slices.SortStableFunc(shown, func(a, b Finding) int { return e.rank(kinds, a, b) })
	return orEmpty(shown), merge(folded, kinds)
}

// covers reports whether a cause is sure enough, at work now, and concerns every server that
// the consequence does. What concerns the whole ensemble is explained by what
// keeps a voter out; what is about this host and no row of the table, by nothing
// elsewhere.
func (e *ensemble) covers(kinds map[Code]Kind, cause, consequence Finding) bool {
	switch {
	case cause.Certainty == Possible, cause.Later:
		return false
	case kinds[consequence.Code].CoveredByAny:
		return true
	case kinds[consequence.Code].EnsembleWide:
		return e.regained(cause) > 0
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

// label is a finding in an Explains list: code, or code@server.
func label(f Finding, kinds map[Code]Kind) string {
	if len(f.Servers) == 1 && !kinds[f.Code].EnsembleWide {
		return string(f.Code) + "@" + f.Servers[0]
	}
	return string(f.Code)
}

// merge joins findings that say the same of several servers into one.
func merge(findings []Finding, kinds map[Code]Kind) []Finding {
	var out []Finding
	for _, f := range findings {
		i := slices.IndexFunc(out, func(o Finding) bool {
			return o.Code == f.Code && o.Severity == f.Severity && o.Certainty == f.Certainty && o.Root == f.Root && !kinds[o.Code].Apart
		})
		if i < 0 {
			out = append(out, f)
			continue
		}
		o := &out[i]
		if !slices.Equal(o.Servers, f.Servers) {
			o.Summary = mergedSummary(*o, f)
		}
		o.Servers = appendNew(o.Servers, f.Servers)
		o.Evidence = appendNew(o.Evidence, f.Evidence)
		o.Fix = mergeFixes(o.Fix, f.Fix)
		o.Explains = appendNew(o.Explains, f.Explains)
	}
	return out
}

// mergeFixes joins the steps that are the same on several hosts.
func mergeFixes(to, from []Fix) []Fix {
	for _, step := range from {
		i := slices.IndexFunc(to, func(o Fix) bool {
			return o.Command == step.Command && o.Note == step.Note && o.Risk == step.Risk
		})
		switch {
		case i < 0:
			to = append(to, step)
		case to[i].Host != step.Host && !slices.Contains(strings.Split(to[i].Host, ", "), step.Host):
			to[i].Host += ", " + step.Host
		}
	}
	return to
}

// mergedSummary keeps a sentence that both share; of two that speak of
// different servers it keeps both.
func mergedSummary(a, b Finding) string {
	if a.Summary == b.Summary {
		return a.Summary
	}
	return a.Summary + " " + b.Summary
}

func appendNew[T comparable](to, from []T) []T {
	for _, v := range from {
		if !slices.Contains(to, v) {
			to = append(to, v)
		}
	}
	return to
}

// rank orders what is shown: root causes first; among them data at risk, then
// the number of voters regained, then certainty, then what is on this host;
// then everything else by severity. Ties keep the order of the catalogue.
func (e *ensemble) rank(kinds map[Code]Kind, a, b Finding) int {
	return cmp.Or(
		-compareBool(a.Root, b.Root),
		cmp.Compare(severityOrder(a.Severity), severityOrder(b.Severity)),
		-compareBool(kinds[a.Code].DataAtRisk, kinds[b.Code].DataAtRisk),
		-cmp.Compare(e.regained(a), e.regained(b)),
		cmp.Compare(certaintyOrder(a.Certainty), certaintyOrder(b.Certainty)),
		-compareBool(e.isLocal(a), e.isLocal(b)),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func severityOrder(s Severity) int { return slices.Index([]Severity{Critical, Warning, Info}, s) }

func certaintyOrder(c Certainty) int { return slices.Index([]Certainty{Proven, Likely, Possible}, c) }

// regained is how many voters come back when the finding is mended.
func (e *ensemble) regained(f Finding) int {
	n := 0
	for _, s := range e.servers {
		if slices.Contains(f.Servers, s.Name) && s.voter() && (s.serving == no || s.counted == no || s.role == Standalone) {
			n++
		}
	}
	return n
}

func (e *ensemble) isLocal(f Finding) bool {
	return slices.ContainsFunc(e.servers, func(s *server) bool {
		return s.host != nil && slices.Contains(f.Servers, s.Name)
	})
}
