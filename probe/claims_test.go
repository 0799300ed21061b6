package probe

import (
	"maps"
	"net/netip"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// claiming is a process of the host 10.0.0.1 with an id.
func claiming(pid int, id, config string, listens bool) snapshot.Local {
	l := local(pid, config, listens)
	l.MyID = snapshot.Saw(snapshot.MyID{Bytes: []byte(id + "\n")}, 0)
	l.Addrs = snapshot.Saw([]netip.Addr{netip.MustParseAddr("10.0.0.1")}, 0)
	return l
}

// TestClaims: a process speaks for the member at its own addresses, as long as it listens.
func TestClaims(t *testing.T) {
	t.Parallel()
	const (
		bound       = "clientPortAddress=10.0.0.1\n"
		redis       = "clientPortAddress=127.0.0.1\nclientPort=6379\n"
		lines       = "server.1=10.0.0.1:2888:3888\nserver.2=10.0.0.2:2888:3888\n"
		sharedHost  = "server.1=10.0.0.1:2888:3888\nserver.2=10.0.0.1:2889:3889\nserver.3=10.0.0.3:2888:3888\n"
		onLoopback  = "server.1=127.0.0.1:2888:3888\nserver.2=127.0.0.1:2889:3889\n"
		oneLoopback = "server.1=127.0.0.1:2888:3888\nserver.2=10.0.0.2:2889:3889\n"
		behindNAT   = "server.1=192.0.2.1:2888:3888\nserver.2=192.0.2.2:2888:3888\n"
		wildcard    = "server.1=0.0.0.0:2888:3888\nserver.2=10.0.0.2:2888:3888\n"
	)
	own := func(l snapshot.Local, path string) snapshot.Local {
		l.Config.Value.Path, l.ConfigAccess.Tried = path, true
		return l
	}
	of := func(uid uint32, l snapshot.Local) snapshot.Local {
		l.Process.Credentials = snapshot.Saw(snapshot.Credentials{UID: uid}, 0)
		return l
	}
	first := claiming(1, "1", "clientPort=2181\n"+onLoopback, true)
	starts := claiming(2, "2", "clientPort=2182\n"+onLoopback, false)
	replaced := claiming(4, "1", oneEnsemble, false)
	replaced.Listeners = local(1, oneEnsemble, true).Listeners
	for name, c := range map[string]struct {
		config string
		local  []snapshot.Local
		want   map[int64]int
	}{
		"its own":      {lines, []snapshot.Local{claiming(1, "1", sameOne, true)}, map[int64]int{1: 2182}},
		"a silent one": {lines, []snapshot.Local{claiming(1, "1", sameOne, false)}, nil},
		"a silent one's own": {
			lines,
			[]snapshot.Local{own(claiming(1, "1", sameOne, false), "zoo.cfg")},
			map[int64]int{1: 2182},
		},
		"another silent one": {
			lines,
			[]snapshot.Local{claiming(1, "1", sameOne, true), claiming(2, "1", oneEnsemble, false)},
			map[int64]int{1: 2182},
		},
		"a silent one of redis": {
			lines,
			[]snapshot.Local{claiming(1, "2", redis+lines, false), claiming(2, "1", redis+lines, false)},
			nil,
		},
		"a silent one of another user": {
			sharedHost,
			[]snapshot.Local{
				of(105, claiming(1, "1", sharedHost+"clientPort=2181\n", true)),
				of(65534, claiming(2, "2", redis+sharedHost, false)),
			},
			map[int64]int{1: 2181},
		},
		"two listen": {
			lines,
			[]snapshot.Local{claiming(1, "1", sameOne, true), claiming(2, "1", oneEnsemble, true)},
			map[int64]int{1: 0},
		},
		"two listen, the second is its own": {
			lines,
			[]snapshot.Local{claiming(1, "1", sameOne, true), own(claiming(2, "1", oneEnsemble, true), "zoo.cfg")},
			map[int64]int{1: 0},
		},
		"two listen, the first is its own": {
			lines,
			[]snapshot.Local{own(claiming(1, "1", sameOne, true), "zoo.cfg"), claiming(2, "1", oneEnsemble, true)},
			map[int64]int{1: 0},
		},
		"another listens in its place": {lines, []snapshot.Local{own(replaced, "zoo.cfg")}, nil},
		"another ensemble's":           {lines, []snapshot.Local{claiming(1, "1", another, true)}, nil},
		"the id of another host's": {
			lines,
			[]snapshot.Local{claiming(1, "2", bound+oneEnsemble, true)},
			map[int64]int{1: 2181},
		},
		"two of one host": {
			sharedHost,
			[]snapshot.Local{claiming(1, "2", "clientPort=2182\n"+sharedHost, true)},
			map[int64]int{2: 2182},
		},
		"of two of one host, another's id": {
			sharedHost,
			[]snapshot.Local{claiming(1, "3", "clientPort=2182\n"+sharedHost, true)},
			nil,
		},
		"all on loopback": {
			onLoopback,
			[]snapshot.Local{claiming(1, "2", "clientPort=2182\n"+onLoopback, true)},
			map[int64]int{2: 2182},
		},
		"one that starts beside one of its user": {
			onLoopback, []snapshot.Local{of(105, first), of(105, starts)}, map[int64]int{1: 2181, 2: 2182},
		},
		"its line and socket on loopback": {
			oneLoopback,
			[]snapshot.Local{claiming(1, "1", "clientPort=2182\nclientPortAddress=127.0.0.1\n"+oneLoopback, true)},
			map[int64]int{1: 2182},
		},
		"its socket alone on loopback": {
			oneLoopback,
			[]snapshot.Local{claiming(1, "2", redis+oneLoopback, true)},
			nil,
		},
		"behind NAT": {
			behindNAT,
			[]snapshot.Local{own(claiming(1, "1", "clientPort=2182\n"+behindNAT, true), "zoo.cfg")},
			map[int64]int{1: 2182},
		},
		"another behind NAT": {
			behindNAT,
			[]snapshot.Local{claiming(1, "1", "clientPort=2182\n"+behindNAT, true)},
			nil,
		},
		"its line has the wildcard": {
			wildcard,
			[]snapshot.Local{claiming(1, "1", "clientPort=2182\n"+wildcard, true)},
			map[int64]int{1: 2182},
		},
	} {
		config := zoocfg.Parse("zoo.cfg", []byte(c.config))
		hosts := lookUp(t.Context(), long, hostsOf(configTargets(config, nil, false), nil))
		got := map[int64]int{}
		for id, l := range claims(config, hosts, c.local) {
			got[id] = 0
			if l != nil {
				got[id] = l.ClientPort.Value
			}
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestListTargets: a member is asked at its own line, whatever id a server of this host has by
// mistake; that server is asked where it listens.
func TestListTargets(t *testing.T) {
	t.Parallel()
	wrongID := claiming(1, "2", "clientPortAddress=10.0.1.1\n"+oneEnsemble, true)
	wrongID.Process.Listens.Value = []netip.AddrPort{netip.MustParseAddrPort("10.0.1.1:2181")}
	task := &task{Question: Question{Timeout: long}, plan: snapshot.Plan{Config: wrongID.Config.Value}}
	task.listTargets(t.Context(), []snapshot.Local{wrongID})
	want := []string{"10.0.1.1:2181", "10.0.0.2:2181"}
	for i, target := range task.plan.Targets {
		if target.Address() != want[i] {
			t.Errorf("member %d: got %s, want %s", i+1, target.Address(), want[i])
		}
	}
}

// TestNoPort: where the client port is not known nothing is connected to, and nothing refused.
func TestNoPort(t *testing.T) {
	t.Parallel()
	s := look(t, Question{Targets: []snapshot.Target{{Host: "127.0.0.1"}}, Timeout: long}, nil).Servers[0]
	if !s.Resolve.Seen() || s.Client.Tried || s.Srvr.Tried || s.Session.Tried {
		t.Errorf("%+v, %+v", s.Client, s.Srvr)
	}
}

// TestMayAsk: what a configuration names is asked where it is the process's own.
func TestMayAsk(t *testing.T) {
	t.Parallel()
	l := claiming(1, "1", oneEnsemble, true)
	l.Listeners = snapshot.Saw(append(l.Process.Listens.Value, netip.MustParseAddrPort("127.0.0.1:6379")), 0)
	for at, want := range map[string]bool{
		"127.0.0.1:2181": true, "10.0.0.1:2181": true, "10.0.0.1:6379": true, "127.0.0.1:2182": true,
		"127.0.0.1:6379": false, "10.0.0.2:2181": true, "169.254.169.254:80": false,
	} {
		if got := mayAsk(&l, netip.MustParseAddrPort(at)); got != want {
			t.Errorf("%s: got %v", at, got)
		}
	}
}
