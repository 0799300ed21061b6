package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// fault is one way to break an ensemble, and what zkdoctor must say of it.
type fault struct {
	shape
	// root is the first root cause, and servers the ids that it names; empty for
	// a finding that is a symptom or a remark, which fires then names.
	root    report.Code
	servers []int64
	// fires are further findings that must be there, shown or folded.
	fires []report.Code
	// proven: the root must be so, and not only likely.
	proven bool
	// shows is a text that some evidence has; empty for any.
	shows string
	// state is empty where it is a matter of luck.
	state report.State
	exit  int
}

// allFaults are those of one thing gone wrong.
func allFaults() []fault {
	return slices.Concat(
		processFaults(),
		myidFaults(),
		networkFaults(),
		memberFaults(),
		targetFaults(),
		nameFaults(),
		configFaults(),
		stateFaults(),
		dataFaults(),
		startFaults(), memoryFaults(),
		authFaults(),
		logFaults(),
		lockedFaults(),
		tlsFaults(),
		unusualFaults(),
		movingFaults(),
		linkFaults(),
		addressFaults(),
		severalFaults(),
		betweenFaults(),
	)
}

// TestRealFaults breaks real ensembles, and wants the cause named first, with the
// right servers.
func TestRealFaults(t *testing.T) {
	t.Parallel()
	inTurn(t, allFaults(), func(c fault, t *testing.T, p *patient, version string) { c.judge(t, p.ask(t), version) })
}

func (c fault) judge(t *testing.T, got *report.Report, version string) {
	t.Helper()
	v := got.Verdict
	if c.state != "" && v.State != c.state || v.ExitCode != c.exit {
		t.Errorf("verdict %s, exit %d (%s), want %s, exit %d", v.State, v.ExitCode, v.Summary, c.state, c.exit)
	}
	var root report.Finding
	if len(got.Findings) > 0 && got.Findings[0].Root {
		root = got.Findings[0]
	}
	if root.Code != c.root {
		t.Errorf("first root cause %q, want %q", root.Code, c.root)
	} else if ids := idsOf(got, root.Servers); c.root != "" && !slices.Equal(ids, c.servers) {
		t.Errorf("%s names the servers %v, want %v", root.Code, ids, c.servers)
	}
	if c.proven && root.Certainty != report.Proven {
		t.Errorf("%s is %s, want proven", root.Code, root.Certainty)
	}
	fired := codesOf(got)
	for _, code := range c.fires {
		if !slices.Contains(fired, code) {
			t.Errorf("%s was not found; found: %v", code, fired)
		}
	}
	if !slices.ContainsFunc(slices.Concat(got.Findings, got.Folded), func(f report.Finding) bool {
		return slices.ContainsFunc(f.Evidence, func(e report.Evidence) bool { return strings.Contains(e.Value, c.shows) })
	}) && c.shows != "" {
		t.Errorf("no evidence has %q", c.shows)
	}
	said := joinCodes(fired) // where there is no root
	if root.Code != "" {
		said = fmt.Sprintf("%s %v", root.Code, idsOf(got, root.Servers))
	}
	logRow(t, c.shape, version, got, said)
}

// logRow is a row of the table that make faults prints.
func logRow(t *testing.T, s shape, version string, got *report.Report, said string) {
	t.Helper()
	vantage := "elsewhere"
	if local := got.Vantage.LocalServer != nil || len(got.Processes) > 0; s.from != 0 || local {
		vantage = "on a server"
	}
	right := "right"
	if t.Failed() {
		right = "WRONG"
	}
	t.Logf("ROW | %s | %s | %s | %s | %s | %s |", s.name, version, vantage, strings.TrimSpace(said), got.Verdict.State, right)
}

func joinCodes(codes []report.Code) string {
	var out []string
	for _, c := range codes {
		out = append(out, string(c))
	}
	return strings.Join(out, " ")
}

func only34(version string) bool { return strings.HasPrefix(version, "3.4.") }
func from35(version string) bool { return !only34(version) }
func namespaces() zktest.Options { return zktest.Options{Hosts: zktest.Namespaces} }
func outside(ids ...string) []string {
	return append([]string{"--no-local"}, ids...)
}

// servers kills or changes servers by id.
func kill(ids ...int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		for _, id := range ids {
			must(t, ens.Server(id).Kill())
		}
		for _, s := range ens.Servers {
			if s.Running() && 2*(len(ens.Servers)-len(ids)) <= len(ens.Servers) {
				must(t, ens.WaitMode(t.Context(), s, ""))
			}
		}
		if 2*(len(ens.Servers)-len(ids)) > len(ens.Servers) {
			must(t, ens.WaitQuorum(t.Context()))
		}
	}
}

// pauseUnderLoad pauses a server, connects to it until the kernel drops what comes,
// and waits until the leader has lost it.
func pauseUnderLoad(t *testing.T, ens *zktest.Ensemble, id int) {
	s := ens.Server(id)
	must(t, s.Pause())
	for {
		conn, err := net.DialTimeout("tcp", clientAddress(s), 300*time.Millisecond)
		if err != nil {
			break
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	waitLost(t, ens)
}

// waitLost waits until the leader of three has lost one of its followers.
func waitLost(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Wait(t.Context(), "a leader with one follower in sync", func() bool {
		for s, mode := range ens.Modes(t.Context()) {
			if reply, _ := s.Word(t.Context(), "mntr"); mode == "leader" && strings.Contains(reply, "zk_synced_followers\t1") {
				return true
			}
		}
		return false
	}))
}

func processFaults() []fault {
	return []fault{
		{
			shape: shape{name: "the leader down", do: kill(3), args: outside("@1", "@2", "@3")},
			root:  diag.ProcessDown, servers: []int64{3}, fires: []report.Code{diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "one of three down", do: kill(2), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{again: true, name: "one of three down, and peer ports to be left alone", do: waitLost, args: []string{"-c", "@c1", "--no-local", "--no-peer-ports"}},
			root:  diag.ProcessDown, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "two of three down (the guide's case)", do: kill(2, 3), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{2, 3},
			fires: []report.Code{diag.QuorumLost, diag.ServerNotServing, diag.StatusScriptMisleading},
			state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "two of three down, from outside", do: kill(1, 2), args: outside("@1", "@2", "@3")},
			root:  diag.ProcessDown, servers: []int64{1, 2}, fires: []report.Code{diag.QuorumLost, diag.ServerNotServing},
			state: report.Down, exit: 2,
		},
		{
			shape: shape{
				name: "one paused", do: func(t *testing.T, ens *zktest.Ensemble) { must(t, ens.Server(1).Pause()) },
				args: outside("@1", "@2", "@3", "--timeout", "1500ms"),
			},
			root: diag.ServerHung, servers: []int64{1}, state: report.Degraded, exit: 1,
		},
		{
			// With clients this is what every hung server comes to, within seconds.
			shape: shape{
				again: true, name: "one paused, its queue of connections full", do: func(t *testing.T, ens *zktest.Ensemble) { pauseUnderLoad(t, ens, 1) },
				args: outside("@1", "@2", "@3", "--timeout", "1500ms"),
			},
			root: diag.ServerHung, servers: []int64{1}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "paused leader", do: func(t *testing.T, ens *zktest.Ensemble) {
				letLead(t, ens, ens.Server(3))
				leader := ens.Server(3)
				must(t, leader.Pause())
				must(t, ens.Wait(t.Context(), "another leader", func() bool {
					for s, mode := range ens.Modes(t.Context()) {
						if s != leader && mode == "leader" {
							return true
						}
					}
					return false
				}))
			}, args: []string{"-c", "@c1", "--timeout", "1500ms"}},
			root: diag.ServerHung, servers: []int64{3}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "stuck while starting", options: zktest.Options{Edit: slowStart(3), NoWait: true}, do: stopWhileStarting(3),
				args: outside("@1", "@2", "@3", "--timeout", "1500ms"),
			},
			fires: []report.Code{diag.ServerStarting}, state: report.Degraded, exit: 1,
		},
		{
			// One runs, one is stopped in its tracks, one is not there: nobody serves,
			// and one look cannot tell that from an election.
			shape: shape{name: "nobody serves, one look", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(3).Kill())
				must(t, ens.Server(2).Pause())
				must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
			}, args: outside("@1", "@2", "@3", "--no-second-look", "--timeout", "1500ms")},
			root: diag.ProcessDown, servers: []int64{3}, fires: []report.Code{diag.ElectionInProgress},
			state: report.Unknown, exit: 3,
		},
		{
			// electionPortBindRetry=0 keeps 3.5.6+ alive without a listener, as every
			// 3.4 does; the wrong address is the cause, and the listener its victim. It
			// is the lowest id's: the highest, which calls all others itself, would win
			// one election after the other, and never lead.
			shape: shape{
				name: "no election listener, by a wrong address", options: zktest.Options{
					Hosts: zktest.Namespaces, NoWait: true, NoStart: true,
					JVM: []string{"-Dzookeeper.electionPortBindRetry=0"}, Edit: foreignAddress(1),
				},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					startUnrouted(t, ens)
					waitOthers(1)(t, ens)
					waitAge(t, ens, ens.Server(1))
				}, from: 1,
			},
			root: diag.SelfAddrNotLocal, servers: []int64{1}, fires: []report.Code{diag.ProcessWithoutListener},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "no election listener, port was taken", only: only34, why: "from 3.5.6 on a server ends when it cannot bind, or tries for ever", options: namespaces(), do: takeElectionPort(1), from: 1},
			root:  diag.ProcessWithoutListener, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing, diag.StatusScriptMisleading},
			state: report.Degraded, exit: 1,
		},
		{
			// The highest id calls all others itself, so it joins all the same.
			shape: shape{name: "no election listener, and serving", only: only34, why: "from 3.5.6 on a server ends when it cannot bind, or tries for ever", options: namespaces(), do: takeElectionPort(3), from: 3},
			root:  diag.ProcessWithoutListener, servers: []int64{3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "another clientPortAddress, since the start", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				must(t, s.WriteConfig(append(s.ConfigLines(), "clientPortAddress=10.99.0.88")))
			}, from: 1, args: []string{"@1", "@2", "@3"}},
			fires: []report.Code{diag.StatusScriptMisleading}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "CRLF in zoo.cfg", options: zktest.Options{NoWait: true, NoStart: true}, do: withCRLF, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.StatusScriptMisleading}, state: report.Serving, exit: 0,
		},
	}
}

// letLead makes the server with the highest id the leader. Mostly it is; where
// the others were quicker, the leader they chose is restarted, and of the rest
// the newest data wins, and then the highest id.
func letLead(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	leader, err := ens.Leader(t.Context())
	must(t, err)
	if leader == s {
		return
	}
	must(t, writeOnce(t.Context(), s))
	must(t, leader.Kill())
	must(t, ens.WaitMode(t.Context(), s, "leader"))
	must(t, leader.Start(t.Context()))
	must(t, ens.WaitServing(t.Context()))
}

// writeOnce opens a session with a server and ends it. No server has newer data than
// the one that has answered that, so that in an election only a higher id wins.
func writeOnce(ctx context.Context, s *zktest.Server) error {
	session, err := s.OpenSession(ctx, 0)
	if err != nil {
		return err
	}
	return session.Close(ctx)
}

// waitOthers waits until all servers but one serve.
func waitOthers(but ...int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		must(t, ens.Wait(t.Context(), fmt.Sprintf("all but %v to serve", but), func() bool {
			modes := ens.Modes(t.Context())
			for _, s := range ens.Servers {
				if !slices.Contains(but, s.ID) && modes[s] == "" {
					return false
				}
			}
			return true
		}))
	}
}

// foreign is an address in the net of the namespaces that no host has.
const foreign = "10.99.0.99"

// foreignAddress gives a server, in everybody's list, an address that no host
// has.
func foreignAddress(id int) func(*zktest.Server) {
	return func(s *zktest.Server) {
		for i, line := range s.ServerLines {
			if strings.HasPrefix(line, fmt.Sprintf("server.%d=", id)) {
				s.ServerLines[i] = fmt.Sprintf("server.%d=%s:2888:3888", id, foreign)
			}
		}
	}
}

// startUnrouted starts all servers where the foreign address is refused at once.
// Without a route that says so, 3.4 waits for it in the thread that elects, and an
// election takes up to a minute.
func startUnrouted(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		result, err := s.Host.Run(t.Context(), "ip", "route", "add", "unreachable", foreign)
		must(t, err)
		if result.ExitCode != 0 {
			t.Fatalf("no route to refuse: %s", result.Stderr)
		}
	}
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
}

// takeElectionPort restarts a server while another program has its election
// port, and gives the port back once the server has stopped trying.
func takeElectionPort(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		must(t, runWithoutListener(t, ens, id).Close())
		waitAge(t, ens, ens.Server(id))
	}
}

// waitAge waits until a server's process is old enough for zkdoctor to hold a
// missing listener against it.
func waitAge(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	started := time.Now()
	must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to be of age", s.ID), func() bool {
		return time.Since(started) > 9*time.Second
	}))
}

func withCRLF(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		var lines []string
		for _, line := range s.ConfigLines() {
			lines = append(lines, line+"\r")
		}
		must(t, s.WriteConfig(lines))
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
}

// slowStart and stopWhileStarting catch a server between the moment when it has
// its client port and the one when it has its election port.
func slowStart(id int) func(*zktest.Server) {
	return func(s *zktest.Server) {
		if s.ID == id {
			s.JVM = append(s.JVM, "-Xint") // as slow as Java can be
		}
	}
}

func stopWhileStarting(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		waitOthers(id)(t, ens)
		s := ens.Server(id)
		must(t, ens.Wait(t.Context(), "a server stopped between its two ports", func() bool {
			must(t, s.Kill())
			must(t, s.Start(t.Context()))
			for s.Running() && !listens(t.Context(), s, s.ClientPort) {
			}
			must(t, s.Pause())
			return s.Running() && listens(t.Context(), s, s.ClientPort) && !listens(t.Context(), s, s.ElectionPort)
		}))
	}
}

func listens(ctx context.Context, s *zktest.Server, port int) bool {
	conn, err := s.Dial(ctx, net.JoinHostPort(s.Addr, fmt.Sprint(port)))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// withMyID restarts servers with other ids.
func withMyID(ids map[int]string) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		for id, content := range ids {
			s := ens.Server(id)
			must(t, s.Kill())
			if content == "" {
				must(t, s.RemoveMyID())
			} else {
				must(t, s.SetMyID([]byte(content)))
			}
		}
		for id := range ids {
			must(t, ens.Server(id).Start(t.Context()))
		}
	}
}

// andEnd waits until a server has ended by itself.
func andEnd(do func(*testing.T, *zktest.Ensemble), ids ...int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		do(t, ens)
		for _, id := range ids {
			must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to end", id), func() bool { return !ens.Server(id).Running() }))
		}
		must(t, ens.WaitQuorum(t.Context()))
	}
}

// andSettle waits until a server with a wrong id has either ended or given up
// its election listener.
func andSettle(do func(*testing.T, *zktest.Ensemble), ids ...int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		do(t, ens)
		for _, id := range ids {
			s := ens.Server(id)
			must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to end or to leave its listener", id), func() bool {
				return !s.Running() || only34(ens.Version()) && strings.Contains(s.Log(), "I won't be able to participate in leader election any longer")
			}))
		}
	}
}

func myidFaults() []fault {
	return []fault{
		{
			shape: shape{name: "myid missing", do: andEnd(withMyID(map[int]string{2: ""}), 2), args: []string{"-c", "@c2"}},
			root:  diag.MyidMissing, servers: []int64{2}, fires: []report.Code{diag.ProcessDown, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "myid malformed", do: andEnd(withMyID(map[int]string{2: "2 \n"}), 2), args: []string{"-c", "@c2"}},
			root:  diag.MyidMalformed, servers: []int64{2}, fires: []report.Code{diag.ProcessDown, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "myid in no line", do: andEnd(withMyID(map[int]string{2: "9\n"}), 2), args: []string{"-c", "@c2"}},
			root:  diag.MyidNotInServers, servers: []int64{2}, fires: []report.Code{diag.ProcessDown, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "myid of another server, on its host", options: namespaces(),
				do: andSettle(withMyID(map[int]string{1: "2\n", 2: "1\n"}), 1), from: 1, args: []string{"-c", "@c1"},
			},
			root: diag.MyidWrongServer, servers: []int64{1}, fires: []report.Code{diag.QuorumLost},
			state: report.Down, exit: 2,
		},
		{
			// On loopback every address is everybody's, so nothing keeps them from it.
			shape: shape{name: "swapped ids that serve, from outside", options: zktest.Options{Edit: swapIDs}, args: []string{"-c", "@c1", "--no-local"}},
			root:  diag.MyidWrongServer, servers: []int64{1, 2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "one id twice, on loopback (the guide's files)", only: only34, why: "from 3.5.6 on the second one ends, it cannot bind", do: andSettle(withMyID(map[int]string{2: "1\n"}), 2), args: []string{"-c", "@c2"}},
			root:  diag.MyidDuplicate, servers: []int64{1, 2}, state: report.Degraded, exit: 2,
		},
		{
			shape: shape{name: "one id twice, on loopback, and stopped", only: from35, why: "3.4 stays up without the port", do: andSettle(withMyID(map[int]string{2: "1\n"}), 2), args: []string{"-c", "@c2"}},
			root:  diag.MyidDuplicate, servers: []int64{1, 2}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			// Whether the second of them gets to serve is a matter of luck.
			shape: shape{name: "one id twice, on the host of one", options: zktest.Options{
				Hosts: zktest.Namespaces, NoWait: true,
				Config: map[string]string{"quorumListenOnAllIPs": "true"}, Edit: sameID,
			}, do: waitOthers(2), from: 2},
			root: diag.MyidDuplicate, servers: []int64{1, 2}, fires: []report.Code{diag.MyidWrongServer}, exit: 2,
		},
	}
}

func swapIDs(s *zktest.Server) {
	switch s.ID {
	case 1:
		s.MyID = []byte("2\n")
	case 2:
		s.MyID = []byte("1\n")
	}
}

func sameID(s *zktest.Server) {
	if s.ID == 2 {
		s.MyID = []byte("1\n")
	}
}
