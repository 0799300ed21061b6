package exporter

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// compatNames are the metrics of dabealu's exporter that are no key of mntr.
var compatNames = map[string]bool{
	"zk_up": true, "zk_ruok": true, "zk_server_leader": true, "zk_version": true, "zk_peer_state": true,
}

// compat makes the series of github.com/dabealu/zookeeper-exporter.
type compat struct {
	table       *table
	unknownKeys *unknownKeys
	families    map[string]*family // those of compatNames that are wanted
}

func newCompat(t *table) *compat {
	labels := map[string][]string{"zk_version": {"zk_host", "version"}, "zk_peer_state": {"zk_host", "state"}}
	families := map[string]*family{}
	for name := range compatNames {
		own := labels[name]
		if own == nil {
			own = []string{"zk_host"}
		}
		if t.wanted(name) {
			families[name] = newFamily(name, "As dabealu's exporter has it.", kindUntyped, own...)
		}
	}
	return &compat{t, &unknownKeys{
		prefix: "zk_", help: "The key of mntr, as the server reports it.", labels: []string{"zk_host"},
		taken: func(name string) bool { return compatNames[name] }, wanted: t.wanted, known: map[string]*passed{},
	}, families}
}

// server sends every numeric key of mntr as it is named, untyped, with the label
// zk_host. Two things are corrected: zk_server_leader is 1 for a leader alone, where that
// exporter takes every server without a quorum for one, and it is 0 for a server that
// does not answer, so that sum(zk_server_leader) == 0 holds when all are gone.
func (c *compat) server(to sink, host string, s *snapshot.Server, view report.ServerView) {
	out := c.table.sender(to, pair("zk_host", host))
	// one sends one of compatNames, with one label or none.
	one := func(name string, value float64, label ...string) {
		if of := c.families[name]; of != nil {
			out.sample(of, out.labels(label[:len(label)/2], label[len(label)/2:]), value)
		}
	}
	answered := answers(s)
	if !answered && unmade(s) {
		c.unknown(to, host)
		return
	}
	one("zk_up", oneIf(answered))
	one("zk_ruok", oneIf(answered && (s.Srvr.Seen() || s.Ruok.Seen())))
	one("zk_server_leader", oneIf(view.Role == report.Leader))
	if view.Version != nil {
		// That exporter leaves -alpha and the like out.
		version, _, _ := strings.Cut(*view.Version, "-")
		one("zk_version", 1, "version", version)
	}
	mntr := s.Monitored()
	if !mntr.Seen() {
		return
	}
	if state, ok := mntr.Value.PeerState(); ok {
		first, _, _ := strings.Cut(state, " ")
		one("zk_peer_state", 1, "state", first)
	}
	g := c.table.scratch.Get().(*scratch)
	defer func() { g.reset(); c.table.scratch.Put(g) }()
	for _, p := range mntr.Value.Keys {
		key, ours := strings.CutPrefix(p.Key, "zk_")
		if value, ok := number(p.Value); ours && ok {
			c.table.pass(g, c.unknownKeys, key, value)
		}
	}
	for _, p := range g.pass {
		out.passed(p)
	}
}

// unknown sends that nothing is known of a server: zk_server_leader too, so that a rule on
// their sum does not fire.
func (c *compat) unknown(to sink, host string) {
	out := c.table.sender(to, pair("zk_host", host))
	for _, name := range []string{"zk_up", "zk_ruok", "zk_server_leader"} {
		if of := c.families[name]; of != nil {
			out.sample(of, out.common, unknown())
		}
	}
}
