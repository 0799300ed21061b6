package exporter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxLabelValues bounds the znode names, ids and pools of one metric of one
// server. Of more the first by name are served, the same at every scrape.
const maxLabelValues = 100

// roles are all that a server can have.
var roles = [...]report.Role{
	report.Leader, report.Follower, report.Observer, report.Standalone,
	report.ReadOnly, report.NotServing, report.RoleDown, report.RoleUnknown,
}

// server sends what one server reports, and what was seen of its role and its
// ports. zookeeper_up is always there; what is not known is not.
func (t *table) server(
	to sink, ensemble, server string, s *snapshot.Server, view report.ServerView,
) {
	out := t.sender(to, pair("ensemble", ensemble), pair("server", server))
	out.set("zookeeper_up", up(s))
	if view.Serving != nil {
		// A leader with leaderServes=no has its part in the quorum and answers no client.
		out.set("zookeeper_serving", oneIf(*view.Serving && !s.Srvr.FailedAs(snapshot.NotServing)))
	}
	out.identity(view)
	for _, role := range roles {
		out.set("zkdoctor_server_role", oneIf(view.Role == role), string(role))
	}
	out.port("client", view.Ports.Client.State)
	out.port("quorum", view.Ports.Quorum.State)
	out.port("election", view.Ports.Election.State)

	g := t.scratch.Get().(*scratch)
	defer func() { g.reset(); t.scratch.Put(g) }()
	if mntr := s.Monitored(); mntr.Seen() {
		t.readMntr(g, &mntr.Value)
	}
	if s.Srvr.Seen() {
		for _, r := range t.fromSrvr {
			if c := &g.flat[r.index]; c.seen == 0 {
				c.read(r.srvr(&s.Srvr.Value))
			}
		}
	}
	if s.Conf.Seen() {
		for _, r := range t.fromConf {
			g.flat[r.index].read(r.conf(&s.Conf.Value))
		}
	}
	out.gathered(g)
}

// identity sends the labels by which a server is known.
func (s *sender) identity(view report.ServerView) {
	var id, version string
	if view.ID != nil {
		id = strconv.FormatInt(*view.ID, 10)
	}
	if view.Version != nil {
		version = *view.Version
	}
	if view.Product != "" { // its version is not ZooKeeper's
		version = view.Product
	}
	if id != "" || version != "" {
		s.set("zookeeper_server_info", 1, id, version)
	}
}

// port sends whether a port is open; where none is expected, or nobody looked,
// it sends nothing.
func (s *sender) port(name string, state report.PortState) {
	switch state {
	case report.PortOpen, report.PortSilent: // silent: it took the connection
		s.set("zkdoctor_port_open", 1, name)
	case report.PortRefused, report.PortFiltered, report.PortUnreachable:
		s.set("zkdoctor_port_open", 0, name)
	case report.PortNotExpected, report.PortNotProbed:
	}
}

// gathered sends what was read of one server.
func (s *sender) gathered(g *scratch) {
	for i := range g.flat {
		if r := s.table.rows[i]; g.flat[i].seen != 0 && !r.off {
			s.cell(r, &g.flat[i], s.common)
		}
	}
	if g.peerState != "" {
		const longest = 100
		s.set("zookeeper_peer_state", 1, g.peerState[:min(len(g.peerState), longest)])
	}
	s.keyed(g.keyed)
	for _, p := range g.pass {
		s.passed(p)
	}
}

// keyed sends cells with labels, of one row at most maxLabelValues.
func (s *sender) keyed(cells []keyedCell) {
	slices.SortFunc(cells, func(a, b keyedCell) int {
		if a.row != b.row {
			return a.row.index - b.row.index
		}
		return strings.Compare(a.label, b.label)
	})
	of := 0
	for i := range cells {
		c := &cells[i]
		if i == 0 || cells[i-1].row != c.row {
			of = 0
		}
		if of++; of > maxLabelValues {
			s.table.dropped.Inc()
			continue
		}
		var values [maxKeyLabels]string
		used := values[:1]
		if used[0] = c.label; len(c.row.labels) > 1 {
			used = strings.Split(c.label, labelSeparator)
		}
		s.cell(c.row, &c.cell, s.labels(c.row.labels, used))
	}
}

// answers reports whether what listens at the client port is ZooKeeper, or a program that
// speaks its words: it gave a four-letter word its answer, if only that it may not or does
// not serve.
func answers(s *snapshot.Server) bool {
	return s.Session.Seen() || s.Keeper != nil ||
		slices.ContainsFunc(s.Looks(), func(l snapshot.Look) bool { return l.Word != 0 && l.Answered() })
}
