package exporter

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

const metricsPage = "../docs/metrics.md"

const pageHead = `# Metrics

Written from the table in ` + "`exporter/names*.go`" + ` by ` + "`go test ./exporter -run TestMetricsPage -update`" + `.

- ` + "`zookeeper_*`" + ` is what servers report, ` + "`zkdoctor_*`" + ` what was seen from outside and what is concluded of it.
- All have the label ` + "`ensemble`" + `; all but those of an ensemble have ` + "`server`" + `, host:port as configured, with ` + "`#1`, `#2`" + ` for the addresses of a name that has several. The column names the others.
- ` + "`zookeeper_up`" + ` is there as long as the server is configured. It is NaN where zkdoctor itself could not check the server
  (` + "`zkdoctor_probe_errors_total`" + `): compare it with ` + "`== 0`" + ` or ` + "`== 1`" + `, never with ` + "`!= 1`" + `. What else is not known is absent, never 0.
- A name is the same on every ZooKeeper version and with both metrics providers (default, and PrometheusMetricsProvider of 3.6).
- Times are seconds, sizes bytes. A summary has ` + "`_sum`, `_count`" + ` and, where something was observed, quantiles: 0.5, 0.95, 0.99 and 0.999 of
  advanced summaries from the default provider; 0.5, and of advanced ones 0.9 and 0.99, from the Prometheus provider. The default
  provider's quantiles are those of a sample of all observations since the process started: prefer
  ` + "`rate(x_sum[5m]) / rate(x_count[5m])`" + `. Averages and shortest times of summaries are not served: the first are sum by count.
- Longest times (` + "`_max_seconds`" + `) are served where a single one is a fault. The Prometheus provider does not report them.
- ` + "`namespace`" + ` is a top-level znode, ` + "`server_id`" + ` the id of a learner. Of more than 100 values in one metric of one server the first by name
  are served; ` + "`zkdoctor_label_values_dropped_total`" + ` counts the others.
- Keys of mntr that zkdoctor does not know pass through as ` + "`zookeeper_<key>`" + `, untyped, with the unit that the server uses; these names
  promise nothing. Where such a name is taken it is ` + "`zookeeper_mntr_<key>`" + `.
- A key that mntr does not have, or that is not allowed, is read from srvr where it is there.
`

const pageCompat = `
## --compat=dabealu

Adds the series of [dabealu/zookeeper-exporter](https://github.com/dabealu/zookeeper-exporter), untyped, with its label ` + "`zk_host`" + ` (host:port): ` +
	"`zk_up`, `zk_ruok`, `zk_server_leader`, `zk_version{version}`, `zk_peer_state{state}`" + `, and every numeric key of mntr as it is named. Differences, on purpose:

- ` + "`zk_server_leader`" + ` is 1 for a leader alone. That exporter has 1 for every server without a quorum.
- ` + "`zk_server_leader`" + ` is 0 for a server that does not answer, so that ` + "`sum(zk_server_leader) == 0`" + ` also holds when all are gone.
- ` + "`zk_up`" + ` is 1 when what answers is ZooKeeper, whether mntr is allowed or not.
- ` + "`zk_ruok`" + ` is 1 when srvr is answered: ruok is asked only where srvr gives no role.
- Labels of the Prometheus provider are kept as they are; NaN is left out.
`

// TestMetricsPage: docs/metrics.md is what the table says.
func TestMetricsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, group := range metricGroups() {
		section(&b, group.title)
		for i := range group.rows {
			r := &group.rows[i]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", r.name, r.kind, ticks(r.labels...), r.unit(), r.since, r.origin(), r.help)
		}
	}
	own(t, &b)
	b.WriteString(pageCompat)
	got := b.String()
	if *update {
		if err := os.WriteFile(metricsPage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(metricsPage)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is not what the table says; run go test ./exporter -run TestMetricsPage -update (-page +table):\n%s", metricsPage, d)
	}
}

func section(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n## %s\n\n| Metric | Type | Labels | Unit | ZooKeeper | From | Meaning |\n|---|---|---|---|---|---|---|\n", title)
}

func ticks(words ...string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

// unit is the unit of the metric, as its name tells.
func (r *row) unit() string {
	name := strings.TrimSuffix(r.name, "_total")
	for _, unit := range []string{"seconds", "bytes", "ticks"} {
		if strings.HasSuffix(name, "_"+unit) {
			return unit
		}
	}
	return ""
}

// origin is where the value is read.
func (r *row) origin() string {
	var from []string
	for _, key := range r.keys {
		switch {
		case r.isSet && r.kind == kindSummary:
			key = "*_<" + r.labels[0] + ">_" + key
		case r.isSet:
			key = "<" + r.labels[0] + ">_" + key
		case r.kind == kindSummary && len(r.labels) == 0:
			key = "*_" + key
		}
		from = append(from, "mntr "+ticks("zk_"+key))
	}
	if r.srvr != nil {
		from = append(from, "srvr "+ticks(r.line))
	}
	if r.conf != nil {
		from = append(from, "conf "+ticks(r.line))
	}
	if len(from) == 0 {
		return r.source
	}
	return strings.Join(from, ", ")
}

var described = regexp.MustCompile(`fqName: "([^"]*)", help: "([^"]*)",.*constLabels: \{(?:([a-z_]+)="[^}]*)?\}, variableLabels: \{([^}]*)\}`)

// own writes the metrics of the exporter itself, which are not in the table.
func own(t *testing.T, b *strings.Builder) {
	t.Helper()
	e := &Exporter{self: prometheus.NewRegistry(), table: newTable(nil, nil), troubles: newTroubles(zerolog.Nop())}
	e.registerSelf()
	descs := make(chan *prometheus.Desc, 100)
	e.self.Describe(descs)
	e.table.dropped.Describe(descs)
	for _, f := range []*family{probeOK, probeSeconds, confAge, slowAge} {
		descs <- f.desc
	}
	close(descs)
	var lines []string
	for d := range descs {
		m := described.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatal("cannot read", d)
		}
		if !strings.HasPrefix(m[1], "zkdoctor_") {
			continue // go_* and process_*
		}
		kind, labels := kindGauge, ""
		if strings.HasSuffix(m[1], "_total") {
			kind = kindCounter
		}
		if all := strings.Trim(m[3]+","+m[4], ","); all != "" {
			labels = ticks(strings.Split(all, ",")...)
		}
		r := row{name: m[1]}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s | %s | | the exporter | %s |\n", m[1], kind, labels, r.unit(), m[2]))
	}
	section(b, "The exporter itself")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		b.WriteString(line)
	}
}
