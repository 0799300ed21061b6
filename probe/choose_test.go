package probe

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
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

// TestHostServers: where no process listens the host's own configuration goes before
// processes of other users.
func TestHostServers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "zoo.cfg")
	if err := os.WriteFile(path, []byte(oneEnsemble), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ZOOCFGDIR", dir)
	task := &task{Question: Question{Door: new(hostfile.Door)}}
	if found, source := task.host().FindConfig(t.Context()); found != path {
		t.Skipf("this host has a ZooKeeper of its own: %s", source)
	}
	of := func(uid int, l snapshot.Local) snapshot.Local {
		l.Process.Credentials = snapshot.Saw(snapshot.Credentials{UID: uint32(uid)}, 0)
		return l
	}
	const nobody = 65534
	contained := of(0, local(1, another, false))
	contained.Process.OtherUsers = true
	for _, c := range []struct {
		name    string
		running []snapshot.Local
		pid     int // 0: the file's
		fails   string
	}{
		{"nothing runs", nil, 0, ""},
		{"a silent one of another ensemble", []snapshot.Local{of(nobody, local(1, another, false))}, 0, ""},
		{"a silent one of the same ensemble", []snapshot.Local{of(nobody, local(1, sameOne, false))}, 0, ""},
		{"root in a user namespace", []snapshot.Local{contained}, 0, ""},
		{"a silent one of nobody knows whom", []snapshot.Local{local(1, another, false)}, 0, ""},
		{"a silent one of its owner", []snapshot.Local{of(os.Getuid(), local(1, another, false))}, 0, "-c " + path},
		{"a silent one of root", []snapshot.Local{of(0, local(1, another, false))}, 0, "(pid 1, user zk)"},
		{"one that listens", []snapshot.Local{of(nobody, local(1, another, true))}, 1, ""},
	} {
		got, err := chooseServer(task.hostServers(t.Context(), c.running, nil))
		switch pid := 0; {
		case c.fails != "":
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: got %v, want %q", c.name, err, c.fails)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		default:
			if got.Process != nil {
				pid = got.Process.PID
			}
			if pid != c.pid || pid == 0 && got.ConfigPath != path {
				t.Errorf("%s: got pid %d, %s", c.name, pid, got.ConfigPath)
			}
		}
	}
}
