package thishost

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// listener is a socket of the test's, for a process that it starts, and its port.
func listener(t *testing.T) (*os.File, uint16) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file, l.Addr().(*net.TCPAddr).AddrPort().Port()
}

const (
	absent            = 1 << 30 // no process has that number
	nobody, zookeeper = 65534, 113
)

func processOf(pid int, uid uint64) localProcess {
	return localProcess{Process: snapshot.Process{PID: pid}, uid: uid, owner: uid}
}

func hasPID(of []localProcess, pid int) bool {
	return slices.ContainsFunc(of, func(p localProcess) bool { return p.PID == pid })
}

// TestMostLikely: a user with a crowd of lower PIDs, which listen, takes the place neither of
// another user's server nor of the own one that listens.
func TestMostLikely(t *testing.T) {
	listener(t) // this process has its socket open
	var crowd []localProcess
	for i := range 3 * maxProcesses {
		crowd = append(crowd, processOf(absent+i, nobody))
	}
	server := processOf(absent+len(crowd), zookeeper)
	listens := processOf(os.Getpid(), nobody)
	h := in(t)
	found := append(slices.Clone(crowd), server, listens)
	kept, left := h.mostLikely(t.Context(), found, Asked{})
	if len(kept) != maxProcesses || !hasPID(kept, server.PID) || !hasPID(kept, listens.PID) {
		t.Errorf("got %d, the other user's: %t, what listens: %t", len(kept), hasPID(kept, server.PID), hasPID(kept, listens.PID))
	}
	if want := len(found) - maxProcesses; len(left) != want {
		t.Errorf("got %d beyond the limit, want %d", len(left), want)
	}
	for range maxProcesses { // each listens
		found = append(found, listens)
	}
	if kept, _ = h.mostLikely(t.Context(), found, Asked{}); !hasPID(kept, server.PID) {
		t.Error("a silent server lost its place to another user's that listen")
	}
	last := processOf(absent+2*maxProcesses, nobody)
	if kept, _ = h.mostLikely(t.Context(), found, Asked{Seen: []int{last.PID}}); !hasPID(kept, last.PID) {
		t.Error("a silent server that was seen before lost its place")
	}
}

// TestListensAsSaid: of one user's processes, all of which listen, those come first that do so
// where they say, by their zoo.cfg, its dynamic file or their command line, and before these
// the one that listens where zkdoctor is to ask.
func TestListensAsSaid(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	uid := uint64(os.Getuid())
	shared, _ := listener(t)
	lies := write("lies.cfg", "clientPort=1\ndataDir=/data\n")
	h := in(t)
	var found []localProcess
	start := func(config string, socket *os.File) *localProcess {
		t.Helper()
		p := processOf(startedWith(t, []*os.File{socket}).Process.Pid, uid)
		p.configPath = config
		found = append(found, p)
		return &found[len(found)-1]
	}
	for range maxProcesses {
		start(lies, shared)
	}
	own, port := listener(t)
	static := start(write("static.cfg", fmt.Sprintf("clientPort=%d\ndataDir=/data\n", port)), own).PID
	own, port = listener(t)
	next := write("next.dynamic", fmt.Sprintf("server.1=127.0.0.1:2888:3888;%d\n", port))
	dynamic := start(write("dynamic.cfg", "dataDir=/data\ndynamicConfigFile="+next+"\n"), own).PID
	own, port = listener(t)
	old := start("", own)
	old.takeArgs([]string{fmt.Sprint(port), "/data"})
	for _, last := range []int{static, dynamic, old.PID} {
		if kept, _ := h.mostLikely(t.Context(), found, Asked{}); !hasPID(kept, last) {
			t.Errorf("pid %d lost its place", last)
		}
	}
	// Each says the truth, and one is asked about.
	for range maxProcesses {
		own, port := listener(t)
		start(write(fmt.Sprintf("%d.cfg", port), fmt.Sprintf("clientPort=%d\n", port)), own)
	}
	own, port = listener(t)
	wanted := start(lies, own).PID
	at := []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}
	if kept, _ := h.mostLikely(t.Context(), found, Asked{At: func() []netip.AddrPort { return at }}); !hasPID(kept, wanted) {
		t.Error("the one that is asked about lost its place")
	}
}
