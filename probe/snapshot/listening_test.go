package snapshot

import (
	"net/netip"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestListening: what the sockets of a host show of one process.
func TestListening(t *testing.T) {
	t.Parallel()
	const lines = "server.1=10.0.0.1:2888:3888\nserver.2=zk2:2888:3888\n"
	sockets := func(addrs ...string) Obs[[]netip.AddrPort] {
		var out []netip.AddrPort
		for _, a := range addrs {
			out = append(out, netip.MustParseAddrPort(a))
		}
		return Saw(out, 0)
	}
	denied := Failed[[]netip.AddrPort](&Failure{Kind: Denied}, 0)
	for _, c := range []struct {
		name   string
		config string
		all    Obs[[]netip.AddrPort]
		own    Obs[[]netip.AddrPort]
		user   []netip.AddrPort
		myid   string
		want   Listening
	}{
		{"its client port", "clientPort=2181\n", sockets("[::]:2181"), sockets("[::]:2181"), nil, "", Listens},
		{"that of one address", "clientPort=2181\nclientPortAddress=10.0.0.1\n", sockets("10.0.0.1:2181"), sockets("10.0.0.1:2181"), nil, "", Listens},
		{"its port for TLS", "secureClientPort=2281\n", sockets("[::]:2281"), sockets("[::]:2281"), nil, "", Listens},
		{"that of its line", "dataDir=/d\nserver.1=10.0.0.1:2888:3888;2181\n", sockets("[::]:2181"), sockets("[::]:2181"), nil, "1", Listens},
		{"that of a line, which may be its own", "dataDir=/d\nserver.1=10.0.0.1:2888:3888;2181\n", sockets("[::]:2181"), sockets("[::]:2181"), nil, "", Listens},
		{"its election port", "clientPort=2181\n" + lines, sockets("10.0.0.1:3888"), sockets("10.0.0.1:3888"), nil, "", Listens},
		{"its election port, and another has its client port", "clientPort=2181\n" + lines, sockets("[::]:2181", "10.0.0.1:3888"), sockets("10.0.0.1:3888"), nil, "", Listens},
		{"its election port at all addresses", "clientPort=2181\n" + lines, sockets("[::]:3888"), sockets("[::]:3888"), nil, "", Listens},
		{"its election port by name", "clientPort=2181\n" + lines, sockets("10.0.0.2:3888"), sockets("10.0.0.2:3888"), nil, "", Listens},
		{"its user's", "clientPort=2181\n", sockets("[::]:2181"), denied, sockets("[::]:2181").Value, "", Listens},
		{"none yet", "clientPort=2181\n" + lines, sockets("[::]:22"), sockets(), nil, "", ListensNot},
		{"an odd one", "clientPort=2181\n" + lines, sockets("[::]:9999"), sockets("[::]:9999"), nil, "", ListensNot},
		{"at another address of loopback", "clientPort=2182\n" + lines, sockets("127.0.0.9:3888"), sockets("127.0.0.9:3888"), nil, "", ListensNot},
		{"beside one at another address", "clientPort=2181\nclientPortAddress=127.0.0.2\n", sockets("127.0.0.1:2181"), sockets(), nil, "", ListensNot},
		{"another's", "clientPort=2181\n" + lines, sockets("[::]:2181", "10.0.0.1:3888"), sockets(), nil, "", AnotherListens},
		{"another's of one address, where it wants all", "clientPort=2181\n", sockets("10.0.0.1:2181", "127.0.0.9:2181"), sockets("127.0.0.9:2181"), nil, "", AnotherListens},
		{"another's of its line", "dataDir=/d\nserver.1=10.0.0.1:2888:3888;2181\n", sockets("[::]:2181"), sockets(), nil, "1", AnotherListens},
		{"another user's", "clientPort=2181\n", sockets("[::]:2181"), denied, nil, "", AnotherListens},
		{"not looked at", "clientPort=2181\n", sockets("[::]:2181"), Obs[[]netip.AddrPort]{}, nil, "", ListeningUnknown},
		{"no sockets seen", "clientPort=2181\n", denied, sockets(), nil, "", ListeningUnknown},
	} {
		l := Local{
			Process: &Process{Listens: c.own, UserListens: c.user}, Listeners: c.all,
			Config: Saw(zoocfg.Parse("zoo.cfg", []byte(c.config)), 0),
			Resolved: []ResolvedHost{
				{ID: 1, Host: "10.0.0.1", Addrs: Saw([]netip.Addr{netip.MustParseAddr("10.0.0.1")}, 0)},
				{ID: 2, Host: "zk2", Addrs: Saw([]netip.Addr{netip.MustParseAddr("10.0.0.2")}, 0)},
			},
		}
		if c.myid != "" {
			l.MyID = Saw(MyID{Bytes: []byte(c.myid + "\n")}, 0)
		}
		if got := l.Listening(); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	alone := Local{
		Process:   &Process{OtherUsers: true, Listens: sockets("[::]:2181")},
		Listeners: sockets("[::]:2181"), Config: Saw(zoocfg.Parse("zoo.cfg", []byte("clientPort=2181\n")), 0),
	}
	if got := alone.Listening(); got != ListeningUnknown {
		t.Errorf("in a user namespace of its own: got %d", got)
	}
	if got := (&Local{}).Listening(); got != ListeningUnknown {
		t.Errorf("no process: got %d", got)
	}
}

// TestOthersAreBounded: the first are kept, and the rest is counted.
func TestOthersAreBounded(t *testing.T) {
	t.Parallel()
	var o Others
	for pid := range 1000 {
		o.Add(OtherProcess{PID: pid})
	}
	if len(o.Processes) != keepOthers || o.More != 1000-keepOthers {
		t.Errorf("got %d and %d more", len(o.Processes), o.More)
	}
}
