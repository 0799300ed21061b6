package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// noDynamic is why 3.4 has no fault of a dynamic file.
const noDynamic = "3.4 has no dynamic configuration"

// configFaults are settings that a server runs with, or will not start with.
func configFaults() []fault {
	return []fault{
		{
			shape: shape{
				name: "a member's server.N lines are gone, and it still runs", options: namespaces(),
				do: func(t *testing.T, ens *zktest.Ensemble) { loseList(t, ens.Server(2)) }, from: 2, args: []string{"-c", "@c2"},
			},
			root: diag.StandaloneInEnsemble, servers: []int64{1}, shows: "no line", state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "a member's server.N lines are gone, and it is stopped", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).Kill())
			}, from: 2, args: []string{"-c", "@c2"}},
			root: diag.ProcessDown, servers: []int64{1}, fires: []report.Code{diag.StandaloneInEnsemble}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "a member's server.N lines are gone, and it was started again", options: namespaces(), do: startAlone, from: 2, args: []string{"-c", "@c2"}},
			root:  diag.StandaloneInEnsemble, servers: []int64{1}, shows: "no line", state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "a former member runs alone, from outside", args: outside("@2")},
			root:  diag.StandaloneInEnsemble, servers: []int64{1}, shows: "epoch ", state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "JMX without a password, and all words at a public address", options: zktest.Options{
					Hosts: zktest.Namespaces,
					JVM: []string{
						"-Dcom.sun.management.jmxremote", "-Dcom.sun.management.jmxremote.port=7199",
						"-Dcom.sun.management.jmxremote.authenticate=false", "-Dcom.sun.management.jmxremote.ssl=false",
					},
				},
				do: func(t *testing.T, ens *zktest.Ensemble) { on(t, ens.Server(1), "ip addr add 192.0.2.77/32 dev eth0") }, from: 1,
			},
			fires: []report.Code{diag.WideOpen}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "members in zoo.cfg beside a dynamic file, running", only: from35, why: noDynamic, do: besideDynamic(2), args: []string{"-c", "@c2"}},
			root:  diag.DynamicConfigOverrides, servers: []int64{2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "members in zoo.cfg beside a dynamic file, stopped", only: from35, why: noDynamic, do: andEnd(func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).Stop(t.Context()))
				must(t, ens.Server(2).Start(t.Context()))
			}, 2), args: []string{"-c", "@c2"}},
			root: diag.DynamicConfigOverrides, servers: []int64{2}, fires: []report.Code{diag.ProcessDown, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "two hosts swapped in the list of one", only: from35, why: "3.4 tells no list", options: namespaces(), do: swapHosts, from: 3},
			root:  diag.MembershipDivergent, servers: []int64{1, 2, 3}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 2,
		},
		{
			shape: shape{name: "two hosts swapped in the file of one", only: only34, why: "later ones tell their list", options: namespaces(), do: swapHosts, from: 3},
			root:  diag.MembershipDivergent, servers: []int64{3}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "members added to the file after the start", only: only34, why: "later ones tell their list", options: namespaces(), do: addMembers, from: 1},
			root:  diag.PeerNameUnresolvable, servers: []int64{4, 5}, fires: []report.Code{diag.TargetUnresolvable},
			state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "a reconfiguration that did not end", only: from35, why: noDynamic, do: leftOver(2, "server.9=127.0.0.9:2888:3888:participant"), args: []string{"-c", "@c2"}},
			root:  diag.DynamicConfigOverrides, servers: []int64{2}, state: report.Serving, exit: 1,
		},
		{
			// 3.5.8 and 3.6.0 leave it behind by themselves.
			shape: shape{name: "a proposal of the same members, left behind", only: from35, why: noDynamic, do: leftOver(2), args: []string{"-c", "@c2"}},
			state: report.Serving, exit: 0,
		},
		{
			// It causes nothing, so it is no root cause.
			shape: shape{name: "forceSync=no", options: zktest.Options{Edit: only1(func(s *zktest.Server) { s.Set("forceSync", "no") })}, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.ForceSyncOff}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "forceSync=no on the command line", options: zktest.Options{Edit: only1(func(s *zktest.Server) { s.JVM = append(s.JVM, "-Dzookeeper.forceSync=no") })}, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.ForceSyncOff}, state: report.Serving, exit: 1,
		},
		{
			// A remark, so there is no root cause.
			shape: shape{name: "peerType=observer of a participant", options: zktest.Options{Edit: only1(func(s *zktest.Server) { s.Set("peerType", "observer") })}, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.PeerTypeMismatch}, state: report.Serving, exit: 0,
		},
	}
}

func only1(edit func(*zktest.Server)) func(*zktest.Server) {
	return func(s *zktest.Server) {
		if s.ID == 1 {
			edit(s)
		}
	}
}

// besideDynamic writes what somebody does who half knows of dynamic files: the list
// goes into one, and stays in zoo.cfg.
func besideDynamic(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		dynamic := filepath.Join(s.Dir, "conf", "zoo.cfg.dynamic")
		must(t, os.WriteFile(dynamic, []byte(strings.Join(s.ServerLines, "\n")+"\n"), 0o644))
		s.Set("dynamicConfigFile", dynamic)
		must(t, s.WriteConfig(s.ConfigLines()))
	}
}

// leftOver writes what QuorumPeer.setLastSeenQuorumVerifier does, of the members there are and
// more.
func leftOver(id int, more ...string) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		lines := append(slices.Concat(s.ServerLines, more), "version=100000000")
		must(t, os.WriteFile(s.ConfigFile+".dynamic.next", []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	}
}

// swapHosts starts server 3 with a list in which servers 1 and 2 have each other's host. It follows
// neither of them where the other is.
func swapHosts(t *testing.T, ens *zktest.Ensemble) {
	s := ens.Server(3)
	must(t, s.Kill())
	must(t, ens.WaitQuorum(t.Context()))
	lines := s.ConfigLines()
	for i, line := range lines {
		for id, other := range map[string]*zktest.Server{"server.1=": ens.Server(2), "server.2=": ens.Server(1)} {
			if own, found := strings.CutPrefix(line, id); found {
				_, ports, _ := strings.Cut(own, ":")
				lines[i] = id + other.Addr + ":" + ports
			}
		}
	}
	must(t, s.WriteConfig(lines))
	must(t, s.Start(t.Context()))
	waitLooking(t, ens, s)
}

// addMembers writes two members into the file of server 1 that are not there yet, long after its start.
func addMembers(t *testing.T, ens *zktest.Ensemble) {
	s := ens.Server(1)
	must(t, s.WriteConfig(append(s.ConfigLines(), "server.4=zk4.invalid:2888:3888", "server.5=zk5.invalid:2888:3888")))
	later := time.Now().Add(2 * time.Minute)
	must(t, os.Chtimes(s.ConfigFile, later, later))
}

// loseList takes the server.N lines out of a server's zoo.cfg.
func loseList(t *testing.T, s *zktest.Server) {
	must(t, s.WriteConfig(slices.DeleteFunc(s.ConfigLines(), func(line string) bool { return strings.HasPrefix(line, "server.") })))
}

// startAlone has a member that has data of the ensemble start without its server.N lines.
func startAlone(t *testing.T, ens *zktest.Ensemble) {
	s := ens.Server(2)
	must(t, writeOnce(t.Context(), s))
	loseList(t, s)
	must(t, s.Kill())
	must(t, s.Start(t.Context()))
	must(t, ens.WaitMode(t.Context(), s, "standalone"))
}
