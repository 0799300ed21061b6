package exporter

import (
	"context"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxKnocks is how often the peer ports of one server are looked at within
// slowEvery at the most: once, and whenever the server changes its state, for what
// they showed before is of no use then. One that changes its state all the time is
// left alone in the end, and what its ports are is not known.
const maxKnocks = 10

// portMemory is what was last seen of what is looked at rarely, of one server.
type portMemory struct {
	// client is what its client port did then; "" before the first time, and where
	// what was seen is of no use any more.
	client           string
	quorum, election snapshot.PortLook
	held             snapshot.Obs[int]
	// knocks are the times of the last slowEvery.
	knocks []time.Time
}

// due reports whether a server whose client port does this now is to be looked at.
// What was seen in another state is forgotten.
func (m *portMemory) due(client string, now time.Time) bool {
	m.knocks = slices.DeleteFunc(m.knocks, func(t time.Time) bool { return now.Sub(t) >= slowEvery })
	changed := m.client != client
	if changed {
		*m = portMemory{knocks: m.knocks}
	}
	return len(m.knocks) == 0 || changed && len(m.knocks) < maxKnocks
}

func (m *portMemory) keep(s *snapshot.Server, now time.Time) {
	m.client, m.quorum, m.election, m.held = clientState(s), s.Quorum, s.Election, s.Held
	m.knocks = append(m.knocks, now)
}

// peerPorts adds what the peer ports show: looked at now where that is due, and
// from memory where nothing has changed since.
func (w *watcher) peerPorts(ctx context.Context, snap *snapshot.Snapshot) *snapshot.Snapshot {
	if !w.peers {
		return snap
	}
	if len(w.ports) != len(snap.Servers) {
		w.ports = make([]portMemory, len(snap.Servers))
	}
	now := time.Now()
	var due []int
	for i := range snap.Servers {
		if w.ports[i].due(clientState(&snap.Servers[i]), now) {
			due = append(due, i)
		}
	}
	if len(due) > 0 {
		snap = probe.KnockPeers(ctx, snap, due)
		if w.question.Local {
			w.local = probe.LookLocalAgain(ctx, w.local)
			snap.Local = w.local
		}
		w.slowAt = now
	}
	for _, i := range due {
		w.ports[i].keep(&snap.Servers[i], now)
	}
	for i := range snap.Servers {
		s, m := &snap.Servers[i], &w.ports[i]
		s.Quorum, s.Election, s.Held = m.quorum, m.election, m.held
	}
	snap.Plan.PeerPorts = true
	return snap
}

// clientState is what the client port did, as far as it decides what the peer
// ports mean. Whether a server that takes no more connections closes them or
// resets them is a matter of luck.
func clientState(s *snapshot.Server) string {
	switch {
	case s.Srvr.Seen():
		return string(s.Srvr.Value.Mode)
	case s.Srvr.FailedAs(snapshot.Reset):
		return string(snapshot.Empty)
	case s.Srvr.Failure != nil:
		return string(s.Srvr.Failure.Kind)
	}
	return "none"
}
