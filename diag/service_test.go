package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestServiceEvidence: systemd has seen how a server that is down ended.
func TestServiceEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		reported func(*snapshot.Local)
		want     string
	}{
		{"its data directory", ended("exit-code", 1, 3), "failed, exit code 3 (its data directory)"},
		{"killed", ended("signal", 2, 9), "failed, killed by signal 9"},
		{"for want of memory", ended("oom-kill", 2, 9), "failed, oom-kill, killed by signal 9"},
		{"an unknown code", ended("exit-code", 1, 77), "failed, exit code 77"},
		{"stopped", func(l *snapshot.Local) {
			l.Service = snapshot.Saw(snapshot.Service{Unit: "zookeeper.service", Active: "inactive", Sub: "dead", Result: "success", Code: 1, Status: 143}, quick)
		}, "inactive, exit code 143 (stopped by SIGTERM)"},
		{"not told", func(*snapshot.Local) {}, ""},
		{"may not ask", func(l *snapshot.Local) {
			l.Service = snapshot.Failed[snapshot.Service](&snapshot.Failure{Kind: snapshot.Denied, Text: "systemd, zookeeper.service: denied"}, quick)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			r := out().on(3, stopped, c.reported).report()
			for _, f := range slices.Concat(r.Findings, r.Folded) {
				for _, e := range f.Evidence {
					if f.Code == ProcessDown && e.Source == "systemd" {
						got = strings.TrimPrefix(got+"\n"+e.Value, "\n")
					}
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
