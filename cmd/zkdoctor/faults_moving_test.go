package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

const noReconfig = "3.4 has no dynamic configuration"

// joining are servers of which the first three are members, and the others are to join;
// none is started.
func joining(servers int) zktest.Options {
	return zktest.Options{
		Servers: servers, Hosts: zktest.Namespaces, NoStart: true, NoWait: true, Config: map[string]string{"reconfigEnabled": "true"},
		JVM: []string{"-Dzookeeper.skipACL=yes"},
		Edit: func(s *zktest.Server) {
			for i, line := range s.ServerLines {
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
	}
}

// startThree starts the members, and waits until they serve.
func startThree(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers[:3] {
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
}

// startOthers starts those that are to join, and waits until they follow.
func startOthers(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers[3:] {
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
}

// joinAll starts the members, and then those that are to join.
func joinAll(t *testing.T, ens *zktest.Ensemble) {
	startThree(t, ens)
	startOthers(t, ens)
}

// reconfigure changes the list of members.
func reconfigure(t *testing.T, ens *zktest.Ensemble, joining []int, leaving string) {
	var lines []string
	for _, id := range joining {
		s := ens.Server(id)
		lines = append(lines, fmt.Sprintf("server.%d=%s:%d:%d;%s:%d", s.ID, s.Addr, s.QuorumPort, s.ElectionPort, s.Addr, s.ClientPort))
	}
	session, err := ens.Server(1).OpenSession(t.Context(), 0)
	must(t, err)
	must(t, session.Reconfigure(t.Context(), strings.Join(lines, ","), leaving))
}

// fromAndBack has a server join and taken out again; it runs on, and has written down
// that it is no member.
func fromAndBack(t *testing.T, ens *zktest.Ensemble) {
	joinAll(t, ens)
	reconfigure(t, ens, []int{4}, "")
	reconfigure(t, ens, nil, "4")
	must(t, ens.Wait(t.Context(), "server.4 to write that it is out", func() bool {
		list := dynamicFile(ens.Server(4))
		return strings.Contains(list, "server.1=") && !strings.Contains(list, "server.4=")
	}))
}

// dynamicFile is the list that a server will start with, empty while it is rewritten.
func dynamicFile(s *zktest.Server) string {
	static, _ := os.ReadFile(s.ConfigFile)
	for line := range strings.Lines(string(static)) {
		if path, ok := strings.CutPrefix(line, "dynamicConfigFile="); ok {
			list, _ := os.ReadFile(strings.TrimSpace(path))
			return string(list)
		}
	}
	return ""
}

// movingFaults are faults of ensembles whose members change while they run.
func movingFaults() []fault {
	locked := longerList()
	locked.Whitelist, locked.Admin = "srvr", true
	return []fault{
		{
			shape: shape{
				name: "grown from 3 to 5, and one down", only: from35, why: noReconfig, options: joining(5),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					joinAll(t, ens)
					reconfigure(t, ens, []int{4, 5}, "")
					must(t, ens.WaitServing(t.Context()))
					kill(4)(t, ens)
				}, args: outside("--discover", "@1"),
			},
			root: diag.ProcessDown, servers: []int64{4}, state: report.Degraded, exit: 1,
		},
		{
			// No number is right for it any more, least of all another's.
			shape: shape{
				name: "taken out, and started again", only: from35, why: noReconfig, options: joining(4),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					fromAndBack(t, ens)
					must(t, ens.Server(4).Kill())
					startAndEnd(t, ens, 4)
				}, from: 4, args: []string{"-c", "@c4"},
			},
			root: diag.MyidNotInServers, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "one server with a list of its own, by sessions", only: from35, why: noMembers,
				options: locked, args: outside("--session", "--no-admin", "@1", "@2", "@3", "@4", "@5"),
			},
			root: diag.MembershipDivergent, servers: []int64{1, 2, 3, 4, 5}, exit: 2,
		},
		{
			shape: shape{
				again: true, name: "one server with a list of its own, by AdminServers", only: from36, why: "before 3.6 AdminServers do not tell the members",
				args: outside("@1", "@2", "@3", "@4", "@5"),
			},
			root: diag.MembershipDivergent, servers: []int64{1, 2, 3, 4, 5}, exit: 2,
		},
	}
}

// TestRealReconfig grows a real ensemble from three to five and takes two out again, while
// zkdoctor looks: nothing of that is an outage, and once it is done all is well.
func TestRealReconfig(t *testing.T) {
	t.Parallel()
	c := shape{
		name: "grows from 3 to 5 and back, watched", only: from35, why: noReconfig,
		options: joining(5), args: outside("--discover", "@1", "--window", "2s"),
	}
	c.logMissing(t)
	for _, version := range c.versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			patient := c.start(t, version)
			ens := patient.ens
			startThree(t, ens)
			watched := func(change func()) *report.Report {
				var during *report.Report
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
				startOthers(t, ens)
				reconfigure(t, ens, []int{4, 5}, "")
				must(t, ens.WaitServing(t.Context()))
			})
			wantHealthy(t, grown, nil)
			if grown.Verdict.Voters != 5 {
				t.Errorf("%d voters: %s", grown.Verdict.Voters, grown.Verdict.Summary)
			}
			shrunk := watched(func() {
				reconfigure(t, ens, nil, "4,5")
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
