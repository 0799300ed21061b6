package thishost

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestScanLog(t *testing.T) {
	const log = `2026-11-24 01:00:00,000 [myid:1] - ERROR [main:QuorumPeerMain@89] - Invalid config, exiting abnormally
2026-11-25 12:35:40,001 [myid:] - INFO  [main:QuorumPeerConfig@177] - Reading configuration from: /opt/zookeeper/conf/zoo.cfg
2026-11-25 12:35:41,002 [myid:1] - WARN  [QuorumPeer:QuorumCnxManager@400] - Cannot open channel to 2 at election address /10.0.0.2:3888
java.net.ConnectException: Connection refused (Connection refused)
2026-11-25 12:35:42,003 [myid:1] - WARN  [QuorumPeer:QuorumCnxManager@400] - Cannot open channel to 3 at election address /10.0.0.3:3888
2026-11-25 12:35:42,500 [myid:1] - INFO  [QuorumPeer] - Cannot open channel to INFO is no sign
2026-11-25 12:35:43,004 [myid:1] - ERROR [main:QuorumPeer@692] - Unable to load database on disk
java.io.IOException: The current epoch, 0, is older than the last zxid, 4294967296
`
	want := []snapshot.LogLine{
		{Sign: logline.EpochOld, At: "2026-11-25 12:35:43", Text: "java.io.IOException: The current epoch, 0, is older than the last zxid, 4294967296", Count: 1},
		{Sign: logline.DatabaseUnloaded, At: "2026-11-25 12:35:43", Text: "Unable to load database on disk", Count: 1},
		{Sign: logline.PeerUnreached, At: "2026-11-25 12:35:42", Text: "Cannot open channel to 3 at election address /10.0.0.3:3888", Fields: logline.Fields{Peer: 3, Address: netip.MustParseAddrPort("10.0.0.3:3888")}, Count: 2},
	}
	got := snapshot.ScanLog([]byte(log), false)
	got.Events = nil // which have a test of their own
	same := cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
	if d := cmp.Diff(snapshot.LogTail{Begins: true, Starts: []string{"2026-11-25 12:35:40"}, Last: "2026-11-25 12:35:43", Lines: want}, got, same); d != "" {
		t.Error(d)
	}
	const held = logline.Challenge + ": java.net.SocketTimeoutException: Read timed out"
	for _, text := range []string{
		"2026-11-25 12:35:43,004 [myid:1] - WARN  [x] - " + held + "\n",
		"2026-11-25 12:35:43,004 [myid:] - WARN  [x] - " + strings.Replace(held, ": ", "\n", 1) + "\n\tat java.base/x\n",
	} {
		if d := cmp.Diff([]snapshot.LogLine{{Sign: logline.ChallengeTimeout, At: "2026-11-25 12:35:43", Text: held, Count: 1}}, snapshot.ScanLog([]byte(text), false).Lines, same); d != "" {
			t.Error(d)
		}
	}
	if got := snapshot.ScanLog([]byte(logline.Challenge+"\njava.io.EOFException\n"), false); got.Lines != nil {
		t.Error(got)
	}
	// What a port check and a client's handshake leave behind is no peer's.
	for _, line := range []string{"java.io.IOException: Blocked insecure connection attempt\n", "Caused by: javax.net.ssl.SSLHandshakeException: x\n", "io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException: x\n"} {
		if got := snapshot.ScanLog([]byte(line), false); got.Lines != nil {
			t.Errorf("%s: %+v", line, got.Lines)
		}
	}
	// As the journal has it.
	journal := regexp.MustCompile(`(?m)^`).ReplaceAllString(log, "Nov 25 12:35:43 zk1 java[812]: ")
	if d := cmp.Diff(want[1:], snapshot.ScanLog([]byte(journal), false).Lines[1:], same); d != "" {
		t.Error(d)
	}
	// A first line without its beginning may be anything.
	if got := snapshot.ScanLog([]byte("Address already in use\nrest\n"), true); got.Lines != nil || got.Begins {
		t.Error(got)
	}
}

// TestScanLogOfJava: what stands in zookeeper.out when ZooKeeper itself was never begun.
func TestScanLogOfJava(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want logline.Sign
		line string
	}{
		{logline.JavaMissing, "nohup: failed to run command \u2018java\u2019: No such file or directory"},
		{logline.JavaMissing, "nohup: can't execute 'java': No such file or directory"},
		{logline.JavaMissing, "zkServer.sh: line 170: java: command not found"},
		{logline.JavaMissing, "Error: JAVA_HOME is not set and java could not be found in PATH."},
		{logline.JavaClass, "Error: Could not find or load main class org.apache.zookeeper.server.quorum.QuorumPeerMain"},
		{logline.JavaVersion, "Exception in thread \"main\" java.lang.UnsupportedClassVersionError: org/apache/zookeeper/server/quorum/QuorumPeerMain : Unsupported major.minor version 52.0"},
		{logline.JavaOptions, "Unrecognized VM option 'UseConcMarkSweepGC'"},
		{logline.JavaOptions, "Could not reserve enough space for 99999999KB object heap"},
		{"", "Error: Could not create the Java Virtual Machine."},
		{"", "Picked up JAVA_TOOL_OPTIONS: -Djava.io.tmpdir=/tmp/java-test"},
	} {
		var got logline.Sign
		if tail := snapshot.ScanLog([]byte(c.line+"\n"), false); len(tail.Lines) > 0 {
			got = tail.Lines[0].Sign
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestLogLinesOfOlderSnapshots: the fields of their lines follow from the texts.
func TestLogLinesOfOlderSnapshots(t *testing.T) {
	t.Parallel()
	old := func() *snapshot.Snapshot {
		return &snapshot.Snapshot{Servers: []snapshot.Server{{Name: "zk1"}}, Local: []snapshot.Local{{Log: snapshot.Saw(snapshot.LogTail{Lines: []snapshot.LogLine{
			{Sign: logline.PeerUnreached, Text: "Cannot open channel to 3 at election address /10.0.0.3:3888", Count: 2},
			{Sign: "of-a-newer-one", Text: "?", Count: 1},
		}}, 0)}}}
	}
	s := old()
	s.Before = old()
	var file bytes.Buffer
	if err := snapshot.WriteSnapshot(&file, s); err != nil || strings.Contains(file.String(), `"fields"`) {
		t.Fatalf("%v: %s", err, file.String())
	}
	read, err := snapshot.ReadSnapshot(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range []*snapshot.Snapshot{read, read.Before} {
		lines := look.Local[0].Log.Value.Lines
		if lines[0].Fields != (logline.Fields{Peer: 3, Address: netip.MustParseAddrPort("10.0.0.3:3888")}) || lines[1].Fields != (logline.Fields{}) {
			t.Errorf("%+v", lines)
		}
	}
}

// logOf reads the first log of these that is there.
func logOf(t *testing.T, paths ...string) snapshot.Obs[snapshot.LogTail] {
	t.Helper()
	h := Host{Door: new(hostfile.Door)}
	return h.readLog(t.Context(), hostFiles{}, func(hostFiles) []string { return paths })
}

func TestLogTailBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zookeeper.out")
	long := strings.Repeat("2026-11-25 12:35:41,002 [myid:1] - WARN  [x] - nothing of interest\n", 20_000)
	last := "2026-11-25 12:35:43,004 [myid:1] - ERROR [x] - No space left on device \x1b[31m" + strings.Repeat("x", 1000) + "\n"
	if err := os.WriteFile(path, []byte(long+last), 0o600); err != nil {
		t.Fatal(err)
	}
	got := logOf(t, path+".nothing", path)
	if !got.Seen() || got.Value.Read != snapshot.MaxLogTail || len(got.Value.Lines) != 1 {
		t.Fatalf("%+v", got)
	}
	if text := got.Value.Lines[0].Text; len(text) != snapshot.MaxLogText || strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}
	if none := logOf(t); !none.FailedAs(snapshot.Absent) {
		t.Errorf("no log: %+v", none)
	}
	if err := os.WriteFile(path, append([]byte("\x1f\x8b\x08"), bytes.Repeat([]byte{1, 200, 'x'}, 1000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if packed := logOf(t, path); !packed.FailedAs(snapshot.Protocol) {
		t.Errorf("a packed log: %+v", packed)
	}
	if dir := logOf(t, filepath.Dir(path)); !dir.FailedAs(snapshot.Protocol) {
		t.Errorf("a directory: %+v", dir)
	}
}

func FuzzScanLog(f *testing.F) {
	f.Add([]byte("2026-11-25 12:35:43,004 [myid:1] - ERROR [x] - Len error 1195725856\n"), false)
	f.Add([]byte("Reading configuration from: x\nNo space left on device"), true)
	f.Fuzz(func(t *testing.T, text []byte, cut bool) {
		lines := snapshot.ScanLog(text, cut).Lines
		kinds := map[logline.Sign]bool{}
		for _, l := range lines {
			if len(l.Text) > snapshot.MaxLogText || l.Count < 1 || kinds[l.Sign] {
				t.Errorf("%+v", l)
			}
			kinds[l.Sign] = true
		}
	})
}

func BenchmarkScanLog(b *testing.B) {
	text := []byte(strings.Repeat("2026-11-25 12:35:41,002 [myid:1] - WARN  [NIOWorkerThread-2:NIOServerCnxn@380] - Unable to read additional data from client sessionid 0x0\n", snapshot.MaxLogTail/140))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		snapshot.ScanLog(text, true)
	}
}
