package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// collectAll looks from the host of each server that runs on one, as --via does, with more flags where there
// are, and gives the arguments with which the snapshots are read.
func collectAll(t *testing.T, ens *zktest.Ensemble, more ...string) []string {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	dir := t.TempDir()
	var args, names []string
	for _, s := range ens.Servers {
		names = append(names, fmt.Sprintf("%s:%d", s.Addr, s.ClientPort)) // whatever its file says by now
	}
	var group errgroup.Group
	for _, s := range ens.Servers {
		file := filepath.Join(dir, s.Name+".json")
		args = append(args, "--from", file)
		group.Go(func() error {
			command := slices.Concat([]string{
				program, "collect", "--window", "2500ms", "--timeout", "5s", "--deadline", "60s", "--out", file,
			}, more, names)
			result, err := s.Host.Run(t.Context(), command...)
			if err == nil && result.ExitCode != 0 {
				err = fmt.Errorf("collect on %s: exit %d: %s", s.Name, result.ExitCode, result.Stderr)
			}
			return err
		})
	}
	must(t, group.Wait())
	return args
}

// okToRestart runs ok-to-restart on a host, and gives its answer.
func okToRestart(t *testing.T, host *zktest.Host, args ...string) *restart.Answer {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	command := append([]string{program, "ok-to-restart", "-o", "json", "--deadline", "60s", "--timeout", "5s"}, args...)
	result, err := host.Run(t.Context(), command...)
	must(t, err)
	got := new(restart.Answer)
	if err := json.NewDecoder(bytes.NewReader(result.Stdout)).Decode(got); err != nil {
		t.Fatalf("%q: exit %d, %v\n%s", command, result.ExitCode, err, result.Stderr)
	}
	if result.ExitCode != got.ExitCode {
		t.Errorf("exit %d, and the answer says %d", result.ExitCode, got.ExitCode)
	}
	return got
}

// reasons are the checks that are not OK.
func reasons(got *restart.Answer) string {
	var out []string
	for _, c := range got.Checks {
		if c.Result != restart.OK {
			out = append(out, fmt.Sprintf("%s %s (%s) %s", c.Result, c.Name, c.Finding, c.Text))
		}
	}
	return strings.Join(out, "\n")
}

// fitShapes are ensembles in which any server may be restarted.
func fitShapes() []shape {
	return []shape{
		{name: "three servers", options: namespaces()},
		{name: "five servers", options: zktest.Options{Hosts: zktest.Namespaces, Servers: 5}},
		{name: "three servers and two observers", options: zktest.Options{Hosts: zktest.Namespaces, Observers: 2}},
		{
			name: "a leader that serves no clients", do: waitFollowers,
			options: zktest.Options{Hosts: zktest.Namespaces, Config: map[string]string{"leaderServes": "no"}, NoWait: true},
		},
		{
			name: "a list in a dynamic file", only: from35, why: noReconfig,
			options: zktest.Options{Hosts: zktest.Namespaces, Config: map[string]string{"reconfigEnabled": "true"}},
		},
		startedByUnit("the first by a unit's scripts", func(*testing.T, *zktest.Server) {}),
		{name: "no word but srvr", options: zktest.Options{Hosts: zktest.Namespaces, Whitelist: "srvr"}},
	}
}

// TestRealOKToRestart: of a healthy ensemble ok-to-restart says that each server may be restarted,
// and it comes back. ZKTEST_LOOKS says how often, ZKTEST_RESTARTS=all has all shapes.
func TestRealOKToRestart(t *testing.T) {
	t.Parallel()
	for i, c := range fitShapes() {
		if i > 0 && os.Getenv("ZKTEST_RESTARTS") != "all" {
			break
		}
		c.logMissing(t)
		for _, version := range c.versions() {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				patient := c.start(t, version)
				var longest time.Duration
				for n := range looks(t) {
					s := patient.ens.Servers[n%len(patient.ens.Servers)]
					got := okToRestart(t, patient.ens.Client, append(collectAll(t, patient.ens), s.Addr)...)
					if got.Answer != restart.OK {
						t.Fatalf("server.%d: %s\n%s", s.ID, got.Summary, reasons(got))
					}
					longest = max(longest, comesBack(t, patient.ens, s))
				}
				t.Logf("FIT | %s | %s | %d restarts, back after %s at most |", c.name, version, looks(t), longest.Round(time.Millisecond))
			})
		}
	}
}

// serves reports whether all servers serve, but for a leader that takes no clients.
func serves(t *testing.T, ens *zktest.Ensemble) bool {
	modes := ens.Modes(t.Context())
	missing := len(ens.Servers) - len(modes)
	for _, s := range ens.Servers {
		if slices.Contains(s.Config, "leaderServes=no") {
			return missing == 1
		}
	}
	return missing == 0
}
