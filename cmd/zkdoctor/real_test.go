package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// The tests of this file's kind run the program as built on real ensembles:
// faults_test.go breaks them, healthy_test.go does not.

// atOnce bounds how many ensembles run at a time: three JVMs each, on machines
// of two cores.
var atOnce = make(chan struct{}, 3)

// builtProgram builds zkdoctor once for all tests, as a user would.
var builtProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zkdoctor-test-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "zkdoctor")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return program, nil
})

// shape is an ensemble and what is done to it before zkdoctor looks.
type shape struct {
	name    string
	options zktest.Options
	// only limits the case to some versions; nil means all.
	only func(version string) bool
	// do breaks the ensemble, or brings it into its shape; nil does nothing.
	do func(t *testing.T, ens *zktest.Ensemble)
	// from is the id of the server on whose host zkdoctor runs; 0 is the client.
	from int
	// args are zkdoctor's own, after "check -o json"; @N is the address of
	// server N, and @cN its configuration file.
	args []string
}

// look brings a shape about and gives zkdoctor's report on it.
func (s shape) look(t *testing.T, version string) *diag.Report {
	t.Helper()
	if s.only != nil && !s.only(version) {
		t.Skipf("not on %s: see the case's comment", version)
	}
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	options := s.options
	options.Version = version
	options.Config = maps.Clone(options.Config)
	ens := zktest.StartT(t, options)
	if s.do != nil {
		s.do(t, ens)
	}
	host := ens.Client
	if s.from != 0 {
		host = ens.Server(s.from).Host
	}
	command := []string{program, "check", "-o", "json"}
	for _, arg := range s.args {
		for _, server := range ens.Servers {
			id := string(rune('0' + server.ID))
			arg = strings.ReplaceAll(arg, "@c"+id, server.ConfigFile)
			arg = strings.ReplaceAll(arg, "@"+id, server.Addr)
		}
		command = append(command, arg)
	}
	result, err := host.Run(t.Context(), command...)
	if err != nil {
		t.Fatalf("%q: %v", command, err)
	}
	report := new(diag.Report)
	decoder := json.NewDecoder(bytes.NewReader(result.Stdout))
	if err := decoder.Decode(report); err != nil {
		t.Fatalf("%q: exit %d, no JSON: %v\nstdout: %s\nstderr: %s", command, result.ExitCode, err, result.Stdout, result.Stderr)
	}
	if len(result.Stderr) > 0 {
		t.Errorf("stderr is not empty: %s", result.Stderr)
	}
	if result.ExitCode != report.Verdict.ExitCode {
		t.Errorf("exit code %d, the report says %d", result.ExitCode, report.Verdict.ExitCode)
	}
	if report.Checks.Crashed > 0 {
		t.Errorf("%d rules crashed", report.Checks.Crashed)
	}
	t.Cleanup(func() {
		if t.Failed() {
			text, _ := host.Run(t.Context(), append([]string{program, "check", "--all"}, command[4:]...)...)
			t.Logf("%q\n%s\njson: %s", command, text.Stdout, result.Stdout)
		}
	})
	return report
}

// idsOf are the ids of servers, which the report names by address.
func idsOf(report *diag.Report, servers []string) []int64 {
	var ids []int64
	for _, name := range servers {
		i := slices.IndexFunc(report.Servers, func(s diag.ServerView) bool { return s.Name == name })
		ids = append(ids, int64(i+1))
	}
	slices.Sort(ids)
	return ids
}

// must fails the test when a step of its preparation fails.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
