package probe

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// local is a process of this host: pid, its configuration, and whether it listens.
func local(pid int, config string, listens bool) snapshot.Local {
	l := snapshot.Local{
		Process: &snapshot.Process{PID: pid, User: "zk", Listens: snapshot.Saw([]netip.AddrPort(nil), 0)},
		Config:  snapshot.Saw(zoocfg.Parse("/srv/"+strings.Repeat("x", pid), []byte(config)), 0),
	}
	if listens {
		l.Process.Listens.Value = []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(l.Config.Value.ClientPort.Value))}
	}
	l.Listeners = l.Process.Listens
	return l
}

const (
	oneEnsemble = "clientPort=2181\nserver.1=10.0.0.1:2888:3888\nserver.2=10.0.0.2:2888:3888\n"
	sameOne     = "clientPort=2182\nserver.1=10.0.0.1:2888:3888\nserver.3=10.0.0.3:2888:3888\n"
	another     = "clientPort=2183\nserver.1=10.9.0.1:2888:3888\nserver.2=10.9.0.2:2888:3888\n"
)

// TestChooseServer: a process that listens goes before any that does not.
func TestChooseServer(t *testing.T) {
	t.Parallel()
	unread := snapshot.Local{
		Process: &snapshot.Process{PID: 9},
		Config:  snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: snapshot.Denied, Text: "permission denied"}, 0),
	}
	of := func(uid uint32, l snapshot.Local) snapshot.Local {
		l.Process.Credentials = snapshot.Saw(snapshot.Credentials{UID: uid}, 0)
		return l
	}
	busy := unread
	busy.Process = &snapshot.Process{PID: 8, UserListens: []netip.AddrPort{netip.MustParseAddrPort("[::]:2181")}}
	for _, c := range []struct {
		name    string
		servers []snapshot.Local
		pid     int
		fails   string
	}{
		{"the only one", []snapshot.Local{local(1, oneEnsemble, false)}, 1, ""},
		{"two of one ensemble", []snapshot.Local{local(1, oneEnsemble, true), local(2, sameOne, true)}, 1, ""},
		{"two of one ensemble, and another user's first", []snapshot.Local{of(65534, local(1, sameOne, true)), of(105, local(2, oneEnsemble, true))}, 2, ""},
		{"one listens", []snapshot.Local{local(1, another, false), local(2, oneEnsemble, true)}, 2, ""},
		{"one listens, beside many", []snapshot.Local{local(1, another, false), unread, local(2, "clientPort=1\n", false), local(3, oneEnsemble, true)}, 3, ""},
		{"two ensembles listen", []snapshot.Local{local(1, another, true), local(2, oneEnsemble, true)}, 0, "-c /srv/xx  (pid 2, user zk)"},
		{"two ensembles, none listens", []snapshot.Local{local(1, another, false), local(2, oneEnsemble, false)}, 0, "more than one ensemble"},
		{"one that listens cannot be read", []snapshot.Local{local(1, another, false), busy}, 0, "permission denied"},
		{"none can be read", []snapshot.Local{unread}, 0, "permission denied"},
	} {
		got, err := chooseServer(c.servers)
		switch {
		case c.fails != "":
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: got %v, want %q", c.name, err, c.fails)
			}
		case err != nil || got.Process.PID != c.pid:
			t.Errorf("%s: got %+v, %v, want pid %d", c.name, got.Process, err, c.pid)
		}
	}
}
