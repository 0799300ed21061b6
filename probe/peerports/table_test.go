package peerports

import (
	"net/netip"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// portsAt is a server with peer ports whose client port gives this mode.
func portsAt(addr string, mode snapshot.Mode) *snapshot.Server {
	return &snapshot.Server{
		Resolve:  snapshot.Saw([]netip.Addr{netip.MustParseAddr(addr)}, 0),
		Srvr:     snapshot.Saw(snapshot.Srvr{Mode: mode}, 0),
		Quorum:   snapshot.PortLook{Number: 2888},
		Election: snapshot.PortLook{Number: 3888},
	}
}

func TestPortProbesAreRare(t *testing.T) {
	table, now := NewTable(), time.Now()
	probes, known := 0, false
	look := func(mode snapshot.Mode) bool {
		s := portsAt("192.0.2.1", mode)
		due, at := table.Due(s, "", true, now)
		known = !at.IsZero()
		if due {
			probes++
			s.Election.Look = snapshot.Saw(snapshot.Dial{}, 0)
			table.Keep(s, "")
		} else if s.Election.Look.Seen() != known {
			t.Error("what is known is not filled in, or has no age")
		}
		return due
	}
	if !look(snapshot.ModeFollower) || look(snapshot.ModeFollower) || !known {
		t.Error("a steady server is not probed once")
	}
	now = now.Add(Every - time.Second)
	if look(snapshot.ModeFollower) {
		t.Error("probed too early")
	}
	now = now.Add(time.Second)
	if !look(snapshot.ModeFollower) || !look(snapshot.ModeLeader) {
		t.Error("not probed when it was time, or when the state had changed")
	}

	// A server that never stays what it is.
	probes = 0
	for i := range 4 * 60 { // every 15 s for an hour
		now = now.Add(15 * time.Second)
		if due := look([]snapshot.Mode{snapshot.ModeFollower, snapshot.ModeLeader}[i%2]); !due && known {
			t.Fatal("what was seen in another state still counts")
		}
	}
	if most := MaxProbes * int(time.Hour/Every); probes > most || probes < most/2 {
		t.Errorf("%d probes an hour at a server that flaps, want about %d", probes, most)
	}
}

// TestPortTableIsBounded: what does not fit is not probed, and of what is configured
// everything fits.
func TestPortTableIsBounded(t *testing.T) {
	table, now := NewTable(), time.Now()
	addr := netip.MustParseAddr("10.0.0.0")
	for range maxServers + 100 {
		addr = addr.Next()
		table.Due(portsAt(addr.String(), snapshot.ModeFollower), "", true, now)
	}
	if len(table.known) != maxServers {
		t.Errorf("%d servers are remembered", len(table.known))
	}
	if due, _ := table.Due(portsAt("192.0.2.1", snapshot.ModeFollower), "", true, now); due {
		t.Error("one more is probed")
	}
	if due, _ := table.Due(portsAt("192.0.2.1", snapshot.ModeFollower), "", false, now); !due {
		t.Error("a configured one is not")
	}
	if due, _ := table.Due(portsAt("192.0.2.2", snapshot.ModeFollower), "", true, now.Add(Every)); !due || len(table.known) != 1 {
		t.Errorf("old ones are not forgotten: %d", len(table.known))
	}
}

func TestBudget(t *testing.T) {
	b, now := NewBudget(2, time.Minute), time.Now()
	one, two := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.1:2")
	take := func(want bool, addrs ...netip.AddrPort) {
		t.Helper()
		if _, got := b.Take(now, addrs); got != want {
			t.Errorf("%v: %v", addrs, got)
		}
	}
	take(true, one)
	take(true, one, two)
	take(false, two, one) // and nothing is taken of the first either
	take(true, two)
	take(false, two)
	now = now.Add(time.Minute)
	take(false, one, one, one) // three at once are too many at any time
	take(true, one, one)
	take(true)
	for addr := netip.MustParseAddr("10.0.0.0"); len(b.used) < maxBudgeted; addr = addr.Next() {
		b.used[netip.AddrPortFrom(addr, 1)] = []time.Time{now}
	}
	take(false, netip.MustParseAddrPort("192.0.2.2:1"))
	now = now.Add(time.Minute)
	take(true, netip.MustParseAddrPort("192.0.2.2:1"))
	if len(b.used) != 1 {
		t.Errorf("%d addresses are known", len(b.used))
	}
}
