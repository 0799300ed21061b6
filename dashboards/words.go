package dashboards

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// wording is a state as a label has it, as people read it, and its colour.
type wording struct{ label, text, color string }

// Verdicts and roles are series of 0 and 1, one for each state. A band over time
// wants a number: the place in these lists. Where two exporters see one ensemble
// the higher place counts, since who sees a server lead knows more than who
// cannot reach it.
func verdicts() []wording {
	var out []wording
	for _, s := range []struct {
		state report.State
		color string
	}{
		{report.Unknown, grey},
		{report.Down, bad},
		{report.Degraded, caution},
		{report.Serving, good},
		{report.Split, worst},
	} {
		out = append(out, wording{string(s.state), s.state.Word(), s.color})
	}
	return out
}

func roles() []wording {
	var out []wording
	for _, r := range []struct {
		role  report.Role
		color string
	}{
		{report.RoleUnknown, grey},
		{report.RoleDown, bad},
		{report.NotServing, caution},
		{report.ReadOnly, worst},
		{report.Standalone, strong},
		{report.Observer, yellow},
		{report.Follower, calm},
		{report.Leader, good},
	} {
		out = append(out, wording{string(r.role), string(r.role), r.color})
	}
	return out
}

// byPlace are the words for places in a list.
func byPlace(list []wording) []word {
	var out []word
	for i, w := range list {
		out = append(out, word{strconv.Itoa(i), w.text, w.color})
	}
	return out
}

// place is the expression for the place of what is 1, among series that differ by
// one label.
func place(by, metric, label string, list []wording, selector string) string {
	var terms []string
	for i, w := range list {
		series := fmt.Sprintf("%s{%s, %s=%q}", metric, selector, label, w.label)
		if i != 1 {
			series = fmt.Sprintf("%d * %s", i, series)
		}
		terms = append(terms, series)
	}
	return fmt.Sprintf("max by (%s) (%s)", by, strings.Join(terms, " or "))
}

func verdictPlace(selector string) string {
	return place("ensemble", "zkdoctor_verdict", "state", verdicts(), selector)
}

func rolePlace(selector string) string {
	return place("server", "zkdoctor_server_role", "role", roles(), selector)
}

// severityPlace is 3 for critical, 2 for warning and 1 for info.
func severityPlace(by, selector string) string {
	return fmt.Sprintf(`max by (%[1]s) (3 * zkdoctor_finding{%[2]s, severity="critical"} or 2 * zkdoctor_finding{%[2]s, severity="warning"} or zkdoctor_finding{%[2]s, severity="info"})`, by, selector)
}

// Answers that are yes or no. What is good is not the same for all.
func yesNo(yes, no string) []word { return []word{{"1", "yes", yes}, {"0", "no", no}} }

func severityNumbers() []word {
	return []word{
		{"3", string(report.Critical), bad},
		{"2", string(report.Warning), caution},
		{"1", string(report.Info), calm},
	}
}

// fewer is for what should be 0.
func fewer(color string) []step { return []step{{0, good}, {1, color}} }

// skipReasons are the reasons for which a check was skipped.
func skipReasons() []word {
	return []word{
		{string(report.SkipLocalFiles), "needs an exporter on the server", ""},
		{string(report.SkipNotLooked), "switched off, or no time left", ""},
		{string(report.SkipUnreachable), "server cannot be reached", ""},
		{string(report.SkipDenied), "no permission to read", ""},
		{string(report.SkipNotReported), "no server reported it", ""},
		{string(report.SkipOneLook), "needs two checks", ""},
		{string(report.SkipUndecided), "evidence is ambiguous", ""},
		{string(report.SkipNotZooKeeper), "another program answers", ""},
	}
}
