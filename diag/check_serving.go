package diag

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// startingLong is the process age past which a server that is still loading its data is a
// warning: enough for a snapshot of several GB.
const startingLong = 5 * time.Minute

// Rules about one server: does it run, does it answer, does it serve?

// tcp is the evidence that one connect is.
func (s *server) tcp(port PortView, wanted string) Evidence {
	return Evidence{Source: "tcp", Server: s.Name, Key: strconv.Itoa(port.Port), Value: string(port.State), Wanted: wanted}
}

// addPort adds as evidence what one connect is, unless the port was not tried.
func (f *Finding) addPort(s *server, port PortView, wanted string) {
	if port.State != PortNotProbed {
		f.Evidence = append(f.Evidence, s.tcp(port, wanted))
	}
}

func (s *server) clientView() PortView { return portView(s.Port, s.client, s.Client) }
func (s *server) quorumView() PortView { return portView(s.Quorum.Number, s.quorumPort, s.Quorum.Look) }

func (s *server) electionView() PortView {
	return portView(s.Election.Number, s.election, s.Election.Look)
}

// answer is the evidence that a failed word is.
func answer[T any](s *server, word string, o snapshot.Obs[T]) Evidence {
	return Evidence{Source: word, Server: s.Name, Value: reasonOf(o.Failure, "answered")}
}

var processDownRule = Rule{
	Code: ProcessDown, Title: "ZooKeeper is not running", Needs: "the client and the election port",
	Explains: []Code{DegradedNoSpare, QuorumLost},
	Eval:     checkProcessDown,
}

func checkProcessDown(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if s.client == PortOpen || s.client == PortSilent {
			return nil // something listens, whatever the other port shows
		}
		return s.bothPorts()
	}
	return e.each(canJudge, func(s *server, out *result) {
		if s.role == RoleDown && s.takenPort() == 0 {
			out.findings = append(out.findings, e.processDown(s))
		}
	})
}

func (e *ensemble) processDown(s *server) Finding {
	whyStopped := "find out why it stopped: run zkdoctor check there, or read the end of its log"
	if s.host != nil {
		whyStopped = "find out why it stopped: read the end of its log"
	}
	f := Finding{
		Severity: e.severity(s), Certainty: Likely, Servers: []string{s.Name},
		Summary: "\"refused\" came back at once from the client and the election port: machine and network are fine, ZooKeeper is not running there.",
		Fix: []Fix{
			{Host: s.Name, Note: whyStopped},
			{Host: s.Name, Note: "start it as it is always started, as its own user (systemctl, zkServer.sh start)", Risk: "none"},
			{Note: "leave version-2 alone on every server"},
		},
	}
	f.addPort(s, s.clientView(), "open")
	if s.counted == unknown {
		f.addPort(s, s.electionView(), "open")
	} else {
		f.Summary = "its client port refuses, and the leader has lost it: ZooKeeper is not running there. Its election port was not looked at."
		f.Evidence = append(f.Evidence, e.counts())
	}
	if n, of := e.enough(); n > 0 && n < of {
		f.Fix = slices.Insert(f.Fix, 0, Fix{Note: fmt.Sprintf("%d of the %d that are out is enough to restore service", n, of)})
	}
	if s.host != nil && s.host.config != nil {
		f.addProblems(s.host)
	}
	if s.host != nil {
		f.Certainty = Proven
		f.Evidence = append(f.Evidence, Evidence{Source: "process", Server: s.Name, Value: "no QuorumPeerMain for " + s.host.ConfigPath})
		f.Evidence = append(f.Evidence, s.host.serviceEvidence()...)
		f.Evidence = append(f.Evidence, s.host.logged(fatalSigns)...)
	}
	return f
}

// addProblems adds what ZooKeeper would die of in the configuration: then that is
// why it does not run. Problems of some versions only are left out, for which
// one it was is not known.
func (f *Finding) addProblems(h *host) {
	for _, p := range h.config.Problems {
		if p.Versions != "" {
			continue
		}
		f.Evidence = append(f.Evidence, Evidence{Source: "zoo.cfg", Server: h.name(), Key: p.Key, Value: p.Text, File: p.File, Line: p.Line})
		f.Fix = slices.Insert(f.Fix, 0, Fix{Host: h.name(), Note: fmt.Sprintf("mend %s, line %d: ZooKeeper does not start with it", p.File, p.Line)})
	}
}

// enough is how many of the voters that are out have to come back for a quorum;
// 0 while there is one.
func (e *ensemble) enough() (need, out int) {
	if e.verdict.State != Down {
		return 0, 0
	}
	for _, s := range e.servers {
		if s.voter() && s.role == RoleDown {
			out++
		}
	}
	return max(e.verdict.QuorumNeeded-len(e.votes.alive), 0), out
}

var serverNotServingRule = Rule{
	Code: ServerNotServing, Title: "runs, and serves nobody", Needs: "srvr, twice",
	Traits: Traits{NeverRoot: true},
	// A server that is out for no reason that was found still explains why nothing is spare.
	Explains: []Code{DegradedNoSpare, StatusScriptMisleading},
	Eval:     checkServerNotServing,
}

func checkServerNotServing(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if s.client == PortOpen && !s.Srvr.Seen() && !s.notServing() && s.serving == unknown {
			return &Skip{Kind: SkipUndecided, Reason: "it answers nothing that tells"}
		}
		return s.answered()
	}
	return e.each(canJudge, func(s *server, out *result) {
		if !s.notServing() || s.role != NotServing {
			return
		}
		f := Finding{
			Severity: e.severity(s), Certainty: Proven, Servers: []string{s.Name},
			Summary: "it runs and answers, and says that it serves nobody: it is not in a quorum.",
			Evidence: []Evidence{
				{Source: "srvr", Server: s.Name, Value: "not currently serving requests", Wanted: "Mode: leader or follower"},
			},
			Fix: []Fix{{Host: s.Name, Note: "run zkdoctor check on that host: its files and sockets tell why"}},
		}
		if s.Ruok.Seen() {
			f.Evidence = append(f.Evidence, Evidence{Source: "ruok", Server: s.Name, Value: "imok (proves only that the process lives)"})
		}
		f.addPort(s, s.electionView(), "open")
		f.Evidence = append(f.Evidence, s.host.logged(outsideSigns)...)
		switch {
		case e.mightLead(s):
			f.Severity, f.Certainty = Info, Possible
			f.Summary = "it runs and answers, and says that it serves nobody. Others follow, and nobody is seen to lead: it may lead with leaderServes=no, and then all is well."
			f.Fix = []Fix{{Host: s.Name, Note: "run zkdoctor check on that host, or where its quorum port can be reached: they tell whether it leads. Do not restart it before that"}}
		case e.verdict.State != Down && !e.twice(s, func(s *server) bool { return s.notServing() }):
			// One look: it may be joining this moment.
			f.Certainty, out.lookAgain = Possible, true
		}
		out.findings = append(out.findings, f)
	})
}

// silent reports a client port that accepts and does not answer.
func silent(s *server) bool { return s.client == PortSilent }

// hangs reports a server that takes connections, by one port at least, and does
// not answer.
func hangs(s *server) bool { return silent(s) || s.queued || s.swallows() && s.stoppedHere() }

var serverHungRule = Rule{
	Code: ServerHung, Title: "accepts connections, and does not answer", Needs: "srvr, twice, and the election port",
	Explains: keptOut,
	Eval:     checkServerHung,
}

func checkServerHung(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		switch {
		case silent(s) && s.election != PortOpen && s.election != PortRefused:
			return &Skip{Kind: SkipUndecided, Reason: "its election port gave no answer either"}
		case hangs(s):
			return nil
		case s.swallows():
			return &Skip{Kind: SkipUndecided, Reason: "a firewall before its client port, or it hangs and its queue is full"}
		}
		return s.answered()
	}
	return e.each(canJudge, func(s *server, out *result) {
		if !hangs(s) || s.election == PortRefused { // then it is starting
			return
		}
		f := e.hung(s)
		if f.Certainty != Proven && !e.twice(s, hangs) {
			f.Certainty, out.lookAgain = Possible, true
		}
		out.findings = append(out.findings, f)
	})
}

func (e *ensemble) hung(s *server) Finding {
	f := Finding{
		Severity: e.severity(s), Certainty: Likely, Servers: []string{s.Name},
		Summary: "the kernel accepts connections for it, and the process does not answer: stopped, in a long garbage collection, out of memory or starved of CPU.",
		Evidence: []Evidence{
			{Source: "srvr", Server: s.Name, Value: fmt.Sprintf("no answer in %s", seconds(s.Srvr.Took)), Wanted: "an answer within milliseconds"},
		},
		Fix: []Fix{
			{Host: s.Name, Note: "take three thread dumps some seconds apart before anything else: jstack PID"},
			{Host: s.Name, Note: "then restart it", Risk: "with no spare voter a restart is an outage; here it serves nobody as it is"},
		},
	}
	f.addPort(s, s.electionView(), "")
	if !silent(s) {
		f.Summary = "its client port swallows connections while its election port takes them, and it is in no quorum: it hangs, and its queue of connections is full. Less likely: it is out for another reason, and a firewall drops its client port."
		f.Evidence[0] = s.tcp(s.clientView(), "open")
		f.Fix = slices.Insert(f.Fix, 0, Fix{
			Host: s.Name, Command: fmt.Sprintf("ss -ltn 'sport = :%d'", s.Port),
			Note: "make sure: it hangs when Recv-Q is above Send-Q, the queue's length", Risk: "none",
		})
	}
	if s.queued {
		f.Evidence = append(f.Evidence, e.counts())
	}
	if s.stoppedHere() {
		f.Certainty = Proven
		f.Evidence = append(f.Evidence, Evidence{
			Source: "process", Server: s.Name, Key: "pid " + strconv.Itoa(s.host.Process.PID),
			Value: "state T: stopped by a signal", Wanted: "S or R",
		})
		f.Summary = "its process is stopped by a signal; the kernel still accepts connections for it."
		f.Fix = []Fix{{
			Host: s.Name, Command: fmt.Sprintf("kill -CONT %d", s.host.Process.PID),
			Note: "once you know who stopped it (a debugger, job control, a freezer), let it go on", Risk: "none",
		}}
	}
	return f
}

var serverStartingRule = Rule{
	Code: ServerStarting, Title: "is still loading its data", Needs: "srvr and the election port",
	Explains: keptOut,
	Eval:     checkServerStarting,
}

func checkServerStarting(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if silent(s) && s.election == PortNotProbed {
			return &Skip{Kind: SkipUndecided, Reason: "hung or starting: its election port was not probed"}
		}
		return s.answered()
	}
	return e.each(canJudge, func(s *server, out *result) {
		if !s.starting() {
			return
		}
		f := Finding{
			Severity: Info, Certainty: Likely, Servers: []string{s.Name},
			Summary: "the election port opens once the data is loaded: it is still loading its snapshot and logs, or stuck in that.",
			Evidence: []Evidence{
				answer(s, "srvr", s.Srvr),
				s.tcp(s.electionView(), "open once the data is loaded"),
			},
			Fix: []Fix{{Host: s.Name, Note: "wait; loading takes about as long as reading the newest snapshot from disk"}},
		}
		if s.host != nil {
			if age, ok := s.host.age(e.snap.Started); ok {
				f.Evidence = append(f.Evidence, Evidence{Source: "process", Server: s.Name, Key: "age", Value: age.Round(time.Second).String()})
				if age > startingLong {
					f.Severity = Warning
				}
			}
		}
		out.findings = append(out.findings, f)
	})
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

var leaderServesNoRule = Rule{
	Code: LeaderServesNo, Title: "leads, and serves no clients by choice", Needs: "srvr of all voters and the quorum port",
	Explains: []Code{StatusScriptMisleading},
	Eval:     checkLeaderServesNo,
}

func checkLeaderServesNo(e *ensemble) result {
	return e.each(func(s *server) *Skip { return e.mayLead(s) }, func(s *server, out *result) {
		if s.role != Leader || !s.notServing() {
			return
		}
		f := Finding{
			Severity: Info, Certainty: Possible, Servers: []string{s.Name},
			Summary:  "it leads and answers clients and monitors like a server without a quorum. Do not restart it.",
			Evidence: []Evidence{{Source: "srvr", Server: s.Name, Value: "not currently serving requests"}},
		}
		f.addPort(s, s.quorumView(), "open on the leader only")
		if e.twice(s, func(s *server) bool { return s.inferred }) {
			f.Certainty = Likely
		}
		if s.toldByAdmin() {
			f.Certainty = Proven
			f.Evidence = append(f.Evidence, Evidence{Source: sourceAdmin, Server: s.Name, Key: "server_state", Value: "leader"})
		}
		for _, o := range e.filter(func(o *server) bool { return o.role == Follower }) {
			f.Evidence = append(f.Evidence, Evidence{Source: "srvr", Server: o.Name, Value: "Mode: follower"})
		}
		if _, no := s.host.leaderServesNo(); no {
			f.Certainty = Proven
			f.Evidence = append(f.Evidence, leaderServesEvidence(s.host))
		}
		out.findings = append(out.findings, f)
	})
}

// leaderServesEvidence is what says that a host's server serves no clients while it leads;
// something must.
func leaderServesEvidence(h *host) Evidence {
	if byFile, _ := h.leaderServesNo(); byFile {
		set := h.config.LeaderServes
		return h.setting("leaderServes", "no", set.File, set.Line)
	}
	return Evidence{Source: "process", Server: h.name(), Key: "-Dzookeeper.leaderServes", Value: "no"}
}

// mayLead tells why it cannot be said whether a server that does not serve leads
// all the same; nil when it can.
func (e *ensemble) mayLead(s *server) *Skip {
	if !s.notServing() || s.inferred || !s.voter() || len(e.verdict.Leaders) > 0 {
		return s.answered()
	}
	if s.quorumPort == PortNotProbed {
		return &Skip{Kind: SkipNotLooked, Reason: "its quorum port was not probed"}
	}
	if s.quorumPort == PortOpen && e.votes.open > 0 && e.servesAnywhere() {
		return &Skip{Kind: SkipUndecided, Reason: "another voter, that was not seen, may lead"}
	}
	return nil
}

var standaloneInEnsembleRule = Rule{
	Code: StandaloneInEnsemble, Title: "a server runs alone beside the ensemble", Needs: "srvr",
	Traits:   Traits{DataAtRisk: true},
	Explains: []Code{SplitBrain, ServerNotServing, ReadOnlyMode, DegradedNoSpare, QuorumLost},
	Eval:     checkStandaloneInEnsemble,
}

func checkStandaloneInEnsemble(e *ensemble) result {
	return e.each((*server).answered, func(s *server, out *result) {
		if s.role != Standalone || e.loneStandalone() {
			return
		}
		f := Finding{
			Severity: Critical, Certainty: Likely, Servers: []string{s.Name},
			Summary: "it takes reads and writes of its own and shares nothing with the others: its data drifts away with every write.",
			Evidence: []Evidence{
				{Source: "srvr", Server: s.Name, Value: "Mode: standalone", Wanted: "leader or follower"},
			},
			Fix: []Fix{
				{Host: s.Name, Note: "keep clients away from it and decide whose data counts: what was written here is nowhere else"},
				{
					Host: s.Name, Note: "give it the server.N lines of the others and its myid; stop it, MOVE version-2 out of dataDir and dataLogDir, start it",
					Risk: "only while the others serve; never two such servers at a time",
				},
			},
		}
		switch {
		case e.provesQuorum(), e.list.proven() && len(e.list.Voters()) > 1:
			f.Certainty = Proven
		case len(e.filter(func(o *server) bool { return o.role == Standalone && o.twin == nil })) < 2:
			// What the other targets are was not seen: it may be alone on purpose.
			f.Certainty = Possible
		}
		if h := s.host; h != nil && h.config != nil && len(h.config.Servers) < 2 {
			f.Evidence = append(f.Evidence, Evidence{
				Source: "zoo.cfg", Server: s.Name, Key: "server.N",
				Value: plural(len(h.config.Servers), "line"), Wanted: "2 or more", File: h.config.Path,
			})
		}
		out.findings = append(out.findings, f)
	})
}
