package probe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	want := []LogLine{
		{LogEpochOld, "", "java.io.IOException: The current epoch, 0, is older than the last zxid, 4294967296", 1},
		{LogDatabaseUnloaded, "2026-11-25 12:35:43", "Unable to load database on disk", 1},
		{LogPeerUnreached, "2026-11-25 12:35:42", "Cannot open channel to 3 at election address /10.0.0.3:3888", 2},
	}
	if d := cmp.Diff(want, ScanLog([]byte(log), false)); d != "" {
		t.Error(d)
	}
	// A first line without its beginning may be anything.
	if got := ScanLog([]byte("Address already in use\nrest\n"), true); got != nil {
		t.Error(got)
	}
}

func TestLogTailBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zookeeper.out")
	long := strings.Repeat("2026-11-25 12:35:41,002 [myid:1] - WARN  [x] - nothing of interest\n", 20_000)
	last := "2026-11-25 12:35:43,004 [myid:1] - ERROR [x] - No space left on device \x1b[31m" + strings.Repeat("x", 1000) + "\n"
	if err := os.WriteFile(path, []byte(long+last), 0o600); err != nil {
		t.Fatal(err)
	}
	got := hostFiles{}.readLog([]string{path + ".nothing", path})
	if !got.Seen() || got.Value.Read != maxLogTail || len(got.Value.Lines) != 1 {
		t.Fatalf("%+v", got)
	}
	if text := got.Value.Lines[0].Text; len(text) != maxLogText || strings.Contains(text, "\x1b") {
		t.Errorf("%q", text)
	}
	if none := (hostFiles{}).readLog(nil); !none.FailedAs(Absent) {
		t.Errorf("no log: %+v", none)
	}
	if dir := (hostFiles{}).readLog([]string{filepath.Dir(path)}); !dir.FailedAs(Protocol) {
		t.Errorf("a directory: %+v", dir)
	}
}

func FuzzScanLog(f *testing.F) {
	f.Add([]byte("2026-11-25 12:35:43,004 [myid:1] - ERROR [x] - Len error 1195725856\n"), false)
	f.Add([]byte("Reading configuration from: x\nNo space left on device"), true)
	f.Fuzz(func(t *testing.T, text []byte, cut bool) {
		lines := ScanLog(text, cut)
		if len(lines) > len(logSigns) {
			t.Errorf("%d lines of %d kinds", len(lines), len(logSigns))
		}
		for _, l := range lines {
			if len(l.Text) > maxLogText || l.Count < 1 {
				t.Errorf("%+v", l)
			}
		}
	})
}

func BenchmarkScanLog(b *testing.B) {
	text := []byte(strings.Repeat("2026-11-25 12:35:41,002 [myid:1] - WARN  [NIOWorkerThread-2:NIOServerCnxn@380] - Unable to read additional data from client sessionid 0x0\n", maxLogTail/140))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ScanLog(text, true)
	}
}
