package thishost

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

func TestAccess(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real", "zoo.cfg"), filepath.Join(dir, "zoo.cfg")
	for _, err := range []error{
		os.Mkdir(filepath.Dir(file), 0o710), os.WriteFile(file, nil, 0o640), os.Symlink(file, link),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := in(t).readAccess(t.Context(), hostFiles{}, link)
	if !got.Seen() {
		t.Fatalf("%+v", got.Failure)
	}
	modes := map[string]uint32{}
	for _, step := range got.Value {
		modes[step.Path] = step.Mode
	}
	if last := got.Value[len(got.Value)-1]; last.Path != file || last.Mode != 0o640 || got.Value[0].Path != "/" || modes[filepath.Dir(file)] != 0o710 {
		t.Errorf("got %+v", got.Value)
	}
	if got := in(t).readAccess(t.Context(), hostFiles{}, filepath.Join(dir, "none")); !got.FailedAs(snapshot.Absent) {
		t.Errorf("got %+v", got)
	}
	if got := in(t).readAccess(t.Context(), hostFiles{root: dir}, link); got.Tried {
		t.Errorf("in a container: %+v", got)
	}
}

func TestUserCredentials(t *testing.T) {
	if got := userCredentials(""); !got.Seen() || !got.Value.WritesAll {
		t.Errorf("root: %+v", got)
	}
	if got := userCredentials("nobody"); !got.Seen() || got.Value.UID == 0 || got.Value.WritesAll {
		t.Errorf("nobody: %+v", got)
	}
	if got := userCredentials("no such user"); !got.FailedAs(snapshot.Absent) {
		t.Errorf("no such user: %+v", got)
	}
}

// TestCompareNamed: the same server, and another file.
func TestCompareNamed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	local := func(path, data string, p *snapshot.Process) snapshot.Local {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return snapshot.Local{
			Process: p, ConfigPath: path, Config: snapshot.Saw(zoocfg.Parse(path, text), 0), ConfigAccess: snapshot.Saw(snapshot.Access{}, 0),
			Data: snapshot.Saw(snapshot.Data{Dir: snapshot.DataDir{Real: data, Owner: snapshot.Saw(snapshot.Owner{}, 0)}}, 0),
		}
	}
	read, edited := write("a.cfg", "tickTime=2000\nserver.1=a:1:2\n"), write("b.cfg", "tickTime=500\nserver.1=a:1:2\nsyncLimit=5\n")
	same := write("c.cfg", "server.1=a:1:2\ntickTime=2000\n")
	process := &snapshot.Process{PID: 1}
	cases := []struct {
		name           string
		running, named snapshot.Local
		want           *snapshot.NamedConfig
	}{
		{"another", local(read, "/d", process), local(edited, "/d", nil), &snapshot.NamedConfig{Path: edited, Keys: []string{"syncLimit", "tickTime"}}},
		{"the same file", local(read, "/d", process), local(read, "/d", nil), nil},
		{"the same content", local(read, "/d", process), local(same, "/d", nil), nil},
		{"another dataDir", local(read, "/d", process), local(edited, "/e", nil), nil},
		{"nothing runs", local(read, "/d", nil), local(edited, "/d", nil), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := []snapshot.Local{c.running}
			in(t).CompareNamed(t.Context(), list, c.named)
			if diff := cmp.Diff(c.want, list[0].Named); diff != "" {
				t.Error(diff)
			}
		})
	}
}
