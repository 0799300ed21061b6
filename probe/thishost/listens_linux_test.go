package thishost

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestOwnListeners looks at this very process, and at one that has no listener.
func TestOwnListeners(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here := l.Addr().(*net.TCPAddr).AddrPort()
	tables := listenerTables{}
	look := func(pid int) snapshot.Local {
		local := snapshot.Local{Process: &snapshot.Process{PID: pid}}
		tables.look(t.Context(), Host{}, &local)
		return local
	}
	own := look(os.Getpid())
	if !slices.Contains(own.Listeners.Value, here) || !slices.Contains(own.Process.Listens.Value, here) || own.Process.UserListens != nil {
		t.Errorf("%v is not among %+v and %+v", here, own.Listeners, own.Process)
	}
	if !slices.Contains(tables.ofProcess(t.Context(), Host{}, os.Getpid()), here) {
		t.Error("this process does not listen")
	}
	parent := look(os.Getppid())
	if slices.Contains(parent.Process.Listens.Value, here) || parent.Process.Listens.Seen() && !slices.Contains(parent.Listeners.Value, here) {
		t.Errorf("go test has the test's socket: %+v", parent.Process)
	}
	if len(tables) != 1 {
		t.Errorf("got %d tables, want that of one namespace", len(tables))
	}
	if a, b := own.Listeners.Value, look(os.Getpid()).Listeners.Value; &a[0] != &b[0] {
		t.Error("each process of a namespace has a list of its own: anybody may have it long")
	}
	if gone := look(1 << 30); !gone.Listeners.FailedAs(snapshot.Absent) || gone.Process.Listens.Tried {
		t.Errorf("a process that is not there: %+v", gone)
	}
	of := tables.of(t.Context(), os.Getpid()).sockets
	if mine := userListeners(os.Getpid(), of); !slices.ContainsFunc(mine, func(s socket) bool { return s.local == here }) {
		t.Errorf("%v is not among its user's %+v", here, mine)
	}
	if others := userListeners(os.Getpid(), []socket{{uid: 1 << 31, local: netip.AddrPort{}}}); len(others) > 0 {
		t.Errorf("got another user's %+v", others)
	}
}

// TestManyFiles: of a process with more open files than are looked through, what was not
// found is not known.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	for name, target := range map[string]string{"0": "/dev/null", "1": "socket:[17]", "2": "socket:[18]"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if all, read, err := socketInodes(t.Context(), dir, 100); err != nil || all.more || read != 3 || len(all.inodes) != 2 || !all.inodes[17] || !all.inodes[18] {
		t.Errorf("got %+v, %d read, %v", all, read, err)
	}
	if some, read, err := socketInodes(t.Context(), dir, 2); err != nil || !some.more || read != 2 {
		t.Errorf("got %+v, %d read, %v", some, read, err)
	}
	if _, _, err := socketInodes(t.Context(), filepath.Join(dir, "none"), 1); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}

// TestProgram: this process is no JVM, whatever it is called.
func TestProgram(t *testing.T) {
	program, jvm, err := in(t).programOf(t.Context(), owned{pid: os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	if want, err := os.Executable(); err != nil || !program.Seen() || jvm || snapshot.Printable(want, snapshot.MaxForeign) != program.Value {
		t.Errorf("got %+v, a JVM: %t, want %s", program, jvm, want)
	}
	if program, jvm, _ := in(t).programOf(t.Context(), owned{pid: 1 << 30}); !program.FailedAs(snapshot.Absent) || jvm {
		t.Errorf("a process that is not there: %+v", program)
	}
	if otherUsers(os.Getppid()) || otherUsers(1<<30) {
		t.Error("this test is in a user namespace of its own")
	}
}
