package exporter

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// compatNames are the metrics of dabealu's exporter that are no key of mntr.
var compatNames = map[string]bool{
	"zk_up": true, "zk_ruok": true, "zk_server_leader": true, "zk_version": true, "zk_peer_state": true,
}

// compat sends the series of github.com/dabealu/zookeeper-exporter: every
// numeric key of mntr as it is named, untyped, with the label zk_host. Two things
// are mended: zk_server_leader is 1 for a leader alone, where that exporter
// takes every server without a quorum for one, and it is 0 for a server that
// does not answer, so that sum(zk_server_leader) == 0 holds when all are gone.
func (t *table) compat(ch chan<- prometheus.Metric, host string, s *snapshot.Server, view report.ServerView) {
	out := t.sender(ch, pair("zk_host", host))
	up := answers(s)
	out.zk("zk_up", oneIf(up))
	out.zk("zk_ruok", oneIf(up && (s.Srvr.Seen() || s.Ruok.Seen())))
	out.zk("zk_server_leader", oneIf(view.Role == report.Leader))
	if view.Version != nil {
		// That exporter leaves -alpha and the like out.
		version, _, _ := strings.Cut(*view.Version, "-")
		out.zk("zk_version", 1, "version", version)
	}
	mntr := s.Monitored()
	if !mntr.Seen() {
		return
	}
	if state, ok := mntr.Value.PeerState(); ok {
		first, _, _ := strings.Cut(state, " ")
		out.zk("zk_peer_state", 1, "state", first)
	}
	g := t.scratch.Get().(*scratch)
	defer func() { g.reset(); t.scratch.Put(g) }()
	for _, p := range mntr.Value.Keys {
		key, ours := strings.CutPrefix(p.Key, "zk_")
		if value, ok := number(p.Value); ours && ok {
			t.pass(g, t.zk, key, value)
		}
	}
	for _, p := range g.pass {
		out.passed(p)
	}
}

// zk sends one of compatNames, with one label or none.
func (s *sender) zk(name string, value float64, label ...string) {
	desc := s.table.compatDescs[name]
	if desc == nil {
		return // not wanted
	}
	labels := s.common
	if len(label) > 0 {
		labels = s.labels(label[:1], label[1:])
	}
	s.sample(sample{desc, kindUntyped, labels, value})
}

// newCompatDescs describes those of compatNames that are wanted.
func newCompatDescs(wanted func(string) bool) map[string]*prometheus.Desc {
	labels := map[string][]string{"zk_version": {"zk_host", "version"}, "zk_peer_state": {"zk_host", "state"}}
	descs := map[string]*prometheus.Desc{}
	for name := range compatNames {
		own := labels[name]
		if own == nil {
			own = []string{"zk_host"}
		}
		if wanted(name) {
			descs[name] = prometheus.NewDesc(name, "As dabealu's exporter has it.", own, nil)
		}
	}
	return descs
}

func newCompatPassage(wanted func(string) bool) *passage {
	return &passage{
		prefix: "zk_", help: "The key of mntr, as the server reports it.", labels: []string{"zk_host"},
		taken: func(name string) bool { return compatNames[name] }, wanted: wanted, known: map[string]*passed{},
	}
}
