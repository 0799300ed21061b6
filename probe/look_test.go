package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// member is a follower of 3.4 with peer ports, which counts the connections to them.
type member struct {
	client           netip.AddrPort
	quorum, election atomic.Int32
}

func newMember(t *testing.T) *member {
	t.Helper()
	m := &member{}
	quorum := serve(t, func(*net.TCPConn) { m.quorum.Add(1) })
	election := serve(t, func(*net.TCPConn) { m.election.Add(1) })
	m.client = serve(t, func(conn *net.TCPConn) {
		switch readWord(conn) {
		case "srvr":
			_, _ = io.WriteString(conn, "Zookeeper version: 3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT\nLatency min/avg/max: 0/0/0\n"+
				"Received: 1\nSent: 0\nConnections: 1\nOutstanding: 0\nZxid: 0x100000000\nMode: follower\nNode count: 4\n")
		case "conf":
			_, _ = fmt.Fprintf(conn, "clientPort=%d\nserverId=1\ninitLimit=10\nsyncLimit=5\nelectionAlg=3\nelectionPort=%d\nquorumPort=%d\npeerType=0\n", m.client.Port(), election.Port(), quorum.Port())
		case "mntr":
			_, _ = io.WriteString(conn, "zk_version\t3.4.10\nzk_server_state\tfollower\n")
		}
	})
	return m
}

// probed reports how often each peer port was connected to, once as many as that were.
func (m *member) probed(t *testing.T, want int32) {
	t.Helper()
	deadline, tick := time.NewTimer(long), time.NewTicker(time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for m.quorum.Load() != want || m.election.Load() != want {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%d and %d connections to the peer ports, want %d each", m.quorum.Load(), m.election.Load(), want)
		}
	}
}

// TestLookAgain: a second look asks the words again, and no peer port.
func TestLookAgain(t *testing.T) {
	m := newMember(t)
	q := targetAt(m.client, long)
	q.PeerPorts = true
	var begun, looked int
	q.Begin = func(targets []snapshot.Target) { begun += len(targets) }
	q.Looked = func(*snapshot.Snapshot) { looked++ }
	q.Again = func(first *snapshot.Snapshot) time.Duration {
		if first.Before != nil || !first.Servers[0].Election.Look.Seen() {
			t.Errorf("the first look: %+v", first.Servers[0].Election)
		}
		return time.Millisecond
	}
	s := look(t, q, nil)
	m.probed(t, 1)
	if s.Before == nil || s.Before.Before != nil || !s.Before.Servers[0].Srvr.Seen() || !s.Servers[0].Srvr.Seen() {
		t.Fatalf("%+v", s)
	}
	if begun != 1 || looked != 2 || !s.Started.After(s.Before.Started) {
		t.Errorf("begun with %d servers, looked %d times", begun, looked)
	}
	if now, first := s.Servers[0], s.Before.Servers[0]; now.Election != first.Election || now.Quorum != first.Quorum || !s.Plan.PeerPorts {
		t.Errorf("not carried over: %+v", now.Election)
	}
}

// TestLookCut: a run that ends while it waits for the second look has one.
func TestLookCut(t *testing.T) {
	m := newMember(t)
	ctx, cancel := context.WithCancel(t.Context())
	q := targetAt(m.client, long)
	q.Again = func(*snapshot.Snapshot) time.Duration { cancel(); return time.Hour }
	if s, err := Look(ctx, q, nil); err != nil || s.Before != nil || s.Incomplete != "interrupted" || !s.Servers[0].Srvr.Seen() {
		t.Errorf("%v: %+v", err, s)
	}
	// Nor is there one after a first look that was cut short.
	q.Again = func(*snapshot.Snapshot) time.Duration { t.Error("asked for"); return time.Hour }
	if s, err := Look(ctx, q, nil); err != nil || s.Incomplete != "interrupted" {
		t.Errorf("%v: %+v", err, s)
	}
}

// TestPortsDue: peer ports are probed when they are due, and are else what is filled in.
func TestPortsDue(t *testing.T) {
	m := newMember(t)
	var last *snapshot.Snapshot
	for i, c := range []struct {
		due, kept, seen bool
		probed          int32
	}{
		{false, false, false, 0},
		{true, false, true, 1},
		{false, true, true, 1},
		{false, false, false, 1},
		{true, false, true, 2},
	} {
		q := targetAt(m.client, long)
		q.PeerPorts = true
		q.PortsDue = func(s *snapshot.Snapshot) []bool {
			if c.kept {
				keepPorts(&s.Servers[0], &last.Servers[0])
			}
			return []bool{c.due}
		}
		last = look(t, q, last)
		m.probed(t, c.probed)
		if s := last.Servers[0]; s.Election.Look.Seen() != c.seen || s.Quorum.Look.Seen() != c.seen || last.Before != nil || !last.Plan.PeerPorts {
			t.Errorf("look %d: %+v, %+v", i, s.Quorum, s.Election)
		}
	}
	q := targetAt(m.client, long)
	q.PortsDue = func(*snapshot.Snapshot) []bool { t.Error("asked for"); return nil }
	if s := look(t, q, last); s.Servers[0].Election.Look.Tried {
		t.Error("peer ports that are to be left alone were looked at")
	}
	m.probed(t, 2)
}

// TestAdmit: it is asked with the addresses of the client ports, and nothing is sent where
// it says no.
func TestAdmit(t *testing.T) {
	m := newMember(t)
	q := targetAt(m.client, long)
	q.PeerPorts = true
	refusal := errors.New("not now")
	q.Admit = func(at []netip.AddrPort) error {
		if len(at) != 1 || at[0] != m.client {
			t.Errorf("asked about %v", at)
		}
		return refusal
	}
	q.Begin = func([]snapshot.Target) { t.Error("begun") }
	if _, err := Look(t.Context(), q, nil); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	m.probed(t, 0)
}

// TestPortsElsewhere: the peer ports of a server behind a forward are not looked at, when
// they are due either.
func TestPortsElsewhere(t *testing.T) {
	m := newMember(t)
	for _, due := range []func(*snapshot.Snapshot) []bool{nil, func(s *snapshot.Snapshot) []bool { return slices.Repeat([]bool{true}, len(s.Servers)) }} {
		q := targetAt(m.client, long)
		q.Targets = append(q.Targets, snapshot.Target{Host: m.client.Addr().String(), Port: 1}) // so it shares its host
		q.PeerPorts, q.PortsDue = true, due
		if s := look(t, q, nil).Servers[0]; s.Quorum.Number != 0 || s.Election.Look.Tried {
			t.Errorf("%+v, %+v", s.Quorum, s.Election)
		}
	}
	m.probed(t, 0)
}

// TestKeepLocal: what an earlier look found on this host stays while it is not due.
func TestKeepLocal(t *testing.T) {
	m := newMember(t)
	q := targetAt(m.client, long)
	q.Local, q.KeepLocal = true, true
	before := &snapshot.Snapshot{Local: []snapshot.Local{{ConfigPath: "/a/zoo.cfg"}}}
	if s := look(t, q, before); len(s.Local) != 1 || s.Local[0].ConfigPath != "/a/zoo.cfg" {
		t.Errorf("%+v", s.Local)
	}
}
