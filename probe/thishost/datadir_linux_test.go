package thishost

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// dataDir writes files below a new directory.
func dataDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func dataOf(t *testing.T, files hostFiles, config string) snapshot.Obs[snapshot.Data] {
	t.Helper()
	return observe(t.Context(), in(t), files, "data", func(f hostFiles) snapshot.Obs[snapshot.Data] {
		return readDataDirs(f, zoocfg.Parse("zoo.cfg", []byte(config)))
	})
}

func readData(t *testing.T, files hostFiles, config string) snapshot.Data {
	t.Helper()
	data := dataOf(t, files, config)
	if !data.Seen() {
		t.Fatalf("%+v", data)
	}
	return data.Value
}

func TestReadData(t *testing.T) {
	files := map[string]string{
		"data/version-2/currentEpoch": "3", "data/version-2/acceptedEpoch": "4\n", "data/version-2/updatingEpoch": "",
		"log/version-2/log.300000001": recordedData(t, "3.9.5/log.1000000c9"), "log/version-2/log.1": "",
	}
	for n := range 12 {
		files[fmt.Sprintf("data/version-2/snapshot.%x", n)] = recordedData(t, "3.9.5/snapshot.0")
	}
	files["data/version-2/snapshot.c"] = "cut"
	dir := dataDir(t, files)
	if err := os.Symlink("/log", filepath.Join(dir, "logs")); err != nil {
		t.Fatal(err)
	}
	// In a container: a link leads inside it.
	data := readData(t, hostFiles{root: dir, cwd: "/"}, "dataDir=data\ndataLogDir=/logs\n")
	d := data.Dir
	if d.Path != "/data" || !d.Owner.Seen() || !d.Version2.Seen() || d.Version2.Value.UID != uint32(os.Getuid()) || d.Version2.Value.Mode != 0o755 {
		t.Errorf("%+v", d)
	}
	if s := d.Snapshots.Value; s.Total != 13 || len(s.Newest) != keepFiles || s.Newest[0].Name != "snapshot.c" || s.Newest[0].Content.Value.Whole ||
		!s.Newest[1].Content.Value.Whole || s.Newest[1].Size != 613 || s.Newest[1].Allocated == 0 || s.Newest[1].Modified.IsZero() || s.Newest[1].Owner.Mode != 0o640 {
		t.Errorf("%+v", s)
	}
	if string(d.CurrentEpoch.Value.Bytes) != "3" || string(d.AcceptedEpoch.Value.Bytes) != "4\n" || !d.Repairs {
		t.Errorf("epochs %+v %+v %t", d.CurrentEpoch, d.AcceptedEpoch, d.Repairs)
	}
	if d.Logs.Value.Total != 0 || data.LogDir == nil {
		t.Fatalf("%+v", d.Logs)
	}
	l := data.Logs()
	if newest := l.Logs.Value.Newest; l.Path != "/logs" || l.Real != "/log" || len(newest) != 2 || newest[0].Content.Value.First != 0x1000000c9 || newest[1].Content.Tried {
		t.Errorf("%+v", l)
	}
	if v := l.Volume; !v.Seen() || v.Value.Bytes == 0 || v.Value.FreeBytes > v.Value.Bytes {
		t.Errorf("%+v", v)
	}
}

func TestReadDataFailures(t *testing.T) {
	dir := dataDir(t, map[string]string{"file": "", "empty/x": "", "odd/version-2/snapshot.1/x": "", "flat/version-2": ""})
	odd := filepath.Join(dir, "odd/version-2")
	for _, name := range []string{"log.2", "currentEpoch"} {
		if err := syscall.Mkfifo(filepath.Join(odd, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(odd, "acceptedEpoch")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, config string
		kind         snapshot.FailureKind
	}{
		{"relative, to what is not known", "dataDir=data\n", snapshot.Denied},
		{"out of reach", "dataDir=/data\n", snapshot.Denied},
	} {
		f := hostFiles{}
		if c.name == "out of reach" {
			f.denied = &snapshot.Failure{Kind: snapshot.Denied, Text: "only root"}
		}
		if got := dataOf(t, f, c.config); !got.FailedAs(c.kind) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if got := dataOf(t, hostFiles{}, "tickTime=1\n"); got.Tried {
		t.Errorf("no dataDir: %+v", got)
	}
	for _, c := range []struct {
		name            string
		owner, version2 snapshot.FailureKind
	}{
		{"none", snapshot.Absent, snapshot.Absent},
		{"file", snapshot.Protocol, snapshot.Protocol},
		{"empty", "", snapshot.Absent},
		{"flat", "", snapshot.Protocol},
	} {
		d := readData(t, hostFiles{}, "dataDir="+filepath.Join(dir, c.name)+"\n").Dir
		if c.owner == "" && !d.Owner.Seen() || c.owner != "" && !d.Owner.FailedAs(c.owner) || !d.Version2.FailedAs(c.version2) {
			t.Errorf("%s: %+v", c.name, d)
		}
		if d.Volume.Seen() != (c.owner == "") || d.Snapshots.Tried || d.CurrentEpoch.Tried {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
	d := readData(t, hostFiles{}, "dataDir="+filepath.Join(dir, "odd")+"\n").Dir
	if s := d.Snapshots.Value.Newest; len(s) != 1 || !s[0].Content.FailedAs(snapshot.Protocol) {
		t.Errorf("a directory: %+v", s)
	}
	if l := d.Logs.Value.Newest; len(l) != 1 || !l[0].Content.FailedAs(snapshot.Protocol) || !strings.Contains(l[0].Content.Failure.Text, "not a regular file") {
		t.Errorf("a FIFO: %+v", l)
	}
	if !d.CurrentEpoch.FailedAs(snapshot.Protocol) || !d.AcceptedEpoch.FailedAs(snapshot.Protocol) {
		t.Errorf("a FIFO and a link that leads out: %+v %+v", d.CurrentEpoch, d.AcceptedEpoch)
	}
}

// TestDeniedData: what may not be read is not absent.
func TestDeniedData(t *testing.T) {
	dir := dataDir(t, map[string]string{"data/version-2/x": "", "epoch/version-2/currentEpoch": "1", "epoch/version-2/log.1": ""})
	for _, closed := range []string{"data", "epoch/version-2/currentEpoch", "epoch/version-2/log.1"} {
		if err := os.Chmod(filepath.Join(dir, closed), 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, closed), 0o700) }) // for who removes it
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // of t.TempDir
		t.Fatal(err)
	}
	// Root may read everything.
	files := hostFiles{}
	if os.Geteuid() == 0 {
		files.rights = &hostfile.Rights{UID: 65534, GID: 65534}
	}
	d := readData(t, files, "dataDir="+filepath.Join(dir, "data")+"\n").Dir
	if d.Owner.FailedAs(snapshot.Denied) {
		t.Skip("even the temporary directory is closed")
	}
	if !d.Owner.Seen() || !d.Version2.FailedAs(snapshot.Denied) || d.Snapshots.Tried {
		t.Errorf("%+v", d)
	}
	d = readData(t, files, "dataDir="+filepath.Join(dir, "epoch")+"\n").Dir
	if !d.CurrentEpoch.FailedAs(snapshot.Denied) || !d.AcceptedEpoch.FailedAs(snapshot.Absent) || len(d.Logs.Value.Newest) != 1 || !d.Logs.Value.Newest[0].Content.FailedAs(snapshot.Denied) {
		t.Errorf("%+v", d)
	}
}

const status = `Name:	java
Uid:	1000	1001	1002	1003
Gid:	100	101	102	103
Groups:	4 24 
CapInh:	0000000000000000
CapEff:	0000000000000002
`

func TestParseIdentity(t *testing.T) {
	none := strings.Replace(status, "0002\n", "0001\n", 1)
	for name, c := range map[string]struct {
		status string
		want   snapshot.Credentials
		bad    bool
	}{
		"all":                 {status, snapshot.Credentials{UID: 1003, Groups: []uint32{103, 4, 24}, WritesAll: true}, false},
		"no groups":           {strings.Replace(none, "4 24 ", "", 1), snapshot.Credentials{UID: 1003, Groups: []uint32{103}, WritesAll: false}, false},
		"cut":                 {status[:60], snapshot.Credentials{}, true},
		"empty":               {"", snapshot.Credentials{}, true},
		"not four":            {strings.Replace(status, "\t1003", "", 1), snapshot.Credentials{}, true},
		"no number":           {strings.Replace(status, "1003", "x", 1), snapshot.Credentials{}, true},
		"no capabilities":     {strings.Replace(status, "0000000000000002", "x", 1), snapshot.Credentials{}, true},
		"too large to be one": {strings.Replace(status, "1003", "4294967296", 1), snapshot.Credentials{}, true},
	} {
		ids, err := parseIdentity([]byte(c.status))
		got := ids.credentials()
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, got); err == nil && diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if own := credentials(os.Getpid()); !own.Seen() || own.Value.UID != uint32(os.Geteuid()) {
		t.Errorf("%+v", own)
	}
	if gone := credentials(1 << 30); !gone.FailedAs(snapshot.Absent) {
		t.Errorf("%+v", gone)
	}
}

func FuzzParseIdentity(f *testing.F) {
	f.Add([]byte(status))
	f.Fuzz(func(t *testing.T, data []byte) {
		if ids, err := parseIdentity(data); err == nil && len(ids.credentials().Groups) == 0 {
			t.Error("a process without a group")
		}
	})
}
