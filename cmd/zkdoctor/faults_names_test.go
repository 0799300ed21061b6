package main

import (
	"fmt"
	"net"
	"os"
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
			shape: shape{name: "a program that never answers on its client port, and no log", do: func(t *testing.T, ens *zktest.Ensemble) {
				holdPort(t, ens, 2, ens.Server(2).ClientPort)
				startAndEnd(t, ens, 2)
				must(t, os.Remove(ens.Server(2).LogFile))
			}, args: []string{"-c", "@c2"}},
			root: diag.ClientPortConflict, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, shows: heldBy(), state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "another program on its election port", only: from35, why: "3.4 stays up without the port: process-without-listener", do: func(t *testing.T, ens *zktest.Ensemble) {
				holdPort(t, ens, 2, ens.Server(2).ElectionPort)
				startAndEnd(t, ens, 2)
			}, args: []string{"-c", "@c2"}},
			root: diag.ElectionPortConflict, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, shows: heldBy(), state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "another program on its election port, and it runs on", only: only34, why: "from 3.5.6 on a server ends when it cannot bind, or tries for ever", do: func(t *testing.T, ens *zktest.Ensemble) {
				runWithoutListener(t, ens, 1)
				waitAge(t, ens, ens.Server(1))
			}, args: []string{"-c", "@c1"}},
			root: diag.ElectionPortConflict, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, shows: heldBy(), state: report.Degraded, exit: 1,
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
		{
			shape: shape{
				name: "another program on a follower's quorum port, seen there",
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					l, err := ens.Server(1).Listen(t.Context(), ":2888")
					must(t, err)
					t.Cleanup(func() { _ = l.Close() })
				}, args: []string{"-c", "@c1", "--deadline", "30s"},
			},
			root: diag.QuorumPortConflict, servers: []int64{1}, shows: heldBy(), state: report.Serving, exit: 1,
		},
	}
}

// holdPort ends a server and takes a port of its, on which nothing is accepted.
func holdPort(t *testing.T, ens *zktest.Ensemble, id, port int) (l net.Listener) {
	s := ens.Server(id)
	must(t, s.Kill())
	must(t, ens.Wait(t.Context(), "the port to be free", func() bool {
		var err error
		l, err = s.Listen(t.Context(), fmt.Sprintf("%s:%d", s.Addr, port))
		return err == nil
	}))
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// runWithoutListener takes a server's election port, and waits until it runs on without.
func runWithoutListener(t *testing.T, ens *zktest.Ensemble, id int) net.Listener {
	s := ens.Server(id)
	l := holdPort(t, ens, id, s.ElectionPort)
	must(t, s.Start(t.Context()))
	must(t, ens.Wait(t.Context(), "the server to leave its listener", func() bool {
		return strings.Contains(s.Log(), "I won't be able to participate in leader election any longer")
	}))
	return l
}

// heldBy is what is said of this test as the program that has a port.
func heldBy() string { return fmt.Sprintf("pid %d, ", os.Getpid()) }

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
