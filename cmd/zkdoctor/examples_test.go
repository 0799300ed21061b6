package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

var (
	record = flag.Bool("record", false, "record the snapshots in docs/examples anew, on real ensembles (root)")
	only   = flag.String("example", "", "with -record or -update: this one alone")
	update = flag.Bool("update", false, "write the screens of the snapshots in docs/examples anew")
)

const exampleDir = "../../docs/examples"

// examples are the snapshots that docs/examples has, each with what was done to a
// real ensemble, and the exit code of what is said of it.
var examples = []struct {
	name string
	exit int
	shape
}{
	{"healthy", 0, shape{options: zktest.Options{Version: zktest.Newest}, from: 2}},
	// The install guide's own symptom, on the server that is left.
	{"no-quorum", 2, shape{options: zktest.Options{Version: zktest.Oldest}, do: kill(2, 3), from: 1}},
	{"myid-duplicate", 1, shape{options: zktest.Options{Version: zktest.Newest}, from: 2, do: func(t *testing.T, ens *zktest.Ensemble) {
		two := ens.Server(2)
		must(t, two.Stop(t.Context()))
		must(t, two.SetMyID([]byte("3\n")))
		must(t, ens.WaitQuorum(t.Context()))
	}}},
	{"split-brain", 2, shape{options: zktest.Options{Version: zktest.Newest, Servers: 5, NoWait: true, Edit: halfExpansion}, do: waitTwoLeaders}},
	{"server-hung", 1, shape{options: zktest.Options{Version: zktest.Newest}, do: func(t *testing.T, ens *zktest.Ensemble) {
		pauseUnderLoad(t, ens, 1)
	}}},
}

// TestExamples: whoever has no ZooKeeper can look at what zkdoctor says of one.
func TestExamples(t *testing.T) {
	program, err := builtProgram()
	must(t, err)
	for _, e := range examples {
		if *only != "" && *only != e.name {
			continue
		}
		file := filepath.Join(exampleDir, e.name+".json")
		if *record {
			e.record(t, program, e.options.Version, file)
		}
		cmd := exec.Command(program, "check", "--from", file)
		cmd.Env = append(os.Environ(), "COLUMNS=80")
		screen, err := cmd.Output()
		if code := cmd.ProcessState.ExitCode(); code != e.exit {
			t.Errorf("%s: exit code %d, want %d: %v", e.name, code, e.exit, err)
		}
		golden := filepath.Join("testdata", "examples", e.name+".txt")
		if *update {
			must(t, os.MkdirAll(filepath.Dir(golden), 0o755))
			must(t, os.WriteFile(golden, screen, 0o600))
		}
		want, err := os.ReadFile(golden)
		must(t, err)
		if d := cmp.Diff(string(want), string(screen)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", e.name, d)
		}
	}
}

// record breaks a real ensemble and has the program collect what it sees. Paths are
// then those of an installation.
func (s shape) record(t *testing.T, program, version, file string) {
	t.Helper()
	options := s.options
	options.Version, options.Hosts = version, zktest.Namespaces
	ens, err := zktest.Start(t.Context(), options)
	must(t, err)
	t.Cleanup(ens.Close)
	if !options.NoWait {
		must(t, ens.WaitServing(t.Context()))
	}
	if s.do != nil {
		s.do(t, ens)
	}
	host, args := ens.Client, []string{program, "collect"}
	if s.from != 0 {
		host = ens.Server(s.from).Host
		args = append(args, "-c", ens.Server(s.from).ConfigFile)
	} else {
		for _, server := range ens.Servers {
			args = append(args, server.Addr)
		}
	}
	got, err := host.Run(t.Context(), args...)
	if err != nil || got.ExitCode != 0 {
		t.Fatalf("%q: exit %d, %v: %s", args, got.ExitCode, err, got.Stderr)
	}
	text := got.Stdout
	for _, server := range ens.Servers {
		text = bytes.ReplaceAll(text, []byte(server.Dir), []byte("/opt/zookeeper"))
	}
	if strings.Contains(string(text), ens.Dir) {
		t.Errorf("%s still has paths of this machine", file)
	}
	must(t, os.WriteFile(file, text, 0o644))
	ens.Close()
}
