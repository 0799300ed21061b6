package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// nameFaults are about names, and about ports that somebody else has.
func nameFaults() []fault {
	return []fault{
		{
			// Its own name means nothing: it ends, or stays without its election port.
			shape: shape{
				name: "a member's name means nothing", options: zktest.Options{NoWait: true, Edit: func(s *zktest.Server) {
					for i, line := range s.ServerLines {
						if addr, third := strings.CutPrefix(line, "server.3="); third {
							// A name of its own: servers that share one are of one ensemble.
							addr, _, _ = strings.Cut(addr, ":")
							s.ServerLines[i] = "server.3=zk3-" + strings.ReplaceAll(addr, ".", "-") + ".invalid:2888:3888"
						}
					}
				}}, do: waitOthers(3), args: []string{"-c", "@c1"},
			},
			root: diag.PeerNameUnresolvable, servers: []int64{3}, fires: []report.Code{diag.TargetUnresolvable}, exit: 1,
		},
		{
			shape: shape{name: "another program on its client port", do: func(t *testing.T, ens *zktest.Ensemble) {
				webServerAt(2)(t, ens)
				startAndEnd(t, ens, 2)
			}, args: []string{"-c", "@c2"}},
			root: diag.ClientPortConflict, servers: []int64{2}, fires: []report.Code{diag.NotZooKeeper, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "another program on its election port", only: from35, why: "3.4 stays up without the port: process-without-listener", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(2)
				must(t, s.Kill())
				must(t, ens.Wait(t.Context(), "the election port to be free", func() bool {
					l, err := s.Listen(t.Context(), fmt.Sprintf("%s:%d", s.Addr, s.ElectionPort))
					if err == nil {
						t.Cleanup(func() { _ = l.Close() })
					}
					return err == nil
				}))
				startAndEnd(t, ens, 2)
			}, args: []string{"-c", "@c2"}},
			root: diag.ElectionPortConflict, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "another program on a follower's quorum port", options: namespaces(),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					l, err := ens.Server(1).Listen(t.Context(), ":2888")
					must(t, err)
					t.Cleanup(func() { _ = l.Close() })
				}, args: []string{"@1", "@2", "@3"},
			},
			root: diag.QuorumPortConflict, servers: []int64{1}, state: report.Serving, exit: 1,
		},
	}
}

// startAndEnd starts a server and waits until it has ended by itself.
func startAndEnd(t *testing.T, ens *zktest.Ensemble, id int) {
	s := ens.Server(id)
	must(t, s.Start(t.Context()))
	must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to end", id), func() bool { return !s.Running() }))
	must(t, ens.WaitQuorum(t.Context()))
}

// TestRealOnceMixed: servers of two real ensembles are not judged as one. 3.4 tells no list.
func TestRealOnceMixed(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	a, b := zktest.StartT(t, zktest.Options{}), zktest.StartT(t, zktest.Options{})
	got, err := a.Client.Run(t.Context(), program, "check", "--no-local", a.Server(1).Addr, b.Server(1).Addr)
	must(t, err)
	if text := string(got.Stdout); got.ExitCode != 3 || !strings.Contains(text, "targets-mixed-ensembles") || !strings.Contains(text, b.Server(3).Addr) {
		t.Errorf("exit %d\n%s", got.ExitCode, text)
	}
}
