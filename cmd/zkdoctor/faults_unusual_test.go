package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
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

// weightless is threeGroups with a group that weighs nothing, as one far away would.
func weightless() zktest.Options {
	o := threeGroups()
	o.Config["weight.5"], o.Config["weight.6"] = "0", "0"
	return o
}

// unnamedThird leaves the client the names of the first two servers.
func unnamedThird(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Client.SetHosts([]string{"10.99.0.1 zk1", "10.99.0.2 zk2"}))
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
	withObservers := zktest.Options{Servers: 3, Observers: 2}
	six := []string{"@1", "@2", "@3", "@4", "@5", "@6"}
	return []fault{
		{
			shape: shape{name: "one group of three down", options: threeGroups(), do: kill(5, 6), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{5, 6}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{again: true, name: "the same from outside", only: from35, why: noMembers, args: outside(six...)},
			root:  diag.ProcessDown, servers: []int64{5, 6}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one of each of two groups down: no quorum of four in six", options: threeGroups(), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(3).Kill())
				must(t, ens.Server(5).Kill())
				must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
			}, args: []string{"-c", "@c1"}},
			root: diag.ProcessDown, servers: []int64{3, 5}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			// Two of six, and the quorum does not even notice.
			shape: shape{name: "a group without weight down", options: weightless(), do: kill(5, 6), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{5, 6}, state: report.Degraded, exit: 1,
		},
		{
			// As of a pod that is not ready. Its leader tells that it serves.
			shape: shape{name: "a name that means nothing here, of one that serves", only: from35, why: noMembers, options: called(), do: unnamedThird, args: outside("zk1", "zk2", "zk3")},
			root:  diag.TargetUnresolvable, servers: []int64{3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "a name that means nothing here, of one that is down", only: from35, why: noMembers, do: kill(3), args: outside("zk1", "zk2", "zk3")},
			root:  diag.TargetUnresolvable, servers: []int64{3}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "names that mean something else here, and one down", options: called(), do: func(t *testing.T, ens *zktest.Ensemble) {
				misleadClient(t, ens)
				kill(2)(t, ens)
			}, args: outside("@1", "@2", "@3")},
			root: diag.ProcessDown, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
		{
			// An observer that is out takes nothing from the quorum.
			shape: shape{name: "one of two observers down", options: withObservers, do: kill(5), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{5}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "one of three voters beside two observers down", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(5).Start(t.Context()))
				must(t, ens.WaitServing(t.Context()))
				kill(2)(t, ens)
			}, args: []string{"-c", "@c1"}},
			root: diag.ProcessDown, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "the follower that observers followed down", only: from36, why: noObserverMaster, options: observerMaster(), do: func(t *testing.T, ens *zktest.Ensemble) {
					master := waitObserved(t, ens)
					must(t, master.Kill())
					must(t, ens.WaitServing(t.Context()))
					must(t, ens.WaitQuorum(t.Context()))
				}, args: []string{"-c", "@c1"},
			},
			root: diag.ProcessDown, servers: []int64{1}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one of two down, and the oracle lets the other go on", only: from38, why: noOracle, options: oracle(), do: func(t *testing.T, ens *zktest.Ensemble) {
				consult(t, ens)
				must(t, ens.Server(1).Kill())
				must(t, ens.WaitQuorum(t.Context()))
			}, args: []string{"-c", "@c2", "--no-local"}},
			root: diag.ProcessDown, servers: []int64{1}, state: report.Degraded, exit: 1,
		},
		{
			// From outside nobody can tell that there is an oracle.
			shape: shape{again: true, name: "the same from outside: not judged", only: from38, why: noOracle, args: outside("@1", "@2")},
			root:  diag.ProcessDown, servers: []int64{1}, state: report.Unknown, exit: 3,
		},
		{
			shape: shape{
				name: "an oracle that lets both go on", only: from38, why: noOracle, options: func() zktest.Options {
					o := oracle()
					o.Hosts = zktest.Namespaces
					return o
				}(), do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.Server(1).Cut(t.Context(), ens.Server(2).Host))
					for _, s := range ens.Servers {
						answer(t, s, "1")
						must(t, s.Start(t.Context()))
						must(t, ens.WaitMode(t.Context(), s, "leader"))
					}
				}, args: outside("@1", "@2"),
			},
			root: diag.SplitBrain, servers: []int64{1, 2}, state: report.Split, exit: 2,
		},
		{
			shape: shape{name: "one of three with two addresses each down", only: from36, why: noMultiAddress, options: twoNetworks(), do: func(t *testing.T, ens *zktest.Ensemble) {
				startOnBoth(t, ens)
				kill(2)(t, ens)
			}, args: outside("@1", "@2", "@3")},
			root: diag.ProcessDown, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "a list that was edited since the start", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				must(t, s.WriteConfig(append(s.ConfigLines(), "server.4=10.99.0.44:2888:3888")))
			}, only: from35, why: noMembers, from: 1},
			root: diag.MembershipDivergent, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			// What refuses could be the forward; that the leader has lost it could not.
			shape: shape{name: "behind port-forwards, and one down", only: from35, why: noMembers, options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				forward(t, ens)
				kill(2)(t, ens)
			}, args: outside(forwarded(1), forwarded(2), forwarded(3))},
			root: diag.ProcessDown, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
	}
}

func from38(version string) bool {
	return from36(version) && !strings.HasPrefix(version, "3.6.") && !strings.HasPrefix(version, "3.7.")
}

const noOracle = "oraclePath came with 3.8"

// oracle are two voters, one of which may go on alone as long as a file says so.
func oracle() zktest.Options {
	return zktest.Options{Servers: 2, NoStart: true, NoWait: true, Edit: func(s *zktest.Server) {
		s.Config = append(s.Config, "oraclePath="+filepath.Join(s.Dir, "oracle"))
	}}
}

// consult starts the servers. The oracle lets the second one go on alone, and never
// both: each would elect itself.
func consult(t *testing.T, ens *zktest.Ensemble) {
	answer(t, ens.Server(1), "0")
	answer(t, ens.Server(2), "1")
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
}

// answer is what the oracle of a server says: 1, it may go on alone; 0, it may not.
func answer(t *testing.T, s *zktest.Server, says string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.Dir, "oracle"), []byte(says), 0o644))
}

const noMultiAddress = "several addresses a server came with 3.6"

// twoNetworks gives every server two addresses for its peers.
func twoNetworks() zktest.Options {
	return zktest.Options{
		Hosts: zktest.Namespaces, NoStart: true, NoWait: true, JVM: []string{"-Dzookeeper.multiAddress.enabled=true"},
		Edit: func(s *zktest.Server) {
			for i, line := range s.ServerLines {
				_, addr, _ := strings.Cut(line, "=")
				s.ServerLines[i] = line + "|" + onSecond(addr)
			}
		},
	}
}

func onSecond(addr string) string { return strings.Replace(addr, "10.99.", "10.98.", 1) }

func startOnBoth(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		result, err := s.Host.Run(t.Context(), "ip", "addr", "add", onSecond(s.Addr)+"/24", "dev", "eth0")
		must(t, err)
		if result.ExitCode != 0 {
			t.Fatalf("no second address: %s", result.Stderr)
		}
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
}

// quorumOfOne is one server with standaloneEnabled=false.
func quorumOfOne() zktest.Options {
	return zktest.Options{Servers: 1, Config: map[string]string{"standaloneEnabled": "false"}, Edit: func(s *zktest.Server) {
		s.ServerLines = []string{fmt.Sprintf("server.1=%s:%d:%d", s.Addr, s.QuorumPort, s.ElectionPort)}
	}}
}

const noObserverMaster = "observerMasterPort came with 3.6"

// observerMaster are three voters and two observers that follow followers.
func observerMaster() zktest.Options {
	return zktest.Options{Servers: 3, Observers: 2, Config: map[string]string{"observerMasterPort": "2191"}}
}

// waitObserved waits until an observer follows the first server, which is a follower.
// They choose by chance, so that one that follows the other is started anew.
func waitObserved(t *testing.T, ens *zktest.Ensemble) *zktest.Server {
	letLead(t, ens, ens.Server(3))
	observed := func(id int) bool {
		reply, _ := ens.Server(id).Word(t.Context(), "mntr")
		return strings.Contains(reply, "zk_synced_observers\t1") || strings.Contains(reply, "zk_synced_observers\t2")
	}
	must(t, ens.Wait(t.Context(), "an observer of server.1", func() bool {
		if !observed(1) && observed(2) {
			must(t, ens.Server(4).Kill())
			must(t, ens.Server(4).Start(t.Context()))
			must(t, ens.WaitServing(t.Context()))
		}
		return observed(1)
	}))
	return ens.Server(1)
}

// nat is an address that no host has: what the client sends there is forwarded.
const nat = "10.99.0.200"

// forwarded is where a client behind NAT reaches a server.
func forwarded(id int) string { return fmt.Sprintf("%s:%d", nat, 12180+id) }

func forward(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		must(t, ens.Client.Forward(t.Context(), nat, 12180+s.ID, s.Host, s.ClientPort))
	}
}
