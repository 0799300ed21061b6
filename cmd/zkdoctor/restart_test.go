package main

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRollingRestart watches servers being restarted one by one under load, as an
// operator does who asks zkdoctor after each. While one is away a warning is right;
// none may outlive it, and nothing may be said to be an outage.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	c := shape{
		name: "rolling restart, watched", do: func(t *testing.T, ens *zktest.Ensemble) { write(t, ens.Server(1), 5, think) },
		args: []string{"-c", "@c1", "--window", "4s", "--timeout", "5s", "--deadline", "30s"},
	}
	for _, version := range c.versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			patient := c.start(t, version)
			for _, s := range patient.ens.Servers {
				var during *diag.Report
				var watch errgroup.Group
				watch.Go(func() (err error) {
					during, err = patient.report(t.Context())
					return err
				})
				must(t, s.Stop(t.Context()))
				must(t, patient.ens.WaitQuorum(t.Context()))
				must(t, s.Start(t.Context()))
				must(t, patient.ens.WaitServing(t.Context()))
				must(t, watch.Wait())
				wantNoOutage(t, during)
				report := patient.ask(t)
				wantHealthy(t, report, nil)
				logRow(t, c, version, report, joinCodes(codesOf(report)))
			}
		})
	}
}

// wantNoOutage fails the test if a report says that clients cannot write.
func wantNoOutage(t *testing.T, report *diag.Report) {
	t.Helper()
	switch report.Verdict.State {
	case diag.Serving, diag.Degraded, diag.Unknown:
	default:
		t.Errorf("verdict %s: %s", report.Verdict.State, report.Verdict.Summary)
	}
	for _, f := range append(report.Findings, report.Folded...) {
		if f.Severity == diag.Critical {
			t.Errorf("false alarm: critical %s at %s: %s", f.Code, f.Servers, f.Summary)
		}
	}
}
