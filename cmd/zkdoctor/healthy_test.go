package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// healthyCase is a healthy ensemble, and a look at it.
type healthyCase struct {
	shape
	info  []report.Code // findings of severity info that belong to the shape
	fires []report.Code // those of them that must be there
}

// TestRealHealthy shows healthy ensembles of every shape to zkdoctor: a false alarm
// is the worst that it can do.
func TestRealHealthy(t *testing.T) {
	t.Parallel()
	cases := []healthyCase{
		{shape: shape{name: "three servers, from outside", args: []string{"--no-local", "@1", "@2", "@3"}}},
		{shape: shape{again: true, name: "three servers, by configuration", args: []string{"-c", "@c1"}}},
		{shape: shape{again: true, name: "three servers, by connect string", args: []string{"--no-local", "@1:2181,@2:2181,@3:2181/chroot"}}},
		{shape: shape{again: true, name: "one named, and the others discovered", only: from35, why: noMembers, args: outside("--discover", "@2")}},
		{shape: shape{again: true, name: "sessions opened and closed", args: outside("--session", "@1", "@2", "@3")}},
		{shape: shape{name: "three servers, on one of them", options: zktest.Options{Hosts: zktest.Namespaces}, from: 2}},
		{
			shape: shape{name: "beside another ensemble with the same ids", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				zktest.StartT(t, zktest.Options{Version: ens.Version(), Beside: ens})
			}, from: 1, args: []string{"-c", "@c1"}},
		},
		{shape: shape{again: true, name: "beside another ensemble with the same ids, from outside", args: outside("@1", "@2", "@3")}},
		{shape: shape{
			name: "servers of one host that differ in the client port, given without it",
			options: zktest.Options{Edit: func(s *zktest.Server) {
				s.ClientPort = 2180 + s.ID
				s.Set("clientPort", fmt.Sprint(s.ClientPort))
			}}, args: []string{"@1", "@2", "@3"},
		}},
		{shape: shape{name: "one name of three servers", options: namespaces(), do: nameAll, args: outside("zk")}},
		{
			shape: shape{
				name: "one name of three servers, and no word but srvr", options: zktest.Options{Hosts: zktest.Namespaces, Whitelist: "srvr"},
				do: nameAll, args: outside("zk"),
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{shape: shape{
			name: "names with an IPv4 and an IPv6 address", options: namespaces(), do: bothFamilies, args: outside("zk-1", "zk-2", "zk-3"),
		}},
		{shape: shape{
			again: true,
			name:  "one name of three servers with an IPv4 and an IPv6 address each", args: outside("zk"),
		}},
		{
			shape: shape{again: true, name: "an IPv4 and an IPv6 address given", args: outside("@1", "@2", "@3", "fd99::1", "fd99::2")},
			info:  []report.Code{diag.TargetDuplicate}, fires: []report.Code{diag.TargetDuplicate},
		},
		{
			shape: shape{
				name: "a name with two addresses of one server", options: namespaces(), args: outside("zk-1", "@2", "@3"),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					twoAddresses(t, ens)
					must(t, ens.Client.SetHosts([]string{ens.Server(1).Addr + " zk-1", secondAddress + " zk-1"}))
				},
			},
			info: []report.Code{diag.TargetDuplicate}, fires: []report.Code{diag.TargetDuplicate},
		},
		{shape: shape{name: "five servers with two observers", options: zktest.Options{Servers: 3, Observers: 2}, args: []string{"-c", "@c1"}}},
		{shape: shape{again: true, name: "observers from outside", args: []string{"--no-local", "@1", "@2", "@3", "@4", "@5"}}},
		{
			shape: shape{
				name: "leader that serves no clients", options: zktest.Options{Config: map[string]string{"leaderServes": "no"}, NoWait: true},
				do: waitFollowers, args: []string{"-c", "@c1"},
			},
			info:  []report.Code{diag.LeaderServesNo, diag.StatusScriptMisleading},
			fires: []report.Code{diag.LeaderServesNo},
		},
		{
			shape: shape{
				again: true,
				name:  "leader that serves no clients, from outside",
				args:  []string{"--no-local", "@1", "@2", "@3"},
			},
			info:  []report.Code{diag.LeaderServesNo},
			fires: []report.Code{diag.LeaderServesNo},
		},
		{shape: shape{name: "standalone", options: zktest.Options{Servers: 1}, args: []string{"--no-local", "@1"}}},
		{shape: shape{again: true, name: "standalone, by configuration", args: []string{"-c", "@c1"}}},
		{
			shape: shape{name: "default whitelist", options: zktest.Options{Whitelist: zktest.WhitelistDefault}, args: []string{"--no-local", "@1", "@2", "@3"}},
			info:  []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{name: "narrow whitelist", options: zktest.Options{Whitelist: "srvr"}, args: []string{"--no-local", "@1", "@2", "@3"}},
			info:  []report.Code{diag.CmdNotWhitelisted},
			fires: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				again: true,
				name:  "no word but srvr, and sessions", only: from35, why: noMembers,
				args: outside("--session", "--no-admin", "--discover", "@1"),
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				name: "no word but srvr, and AdminServers", only: from35, why: noAdminServer,
				options: zktest.Options{Whitelist: "srvr", Admin: true}, args: []string{"--no-local", "@1", "@2", "@3"},
			},
			info:  []report.Code{diag.CmdNotWhitelisted},
			fires: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				name: "observers, no word but srvr, and AdminServers", only: from35, why: noAdminServer,
				options: zktest.Options{Whitelist: "srvr", Admin: true, Servers: 3, Observers: 2}, args: []string{"-c", "@c1"},
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				name: "no word but srvr, and AdminServers of HTTPS alone", only: from36, why: noAdminTLS, adminTLS: true,
				options: zktest.Options{Whitelist: "srvr", Admin: true}, args: outside("--discover", "@1"),
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				name: "TLS alone, no word but srvr, and AdminServers of HTTPS alone", only: from36, why: noAdminTLS, adminTLS: true,
				secure: &security{ends: time.Hour}, options: zktest.Options{Whitelist: "srvr", Admin: true}, args: trusted("--discover", "@1"),
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{
				name: "leader that serves no clients, and AdminServers", only: from35, why: noAdminServer,
				options: zktest.Options{Admin: true, Config: map[string]string{"leaderServes": "no"}, NoWait: true},
				do:      waitFollowers, args: []string{"--no-local", "--no-peer-ports", "@1", "@2", "@3"},
			},
			info:  []report.Code{diag.LeaderServesNo},
			fires: []report.Code{diag.LeaderServesNo},
		},
		{shape: shape{name: "three groups with weights", options: threeGroups(), args: []string{"-c", "@c1"}}},
		{shape: shape{again: true, name: "three groups with weights, from outside", args: outside("@1", "@2", "@3", "@4", "@5", "@6")}, info: []report.Code{diag.EvenOrTinyEnsemble}},
		{shape: shape{name: "names that mean something else here", options: called(), do: misleadClient, args: outside("@1", "@2", "@3")}},
		{shape: shape{name: "names that mean nothing here", options: called(), do: unnamedHere, args: outside("@1", "@2", "@3")}},
		{
			shape: shape{
				name: "one named, the others discovered by AdminServer", only: from36, why: "before 3.6 AdminServers do not tell the members",
				options: zktest.Options{Whitelist: "srvr", Admin: true}, args: outside("--discover", "@2"),
			},
			info: []report.Code{diag.CmdNotWhitelisted},
		},
		{shape: shape{name: "TLS alone", only: from35, why: noClientTLS, secure: &security{ends: time.Hour}, args: trusted("@1", "@2", "@3")}},
		{shape: shape{again: true, name: "TLS alone, by configuration", only: from35, why: noClientTLS, args: trusted("-c", "@c1")}},
		{shape: shape{again: true, name: "TLS unverified", only: from35, why: noClientTLS, args: outside("--tls-insecure", "--tls-cert", "@cert", "--tls-key", "@key", "@1", "@2", "@3")}},
		{
			shape: shape{
				name: "TLS alone, on one of them", only: from35, why: noClientTLS, secure: &security{ends: time.Hour}, options: namespaces(), from: 1,
				args: trusted("-c", "@c1")[1:],
			},
			info: []report.Code{diag.StatusScriptMisleading},
		},
		{shape: shape{name: "TLS and plain text on one port", only: from36, why: noUnification, secure: &security{ends: time.Hour, unified: true}, args: trusted("@1", "@2", "@3")}},
		{shape: shape{again: true, name: "plain text and TLS on one port", only: from36, why: noUnification, args: outside("@1", "@2", "@3")}},
		{
			// The servers move their list to a dynamic file and rewrite zoo.cfg.
			shape: shape{name: "a list in a dynamic file", options: zktest.Options{Config: map[string]string{"reconfigEnabled": "true"}}, args: []string{"-c", "@c1"}},
		},
		{
			shape: shape{name: "no word but srvr, by an empty whitelist", options: zktest.Options{Config: map[string]string{"4lw.commands.whitelist": ""}}, args: outside("@1", "@2", "@3")},
			info:  []report.Code{diag.CmdNotWhitelisted}, fires: []report.Code{diag.CmdNotWhitelisted},
		},
		{
			shape: shape{name: "observers that follow followers", only: from36, why: noObserverMaster, options: observerMaster(), do: func(t *testing.T, ens *zktest.Ensemble) {
				waitObserved(t, ens)
			}, args: []string{"-c", "@c1"}},
		},
		{shape: shape{name: "two voters and an oracle", only: from38, why: noOracle, options: oracle(), do: consult, args: []string{"-c", "@c1"}}},
		{
			shape: shape{again: true, name: "two voters and an oracle, from outside", only: from38, why: noOracle, args: outside("@1", "@2")},
			info:  []report.Code{diag.EvenOrTinyEnsemble},
		},
		{shape: shape{name: "two addresses a server, from outside", only: from36, why: noMultiAddress, options: twoNetworks(), do: startOnBoth, args: outside("@1", "@2", "@3")}},
		{shape: shape{again: true, name: "two addresses a server, on one of them", only: from36, why: noMultiAddress, from: 2}},
		{shape: shape{name: "a quorum of one", only: from35, why: "3.4 makes it standalone", options: quorumOfOne(), args: []string{"-c", "@c1"}}},
		{shape: shape{again: true, name: "a quorum of one, from outside", only: from35, why: "3.4 makes it standalone", args: outside("@1")}},
		{shape: shape{name: "behind port-forwards", options: namespaces(), do: forward, args: outside(forwarded(1), forwarded(2), forwarded(3))}},
		{
			shape: shape{name: "a server that joins, from outside", only: from35, why: noReconfig, options: joining(4), do: joinAll, args: outside("@1", "@2", "@3", "@4")},
			info:  []report.Code{diag.NonVotingFollower}, fires: []report.Code{diag.NonVotingFollower},
		},
		{
			shape: shape{again: true, name: "a server that joins, on its host", only: from35, why: noReconfig, from: 4},
			info:  []report.Code{diag.NonVotingFollower}, fires: []report.Code{diag.NonVotingFollower},
		},
		{
			// Only from 3.6 on the leader tells of it.
			shape: shape{again: true, name: "beside a server that joins", only: from35, why: noReconfig, from: 1, args: []string{"--window", "3s"}},
			info:  []report.Code{diag.NonVotingFollower},
		},
		{
			shape: shape{name: "a server that was taken out, on its host", only: from35, why: noReconfig, options: joining(4), do: fromAndBack, from: 4},
			info:  []report.Code{diag.NonVotingFollower}, fires: []report.Code{diag.NonVotingFollower},
		},
		{shape: shape{name: "IPv6", options: zktest.Options{Hosts: zktest.NamespacesIPv6}, from: 1}},
		{shape: shape{again: true, name: "IPv6 from outside", args: []string{"[@1]:2181", "@2", "@3"}}},
		{
			// 3.4 sends no address of its own, and from 3.5.8 on a wildcard is ignored.
			shape: shape{name: "own address is the wildcard", options: zktest.Options{Hosts: zktest.Namespaces, Edit: listenOnAll}, from: 1, args: []string{"-c", "@c1"}},
		},
		{
			shape: shape{
				name: "under load, two looks", do: func(t *testing.T, ens *zktest.Ensemble) { write(t, ens.Server(1), 20, think) },
				args: []string{"--no-local", "@1", "@2", "@3", "--window", "3s"},
			},
		},
		{
			// What zkdoctor sends to a server that does not answer must not be found in its
			// log later as a non-member's.
			shape: shape{name: "one that hung, and was looked at meanwhile", do: lookWhilePaused, args: []string{"-c", "@c1", "--window", "3s"}},
			info:  []report.Code{diag.ElectionInProgress, diag.StatusScriptMisleading},
		},
		{
			// With the default of 2.5 s between the looks a busy test machine may still be
			// electing in the second.
			shape: shape{name: "right after a leader change", do: changeLeader, args: []string{"-c", "@c1", "--window", "6s"}},
			info:  []report.Code{diag.ElectionInProgress, diag.StatusScriptMisleading},
		},
	}
	inTurn(t, cases, healthyCase.looks)
}

// looks looks at an ensemble, which must be found healthy.
func (c healthyCase) looks(t *testing.T, p *patient, version string) {
	for look := range looks(t) {
		got := p.ask(t)
		wantHealthy(t, got, c.info)
		for _, code := range c.fires {
			if fired := codesOf(got); !slices.Contains(fired, code) {
				t.Errorf("%s was not found; found: %v", code, fired)
			}
		}
		if t.Failed() || look == 0 {
			logRow(t, c.shape, version, got, joinCodes(codesOf(got)))
		}
	}
}

// noAdminServer is why 3.4 lacks a shape.
const noAdminServer = "AdminServers came with 3.5"

// noAdminTLS is why older ones lack a shape.
const noAdminTLS = "admin.forceHttps came with 3.6.3"

// noMembers is why 3.4 cannot tell whom else to look at.
const noMembers = "conf lists the members from 3.5 on"

// looks is how often each healthy shape is looked at: ZKTEST_LOOKS, or once.
func looks(t *testing.T) int {
	t.Helper()
	return times(t, "ZKTEST_LOOKS")
}

// times is the number in a variable of the environment, or 1.
func times(t *testing.T, variable string) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return 1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: want a number above 0", variable, text)
	}
	return n
}

// wantHealthy fails the test if a report has anything to say but remarks of these
// kinds.
func wantHealthy(t *testing.T, got *report.Report, remarks []report.Code) {
	t.Helper()
	if got.Verdict.State != report.Serving || got.Verdict.ExitCode != 0 {
		t.Errorf("verdict %s, exit %d: %s", got.Verdict.State, got.Verdict.ExitCode, got.Verdict.Summary)
	}
	for _, f := range slices.Concat(got.Findings, got.Folded) {
		if f.Severity != report.Info {
			t.Errorf("false alarm: %s %s at %s: %s", f.Severity, f.Code, f.Servers, f.Summary)
		}
		// What is known of the release belongs to all shapes.
		if f.Code != diag.KnownBadVersion && !slices.Contains(remarks, f.Code) {
			t.Errorf("finding %s does not belong to this shape: %s", f.Code, f.Summary)
		}
	}
}

// codesOf are the findings of a report, those that are folded too.
func codesOf(got *report.Report) []report.Code {
	var codes []report.Code
	for _, f := range slices.Concat(got.Findings, got.Folded) {
		codes = append(codes, f.Code)
	}
	return codes
}

// listenOnAll gives a server 0.0.0.0 in its own line.
func listenOnAll(s *zktest.Server) {
	own := fmt.Sprintf("server.%d=", s.ID)
	for i, line := range s.ServerLines {
		if strings.HasPrefix(line, own) {
			s.ServerLines[i] = own + "0.0.0.0:2888:3888"
		}
	}
}

// waitFollowers waits for the two servers that serve under a leader which does
// not.
func waitFollowers(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Wait(t.Context(), "two followers", func() bool {
		n := 0
		for _, mode := range ens.Modes(t.Context()) {
			if mode == "follower" {
				n++
			}
		}
		return n == 2
	}))
}

// lookWhilePaused looks at an ensemble one of whose followers does not answer, and lets
// that go on.
func lookWhilePaused(t *testing.T, ens *zktest.Ensemble) {
	program, err := builtProgram()
	must(t, err)
	letLead(t, ens, ens.Server(3))
	must(t, ens.Server(1).Pause())
	result, err := ens.Client.Run(t.Context(), program, "check", "--no-local", ens.Server(1).Addr, ens.Server(2).Addr, ens.Server(3).Addr)
	must(t, err)
	if !strings.Contains(string(result.Stdout), string(diag.ServerHung)) {
		t.Errorf("it was not found to hang:\n%s", result.Stdout)
	}
	must(t, ens.Server(1).Resume())
	must(t, ens.WaitServing(t.Context()))
}

// changeLeader stops the leader until the others have a new one, and lets it go
// on: zkdoctor then looks while it finds out.
func changeLeader(t *testing.T, ens *zktest.Ensemble) {
	old, err := ens.Leader(t.Context())
	must(t, err)
	must(t, old.Pause())
	must(t, ens.Wait(t.Context(), "another leader", func() bool {
		for s, mode := range ens.Modes(t.Context()) {
			if s != old && mode == "leader" {
				return true
			}
		}
		return false
	}))
	must(t, old.Resume())
}
