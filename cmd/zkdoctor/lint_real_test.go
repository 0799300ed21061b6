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

// TestRealOnceLint starts real servers with what lint says they do not start
// with, and sees them end.
func TestRealOnceLint(t *testing.T) {
	t.Parallel()
	const old, recent = zktest.Oldest, zktest.Newest
	both := []string{old, recent}
	since35 := []string{"3.5.10", recent}
	set := func(key, value string) func(*zktest.Server) {
		return func(s *zktest.Server) { s.Set(key, value) }
	}
	for _, test := range []struct {
		name     string
		versions []string
		servers  int
		edit     func(s *zktest.Server)
		rule     string
		// log is what the server says before it ends; empty: what lint cites.
		log string
	}{
		{"a comment behind a value", both, 3, set("tickTime", "500 # ms"), "would-not-start", ""},
		{"a number of 33 bits", both, 3, set("maxClientCnxns", "4294967296"), "would-not-start", ""},
		{"no initLimit", both, 3, func(s *zktest.Server) { s.Unset("initLimit") }, "would-not-start", ""},
		{"a server in no group", both, 3, set("group.1", "1:2"), "would-not-start", ""},
		{"quorum SASL by half", both, 3, set("quorum.auth.learnerRequireSasl", "true"), "would-not-start", ""},
		{"minSessionTimeout alone", []string{old}, 3, set("minSessionTimeout", "1000"), "would-not-start", ""},
		{"a client part", []string{old}, 3, func(s *zktest.Server) { s.ServerLines[0] += ";2181" }, "would-not-start", ""},
		{"a blank at the end", []string{recent}, 3, func(s *zktest.Server) { s.ServerLines[0] += " " }, "would-not-start", ""},
		{"a boolean that is none", []string{recent}, 3, set("syncEnabled", "yes"), "would-not-start", ""},
		{"servers beside a dynamic file", []string{recent}, 3, func(s *zktest.Server) {
			s.Set("dynamicConfigFile", filepath.Join(s.Dir, "dynamic"))
		}, "would-not-start", ""},
		{"two client ports", []string{recent}, 3, func(s *zktest.Server) { s.ServerLines[0] += ";2182" }, "client-port-contradicts", "is different from client address found in dynamic file"},
		{"TLS without Netty", []string{recent}, 3, func(s *zktest.Server) {
			s.Set("secureClientPort", "2281")
			s.Set("serverCnxnFactory", "org.apache.zookeeper.server.NIOServerCnxnFactory")
		}, "secure-port-factory", "SSL isn't supported in NIOServerCnxn"},
		{"a directory of one letter", since35, 3, set("dataLogDir", "d/"), "would-not-start", "StringIndexOutOfBoundsException"},
		{"an empty directory", since35, 3, set("dataLogDir", ""), "would-not-start", "StringIndexOutOfBoundsException"},
		{"a class that is not there", []string{"3.6.4", recent}, 3, set("metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvidr"), "would-not-start", ""},
		{"a factory that is not there", both, 3, set("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxFactory"), "would-not-start", ""},
		{"a scheme without its provider", since35, 3, func(s *zktest.Server) {
			s.Set("secureClientPort", "2281")
			s.Set("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory")
			s.Set("ssl.authProvider", "ldap")
		}, "would-not-start", ""},
		{"session timeouts that cross", both, 3, func(s *zktest.Server) {
			s.Set("minSessionTimeout", "5000")
			s.Set("maxSessionTimeout", "3000")
		}, "would-not-start", ""},
		{"no dynamic file", since35, 3, func(s *zktest.Server) {
			s.Set("dynamicConfigFile", filepath.Join(s.Dir, "absent"))
			s.ServerLines = nil
		}, "dynamic-file-missing", "absent"},
		{"an empty dynamic file", since35, 3, func(s *zktest.Server) {
			s.Set("dynamicConfigFile", filepath.Join(s.Dir, "dynamic"))
			s.Set("standaloneEnabled", "false")
			s.ServerLines = nil
		}, "would-not-start", ""},
		{"an address beside a client part", since35, 3, func(s *zktest.Server) {
			s.Set("clientPortAddress", s.Addr)
			s.ServerLines[0] += ";2181"
		}, "client-port-contradicts", "is different from client address found in dynamic file"},
		{"a client part that clients with TLS have too", since35, 3, func(s *zktest.Server) {
			s.Unset("clientPort")
			s.Unset("clientPortAddress")
			s.ServerLines[0] += ";2182"
			s.Set("secureClientPort", "2182")
			s.Set("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory")
		}, "port-collision", "Address already in use"},
		{"a client part on the port of the metrics", []string{"3.6.4", recent}, 3, func(s *zktest.Server) {
			s.Unset("clientPort")
			s.Unset("clientPortAddress")
			s.ServerLines[0] += ";2182"
			s.Set("metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider")
			s.Set("metricsProvider.httpPort", "2182")
		}, "port-collision", "Address already in use"},
		{"clients on the election port", []string{recent}, 3, set("clientPort", "3888"), "port-collision", "Address already in use"},
		{"clients on the port of the AdminServer", []string{recent}, 1, func(s *zktest.Server) {
			s.Set("admin.enableServer", "true")
			s.Set("admin.serverAddress", s.Addr)
			s.Set("admin.serverPort", "2181")
		}, "port-collision", "Address already in use"},
	} {
		for _, version := range test.versions {
			t.Run(test.name+"/"+version, func(t *testing.T) {
				t.Parallel()
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				ens := zktest.StartT(t, zktest.Options{Version: version, Servers: test.servers, NoStart: true})
				s := ens.Server(1)
				if got := criticalOf(t, s, version); len(got) > 0 {
					t.Fatalf("before: %+v", got)
				}
				test.edit(s)
				if err := s.WriteConfig(s.ConfigLines()); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(s.Dir, "dynamic"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
				remarks := criticalOf(t, s, version)
				if !slices.ContainsFunc(remarks, func(r lint.Remark) bool { return r.Rule == test.rule }) {
					t.Fatalf("no %s: %+v", test.rule, remarks)
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
					return strings.Contains(log, cmp.Or(test.log, cited))
				})
				if !said {
					t.Errorf("the log does not say what lint says: %+v", remarks)
				}
			})
		}
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
	for _, version := range zktest.UnderTest() {
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
