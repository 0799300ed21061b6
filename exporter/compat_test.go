package exporter

import (
	"regexp"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func compatible(tab *table, s *snapshot.Server, view report.ServerView) *prometheus.Registry {
	registry, compat := prometheus.NewPedanticRegistry(), newCompat(tab)
	registry.MustRegister(collect{send: func(ch chan<- prometheus.Metric) { compat.server(sent(ch), testServer, s, view) }})
	return registry
}

func TestCompat(t *testing.T) {
	for _, r := range recordedServers(t) {
		t.Run(r.name, func(t *testing.T) {
			text := samples(exposition(t, compatible(newTable(nil, nil), &r.server, viewOf(&r.server))))
			switch r.name {
			case "3.4.10_follower", "3.8.6_not-serving", "3.9.5_leader", "3.9.5_leader-prometheus":
				golden(t, "compat_"+r.name, text)
			}
		})
	}
}

// TestCompatUnreachable: a server that is gone is no leader, and says so.
func TestCompatUnreachable(t *testing.T) {
	s := &snapshot.Server{Srvr: snapshot.Failed[snapshot.Srvr](&snapshot.Failure{Kind: snapshot.Filtered}, 0)}
	golden(t, "compat_filtered", exposition(t, compatible(newTable(nil, nil), s, viewOf(s))))
}

func TestCompatHostile(t *testing.T) {
	s := mntr("zk_up 7", "zk_server_leader 1", "zk_a-b 1", "zk_a.b 2", `zk_q{zk_host="x",quantile="0.5"} 3`, "zk_peer_state 5")
	got := samples(exposition(t, compatible(newTable(nil, []*regexp.Regexp{regexp.MustCompile("ruok|version")}), s, report.ServerView{Role: report.Follower})))
	want := `zk_a_b{zk_host="zk1.example.org:2181"} 1
zk_mntr_server_leader{zk_host="zk1.example.org:2181"} 1
zk_mntr_up{zk_host="zk1.example.org:2181"} 7
zk_mntr_peer_state{zk_host="zk1.example.org:2181"} 5
zk_peer_state{state="5",zk_host="zk1.example.org:2181"} 1
zk_q{exported_zk_host="x",quantile="0.5",zk_host="zk1.example.org:2181"} 3
zk_server_leader{zk_host="zk1.example.org:2181"} 0
zk_up{zk_host="zk1.example.org:2181"} 1
`
	if sortedLines(got) != sortedLines(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
