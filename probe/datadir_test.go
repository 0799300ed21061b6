package probe

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

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
	damaged[fileHead+40]++
	cases := []struct {
		name     string
		start    string
		whole    bool
		first    Zxid
		hasFirst bool
	}{
		{"3.4.10", old, true, 0x1000000c3, true},
		{"3.9.5", recent, true, 0x1000000c9, true},
		{"cut after the zxid of the first transaction", recent[:48], true, 0x1000000c9, true},
		{"cut before it", recent[:47], true, 0, false},
		{"a damaged transaction", string(damaged), true, 0, false},
		{"no transaction yet", recent[:fileHead] + strings.Repeat("\x00", 200), true, 0, false},
		{"the header alone", recent[:fileHead], true, 0, false},
		{"15 bytes", recent[:15], false, 0, false},
		{"5 bytes", recent[:5], false, 0, false},
		{"empty", "", false, 0, false},
		{"zeros", strings.Repeat("\x00", 200), false, 0, false},
		{"a snapshot", recordedData(t, "3.9.5/snapshot.0"), false, 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := FileContent{Head: []byte(c.start[:min(len(c.start), fileHead)]), Whole: c.whole, First: c.first, HasFirst: c.hasFirst}
			if diff := cmp.Diff(want, parseLog([]byte(c.start))); diff != "" {
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
		{"too short", "snapshot.0", string(snapshotEnd), false},
		{"gzip", "snapshot.1.gz", "\x1f\x8b\x08", true},
		{"named gzip", "snapshot.1.gz", recent, false},
		{"snappy", "snapshot.1.snappy", "\x82SNAPPY\x00\x00\x00", true},
		{"named snappy", "snapshot.1.snappy", recent, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			head, tail := c.data[:min(len(c.data), fileHead)], c.data[max(len(c.data)-5, 0):]
			if got := parseSnapshot(c.file, int64(len(c.data)), []byte(head), []byte(tail)); got.Whole != c.whole || string(got.Head) != head {
				t.Errorf("got %+v, want whole %t", got, c.whole)
			}
		})
	}
}

func TestNewestFiles(t *testing.T) {
	var got []string
	for _, f := range newestFiles([]string{
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
		if got, err := ParseEpoch([]byte(text)); err != nil || got != want {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "\n", "1 ", "x", "1.5", "99999999999999999999"} {
		if got, err := ParseEpoch([]byte(text)); err == nil {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func FuzzParseData(f *testing.F) {
	for _, name := range []string{"3.4.10/log.1000000c3", "3.9.5/log.1000000c9", "3.4.10/snapshot.100000007", "3.9.5/snapshot.0"} {
		f.Add(filepath.Base(name), []byte(recordedData(f, name)))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		log, snapshot := parseLog(data), parseSnapshot(name, int64(len(data)), data, data)
		if log.HasFirst && !log.Whole || log.Whole && len(log.Head) != fileHead || len(snapshot.Head) > fileHead {
			t.Errorf("%+v %+v", log, snapshot)
		}
		for _, file := range newestFiles([]string{name}, "log") {
			if file.Zxid>>63 != 0 {
				t.Errorf("%s: %v", name, file.Zxid)
			}
		}
		if n, err := ParseEpoch(data); err != nil && n != 0 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// TestHungDisk: a mount that hangs costs diskLimit, and nothing more later on.
func TestHungDisk(t *testing.T) {
	config := zoocfg.Parse("zoo.cfg", []byte("dataDir=/data\n"))
	synctest.Test(t, func(t *testing.T) {
		back := make(chan struct{})
		hang := func() disk { <-back; return disk{} }
		l := Local{Config: Saw(config, 0)}
		var d disk
		d, l.Hung = lookDisk(t.Context(), hang)
		l.MyID, l.DataDir, l.Data = d.myID, d.exists, d.data
		if !l.Data.FailedAs(Silent) || !l.MyID.FailedAs(Silent) || !l.DataDir.FailedAs(Silent) || l.Data.Took != diskLimit || !l.hangs() {
			t.Fatalf("%+v", l.Data)
		}
		again := Local{Config: Saw(config, 0)}
		again.lookAtDisk(t.Context(), hostFiles{}, &l)
		if !again.Data.FailedAs(Silent) || !again.hangs() {
			t.Errorf("while it hangs: %+v", again.Data)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if cut, _ := lookDisk(ended, hang); !cut.data.FailedAs(Cancelled) {
			t.Errorf("at the end of the run: %+v", cut.data)
		}
		close(back)
		synctest.Wait()
		if again.hangs() {
			t.Error("hangs, and the mount is back")
		}
	})
}
