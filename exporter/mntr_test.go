package exporter

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestReadMntr(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"one name on every version", []string{"zk_followers 3"}, "zookeeper_learners 3\n"},
		{"later too", []string{"zk_learners 3.0"}, "zookeeper_learners 3\n"},
		{"times are seconds, exactly", []string{"zk_avg_latency 1.625", "zk_max_latency 383"}, "zookeeper_request_latency_avg_seconds 0.001625\nzookeeper_request_latency_max_seconds 0.383\n"},
		{"counters", []string{"zk_packets_sent 1.2E7"}, "zookeeper_packets_sent_total 1.2e+07\n"},
		{"counters of client library 1.x", []string{"zk_looking_count_total 2.0"}, "zookeeper_looking_total 2\n"},
		{"-1 is none", []string{"zk_max_proposal_size -1", "zk_max_file_descriptor_count -1.0", "zk_pending_syncs 0"}, "zookeeper_pending_syncs 0\n"},
		{
			"basic summary",
			[]string{"zk_avg_fsynctime 0.5", "zk_min_fsynctime 0", "zk_max_fsynctime 2", "zk_cnt_fsynctime 4", "zk_sum_fsynctime 2"},
			"zookeeper_fsync_max_seconds 0.002\nzookeeper_fsync_seconds_sum 0.002\nzookeeper_fsync_seconds_count 4\n",
		},
		{
			"basic summary, Prometheus provider",
			[]string{`zk_fsynctime{quantile="0.5"} 1.0`, "zk_fsynctime_count 4.0", "zk_fsynctime_sum 2.0"},
			"zookeeper_fsync_seconds{quantile=\"0.5\"} 0.001\nzookeeper_fsync_seconds_sum 0.002\nzookeeper_fsync_seconds_count 4\n",
		},
		{
			"no observation, no quantile",
			[]string{"zk_cnt_readlatency 0", "zk_sum_readlatency 0", "zk_p50_readlatency 0"},
			"zookeeper_read_latency_seconds_sum 0\nzookeeper_read_latency_seconds_count 0\n",
		},
		{"half a summary is none", []string{"zk_cnt_readlatency 1", "zk_p50_readlatency 0", "zk_sum_updatelatency 5", "zk_cnt_fsynctime -1", "zk_sum_fsynctime 1"}, ""},
		{
			"set of servers",
			[]string{"zk_cnt_1_ack_latency 2", "zk_sum_1_ack_latency 3000", "zk_p999_1_ack_latency 2000", "zk_cnt_-2_ack_latency 0", "zk_sum_-2_ack_latency 0"},
			"zookeeper_ack_latency_seconds_sum{server_id=\"-2\"} 0\nzookeeper_ack_latency_seconds_count{server_id=\"-2\"} 0\n" +
				"zookeeper_ack_latency_seconds{server_id=\"1\",quantile=\"0.999\"} 2\nzookeeper_ack_latency_seconds_sum{server_id=\"1\"} 3\nzookeeper_ack_latency_seconds_count{server_id=\"1\"} 2\n",
		},
		{"no id, no set", []string{"zk_sum_own_ack_latency 3"}, "zookeeper_sum_own_ack_latency 3\n"},
		{
			"set, Prometheus provider",
			[]string{`zk_ack_latency{key="1",quantile="0.99"} 2.0`, `zk_ack_latency_count{key="1"} 1.0`, `zk_ack_latency_sum{key="1"} 2.0`},
			"zookeeper_ack_latency_seconds{server_id=\"1\",quantile=\"0.99\"} 0.002\nzookeeper_ack_latency_seconds_sum{server_id=\"1\"} 0.002\nzookeeper_ack_latency_seconds_count{server_id=\"1\"} 1\n",
		},
		{
			"znode names that look like keys",
			[]string{"zk_cnt_a_read_per_namespace_write_per_namespace 1", "zk_sum_a_read_per_namespace_write_per_namespace 7", "zk_sum_sum_x_read_per_namespace 5", "zk_cnt_sum_x_read_per_namespace 1"},
			"zookeeper_namespace_read_bytes_sum{namespace=\"sum_x\"} 5\nzookeeper_namespace_read_bytes_count{namespace=\"sum_x\"} 1\n" +
				"zookeeper_namespace_write_bytes_sum{namespace=\"a_read_per_namespace\"} 7\nzookeeper_namespace_write_bytes_count{namespace=\"a_read_per_namespace\"} 1\n",
		},
		{
			"gauge set",
			[]string{"zk_avg_x_quota_count_limit_per_namespace 10", `zk_quota_bytes_usage_per_namespace{key="a b,c"} 3.0`, "zk_y_quota_count_limit_per_namespace -1"},
			"zookeeper_quota_limit_znodes{namespace=\"avg_x\"} 10\nzookeeper_quota_usage_bytes{namespace=\"a b,c\"} 3\n",
		},
		{
			"labels of the JVM",
			[]string{`zk_jvm_info{version="17",vendor="Debian",runtime="a, b"} 1.0`, `zk_jvm_memory_bytes_max{area="nonheap"} -1.0`, `zk_jvm_memory_bytes_used{area="heap"} 5.0`},
			"zookeeper_jvm_info{runtime=\"a, b\",vendor=\"Debian\",version=\"17\"} 1\nzookeeper_jvm_memory_used_bytes{area=\"heap\"} 5\n",
		},
		{
			"unknown keys pass through",
			[]string{"zk_new.key-1 5", `zk_new{b="2",a="x y"} 1.5`, "zk_text no", "zk_nan NaN", "zk_inf Infinity", "zk_null null", "other_key 1"},
			"zookeeper_new{a=\"x y\",b=\"2\"} 1.5\nzookeeper_new_key_1 5\n",
		},
		{"two keys, one name: the first", []string{"zk_a-b 1", "zk_a.b 2"}, "zookeeper_a_b 1\n"},
		{
			"no clash with the table",
			[]string{"zk_up 5", "zk_fsync_seconds_count 5", "zk_znodes{x=\"1\"} 5"},
			"zookeeper_mntr_fsync_seconds_count 5\nzookeeper_mntr_up 5\nzookeeper_mntr_znodes{x=\"1\"} 5\n",
		},
		{"labels that are ours", []string{`zk_new{server="a"} 1`}, "zookeeper_new{exported_server=\"a\"} 1\n"},
		{"malformed labels", []string{`zk_new{server="a} 1`, `zk_new{a="1",a="2"} 1`, `zk_new{1="a"} 1`, `zk_new{__a="a"} 1`, `zk_new{ 1`, `zk_new{a=1} 1`}, ""},
		{
			"bytes that are no text",
			[]string{"zk_a\xff\x00 1", "zk_sum_\xfe_read_per_namespace 1", "zk_cnt_\xfe_read_per_namespace 1"},
			"zookeeper_a__ 1\nzookeeper_namespace_read_bytes_sum{namespace=\"\\\\xfe\"} 1\nzookeeper_namespace_read_bytes_count{namespace=\"\\\\xfe\"} 1\n",
		},
		{"peer state", []string{"zk_peer_state looking"}, "zookeeper_peer_state{state=\"looking\"} 1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := reported(t, mntr(test.lines...))
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestFallback: what mntr does not tell is read from srvr, under the same name.
func TestFallback(t *testing.T) {
	s := recordedNamed(t, "3.5.10_leader-loaded")
	both := strings.Split(reported(t, s), "\n")
	s.Mntr = snapshot.Failed[snapshot.Mntr](&snapshot.Failure{Kind: snapshot.NotAllowed}, 0)
	alone := reported(t, s)
	for _, name := range []string{"zookeeper_connections", "zookeeper_outstanding_requests", "zookeeper_znodes", "zookeeper_packets_sent_total", "zookeeper_request_latency_max_seconds", "zookeeper_epoch"} {
		if strings.Count(alone, name+" ") != 1 {
			t.Errorf("%s from srvr: want one, got\n%s", name, alone)
		}
		n := 0
		for _, line := range both {
			if strings.HasPrefix(line, name+" ") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s from both: want one, got %d", name, n)
		}
	}
}

func TestBounds(t *testing.T) {
	var lines []string
	for i := range 150 {
		lines = append(lines, fmt.Sprintf("zk_cnt_n%03d_read_per_namespace 1", 149-i), fmt.Sprintf("zk_sum_n%03d_read_per_namespace 1", 149-i))
	}
	for i := range maxPassed + 7 {
		lines = append(lines, fmt.Sprintf("zk_unknown_%d 1", i))
	}
	lines = append(lines, "zk_"+strings.Repeat("x", maxKeyBytes+1)+" 1")
	tab := newTable(nil, nil)
	text := exposition(t, registryOf(tab, mntr(lines...), false))
	if got := strings.Count(text, "namespace_read_bytes_count{"); got != maxLabelValues {
		t.Errorf("got %d namespaces, want %d", got, maxLabelValues)
	}
	if !strings.Contains(text, `namespace="n000"`) || strings.Contains(text, `namespace="n100"`) {
		t.Error("not the first by name")
	}
	if got := strings.Count(text, "\nzookeeper_unknown_"); got != maxPassed {
		t.Errorf("got %d unknown keys, want %d", got, maxPassed)
	}
	if got := testutil.ToFloat64(tab.dropped); got != 50+7 {
		t.Errorf("dropped: got %v, want 57", got)
	}
}

// TestScratchIsClean: one server leaves nothing behind for the next.
func TestScratchIsClean(t *testing.T) {
	tab := newTable(nil, nil)
	want := exposition(t, registryOf(tab, mntr("zk_learners 1"), false))
	exposition(t, registryOf(tab, recordedNamed(t, "3.9.5_leader-prometheus"), false))
	exposition(t, registryOf(tab, mntr("zk_new{a=\"1\"} 1"), false))
	if d := cmp.Diff(want, exposition(t, registryOf(tab, mntr("zk_learners 1"), false))); d != "" {
		t.Error(d)
	}
}

// TestConcurrent: one table serves many scrapes at a time.
func TestConcurrent(t *testing.T) {
	tab := newTable(nil, nil)
	var group sync.WaitGroup
	for _, r := range recordedServers(t) {
		r.server.Mntr.Value.Keys = append(r.server.Mntr.Value.Keys, snapshot.Pair{Key: "zk_new", Value: "1"})
		group.Go(func() {
			if _, err := registryOf(tab, &r.server, false).Gather(); err != nil {
				t.Error(err)
			}
			if _, err := compatible(tab, &r.server, viewOf(&r.server)).Gather(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// FuzzMntr: whatever a server says can be gathered, beside the table's own.
func FuzzMntr(f *testing.F) {
	for _, r := range recordedServers(f) {
		var b strings.Builder
		for i, p := range r.server.Mntr.Value.Keys {
			if i%17 == 0 {
				b.WriteString(p.Key + "\t" + p.Value + "\n")
			}
		}
		f.Add([]byte(b.String()))
	}
	f.Add([]byte("zk_x{a=\"1\",a=\"2\"}\t1\nzk_up\t1\nzk_fsync_seconds_count\t1\nzk_cnt_fsynctime\t1\nzk_sum_fsynctime\t1\n"))
	tab := newTable(nil, nil)
	compat := newCompat(tab)
	f.Fuzz(func(t *testing.T, reply []byte) {
		m, err := snapshot.ParseMntr(reply)
		if err != nil {
			return
		}
		s := &snapshot.Server{Mntr: snapshot.Saw(m, 0)}
		view := viewOf(s)
		r := prometheus.NewPedanticRegistry()
		r.MustRegister(collect{send: func(ch chan<- prometheus.Metric) {
			tab.server(sent(ch), "prod", testServer, s, view)
			compat.server(sent(ch), testServer, s, view)
			for _, row := range tab.rows { // every name of the table is in use
				if row.kind == kindSummary {
					out := tab.sender(sent(ch), pair("ensemble", "other"), pair("server", "other"))
					out.cell(row, &cell{seen: 1<<statCount | 1<<statSum}, out.labels(row.labels, make([]string, len(row.labels))))
				}
			}
		}})
		families, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if !validLabel(family.GetName()) {
				t.Errorf("name %q", family.GetName())
			}
		}
	})
}

func BenchmarkCompat(b *testing.B) {
	s := recordedNamed(b, "3.9.5_leader-loaded")
	view := viewOf(s)
	compat := newCompat(newTable(nil, nil))
	ch := make(chan prometheus.Metric, 2000)
	b.ReportAllocs()
	for b.Loop() {
		compat.server(sent(ch), testServer, s, view)
		for len(ch) > 0 {
			<-ch
		}
	}
}

func BenchmarkServerMetrics(b *testing.B) {
	for _, name := range []string{"3.9.5_leader-loaded", "3.9.5_leader-prometheus", "3.4.10_leader"} {
		s := recordedNamed(b, name)
		view := viewOf(s)
		b.Run(name, func(b *testing.B) {
			tab := newTable(nil, nil)
			ch := make(chan prometheus.Metric, 2000)
			b.ReportAllocs()
			for b.Loop() {
				tab.server(sent(ch), "prod", testServer, s, view)
				b.ReportMetric(float64(len(ch)), "metrics")
				for len(ch) > 0 {
					<-ch
				}
			}
		})
		b.Run(name+"/gathered", func(b *testing.B) {
			registry := prometheus.NewRegistry()
			tab := newTable(nil, nil)
			registry.MustRegister(collect{send: func(ch chan<- prometheus.Metric) { tab.server(sent(ch), "prod", testServer, s, view) }})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := registry.Gather(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
