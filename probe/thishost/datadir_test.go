package thishost

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// recordedData reads a file that a real server wrote, of a log the beginning.
func recordedData(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/data", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestParseLog(t *testing.T) {
	old, recent := recordedData(t, "3.4.10/log.1000000c3"), recordedData(t, "3.9.5/log.1000000c9")
	damaged := []byte(recent)
	damaged[snapshot.FileHead+40]++
	cases := []struct {
		name     string
		start    string
		whole    bool
		first    snapshot.Zxid
		hasFirst bool
	}{
		{"3.4.10", old, true, 0x1000000c3, true},
		{"3.9.5", recent, true, 0x1000000c9, true},
		{"cut after the zxid of the first transaction", recent[:48], true, 0x1000000c9, true},
		{"cut before it", recent[:47], true, 0, false},
		{"a damaged transaction", string(damaged), true, 0, false},
		{"no transaction yet", recent[:snapshot.FileHead] + strings.Repeat("\x00", 200), true, 0, false},
		{"the header alone", recent[:snapshot.FileHead], true, 0, false},
		{"15 bytes", recent[:15], false, 0, false},
		{"5 bytes", recent[:5], false, 0, false},
		{"empty", "", false, 0, false},
		{"zeros", strings.Repeat("\x00", 200), false, 0, false},
		{"a snapshot", recordedData(t, "3.9.5/snapshot.0"), false, 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := snapshot.FileContent{Head: []byte(c.start[:min(len(c.start), snapshot.FileHead)]), Whole: c.whole, First: c.first, HasFirst: c.hasFirst}
			if diff := cmp.Diff(want, snapshot.ParseLog([]byte(c.start))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseSnapshot(t *testing.T) {
	old, recent := recordedData(t, "3.4.10/snapshot.100000007"), recordedData(t, "3.9.5/snapshot.0")
	cases := []struct {
		name, file, data string
		whole            bool
	}{
		{"3.4.10", "snapshot.100000007", old, true},
		{"3.9.5", "snapshot.0", recent, true},
		{"cut", "snapshot.0", recent[:len(recent)-1], false},
		{"empty", "snapshot.0", "", false},
		{"too short", "snapshot.0", string(snapshot.SnapshotEnd), false},
		{"gzip", "snapshot.1.gz", "\x1f\x8b\x08", true},
		{"named gzip", "snapshot.1.gz", recent, false},
		{"snappy", "snapshot.1.snappy", "\x82SNAPPY\x00\x00\x00", true},
		{"named snappy", "snapshot.1.snappy", recent, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			head, tail := c.data[:min(len(c.data), snapshot.FileHead)], c.data[max(len(c.data)-5, 0):]
			if got := snapshot.ParseSnapshot(c.file, int64(len(c.data)), []byte(head), []byte(tail)); got.Whole != c.whole || string(got.Head) != head {
				t.Errorf("got %+v, want whole %t", got, c.whole)
			}
		})
	}
}

func TestNewestFiles(t *testing.T) {
	var got []string
	for _, f := range snapshot.NewestFiles([]string{
		"snapshot.0", "log.100000001", "snapshot.ff", "snapshot.100000002.gz", "snapshot.x", "snapshot", "snapshots.5",
		"currentEpoch", "snapshot.-1", "snapshot.8000000000000000", "snapshot.",
	}, "snapshot") {
		got = append(got, f.Name)
	}
	if diff := cmp.Diff([]string{"snapshot.100000002.gz", "snapshot.ff", "snapshot.0"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseEpoch(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "153": 153, "12\n34": 12, "0\r\n": 0} {
		if got, err := snapshot.ParseEpoch([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "\n", "1 ", "x", "1.5", "99999999999999999999"} {
		if got, err := snapshot.ParseEpoch([]byte(text)); err == nil {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func FuzzParseData(f *testing.F) {
	for _, name := range []string{"3.4.10/log.1000000c3", "3.9.5/log.1000000c9", "3.4.10/snapshot.100000007", "3.9.5/snapshot.0"} {
		f.Add(filepath.Base(name), []byte(recordedData(f, name)))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		log, snap := snapshot.ParseLog(data), snapshot.ParseSnapshot(name, int64(len(data)), data, data)
		if log.HasFirst && !log.Whole || log.Whole && len(log.Head) != snapshot.FileHead || len(snap.Head) > snapshot.FileHead {
			t.Errorf("%+v %+v", log, snap)
		}
		for _, file := range snapshot.NewestFiles([]string{name}, "log") {
			if file.Zxid>>63 != 0 {
				t.Errorf("%s: %v", name, file.Zxid)
			}
		}
		if n, err := snapshot.ParseEpoch(data); err != nil && n != 0 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// TestHungDisk: a mount that hangs costs readLimit, and nothing more later on.
func TestHungDisk(t *testing.T) {
	config := zoocfg.Parse("zoo.cfg", []byte("dataDir=/data\n"))
	synctest.Test(t, func(t *testing.T) {
		h, back := Host{Door: new(hostfile.Door)}, make(chan struct{})
		look := func(ctx context.Context) (snapshot.Obs[bool], <-chan struct{}) {
			return see(ctx, h, hostFiles{}, "dataDir", func(hostFiles) snapshot.Obs[bool] { <-back; return snapshot.Saw(true, 0) },
				func(failure *snapshot.Failure) snapshot.Obs[bool] { return snapshot.Failed[bool](failure, 0) })
		}
		started := time.Now()
		got, hung := look(t.Context())
		if !got.FailedAs(snapshot.Silent) || time.Since(started) != readLimit {
			t.Fatalf("%+v after %v", got, time.Since(started))
		}
		l := snapshot.Local{Data: snapshot.Failed[snapshot.Data](got.Failure, 0), Hung: hung}
		again := snapshot.Local{Config: snapshot.Saw(config, 0), ConfigPath: "/none/zoo.cfg"}
		h.lookAtDisk(t.Context(), &again, hostFiles{}, &l)
		if !again.Data.FailedAs(snapshot.Silent) || !again.Hangs() || !again.NextConfig.Seen() {
			t.Errorf("while it hangs: %+v", again.Data)
		}
		soon, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if got, _ := look(soon); !got.FailedAs(snapshot.Silent) || soon.Err() != nil {
			t.Errorf("with little time left: %+v", got)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if got, _ := look(ended); !got.FailedAs(snapshot.Cancelled) {
			t.Errorf("at the end of the run: %+v", got)
		}
		close(back)
		synctest.Wait()
		if again.Hangs() {
			t.Error("hangs, and the mount is back")
		}
	})
}
