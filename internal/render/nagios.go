package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Limits of a plugin's output. Status is the text before the performance data;
// it goes to pagers and SMS. Nagios keeps 4 KiB of all of it, in some set-ups.
const (
	maxStatus = 120
	maxPlugin = 4000
)

// Nagios writes the report as a monitoring plugin does: one status line of at
// most 120 characters and its performance data, then the root causes and their
// remedies as long text, in all under 4 KiB. The error is the writer's.
func Nagios(w io.Writer, r *report.Report) error {
	n := newNames(r.Servers, maxName)
	out := status(r, n) + " | " + strings.Join(perfdata(r), " ") + "\n"
	lines := longText(r, n)
	for i, l := range lines {
		rest := "... and " + plural(len(lines)-i, "more line") + ": zkdoctor check shows them\n"
		if len(out)+len(l)+1+len(rest) > maxPlugin {
			out += rest
			break
		}
		out += l + "\n"
	}
	_, err := io.WriteString(w, out)
	return err
}

// NagiosFailure writes, as a monitoring plugin does, that there is no report, and why.
func NagiosFailure(w io.Writer, why string) error {
	line := "ZOOKEEPER UNKNOWN - " + pipeless(clean(strings.Join(strings.Fields(why), " "), maxPlugin/2))
	_, err := io.WriteString(w, line+"\n")
	return err
}

// pipeless keeps foreign text from starting performance data of its own.
func pipeless(s string) string { return strings.ReplaceAll(s, "|", "/") }

// status is the first line without its performance data.
func status(r *report.Report, n *names) string {
	word := map[string]string{"OK": "OK", "WARN": "WARNING", "CRIT": "CRITICAL", "UNKNOWN": "UNKNOWN"}
	head := "ZOOKEEPER " + word[statusWord(r.Verdict.ExitCode)] + " - "
	summary := strings.TrimSuffix(n.prose(r.Verdict.Summary), ".")
	causes := []string{""}
	for _, f := range r.Findings {
		if f.Root && f.Severity != report.Info {
			c := ", cause " + slug(f.Code)
			causes = []string{c + on(n, f.Servers), c, ""}
			break
		}
	}
	first, _, _ := strings.Cut(summary, ". ") // it has the numbers
	for _, cause := range causes {
		for _, text := range []string{summary, first} {
			if len(head)+len(text)+len(cause) <= maxStatus {
				return pipeless(head + text + cause)
			}
		}
	}
	return pipeless(cutEnd(head+summary, maxStatus))
}

// on is " on zk1,zk2", or nothing for the ensemble.
func on(n *names, servers []string) string {
	switch {
	case len(servers) == 0:
		return ""
	case len(servers) > 4:
		return " on " + itoa(len(servers)) + " servers"
	}
	return " on " + strings.Join(n.list(servers), ",")
}

// cutEnd shortens s to n characters at its end.
func cutEnd(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:max(n-2, 0)] + ".."
}

// longText is what follows the status line.
func longText(r *report.Report, n *names) []string {
	var out []string
	if r.Incomplete != "" {
		out = append(out, "[incomplete] "+clean(r.Incomplete, maxWord))
	}
	for i := range r.Unexplained {
		f := asFinding(&r.Unexplained[i])
		line := "[" + unexplainedLabel + "] " + slug(f.Code) + on(n, f.Servers)
		out = append(append(out, cutEnd(line+": "+n.prose(f.Title), 240)), fixes(f, n)...)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity == report.Info && len(r.Findings) > 1 || isUnexplained(r, f) {
			continue
		}
		line := "[" + severityWord(f.Severity) + "] " + slug(f.Code)
		if len(f.Servers) > 0 {
			line += " " + strings.Join(n.list(f.Servers), ",")
		}
		out = append(out, cutEnd(line+": "+n.prose(f.Title), 240))
		if f.Root {
			out = append(out, fixes(f, n)...)
		}
	}
	for i := range out {
		out[i] = pipeless(out[i])
	}
	return out
}

// fixes writes a step a line. A command that cannot stand in a plugin's output
// unchanged is left to zkdoctor explain.
func fixes(f *report.Finding, n *names) []string {
	var out []string
	for _, r := range rounds(f.Fix) {
		where := "[fix]"
		if r.hosts[0] != "" {
			where += " " + strings.Join(n.list(r.hosts), ", then ") + ":"
		}
		for i := range r.steps {
			out = append(out, where+" "+stepLine(f, &r.steps[i], n))
		}
	}
	return out
}

// stepLine is one step of a remedy in one line.
func stepLine(f *report.Finding, s *report.Fix, n *names) string {
	var parts []string
	if s.Note != "" {
		parts = append(parts, n.prose(s.Note))
	}
	switch {
	case s.Command == "":
	case plain(s.Command) && !strings.Contains(s.Command, "|") && len(s.Command) < 400:
		parts = append(parts, "`"+s.Command+"`")
	default:
		parts = append(parts, "see zkdoctor explain "+slug(f.Code))
	}
	if risk := riskText(n.prose(s.Risk)); risk != "" {
		parts = append(parts, risk)
	}
	return strings.Join(parts, " ")
}

// perfdata are the numbers for graphs: label=value;warn;crit;min;max, where a
// threshold N: alarms below N. U is a value that is not known.
func perfdata(r *report.Report) []string {
	v := &r.Verdict
	voters, serving, spare, warn, crit := "U", "U", "U", "", ""
	if v.Voters > 0 {
		voters = itoa(v.Voters)
	}
	if v.Voters > 0 && (v.State != report.Unknown || v.ServingVoters > 0) {
		serving = itoa(v.ServingVoters)
		if v.QuorumNeeded > 0 {
			warn, crit = voters+":", itoa(v.QuorumNeeded)+":"
		}
		serving += fmt.Sprintf(";%s;%s;0;%s", warn, crit, voters)
	}
	if v.Spare != nil {
		warn = "1:"
		if v.Voters < 3 { // one or two voters never have one to spare
			warn = ""
		}
		spare = fmt.Sprintf("%d;%s;0:;-1", *v.Spare, warn)
	}
	severe := map[report.Severity]int{}
	for _, f := range r.Findings {
		severe[f.Severity]++
	}
	latency, lag := "U", "U"
	var worst float64
	var behind int64
	for _, s := range r.Servers {
		if f := finite(s.LatencyAvgMs); f != nil && (latency == "U" || *f > worst) {
			worst = *f
			latency = strconv.FormatFloat(worst, 'g', 6, 64)
		}
		if s.Lag != nil && (lag == "U" || *s.Lag > behind) {
			behind = *s.Lag
			lag = itoa(behind)
		}
	}
	return []string{
		"voters=" + voters, "serving=" + serving, "spare=" + spare,
		"findings_critical=" + itoa(severe[report.Critical]) + ";;0",
		"findings_warning=" + itoa(severe[report.Warning]) + ";0",
		"latency_avg_ms=" + latency, "zxid_lag=" + lag,
	}
}
