package thishost

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestZooKeeperArgs(t *testing.T) {
	const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
	cases := []struct {
		name string
		args []string
		main string
		rest []string
	}{
		{"as zkServer.sh starts it", []string{"/opt/jdk/bin/java", "-Dx=y", "-cp", "a.jar", main, "/conf/zoo.cfg"}, "QuorumPeerMain", []string{"/conf/zoo.cfg"}},
		{"under a wrapper's main", []string{"java", "com.example.Wrapper", main, "zoo.cfg"}, "QuorumPeerMain", []string{"zoo.cfg"}},
		{"the old form", []string{"java", "org.apache.zookeeper.server.ZooKeeperServerMain", "2181", "/data"}, "ZooKeeperServerMain", []string{"2181", "/data"}},
		{"HBase", []string{"java", "org.apache.hadoop.hbase.zookeeper.HQuorumPeer", "start"}, "HQuorumPeer", []string{"start"}},
		{"without arguments", []string{"java", main}, "QuorumPeerMain", []string{}},
		{"grep for it", []string{"grep", main}, "", nil},
		{"a shell that will start it", []string{"sh", "-c", "java " + main}, "", nil},
		{"sudo", []string{"sudo", "java", main, "zoo.cfg"}, "", nil},
		{"the name inside another argument", []string{"java", "-Dmain=" + main, "Other"}, "", nil},
		{"a kernel thread", nil, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			main, rest, ok := zooKeeperArgs(c.args)
			if main != c.main || ok != (c.main != "") {
				t.Errorf("got %q, %v", main, ok)
			}
			if diff := cmp.Diff(c.rest, rest); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJMX(t *testing.T) {
	const jmx = "-Dcom.sun.management.jmxremote"
	for _, c := range []struct {
		name string
		args []string
		want *snapshot.JMX
	}{
		{"as zkServer.sh starts it", []string{"java", jmx, jmx + ".local.only=false"}, nil},
		{"as it does with JMXPORT", []string{"java", jmx, jmx + ".port=7199", jmx + ".authenticate=false", jmx + ".ssl=false"}, &snapshot.JMX{Port: "7199"}},
		{"the port alone", []string{"java", jmx + ".port=7199"}, &snapshot.JMX{Port: "7199", Authenticate: true, TLS: true}},
		{"the last one counts", []string{"java", jmx + ".ssl=true", jmx + ".port=1", jmx + ".port=7199", jmx + ".ssl=false"}, &snapshot.JMX{Port: "7199", Authenticate: true}},
		{"neither true nor false", []string{"java", jmx + ".port=7199", jmx + ".authenticate=", jmx + ".ssl=TRUE"}, &snapshot.JMX{Port: "7199", TLS: true}},
	} {
		if diff := cmp.Diff(c.want, jmxOf(c.args)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// fibTrie is what Linux 6 prints for a host with loopback and one interface.
const fibTrie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.17
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
`

func TestParseAddrs(t *testing.T) {
	got := parseFibTrie([]byte(fibTrie))
	want := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.17")}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	six := parseIfInet6([]byte("00000000000000000000000000000001 01 80 10 80       lo\n20010db8000000000000000000000001 02 40 00 80 eth0\nzz\n\n"))
	want = []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("2001:db8::1")}
	if diff := cmp.Diff(want, six, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseAddrs(f *testing.F) {
	f.Add([]byte(fibTrie))
	f.Add([]byte("20010db8000000000000000000000001 02 40 00 80 eth0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, addr := range append(parseFibTrie(data), parseIfInet6(data)...) {
			if !addr.IsValid() {
				t.Fatal("an address that is none")
			}
		}
	})
}

// TestOwnSockets looks at this very process: its addresses and its listener.
func TestOwnSockets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	listener := l.Addr().(*net.TCPAddr).AddrPort()
	listeners := listenersOf(t.Context(), procOf(os.Getpid()))
	if !listeners.Seen() || !slices.Contains(listeners.Value, listener) {
		t.Errorf("%v is not among %+v", listener, listeners)
	}
	addrs := addrsOf(procOf(os.Getpid()))
	if !addrs.Seen() || !slices.Contains(addrs.Value, listener.Addr()) {
		t.Errorf("127.0.0.1 is not among %+v", addrs)
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if held := HeldConnections(t.Context()); !held.Seen() || held.Value[listener] != 1 {
		t.Errorf("held connections: %+v, want 1", held)
	}
	if gone := listenersOf(t.Context(), procOf(1<<30)); !gone.FailedAs(snapshot.Absent) {
		t.Errorf("a process that is not there: %+v", gone)
	}
}

// in is this host, for a test.
func in(t *testing.T) Host {
	t.Helper()
	return Host{Door: new(hostfile.Door)}
}

func TestHostFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	write("root/etc/real.cfg", "dataDir=/data\n")
	// An absolute link inside a container leads inside the container.
	if err := os.Symlink("/etc/real.cfg", filepath.Join(dir, "root/zoo.cfg")); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name  string
		files hostFiles
		path  string
		kind  snapshot.FailureKind
		text  string
	}{
		{"a file", hostFiles{}, write("zoo.cfg", "dataDir=/data\n"), "", ""},
		{"relative to the working directory", hostFiles{cwd: dir}, "zoo.cfg", "", ""},
		{"in a container, through a link", hostFiles{root: filepath.Join(dir, "root")}, "/zoo.cfg", "", ""},
		{"missing", hostFiles{}, filepath.Join(dir, "none"), snapshot.Absent, "no such file"},
		{"a directory", hostFiles{}, dir, snapshot.Protocol, "is a directory"},
		{"a FIFO", hostFiles{}, filepath.Join(dir, "fifo"), snapshot.Protocol, "not a regular file"},
		{"too large", hostFiles{}, write("large.cfg", strings.Repeat("#\n", 1<<20)), snapshot.TooLarge, "no zoo.cfg is"},
		{"out of reach", hostFiles{denied: &snapshot.Failure{Kind: snapshot.Denied, Text: "only root"}}, "/zoo.cfg", snapshot.Denied, "only root"},
		{"a dynamic file that is missing", hostFiles{}, write("dynamic.cfg", "dataDir=/data\ndynamicConfigFile=/none/zoo.cfg.dynamic\n"), snapshot.Absent, "dynamic.cfg:2: dynamicConfigFile"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _ := in(t).readConfig(t.Context(), c.files, c.path)
			if c.kind == "" {
				if !got.Seen() || got.Value.DataDir.Value != "/data" {
					t.Fatalf("%+v", got)
				}
				return
			}
			if !got.FailedAs(c.kind) || !strings.Contains(got.Failure.Text, c.text) {
				t.Errorf("got %+v, want %s with %q", got.Failure, c.kind, c.text)
			}
		})
	}
}
