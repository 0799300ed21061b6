package dashboards

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// RuleFiles are the rules for Prometheus and Alertmanager, by their file names.
func RuleFiles(o Options) (map[string][]byte, error) {
	o.RunbookURL = strings.TrimRight(o.RunbookURL, "/")
	if err := o.Check(); err != nil {
		return nil, err
	}
	return map[string][]byte{
		"alerts.yml": rulesFile(&o), "prometheusrule.yaml": operatorFile(&o), "alertmanager-inhibit.yml": inhibitFile(&o),
	}, nil
}

// pages is where the pages of findings and alerts are.
const pages = report.Pages

// rulesFile is rules/alerts.yml.
func rulesFile(o *Options) []byte {
	var out bytes.Buffer
	out.WriteString("# Alert rules on the metrics of zkdoctor exporter, scraped every 15 s. They are\n" +
		"# evaluated as often, whatever the configuration says: a minute would come on top\n" +
		"# of every wait.\n" +
		"# Made from dashboards/alerts.go: change that.\n" +
		"groups:\n")
	out.WriteString("  - name: zkdoctor-records\n    interval: 15s\n    rules:\n")
	for _, r := range records() {
		expr := strconv.Quote(o.scoped(r.expr))
		fmt.Fprintf(&out, "      # %s\n      - record: %s\n        expr: %s\n", r.why, r.name, expr)
	}
	for _, g := range o.changed() {
		fmt.Fprintf(&out, "  # %s\n  - name: %s\n    interval: 15s\n    rules:\n", g.title, g.name)
		for _, a := range g.alerts {
			a.write(&out, o)
		}
	}
	return out.Bytes()
}

// operatorFile is rules/prometheusrule.yaml: the same groups for the Prometheus
// operator.
func operatorFile(o *Options) []byte {
	var out bytes.Buffer
	out.WriteString("# rules/alerts.yml as the Prometheus operator takes it. Give it the labels that your\n" +
		"# Prometheus selects rules by (spec.ruleSelector).\n" +
		"# Made from dashboards/alerts.go: change that.\n" +
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: zkdoctor\n  labels: {app: zkdoctor}\nspec:\n")
	_, groups, _ := bytes.Cut(rulesFile(o), []byte("\ngroups:\n"))
	out.WriteString("  groups:\n")
	for line := range bytes.Lines(groups) {
		out.WriteString("  ")
		out.Write(line)
	}
	return out.Bytes()
}

func (a *alert) write(out *bytes.Buffer, o *Options) {
	fmt.Fprintf(out, "      - alert: %s\n", a.name)
	fmt.Fprintf(out, "        expr: %s\n", strconv.Quote(o.scoped(a.expression())))
	fmt.Fprintf(out, "        # %s\n        for: %s\n", a.why, prometheusDuration(a.wait))
	fmt.Fprintf(out, "        labels:\n          severity: %s\n", scalar(string(a.severity)))
	if a.code != "" {
		fmt.Fprintf(out, "          code: %s\n", a.code)
	}
	for _, label := range slices.Sorted(maps.Keys(o.Labels)) {
		fmt.Fprintf(out, "          %s: %s\n", label, strconv.Quote(o.Labels[label]))
	}
	fmt.Fprintf(out, "        annotations:\n")
	fmt.Fprintf(out, "          summary: %s\n", strconv.Quote(a.summaryText(o)))
	fmt.Fprintf(out, "          description: %s\n", strconv.Quote(a.descriptionText(o)))
	fmt.Fprintf(out, "          runbook_url: %s\n", scalar(a.runbook(o)))
}

// scalar is a text in YAML, in quotes only where it needs them.
func scalar(text string) string {
	if plainScalar.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

var plainScalar = regexp.MustCompile(`^(critical|warning|https?://[A-Za-z0-9./#_-]+)$`)

// ofEnsemble reports whether the alert is about one ensemble, and not about an exporter.
func (a *alert) ofEnsemble() bool { return strings.Contains(a.expression(), "by (ensemble") }

// expression is the rule's own, or the finding at warning or above. max by keeps
// a severity that changes, and a root that becomes a consequence, from starting
// the wait anew.
func (a *alert) expression() string {
	expr := cmp.Or(a.expr, fmt.Sprintf(`max by (ensemble, code, server) (zkdoctor_finding{code="%s",severity!="info"}) == 1`, a.code))
	if a.limit != 0 {
		expr += " > " + strconv.FormatFloat(a.limit, 'f', -1, 64)
	}
	if a.unlessExplained {
		expr += fmt.Sprintf(` unless on (ensemble) ALERTS{alertstate="firing",code=~"%s"}`, strings.Join(causes(a.code), "|"))
	}
	return expr
}

// causes are the findings that have an alert and explain another.
func causes(code report.Code) []string {
	var out []string
	has := alerting()
	for _, c := range diag.Catalogue() {
		if has[c.Code] && slices.Contains(c.Explains, code) && !hidesNothing(c.Code) {
			out = append(out, string(c.Code))
		}
	}
	slices.Sort(out)
	return out
}

// hidesNothing is for findings of which one kind explains nothing: a disk that is
// only nearly full, or files that will fail a later write, have the same code.
func hidesNothing(code report.Code) bool {
	return code == diag.DiskFull || code == diag.DataDirNotWritable
}

// prometheusDuration is a time span as Prometheus writes it.
func prometheusDuration(d time.Duration) string {
	for _, unit := range []struct {
		span time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d > 0 && d%unit.span == 0 {
			return fmt.Sprintf("%d%s", d/unit.span, unit.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// inhibitFile is rules/alertmanager-inhibit.yml: what explains a finding keeps its
// alert quiet. Without it a lost quorum is one alert for each server.
func inhibitFile(o *Options) []byte {
	var out bytes.Buffer
	out.WriteString("# Inhibition rules for Alertmanager, a part of its configuration: zkdoctor's own\n" +
		"# graph of causes; what a page explains sends no message of its own. As it stands\n" +
		"# it can be appended: cat alertmanager.yml alertmanager-inhibit.yml\n" +
		"# Made from what the rules in diag say that they explain: change that.\n" +
		"inhibit_rules:\n")
	has, wide, identity := alerting(), ensembleWide(), strings.Join(o.identity(), ", ")
	for _, c := range diag.Catalogue() {
		if !has[c.Code] || hidesNothing(c.Code) {
			continue
		}
		// What stands for the ensemble has no server in common with its cause. That
		// no client can write, or that two lead, is never silenced.
		var ofServer, ofEnsemble []string
		for _, code := range c.Explains {
			switch {
			case !has[code], code == diag.QuorumLost, code == diag.SplitBrain, code == diag.LeaderNotCommitting:
			case wide[code], wide[c.Code]:
				ofEnsemble = append(ofEnsemble, string(code))
			default:
				ofServer = append(ofServer, string(code))
			}
		}
		inhibit(&out, c.Code, ofServer, identity+", server")
		inhibit(&out, c.Code, ofEnsemble, identity)
	}
	out.WriteString("  # A leader that is lost is the same outage.\n" +
		"  - source_matchers: ['alertname=\"ZooKeeperQuorumLost\"']\n" +
		"    target_matchers: ['alertname=~\"ZooKeeperLeaderLost|ZkdoctorVerdictUnknown\"']\n" +
		"    equal: [" + identity + "]\n")
	return out.Bytes()
}

func inhibit(out *bytes.Buffer, cause report.Code, hidden []string, equal string) {
	if len(hidden) == 0 {
		return
	}
	slices.Sort(hidden)
	fmt.Fprintf(out, "  - source_matchers: ['code=\"%s\"']\n    target_matchers: ['code=~\"%s\"']\n    equal: [%s]\n",
		cause, strings.Join(hidden, "|"), equal)
}

// ensembleWide are the findings that are about the ensemble and no server of it.
func ensembleWide() map[report.Code]bool {
	wide := map[report.Code]bool{}
	for _, c := range diag.Catalogue() {
		wide[c.Code] = c.EnsembleWide
	}
	return wide
}

// alerting are the findings that have an alert.
func alerting() map[report.Code]bool {
	has := map[report.Code]bool{}
	for _, g := range groups() {
		for _, a := range g.alerts {
			if a.code != "" {
				has[a.code] = true
			}
		}
	}
	return has
}
