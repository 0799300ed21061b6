package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceReleases: a server of each patch of the last two lines reports its version, and
// what is known of that release is named. One server is enough: as the only member of an
// ensemble it says that it leads.
func TestRealOnceReleases(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"3.8.3": "ZOOKEEPER-4785",
		"3.8.4": "ZOOKEEPER-4785 ZOOKEEPER-4846",
		"3.8.5": "",
		"3.8.6": "",
		"3.8.7": "",
		"3.9.0": "ZOOKEEPER-4785",
		"3.9.1": "ZOOKEEPER-4785",
		"3.9.2": "ZOOKEEPER-4846",
		"3.9.3": "ZOOKEEPER-4925 ZOOKEEPER-4846",
		"3.9.4": "",
		"3.9.5": "",
		"3.9.6": "",
	} {
		if os.Getenv("ZKTEST_PATCHES") == "" && !slices.Contains(zktest.Versions(), version) {
			continue // ten more downloads: make releases
		}
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			r := shape{
				options: zktest.Options{Servers: 1, Config: map[string]string{"standaloneEnabled": "false"}, Edit: listItself},
				args:    outside("@1"),
			}.look(t, version)
			if got := r.Servers[0].Version; got == nil || *got != version {
				t.Errorf("version %v", got)
			}
			var text []string
			for _, f := range r.Findings {
				if f.Code == diag.KnownBadVersion && f.Severity == report.Info {
					text = append(text, f.Summary)
				}
			}
			ids := slices.DeleteFunc(advisory.Builtin().IDs(), func(id string) bool { return !strings.Contains(strings.Join(text, " "), id) })
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("named %q, want %q: %q", got, want, text)
			}
		})
	}
}

// listItself writes the server.N line that zktest leaves out where a server has no peers.
func listItself(s *zktest.Server) {
	s.ServerLines = []string{"server.1=" + s.Addr + ":2888:3888"}
}
