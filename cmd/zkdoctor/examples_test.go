package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

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
	{"healthy", 0, shape{options: zktest.Options{Version: zktest.Newest}, from: 2, do: someTime}},
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

// someTime is that of an ensemble in use: a few writes, and two minutes.
func someTime(t *testing.T, ens *zktest.Ensemble) {
	session, err := ens.Server(1).OpenSession(t.Context(), time.Minute)
	must(t, err)
	for i := range 20 {
		must(t, session.Create(t.Context(), fmt.Sprintf("/node%d", i), []byte("x"), false))
	}
	<-time.After(2 * time.Minute)
	session.Drop()
}

// TestExamples: without any ZooKeeper the program shows what it says of one.
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
	options.Edit = func(server *zktest.Server) {
		named(server)
		if s.options.Edit != nil {
			s.options.Edit(server)
		}
	}
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
			args = append(args, server.Host.Name)
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

// TestRealOnceRecordWatch records what watch sees of a leader that is killed and started again, with -record.
func TestRealOnceRecordWatch(t *testing.T) {
	if !*record || *only != "" && *only != "leader-killed" {
		t.Skip("with -record alone")
	}
	program, err := builtProgram()
	must(t, err)
	ens := zktest.StartT(t, zktest.Options{Version: zktest.Newest, Hosts: zktest.Namespaces, Edit: named})
	file := filepath.Join(t.TempDir(), "record")
	command := []string{program, "watch", "-o", "json", "--interval", "1s", "--record", file}
	for _, s := range ens.Servers {
		command = append(command, s.Host.Name)
	}
	w := &watching{ens: ens}
	w.command, err = ens.Client.StartCommand(command...)
	must(t, err)
	w.until(t, "verdict serving")
	leader, err := ens.Leader(t.Context())
	must(t, err)
	must(t, leader.Kill())
	w.until(t, "verdict degraded")
	must(t, leader.Start(t.Context()))
	w.until(t, "verdict serving")
	must(t, w.command.Signal(t.Context(), syscall.SIGINT))
	_, err = w.command.Wait(t.Context())
	must(t, err)
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(exampleDir, "leader-killed.jsonl"), text, 0o644))
}

// TestExampleArguments: zkdoctor knows the flags that the manifests of Kubernetes give it.
func TestExampleArguments(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../tools/chart/testdata/*.golden")
	must(t, err)
	for _, file := range append(files, filepath.Join(exampleDir, "kubernetes.yaml")) {
		text, err := os.ReadFile(file)
		must(t, err)
		asked := 0
		for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
			var d struct {
				Spec struct {
					Template struct {
						Spec struct{ Containers []struct{ Args []string } }
					}
				}
			}
			if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, c := range d.Spec.Template.Spec.Containers {
				asked++
				parser, err := newParser(new(cli), terminal{})
				must(t, err)
				if _, err := parser.Parse(c.Args); err != nil {
					t.Errorf("%s: %q: %v", file, c.Args, err)
				}
			}
		}
		if asked != 1 {
			t.Errorf("%s: %d containers", file, asked)
		}
	}
}
