package change

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// findingsOf are all findings, shown and folded, a server each: what is told of several in one
// check may be told of each in the next.
func findingsOf(r *report.Report) map[spot]report.Finding {
	out := map[spot]report.Finding{}
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		servers := f.Servers
		if len(servers) == 0 {
			servers = []string{""}
		}
		for _, s := range servers {
			at := spot{f.Code, s}
			if have, is := out[at]; !is || rank(f.Severity) < rank(have.Severity) {
				out[at] = f
			}
		}
	}
	return out
}

func rank(s report.Severity) int {
	return slices.Index([]report.Severity{report.Critical, report.Warning, report.Info}, s)
}

// findingChanges are those that came, went, or changed their severity.
func findingChanges(before, after *Look) []report.Change {
	var out []report.Change
	for at, f := range after.findings {
		was, had := before.findings[at]
		c := finding(at, f)
		switch {
		case !had:
			c.Kind = report.FindingCame
		case was.Severity != f.Severity:
			c.Kind, c.From, c.To = report.FindingSeverity, string(was.Severity), string(f.Severity)
		default:
			continue
		}
		out = append(out, c)
	}
	for at, f := range before.findings {
		if _, has := after.findings[at]; has {
			continue
		}
		c := finding(at, f)
		c.Kind = report.FindingWent
		if why := after.notJudged(at); why != "" {
			c.Kind, c.Text = report.FindingNotJudged, why
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b report.Change) int {
		return cmp.Or(order(a.Kind)-order(b.Kind), rank(a.Severity)-rank(b.Severity), strings.Compare(a.Key, b.Key),
			slices.Compare(a.Servers, b.Servers))
	})
	return grouped(out)
}

func finding(at spot, f report.Finding) report.Change {
	c := report.Change{Key: string(at.code), Text: f.Title, Severity: f.Severity}
	if at.server != "" {
		c.Servers = []string{at.server}
	}
	return c
}

// notJudged is why a check could not say whether a finding is there; empty where it could.
func (l *Look) notJudged(at spot) string {
	switch {
	case slices.Contains(l.crashed, at.code):
		return "the check crashed"
	case at.server != "" && l.find(at.server) == nil:
		return "the server was not asked"
	}
	for _, s := range l.skips {
		if s.Check == at.code && (s.Server == "" || at.server == "" || s.Server == at.server) {
			return s.Reason
		}
	}
	return ""
}

// order is the place of a kind in the list.
func order(k report.ChangeKind) int { return slices.Index(report.ChangeKinds(), k) }

// grouped puts changes into one that are the same of several servers.
func grouped(list []report.Change) []report.Change {
	var out []report.Change
	for _, c := range list {
		i := slices.IndexFunc(out, func(o report.Change) bool { return len(o.Servers) > 0 && sameBut(o, c) })
		if i >= 0 && len(c.Servers) > 0 {
			out[i].Servers = append(slices.Clone(out[i].Servers), c.Servers...)
			continue
		}
		out = append(out, c)
	}
	return out
}

// sameBut reports whether two changes differ in their servers alone.
func sameBut(a, b report.Change) bool {
	return a.Kind == b.Kind && a.Key == b.Key && a.From == b.From && a.To == b.To && a.Text == b.Text &&
		a.Severity == b.Severity && a.When == nil && b.When == nil && a.TookMs == nil && b.TookMs == nil
}
