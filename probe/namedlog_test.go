package probe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func logTask() *task { return &task{Question: Question{Door: new(hostfile.Door)}} }

// TestNameLog: a log that was named is one server's, and whose must be plain.
func TestNameLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exported.log")
	if err := os.WriteFile(path, []byte("2026-11-25 12:35:43,004 [myid:1] - ERROR [x] - No space left on device\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := []snapshot.Local{{ConfigPath: "/a/zoo.cfg", Log: snapshot.Failed[snapshot.LogTail](&snapshot.Failure{Kind: snapshot.Absent, Text: "none"}, 0)}}
	if err := logTask().nameLog(t.Context(), path, one); err != nil || len(one[0].Log.Value.Lines) != 1 {
		t.Errorf("%v: %+v", err, one[0].Log)
	}
	for _, c := range []struct {
		local []snapshot.Local
		path  string
		want  string
	}{
		{nil, path, "no server of the ensemble"},
		{[]snapshot.Local{{ConfigPath: "/a/zoo.cfg"}, {ConfigPath: "/b/zoo.cfg"}}, path, "2 servers of the ensemble (/a/zoo.cfg, /b/zoo.cfg)"},
		{[]snapshot.Local{{}}, path + ".nothing", "no such file"},
	} {
		if err := logTask().nameLog(t.Context(), c.path, c.local); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
