// Package peerports bounds how often peer ports are probed, and remembers meanwhile what they showed.
package peerports

import (
	"net/netip"
	"sync"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// Every is how often peer ports are probed: each probe leaves a stack trace in a server's
	// log.
	Every = 5 * time.Minute
	// MaxProbes is how often one peer port is probed within Every at the most:
	// once, and whenever the server changes its state, for what it showed before is of no
	// use then. One that changes its state all the time is left alone in the end, and what
	// its ports are is not known.
	MaxProbes = 10
	// maxServers bounds the servers of /probe whose peer ports are remembered. Those of
	// more are not probed: what is forgotten would be probed again.
	maxServers = 1 << 14
)

// Table remembers what the peer ports of servers showed. All that look share it: a
// server is probed no more often because it stands in several connect strings, or has
// several names.
type Table struct {
	probes *Budget

	mu    sync.Mutex
	known map[portKey]*portMemory
	swept time.Time
}

// portKey is a server by its peer ports. way is how its client port was asked, for that
// decides which state it is seen in.
type portKey struct {
	addr             netip.Addr
	quorum, election int
	way              string
}

// portMemory is what was seen of the peer ports of one server.
type portMemory struct {
	// client is what its client port did then; "" where what was seen is of no use.
	client string
	at     time.Time
	// seen has the looks at the ports, and nothing else of a server, once they are over.
	seen *snapshot.Server
}

// NewTable is one that knows nothing yet.
func NewTable() *Table {
	return &Table{probes: NewBudget(MaxProbes, Every), known: map[portKey]*portMemory{}}
}

// Due reports whether the peer ports of a server are to be probed now. Where not, it fills
// in what is known of them; at is when they were seen, zero for never. asked is set for a
// server that a request named.
func (t *Table) Due(s *snapshot.Server, way string, asked bool, now time.Time) (probe bool, at time.Time) {
	key, ports, ok := portsOf(s, way)
	if !ok {
		return false, time.Time{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	m := t.known[key]
	if m == nil {
		if asked && len(t.known) >= maxServers {
			return false, time.Time{}
		}
		m = &portMemory{}
		t.known[key] = m
	}
	if client := clientState(s); m.client != client || now.Sub(m.at) >= Every {
		m.client, m.seen = "", nil
		if _, ok := t.probes.Take(now, ports); ok {
			m.client, m.at = client, now
			return true, now
		}
		return false, time.Time{}
	}
	if m.seen == nil {
		return false, time.Time{} // another look at them is under way
	}
	s.Quorum, s.Election, s.QuorumTLS, s.Held = m.seen.Quorum, m.seen.Election, m.seen.QuorumTLS, m.seen.Held
	return false, m.at
}

// Keep remembers what a probe that was due has shown.
func (t *Table) Keep(s *snapshot.Server, way string) {
	key, _, ok := portsOf(s, way)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch m := t.known[key]; {
	case m == nil:
	case s.Quorum.Look.Unmade() || s.Election.Look.Unmade():
		m.client = "" // it tells nothing of the ports: once more
	default:
		m.seen = &snapshot.Server{Quorum: s.Quorum, Election: s.Election, QuorumTLS: s.QuorumTLS, Held: s.Held}
	}
}

// sweep forgets what is too old to be of use, once in a while.
func (t *Table) sweep(now time.Time) {
	if now.Sub(t.swept) < Every {
		return
	}
	t.swept = now
	for key, m := range t.known {
		if now.Sub(m.at) >= Every {
			delete(t.known, key)
		}
	}
}

// portsOf is a server by its peer ports, and all that a probe of them may connect to; not
// ok where none would be.
func portsOf(s *snapshot.Server, way string) (key portKey, ports []netip.AddrPort, ok bool) {
	addrs := s.PeerAddrs()
	if s.Quorum.Number == 0 || !addrs.Seen() || len(addrs.Value) == 0 {
		return key, nil, false
	}
	for _, addr := range addrs.Value {
		ports = append(ports, netip.AddrPortFrom(addr, uint16(s.Quorum.Number))) //nolint:gosec // a port
		if s.Election.Number != 0 {
			ports = append(ports, netip.AddrPortFrom(addr, uint16(s.Election.Number))) //nolint:gosec // a port
		}
	}
	return portKey{addrs.Value[0], s.Quorum.Number, s.Election.Number, way}, ports, true
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
