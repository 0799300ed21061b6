package main

import (
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealRollingRestart watches servers being restarted one by one under load, as an
// operator does who asks zkdoctor after each. While one is away a warning is right;
// none may outlive it, and nothing may be said to be an outage.
func TestRealRollingRestart(t *testing.T) {
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
				var during *report.Report
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
				got := patient.ask(t)
				wantHealthy(t, got, nil)
				logRow(t, c, version, got, joinCodes(codesOf(got)))
			}
		})
	}
}

// wantNoOutage fails the test if a report says that clients cannot write.
func wantNoOutage(t *testing.T, got *report.Report) {
	t.Helper()
	switch got.Verdict.State {
	case report.Serving, report.Degraded, report.Unknown:
	default:
		t.Errorf("verdict %s: %s", got.Verdict.State, got.Verdict.Summary)
	}
	for _, f := range append(got.Findings, got.Folded...) {
		if f.Severity == report.Critical {
			t.Errorf("false alarm: critical %s at %s: %s", f.Code, f.Servers, f.Summary)
		}
	}
}

// passing are the findings that are right for some seconds while an ensemble starts,
// loses its leader and has it back, and where that goes on for many rounds.
var passing = []report.Code{
	diag.QuorumLost, diag.DegradedNoSpare, diag.ElectionInProgress, diag.ProcessDown,
	diag.ServerNotServing, diag.ServerStarting, diag.ServerHung, diag.StatusScriptMisleading, diag.RestartLoop,
}

// TestRealHealthyElections looks without a pause at an ensemble that elects: while it starts, when
// its leader is killed, and when that comes back. What is said may be out of date a moment
// later, but nothing may be taken for what it is not.
func TestRealHealthyElections(t *testing.T) {
	t.Parallel()
	cases := []shape{
		{name: "elections, watched on a server", options: zktest.Options{Hosts: zktest.Namespaces, NoWait: true}, from: 1, args: []string{"-c", "@c1"}},
		{
			name: "elections of three groups, watched", options: zktest.Options{Servers: 6, Config: threeGroups().Config, NoWait: true},
			args: outside("@1", "@2", "@3", "@4", "@5", "@6"),
		},
	}
	for _, c := range cases {
		for _, version := range c.versions() {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				patient := c.start(t, version)
				patient.watch(t, report.Serving)
				var got *report.Report
				for range looks(t) {
					leader, err := patient.ens.Leader(t.Context())
					must(t, err)
					must(t, leader.Kill())
					patient.watch(t, report.Degraded)
					must(t, leader.Start(t.Context()))
					got = patient.watch(t, report.Serving)
				}
				logRow(t, c, version, got, joinCodes(codesOf(got)))
			})
		}
	}
}

// watch looks until a report has that verdict, and gives it.
func (p *patient) watch(t *testing.T, until report.State) (got *report.Report) {
	t.Helper()
	must(t, p.ens.Wait(t.Context(), "verdict "+string(until), func() bool {
		got = p.ask(t)
		for _, f := range slices.Concat(got.Findings, got.Folded) {
			known := slices.Contains(passing, f.Code)
			tiny := f.Code == diag.EvenOrTinyEnsemble && f.Severity == report.Info // six, and their groups are not seen
			release := f.Code == diag.KnownBadVersion && f.Severity == report.Info
			if !known && !tiny && !release {
				t.Errorf("until %s: %s %s %s at %s: %s\nverdict %s: %s", until, f.Severity, f.Certainty, f.Code, f.Servers, f.Summary, got.Verdict.State, got.Verdict.Summary)
			}
		}
		return got.Verdict.State == until && got.Verdict.ServingVoters >= got.Verdict.Voters-1
	}))
	return got
}
