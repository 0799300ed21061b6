package exporter

import (
	"bufio"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// encoded is what the library makes of families.
func encoded(t *testing.T, families []*dto.MetricFamily, open bool) string {
	t.Helper()
	var b strings.Builder
	for _, f := range families {
		var err error
		if open {
			_, err = expfmt.MetricFamilyToOpenMetrics(&b, f, expfmt.WithCreatedLines())
		} else {
			_, err = expfmt.MetricFamilyToText(&b, f)
		}
		must(t, err)
	}
	if open {
		_, err := expfmt.FinalizeOpenMetrics(&b)
		must(t, err)
	}
	return b.String()
}

// TestPageIsWhatALibraryMakes: the text of a page is byte for byte what a registry and the
// library's encoders make of the same samples.
func TestPageIsWhatALibraryMakes(t *testing.T) {
	tab := newTable(nil, nil)
	compat := newCompat(tab)
	own := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "zookeeper_middle_total", Help: "Between others \\ \"and\" more."})
	own.MustRegister(counter)
	odd := mntr("zk_a 0.5", "zk_b 1e300", "zk_c -0", "zk_d -1", "zk_e 1e6", "zk_f 999999", "zk_g 12345678.0", `zk_h{x="a\b\"c"} 1`, `zk_h{x="a"} 2`, "zk_cnt_fsynctime 2000000", "zk_sum_fsynctime 5", "zk_zz 1")
	all := append(recordedServers(t), recordedServer{"odd", *odd})
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			s, other := &r.server, snapshot.Server{}
			fill := func(to sink) {
				tab.server(to, "prod \"x\"\\", testServer, s, viewOf(s))
				tab.server(to, "prod \"x\"\\", "a:1", s, viewOf(s))
				tab.server(to, "b", "a!:1", &other, report.ServerView{})
				compat.server(to, testServer, s, viewOf(s))
				tab.sender(to, pair("ensemble", "b")).set("zkdoctor_leaders", unknown())
			}
			registry := prometheus.NewPedanticRegistry()
			registry.MustRegister(collect{send: func(ch chan<- prometheus.Metric) { fill(sent(ch)) }})
			p := newPage(tab)
			fill(newPage(tab))
			for range 2 { // it is used again
				p.reset()
				fill(p)
				for _, open := range []bool{false, true} {
					merged, err := prometheus.Gatherers{registry, own}.Gather()
					must(t, err)
					others, err := own.Gather()
					must(t, err)
					var b strings.Builder
					w := textWriter{to: bufio.NewWriter(&b), open: open}
					w.page(p, others)
					must(t, w.failed)
					must(t, w.to.Flush())
					if d := cmp.Diff(encoded(t, merged, open), b.String()); d != "" {
						t.Fatalf("OpenMetrics: %t (-library +page):\n%s", open, d)
					}
				}
				merged, err := registry.Gather()
				must(t, err)
				gathered, err := prometheus.Gatherers{p}.Gather()
				must(t, err)
				if d := cmp.Diff(encoded(t, merged, false), encoded(t, gathered, false)); d != "" {
					t.Fatalf("gathered (-registry +page):\n%s", d)
				}
			}
		})
	}
}
