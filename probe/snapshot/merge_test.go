package snapshot

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// seenFrom is a snapshot taken on a host some time after noon.
func seenFrom(host string, after time.Duration, servers ...Server) *Snapshot {
	return &Snapshot{
		Format: SnapshotFormat, Vantage: Vantage{Host: host}, Started: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).Add(after), Servers: servers,
	}
}

func refuses(name string) Server {
	return Server{Name: name, Client: Failed[Dial](&Failure{Kind: Refused}, 0), Election: PortLook{Number: 3888, Look: Failed[Dial](&Failure{Kind: Filtered}, 0)}}
}

func leads(name string) Server {
	return Server{Name: name, Client: Saw(Dial{}, 0), Srvr: Saw(Srvr{Mode: ModeLeader}, 0), Election: PortLook{Number: 3888, Look: Saw(Dial{}, 0)}}
}

// TestMerge: what one host was told counts more than what another was not, whatever
// the order in which the files are named.
func TestMerge(t *testing.T) {
	a := seenFrom("a", 0, refuses("zk1"), leads("zk2"))
	b := seenFrom("b", time.Minute, leads("zk1"), refuses("zk2"), refuses("zk3"))
	for _, snaps := range [][]*Snapshot{{a, b}, {b, a}} {
		m, err := Merge(snaps)
		if err != nil {
			t.Fatal(err)
		}
		if m.Vantage.Host != "a, b" || m.Started != b.Started || len(m.Servers) != 3 || len(m.Vantages) != 2 || m.Before != nil {
			t.Errorf("%+v", m)
		}
		for i, wantLeads := range []bool{true, true, false} {
			if s := m.Servers[i]; s.Srvr.Seen() != wantLeads || s.Election.Look.Seen() != wantLeads {
				t.Errorf("%s: %+v", s.Name, s)
			}
		}
	}
	if a.Servers[0].Srvr.Seen() {
		t.Error("merging has changed what was merged")
	}
	if one, err := Merge([]*Snapshot{a}); err != nil || one != a {
		t.Errorf("one alone: %v, %v", one, err)
	}
}

// TestMergeTwoLooks: both looks are merged where all hosts looked twice.
func TestMergeTwoLooks(t *testing.T) {
	twice := func(s *Snapshot) *Snapshot {
		s.Before = seenFrom(s.Vantage.Host, -3*time.Second, s.Servers...)
		return s
	}
	m, err := Merge([]*Snapshot{twice(seenFrom("a", 0, refuses("zk1"))), twice(seenFrom("b", time.Second, leads("zk1")))})
	if err != nil || m.Before == nil || len(m.Before.Servers) != 1 || !m.Before.Servers[0].Srvr.Seen() {
		t.Errorf("%+v, %v", m, err)
	}
	m, err = Merge([]*Snapshot{seenFrom("a", 0, refuses("zk1")), twice(seenFrom("b", time.Second, leads("zk1")))})
	if err != nil || m.Before != nil {
		t.Errorf("one host looked once: %+v, %v", m, err)
	}
}

func TestMergeRefuses(t *testing.T) {
	first := seenFrom("a", 0, leads("zk1"))
	for want, other := range map[string]*Snapshot{
		"two snapshots were taken on a":           seenFrom("a", time.Minute, leads("zk1")),
		"taken 20m0s apart":                       seenFrom("b", 20*time.Minute, leads("zk1")),
		"of b is of other servers than that of a": seenFrom("b", time.Minute, leads("zk9")),
	} {
		if _, err := Merge([]*Snapshot{first, other}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestMergeWords: of hosts that were told its role, the one that was told more counts, and of those that
// were told as much its own.
func TestMergeWords(t *testing.T) {
	zk1 := netip.MustParseAddr("192.0.2.1")
	told := func(host string, words int, conns int64, addrs ...netip.Addr) *Snapshot {
		s := leads("zk1")
		s.Srvr.Value.Connections = conns
		s.Resolve = Saw([]netip.Addr{zk1}, 0)
		if words > 0 {
			s.Mntr = Saw(Mntr{}, 0)
		}
		if words > 1 {
			s.Conf = Saw(Conf{}, 0)
		}
		snap := seenFrom(host, 0, s)
		snap.Vantage.Addrs = Saw(addrs, 0)
		return snap
	}
	for name, c := range map[string]struct {
		snaps []*Snapshot
		want  int64
	}{
		"a later host was told more": {[]*Snapshot{told("a", 0, 1), told("b", 2, 2), told("c", 1, 3)}, 2},
		"its own host was":           {[]*Snapshot{told("a", 0, 1), told("b", 1, 2, zk1)}, 2},
		"another was":                {[]*Snapshot{told("a", 2, 1), told("b", 1, 2, zk1)}, 1},
		"as much":                    {[]*Snapshot{told("a", 2, 1), told("b", 2, 2, zk1), told("c", 2, 3)}, 2},
		"as much, and no own":        {[]*Snapshot{told("a", 2, 1), told("b", 2, 2)}, 1},
	} {
		m, err := Merge(c.snaps)
		if err != nil || m.Servers[0].Srvr.Value.Connections != c.want {
			t.Errorf("%s: %+v, %v", name, m.Servers[0].Srvr.Value, err)
		}
	}
}
