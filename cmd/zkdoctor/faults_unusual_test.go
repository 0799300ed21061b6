package main

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// threeGroups are six servers in groups of two. A group needs both of its servers, and
// the ensemble two groups: that four of six run does not tell whether they serve.
func threeGroups() zktest.Options {
	return zktest.Options{Servers: 6, Config: map[string]string{
		"group.1": "1:2", "group.2": "3:4", "group.3": "5:6",
		"weight.1": "1", "weight.2": "1", "weight.3": "1", "weight.4": "1", "weight.5": "1", "weight.6": "1",
	}}
}

// called gives the servers' lines names in the place of addresses. From outside they
// mean something else: each name the next server's address.
func called() zktest.Options {
	return zktest.Options{Hosts: zktest.Namespaces, Edit: func(s *zktest.Server) {
		for i, line := range s.ServerLines {
			s.ServerLines[i] = strings.Replace(line, fmt.Sprintf("=10.99.0.%d:", i+1), fmt.Sprintf("=zk%d:", i+1), 1)
		}
	}}
}

func misleadClient(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Client.SetHosts([]string{"10.99.0.2 zk1", "10.99.0.3 zk2", "10.99.0.1 zk3"}))
}

func unnamedHere(t *testing.T, ens *zktest.Ensemble) { must(t, ens.Client.SetHosts(nil)) }

// unusualFaults are faults of ensembles unlike the usual three.
func unusualFaults() []fault {
	six := []string{"@1", "@2", "@3", "@4", "@5", "@6"}
	return []fault{
		{
			shape: shape{name: "one group of three down", options: threeGroups(), do: kill(5, 6), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{5, 6}, fires: []diag.Code{diag.DegradedNoSpare}, state: diag.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one of each of two groups down: no quorum of four in six", options: threeGroups(), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(3).Kill())
				must(t, ens.Server(5).Kill())
				must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
			}, args: []string{"-c", "@c1"}},
			root: diag.ProcessDown, servers: []int64{3, 5}, fires: []diag.Code{diag.QuorumLost}, state: diag.Down, exit: 2,
		},
		{
			shape: shape{name: "the same from outside", only: from35, why: noMembers, options: threeGroups(), do: kill(5, 6), args: outside(six...)},
			root:  diag.ProcessDown, servers: []int64{5, 6}, state: diag.Degraded, exit: 1,
		},
		{
			shape: shape{name: "names that mean something else here, and one down", options: called(), do: func(t *testing.T, ens *zktest.Ensemble) {
				misleadClient(t, ens)
				kill(2)(t, ens)
			}, args: outside("@1", "@2", "@3")},
			root: diag.ProcessDown, servers: []int64{2}, state: diag.Degraded, exit: 1,
		},
	}
}

// TestReconfig grows a real ensemble from three to five and takes two out again, while
// zkdoctor looks: nothing of that is an outage, and once it is done all is well.
func TestReconfig(t *testing.T) {
	t.Parallel()
	line := func(s *zktest.Server) string {
		return fmt.Sprintf("server.%d=%s:%d:%d;%s:%d", s.ID, s.Addr, s.QuorumPort, s.ElectionPort, s.Addr, s.ClientPort)
	}
	c := shape{
		name: "grows from 3 to 5 and back, watched", only: from35, why: "3.4 has no dynamic configuration",
		options: zktest.Options{
			Servers: 5, NoStart: true, NoWait: true, Config: map[string]string{"reconfigEnabled": "true"},
			JVM: []string{"-Dzookeeper.skipACL=yes"},
			Edit: func(s *zktest.Server) {
				for i, line := range s.ServerLines { // all on loopback, so each at its own address
					_, addr, _ := strings.Cut(line, "=")
					addr, _, _ = strings.Cut(addr, ":")
					s.ServerLines[i] += fmt.Sprintf(";%s:%d", addr, s.ClientPort)
				}
				own := s.ServerLines[s.ID-1]
				s.ServerLines = s.ServerLines[:3:3]
				if s.ID > 3 {
					s.ServerLines = append(s.ServerLines, own) // it joins as who it will be
				}
				s.Unset("clientPort")
				s.Unset("clientPortAddress")
			},
		},
		args: outside("--discover", "@1", "--window", "2s"),
	}
	c.logMissing(t)
	for _, version := range c.versions(0) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			patient := c.start(t, version)
			ens := patient.ens
			for _, s := range ens.Servers[:3] {
				must(t, s.Start(t.Context()))
			}
			must(t, ens.WaitServing(t.Context()))
			watched := func(change func()) *diag.Report {
				var during *diag.Report
				var watch errgroup.Group
				watch.Go(func() (err error) {
					during, err = patient.report(t.Context())
					return err
				})
				change()
				must(t, watch.Wait())
				wantNoOutage(t, during)
				report := patient.ask(t)
				logRow(t, c, version, report, joinCodes(codesOf(report)))
				return report
			}
			wantHealthy(t, patient.ask(t), nil)
			grown := watched(func() {
				for _, s := range ens.Servers[3:] {
					must(t, s.Start(t.Context()))
				}
				session, err := ens.Server(1).OpenSession(t.Context(), 0)
				must(t, err)
				must(t, session.Reconfigure(t.Context(), line(ens.Server(4))+","+line(ens.Server(5)), ""))
				must(t, ens.WaitServing(t.Context()))
			})
			wantHealthy(t, grown, nil)
			if grown.Verdict.Voters != 5 {
				t.Errorf("%d voters: %s", grown.Verdict.Voters, grown.Verdict.Summary)
			}
			shrunk := watched(func() {
				session, err := ens.Server(1).OpenSession(t.Context(), 0)
				must(t, err)
				must(t, session.Reconfigure(t.Context(), "", "4,5"))
				for _, s := range ens.Servers[3:] {
					must(t, s.Stop(t.Context()))
				}
				must(t, ens.WaitQuorum(t.Context()))
			})
			wantHealthy(t, shrunk, nil)
			if shrunk.Verdict.Voters != 3 {
				t.Errorf("%d voters: %s", shrunk.Verdict.Voters, shrunk.Verdict.Summary)
			}
		})
	}
}
