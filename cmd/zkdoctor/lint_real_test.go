package main

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// TestRealLint starts real servers with what lint says they do not start with, and sees
// them end. With versions asked for, also those that it says nothing of, which then run.
func TestRealLint(t *testing.T) {
	t.Parallel()
	for _, row := range deadly() {
		s := shape{name: row.name, only: row.dies}
		for _, version := range s.versions() {
			t.Run(row.name+"/"+version, func(t *testing.T) {
				t.Parallel()
				row.run(t, version)
			})
		}
		if os.Getenv("ZKTEST_VERSIONS") == "" || row.unsure {
			continue
		}
		for _, version := range zktest.Asked() {
			if row.dies(version) {
				continue
			}
			t.Run(row.name+"/"+version+" runs", func(t *testing.T) {
				t.Parallel()
				row.runs(t, version)
			})
		}
	}
}

// prepare writes the row's files for the first server of an ensemble that was not started,
// and returns what lint says that it would not survive.
func (row deadlyConfig) prepare(t *testing.T, version string) (*zktest.Ensemble, *zktest.Server, []lint.Remark) {
	t.Helper()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	ens := zktest.StartT(t, zktest.Options{Version: version, Servers: cmp.Or(row.servers, 3), NoStart: true})
	s := ens.Server(1)
	if got := criticalOf(t, s, version); len(got) > 0 {
		t.Fatalf("before: %+v", got)
	}
	row.edit(s)
	if err := s.WriteConfig(s.ConfigLines()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "dynamic"), []byte(row.dynamic), 0o644); err != nil {
		t.Fatal(err)
	}
	return ens, s, criticalOf(t, s, version)
}

// run sees the server end, and say what lint says.
func (row deadlyConfig) run(t *testing.T, version string) {
	ens, s, remarks := row.prepare(t, version)
	if !slices.ContainsFunc(remarks, func(r lint.Remark) bool { return r.Rule == cmp.Or(row.rule, "would-not-start") }) {
		t.Fatalf("no %s: %+v", cmp.Or(row.rule, "would-not-start"), remarks)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ens.Wait(t.Context(), "the end of the server", func() bool { return !s.Running() }); err != nil {
		t.Fatal(err)
	}
	if code, ended := s.ExitCode(); !ended || code == 0 {
		t.Errorf("code %d", code)
	}
	// Of several lines ZooKeeper names the first that it meets, in no order.
	log := s.Log()
	said := slices.ContainsFunc(remarks, func(r lint.Remark) bool {
		_, cited, _ := strings.Cut(r.Why, " with: ")
		cited, _, _ = strings.Cut(cited, " #...")
		return strings.Contains(log, cmp.Or(row.log, cited))
	})
	if !said {
		t.Errorf("the log does not say what lint says: %+v", remarks)
	}
}

// runs sees the server take its configuration: it looks for a leader, or opens its port.
func (row deadlyConfig) runs(t *testing.T, version string) {
	ens, s, remarks := row.prepare(t, version)
	if len(remarks) > 0 {
		t.Fatalf("%+v", remarks)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ens.Wait(t.Context(), "the server to run, or to end", func() bool {
		return !s.Running() || strings.Contains(s.Log(), "LOOKING") || strings.Contains(s.Log(), "binding to port")
	}); err != nil {
		t.Fatal(err)
	}
	if code, ended := s.ExitCode(); ended {
		t.Errorf("it ended with code %d", code)
	}
}

// criticalOf is what lint says that a server would not survive.
func criticalOf(t *testing.T, s *zktest.Server, version string) []lint.Remark {
	t.Helper()
	files, err := thishost.Host{Door: new(hostfile.Door)}.ReadConfig(t.Context(), s.ConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	id := int64(s.ID)
	r := lint.Lint(files.Config, lint.Options{Version: version, ID: &id, NoDynamic: files.NoDynamic, Elsewhere: files.Elsewhere})
	if (r.Counts.Critical > 0) != (r.ExitCode == report.ExitCritical) {
		t.Errorf("exit %d, %+v", r.ExitCode, r.Counts)
	}
	return slices.DeleteFunc(r.Remarks, func(m lint.Remark) bool { return m.Severity != report.Critical })
}

// TestRealOnceLintOnAHost: without a file it finds that of the process, and whose it
// is.
func TestRealOnceLintOnAHost(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range zktest.UnderTest(t.Name()) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			ens := zktest.StartT(t, zktest.Options{Version: version, Servers: 2, Observers: 1, Hosts: zktest.Namespaces, Config: map[string]string{"peerType": "observer"}})
			for _, s := range ens.Servers {
				result, err := s.Run(t.Context(), program, "lint", "-o", "json", "--zookeeper", version)
				if err != nil {
					t.Fatal(err)
				}
				var r lint.Report
				if err := json.Unmarshal(result.Stdout, &r); err != nil {
					t.Fatalf("%v: %s %s", err, result.Stdout, result.Stderr)
				}
				// Two voters are a warning; the observer alone is what peerType says.
				says := slices.ContainsFunc(r.Remarks, func(m lint.Remark) bool { return m.Rule == "peer-type" })
				if r.File != s.ConfigFile || result.ExitCode != report.ExitWarning || says == s.Observer {
					t.Errorf("server.%d: %s, exit %d: %+v", s.ID, r.File, result.ExitCode, r.Remarks)
				}
			}
		})
	}
}

// TestRealOnceLintNeverServes: with observerMasterPort on the port of the clients no follower
// stays with its leader.
func TestRealOnceLintNeverServes(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.6.4", zktest.Newest} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			ens := zktest.StartT(t, zktest.Options{Version: version, Servers: 3, NoStart: true, Config: map[string]string{"observerMasterPort": "2181"}})
			for _, s := range ens.Servers {
				remarks := criticalOf(t, s, version)
				if !slices.ContainsFunc(remarks, func(r lint.Remark) bool { return r.Rule == "port-collision" }) {
					t.Fatalf("no port-collision: %+v", remarks)
				}
				if err := s.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			err := ens.Wait(t.Context(), "a follower that gives up twice", func() bool {
				return slices.ContainsFunc(ens.Servers, func(s *zktest.Server) bool {
					return strings.Count(s.Log(), "Address already in use") > 1
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
