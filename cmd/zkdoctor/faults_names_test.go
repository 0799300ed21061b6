package main

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
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
						if strings.HasPrefix(line, "server.3=") {
							s.ServerLines[i] = "server.3=zk3.nosuch.invalid:2888:3888"
						}
					}
				}}, do: waitOthers(3), args: []string{"-c", "@c1"},
			},
			root: diag.PeerNameUnresolvable, servers: []int64{3}, fires: []diag.Code{diag.TargetUnresolvable}, exit: 1,
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
			root: diag.QuorumPortConflict, servers: []int64{1}, state: diag.Serving, exit: 1,
		},
	}
}

// TestMixed: servers of two real ensembles are not judged as one. 3.4 tells no list.
func TestMixed(t *testing.T) {
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
