package dashboards

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// AlertsPage is the page about all alerts, docs/alerts.md, in Markdown.
func AlertsPage() []byte {
	var out bytes.Buffer
	out.WriteString(`# Alerts

The rules that ` + "`zkdoctor rules --out DIR`" + ` writes, for Prometheus, and for Alertmanager what keeps the
consequences of an alert quiet. Written from ` + "`dashboards/alerts.go`" +
		" by `go test ./dashboards -update`" + `.

- critical: clients cannot write, or data is at risk. Page the on-call engineer. ` +
		`warning: it works now; redundancy or the next restart
  is at risk.
- Labels: ` + "`ensemble`, `server`" + ` where it is about one, ` +
		"and `code`" + `, the finding, whose page is the runbook.
- They are silent through an election, a rolling restart and a restart of the exporter.
`)
	for _, g := range groups() {
		fmt.Fprintf(&out, "\n## %s\n\n", g.title)
		for _, a := range g.alerts {
			fmt.Fprintf(&out, "### %s\n\n%s", a.name, a.severity)
			if a.wait > 0 {
				fmt.Fprintf(&out, ", after %s: %s.\n\n", prometheusDuration(a.wait), a.why)
			} else {
				fmt.Fprintf(&out, ", at once: %s.\n\n", a.why)
			}
			if a.code != "" {
				fmt.Fprintf(&out, "[%s](findings/%s.md), %s. ", a.code, a.code, title(a.code))
			}
			text := a.description
			if i := strings.Index(text, "{{"); i >= 0 { // what only an alert can fill in
				text = strings.TrimSpace(text[:i]) + " " + strings.TrimLeft(text[strings.LastIndex(text, "}}")+2:], " .")
			}
			fmt.Fprintf(&out, "%s\n\n```\n%s\n```\n\n", text, a.expression())
		}
	}
	out.WriteString("## Findings without an alert\n\n")
	reasons := withoutAlert()
	var lines []string
	for code, reason := range reasons {
		lines = append(lines, fmt.Sprintf("- [%s](findings/%s.md): %s.\n", code, code, reason))
	}
	slices.Sort(lines)
	out.WriteString(strings.Join(lines, ""))
	return out.Bytes()
}
