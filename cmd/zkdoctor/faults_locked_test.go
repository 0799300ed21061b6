package main

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// lockedFaults are faults of ensembles that allow no word but srvr, as 3.5.3 and later
// do unless they are told otherwise; and have AdminServers.
func lockedFaults() []fault {
	locked := func(o zktest.Options) zktest.Options {
		o.Whitelist, o.Admin = "srvr", true
		return o
	}
	return []fault{
		{
			shape: shape{name: "one named, one down and discovered", only: from35, why: noMembers, do: kill(3), args: outside("--discover", "@1")},
			root:  diag.ProcessDown, servers: []int64{3}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "ids swapped, no word but srvr, by configuration", only: from35, why: noAdminServer,
				options: locked(zktest.Options{Edit: swapIDs}), args: []string{"-c", "@c1", "--no-local"},
			},
			root: diag.MyidWrongServer, servers: []int64{1, 2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				again: true, name: "ids swapped, no word but srvr", only: from36, why: "before 3.6 AdminServers do not tell the members",
				args: outside("@1", "@2", "@3"),
			},
			root: diag.MyidWrongServer, servers: []int64{1, 2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "ids swapped, no word but srvr, and HTTPS", only: from36, why: noAdminTLS, adminTLS: true,
				options: locked(zktest.Options{Edit: swapIDs}), args: outside("@1", "@2", "@3"),
			},
			root: diag.MyidWrongServer, servers: []int64{1, 2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "two of three down, no word but srvr", only: from35, why: noAdminServer, options: locked(zktest.Options{}),
				do: kill(2, 3), args: outside("@1", "@2", "@3"),
			},
			root: diag.ProcessDown, servers: []int64{2, 3}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			// The client port tells nothing at all; whose connections fill it is known to its
			// AdminServer alone.
			shape: shape{
				name: "too many connections, as its AdminServer counts them", only: from35, why: noAdminServer,
				options: zktest.Options{Hosts: zktest.Namespaces, Admin: true, Config: map[string]string{"maxClientCnxns": "4"}},
				do:      holdFour(2), args: outside("@1", "@2", "@3"),
			},
			root: diag.ConnLimitReached, servers: []int64{2}, state: report.Serving, exit: 1,
		},
		{
			// Its followers name it, and its AdminServer does; without that this looks
			// like a lost quorum.
			shape: shape{
				name: "a leader that serves no clients, and one down", only: from35, why: noAdminServer,
				options: zktest.Options{Admin: true, NoWait: true, Config: map[string]string{"leaderServes": "no"}},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					waitFollowers(t, ens)
					for s, mode := range ens.Modes(t.Context()) {
						if mode == "follower" && s.ID == 1 {
							must(t, s.Kill())
						}
					}
				}, args: outside("@1", "@2", "@3"),
			},
			root: diag.ProcessDown, servers: []int64{1}, fires: []report.Code{diag.LeaderServesNo}, state: report.Degraded, exit: 1,
		},
		{
			// All is well, and one server cannot be judged without its quorum port.
			shape: shape{
				name:    "a leader that serves no clients, and no look at peer ports",
				options: zktest.Options{NoWait: true, Config: map[string]string{"leaderServes": "no"}},
				do:      waitFollowers, args: outside("--no-peer-ports", "@1", "@2", "@3"),
			},
			fires: []report.Code{diag.ServerNotServing}, state: report.Serving, exit: 1,
		},
	}
}
