package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// pair is two faults at once: neither may hide the other.
type pair struct {
	shape
	roots map[report.Code][]int64
	state report.State
	exit  int
}

// TestRealPairs breaks real ensembles in two ways at once, and wants both causes named
// as causes.
func TestRealPairs(t *testing.T) {
	t.Parallel()
	for _, c := range pairs() {
		c.logMissing(t)
		for _, version := range c.versions() {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				c.judge(t, c.look(t, version), version)
			})
		}
	}
}

func (c pair) judge(t *testing.T, got *report.Report, version string) {
	t.Helper()
	if v := got.Verdict; v.State != c.state || v.ExitCode != c.exit {
		t.Errorf("verdict %s, exit %d (%s), want %s, exit %d", v.State, v.ExitCode, v.Summary, c.state, c.exit)
	}
	var said string
	for code, servers := range c.roots {
		i := slices.IndexFunc(got.Findings, func(f report.Finding) bool { return f.Code == code && f.Root })
		if i < 0 {
			t.Errorf("%s is not among the root causes", code)
		} else if ids := idsOf(got, got.Findings[i].Servers); !slices.Equal(ids, servers) {
			t.Errorf("%s names the servers %v, want %v", code, ids, servers)
		}
	}
	for _, f := range got.Findings {
		if f.Root {
			said += fmt.Sprintf("%s %v ", f.Code, idsOf(got, f.Servers))
		}
	}
	logRow(t, c.shape, version, got, said)
}

// both does one after the other.
func both(first, second func(*testing.T, *zktest.Ensemble)) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		first(t, ens)
		second(t, ens)
	}
}

func pause(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) { must(t, ens.Server(id).Pause()) }
}

// webServerAt puts a web server in the place of a ZooKeeper.
func webServerAt(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		answerHTTP(t, holdPort(t, ens, id, ens.Server(id).ClientPort))
		must(t, ens.WaitQuorum(t.Context()))
	}
}

func five() zktest.Options { return zktest.Options{Servers: 5} }

// edited are five servers, one of them changed.
func edited(id int, edit func(*zktest.Server)) zktest.Options {
	o := five()
	o.Edit = func(s *zktest.Server) {
		if s.ID == id {
			edit(s)
		}
	}
	return o
}

func pairs() []pair {
	all := outside("@1", "@2", "@3", "@4", "@5", "--timeout", "1500ms")
	return []pair{
		{
			shape: shape{name: "one down and one paused: no quorum", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).Kill())
				must(t, ens.Server(1).Pause())
				must(t, ens.WaitMode(t.Context(), ens.Server(3), ""))
			}, args: outside("@1", "@2", "@3", "--timeout", "1500ms")},
			roots: map[report.Code][]int64{diag.ProcessDown: {2}, diag.ServerHung: {1}}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "one down and one standalone", options: edited(5, func(s *zktest.Server) { s.ServerLines = nil }), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).Kill())
				waitOthers(2)(t, ens)
			}, args: all},
			roots: map[report.Code][]int64{diag.ProcessDown: {2}, diag.StandaloneInEnsemble: {5}}, state: report.Degraded, exit: 2,
		},
		{
			// Two of four run and can elect: the one that runs alone takes no part.
			shape: shape{name: "one down and one standalone: no quorum", options: zktest.Options{Servers: 4, Edit: only1(func(s *zktest.Server) { s.ServerLines = nil })}, do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(4).Kill())
				must(t, ens.WaitMode(t.Context(), ens.Server(2), ""))
				must(t, ens.WaitMode(t.Context(), ens.Server(3), ""))
			}, args: []string{"-c", "@c2"}},
			roots: map[report.Code][]int64{diag.ProcessDown: {4}, diag.StandaloneInEnsemble: {1}}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "one without its myid and one down", options: five(), do: both(andEnd(withMyID(map[int]string{2: ""}), 2), kill(3)), args: []string{"-c", "@c2"}},
			roots: map[report.Code][]int64{diag.MyidMissing: {2}, diag.ProcessDown: {3}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one on another client port and one down", options: edited(4, func(s *zktest.Server) {
				s.ClientPort = 2182
				s.Set("clientPort", "2182")
			}), do: kill(2), args: all},
			roots: map[report.Code][]int64{diag.ClientPortMismatch: {4}, diag.ProcessDown: {2}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "too many connections at one, and one down", options: zktest.Options{Hosts: zktest.Namespaces, Config: map[string]string{"maxClientCnxns": "4"}},
				do: both(kill(3), holdFour(2)), args: []string{"-c", "@c1", "--no-local"},
			},
			roots: map[report.Code][]int64{diag.ConnLimitReached: {2}, diag.ProcessDown: {3}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "a web server in the place of one, and one paused", options: five(), do: both(webServerAt(2), pause(1)), args: all},
			roots: map[report.Code][]int64{diag.NotZooKeeper: {2}, diag.ServerHung: {1}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one host out of reach and one down", options: zktest.Options{Servers: 5, Hosts: zktest.Namespaces}, do: both(kill(2), func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(5).Cut(t.Context(), ens.Client))
			}), args: []string{"@1", "@2", "@3", "@4", "@5", "--timeout", "1500ms"}},
			roots: map[report.Code][]int64{diag.HostUnreachable: {5}, diag.ProcessDown: {2}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "3888 dropped at one and one down, seen from a peer", options: namespaces(), do: both(kill(2), func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).DropIn(t.Context(), 3888))
			}), from: 3, args: []string{"--timeout", "1s"}},
			roots: map[report.Code][]int64{diag.LatentPortBlock: {1}, diag.ProcessDown: {2}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one with a list of its own and one down", options: edited(4, func(s *zktest.Server) {
				s.ServerLines = append(s.ServerLines, "server.6=127.0.0.44:2888:3888")
			}), do: kill(2), args: []string{"-c", "@c1"}},
			roots: map[report.Code][]int64{diag.MembershipDivergent: {1, 3, 4, 5}, diag.ProcessDown: {2}}, state: report.Degraded, exit: 2,
		},
		{
			shape: shape{name: "swapped ids and one paused", options: zktest.Options{Servers: 5, Edit: swapIDs}, do: pause(4), args: []string{"-c", "@c1", "--no-local", "--timeout", "1500ms"}},
			roots: map[report.Code][]int64{diag.MyidWrongServer: {1, 2}, diag.ServerHung: {4}}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "a name that does not exist and one down", do: kill(2), args: outside("@1", "@2", "@3", "zk4.invalid")},
			roots: map[report.Code][]int64{diag.TargetUnresolvable: {4}, diag.ProcessDown: {2}}, state: report.Degraded, exit: 1,
		},
	}
}
