package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealLogTellsWhy: what a real server wrote before it ended stands beside the
// finding that it is not there; and what one writes that stays outside.
func TestRealLogTellsWhy(t *testing.T) {
	t.Parallel()
	for _, version := range zktest.UnderTest(t.Name()) {
		for _, c := range []struct {
			shape
			finding report.Code
			line    string
		}{
			{
				// currentEpoch above acceptedEpoch: no version starts with that.
				shape: shape{name: "epoch files that disagree", do: func(t *testing.T, ens *zktest.Ensemble) {
					two := ens.Server(2)
					must(t, two.Stop(t.Context()))
					must(t, os.WriteFile(filepath.Join(two.DataDir, "version-2", "currentEpoch"), []byte("9"), 0o644))
					must(t, two.Start(t.Context()))
					must(t, ens.Wait(t.Context(), "server.2 to end", func() bool { return !two.Running() }))
					must(t, ens.WaitQuorum(t.Context()))
				}, args: []string{"-c", "@c2"}},
				finding: diag.ProcessDown, line: "is less than the current epoch",
			},
			{
				// That it serves no more comes first; then it tries to find the others.
				shape: shape{name: "alone", do: func(t *testing.T, ens *zktest.Ensemble) {
					kill(2, 3)(t, ens)
					waitLog(t, ens, ens.Server(1), "Cannot open channel to")
				}, args: []string{"-c", "@c1"}},
				finding: diag.ServerNotServing, line: "Cannot open channel to",
			},
		} {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				report := c.look(t, version)
				var evidence []string
				for _, f := range slices.Concat(report.Findings, report.Folded) {
					if f.Code != c.finding {
						continue
					}
					for _, e := range f.Evidence {
						if e.Source == "log" {
							evidence = append(evidence, e.File+": "+e.Value)
						}
					}
				}
				if !slices.ContainsFunc(evidence, func(s string) bool {
					return strings.Contains(s, c.line) && strings.Contains(s, "zookeeper.out: ")
				}) {
					t.Errorf("no %q among %q", c.line, evidence)
				}
			})
		}
	}
}
