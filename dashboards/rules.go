package dashboards

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

//go:embed rules/*.yml rules/*.yaml grafana/*.json
var files embed.FS

// RuleFiles are the rules for Prometheus and Alertmanager, by their file names.
func RuleFiles() fs.FS { return below("rules") }

func below(dir string) fs.FS {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // a broken embed, which the tests find first
	}
	return sub
}

// pages is where the pages of findings and alerts are.
const pages = "https://github.com/zkdoctor/zkdoctor/blob/main/docs/"

// rulesFile is rules/alerts.yml.
func rulesFile() []byte {
	var out bytes.Buffer
	out.WriteString("# Alert rules on the metrics of zkdoctor exporter, scraped every 15 s. They are\n" +
		"# evaluated as often, whatever the configuration says: a minute would come on top\n" +
		"# of every wait.\n" +
		"# Made from dashboards/alerts.go: change that.\n" +
		"groups:\n")
	out.WriteString("  - name: zkdoctor-records\n    interval: 15s\n    rules:\n")
	for _, r := range records() {
		fmt.Fprintf(&out, "      # %s\n      - record: %s\n        expr: %s\n", r.why, r.name, strconv.Quote(r.expr))
	}
	for _, g := range groups() {
		fmt.Fprintf(&out, "  # %s\n  - name: %s\n    interval: 15s\n    rules:\n", g.title, g.name)
		for _, a := range g.alerts {
			a.write(&out)
		}
	}
	return out.Bytes()
}

// operatorFile is rules/prometheusrule.yaml: the same groups for the Prometheus
// operator.
func operatorFile() []byte {
	var out bytes.Buffer
	out.WriteString("# rules/alerts.yml as the Prometheus operator takes it. Give it the labels that your\n" +
		"# Prometheus selects rules by (spec.ruleSelector).\n" +
		"# Made from dashboards/alerts.go: change that.\n" +
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: zkdoctor\n  labels: {app: zkdoctor}\nspec:\n")
	_, groups, _ := bytes.Cut(rulesFile(), []byte("\ngroups:\n"))
	out.WriteString("  groups:\n")
	for line := range bytes.Lines(groups) {
		out.WriteString("  ")
		out.Write(line)
	}
	return out.Bytes()
}

func (a *alert) write(out *bytes.Buffer) {
	fmt.Fprintf(out, "      - alert: %s\n", a.name)
	fmt.Fprintf(out, "        expr: %s\n", strconv.Quote(a.expression()))
	fmt.Fprintf(out, "        # %s\n        for: %s\n", a.why, prometheusDuration(a.wait))
	fmt.Fprintf(out, "        labels:\n          severity: %s\n", a.severity)
	if a.code != "" {
		fmt.Fprintf(out, "          code: %s\n", a.code)
	}
	fmt.Fprintf(out, "        annotations:\n")
	fmt.Fprintf(out, "          summary: %s\n", strconv.Quote(a.summaryText()))
	fmt.Fprintf(out, "          description: %s\n", strconv.Quote(a.description+a.advice()))
	fmt.Fprintf(out, "          runbook_url: %s\n", a.runbook())
}

// expression is the rule's own, or the finding at warning or above. max by keeps
// a severity that changes, and a root that becomes a consequence, from starting
// the wait anew.
func (a *alert) expression() string {
	expr := cmp.Or(a.expr, fmt.Sprintf(`max by (ensemble, code, server) (zkdoctor_finding{code="%s",severity!="info"}) == 1`, a.code))
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

func (a *alert) summaryText() string {
	return cmp.Or(a.summary, "{{ with $labels.server }}{{ . }}{{ else }}{{ $labels.ensemble }}{{ end }}: "+title(a.code))
}

func (a *alert) advice() string {
	if a.code == "" {
		return ""
	}
	return fmt.Sprintf(" What was seen and what to do: zkdoctor check, and zkdoctor explain %s.", a.code)
}

func (a *alert) runbook() string {
	if a.code != "" {
		return pages + "findings/" + string(a.code) + ".md"
	}
	return pages + "alerts.md#" + strings.ToLower(a.name)
}

func title(code report.Code) string {
	for _, c := range diag.Catalogue() {
		if c.Code == code {
			return c.Title
		}
	}
	return string(code)
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
func inhibitFile() []byte {
	var out bytes.Buffer
	out.WriteString("# Inhibition rules for Alertmanager, a part of its configuration: zkdoctor's own\n" +
		"# graph of causes; what a page explains sends no message of its own. As it stands\n" +
		"# it can be appended: cat alertmanager.yml alertmanager-inhibit.yml\n" +
		"# Made from what the rules in diag say that they explain: change that.\n" +
		"inhibit_rules:\n")
	has, wide := alerting(), ensembleWide()
	for _, c := range diag.Catalogue() {
		if !has[c.Code] || hidesNothing(c.Code) {
			continue
		}
		// What stands for the ensemble has no server in common with its cause. That
		// nobody can write, or that two lead, is never kept quiet.
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
		inhibit(&out, c.Code, ofServer, "ensemble, server")
		inhibit(&out, c.Code, ofEnsemble, "ensemble")
	}
	out.WriteString("  # A leader that is lost is the same outage.\n" +
		"  - source_matchers: ['alertname=\"ZooKeeperQuorumLost\"']\n" +
		"    target_matchers: ['alertname=~\"ZooKeeperLeaderLost|ZkdoctorVerdictUnknown\"']\n" +
		"    equal: [ensemble]\n")
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
