package dashboards

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// summaryText fits a pager: "ZooKeeper orders in eu-1, zk1:2181: a write takes 250 ms".
func (a *alert) summaryText(o *Options) string {
	text := cmp.Or(a.summary, title(a.code))
	if !a.ofEnsemble() {
		return "zkdoctor{{ with $labels.instance }} {{ . }}{{ end }}" + o.place() + ": " + text
	}
	return "ZooKeeper {{ $labels.ensemble }}" + o.place() + "{{ with $labels.server }}, {{ . }}{{ end }}: " + text
}

// place is where the ensemble is. A Prometheus that has one cluster only says which in its
// external labels.
func (o *Options) place() string {
	by, before := o.By, " in "
	if len(by) == 0 {
		by = []string{"cluster"}
	}
	var out strings.Builder
	for _, label := range by {
		fmt.Fprintf(&out, "{{ with or $labels.%[1]s $externalLabels.%[1]s }}%[2]s{{ . }}{{ end }}", label, before)
		before = ", "
	}
	return out.String()
}

// descriptionText is what the alert means, and what is known at this moment: the verdict, the
// root causes, and what to type.
func (a *alert) descriptionText(o *Options) string {
	if !a.ofEnsemble() {
		return a.description
	}
	return o.definition() + strings.TrimSpace(a.description) + verdictLine + causeLines + checkLine + a.explainLine()
}

// definition makes $of, the selector of the alert's ensemble.
func (o *Options) definition() string {
	var format, values strings.Builder
	for _, label := range o.identity() {
		fmt.Fprintf(&format, "%s=%%q,", label)
		fmt.Fprintf(&values, " $labels.%s", label)
	}
	return fmt.Sprintf(`{{ $of := printf "%s"%s }}`, strings.TrimSuffix(format.String(), ","), values.String())
}

// What a description ends with, a line each. Two exporters may see the ensemble, hence max.
const (
	verdictLine = "{{ range printf `max by (summary) (zkdoctor_verdict_info{%s})` $of | query | sortByLabel `summary` }}\n" +
		"Verdict: {{ .Labels.summary }}{{ end }}"
	// A finding may be of many servers: they stand in one line.
	causeLines = "{{ range printf `max by (code, title) (zkdoctor_finding{%s,root=\"true\"})` $of | query | sortByLabel `code` }}\n" +
		"Root cause: {{ .Labels.title }} ({{ .Labels.code }})" +
		"{{ range printf `max by (server) (zkdoctor_finding{%s,root=\"true\",code=%q,title=%q,server!=\"\"})` $of .Labels.code .Labels.title | " +
		"query | sortByLabel `server` }}, {{ .Labels.server }}{{ end }}{{ else }}\n" +
		"Root cause: none found from where the exporter runs{{ end }}"
	// Only what no shell takes for more than a word is put into a command. zk:2181#2 is an
	// address of zk:2181.
	checkLine = "\nCheck: zkdoctor check{{ range printf `max by (target) (label_replace(zookeeper_up{%s},\"target\",\"$1\",\"server\",\"" +
		"([[A-Za-z0-9][][A-Za-z0-9.:_-]*)(#[0-9]+)?\"))` $of | query | sortByLabel `target` }}{{ with .Labels.target }} {{ . }}{{ end }}{{ end }}"
)

func (a *alert) explainLine() string {
	if a.code == "" {
		return ""
	}
	return "\nExplain: zkdoctor explain " + string(a.code)
}

// runbook is the address of the page that tells what to do.
func (a *alert) runbook(o *Options) string {
	switch {
	case o.RunbookURL != "" && a.code != "":
		return o.RunbookURL + "/" + string(a.code)
	case o.RunbookURL != "":
		return o.RunbookURL + "/alerts#" + strings.ToLower(a.name)
	case a.code != "":
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
