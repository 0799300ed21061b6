package theory

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// label is a finding in an Explains list: code, or code@server.
func label(f report.Finding, kinds map[report.Code]Kind) string {
	if len(f.Servers) == 1 && !kinds[f.Code].EnsembleWide {
		return string(f.Code) + "@" + f.Servers[0]
	}
	return string(f.Code)
}

// merge joins findings that say the same of several servers into one.
func merge(findings []report.Finding, kinds map[report.Code]Kind) []report.Finding {
	var out []report.Finding
	for _, f := range findings {
		i := slices.IndexFunc(out, func(o report.Finding) bool {
			return o.Code == f.Code && o.Severity == f.Severity &&
				o.Certainty == f.Certainty && o.Root == f.Root && !kinds[o.Code].Apart
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
func mergeFixes(to, from []report.Fix) []report.Fix {
	for _, step := range from {
		i := slices.IndexFunc(to, func(o report.Fix) bool {
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
func mergedSummary(a, b report.Finding) string {
	if a.Summary == b.Summary {
		return a.Summary
	}
	return a.Summary + " " + b.Summary
}

// appendNew appends what is not there yet.
func appendNew[T comparable](to, from []T) []T {
	for _, v := range from {
		if !slices.Contains(to, v) {
			to = append(to, v)
		}
	}
	return to
}
