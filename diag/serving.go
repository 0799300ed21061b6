package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// startingLong is the process age past which a server that is still loading its data is a
// warning: enough for a snapshot of several GB.
const startingLong = 5 * time.Minute

// Rules about one server: does it run, does it answer, does it serve?

const ProcessDown report.Code = "process-down"

var processDownRule = Rule{
	Code: ProcessDown, Title: "ZooKeeper is not running", Needs: "the client and the election port",
	Traits:   theory.Traits{Proximate: true, Ended: true},
	Explains: []report.Code{"degraded-no-spare", "quorum-lost", "leader-not-committing"},
	Eval:     checkProcessDown,
}

func checkProcessDown(e *model.Ensemble) Outcome {
	enough := enoughToStart(e)
	return eachServer(e, func(s *model.Server) Outcome {
		listens := s.ClientPort == report.PortOpen || s.ClientPort == report.PortSilent
		if why := whyNotBothPorts(s); why.skipped() && !listens { // then the other port does not matter
			return why
		}
		if s.Role != report.RoleDown || s.TakenPort() != 0 {
			return Outcome{}
		}
		return found(processDownFinding(e, s, enough))
	})
}

func processDownFinding(e *model.Ensemble, s *model.Server, enough []report.Fix) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   "the client and the election port both refused the connection: the host and the network work, ZooKeeper is not running there.",
		Fix: []report.Fix{
			step(s.Name, whyItStopped(e, s)),
			startOf(s),
			{Note: "do not delete or move version-2, unless another finding's steps say so"},
		},
	}
	addPort(&f, s, clientView(s), "open")
	if s.Counted == model.Unknown {
		addPort(&f, s, electionView(s), "open")
	} else {
		f.Summary = "its client port refuses, and the leader no longer counts it as a follower: ZooKeeper is not running there. Its election port was not checked."
		addEvidence(&f, countEvidence(e))
	}
	f.Fix = slices.Insert(f.Fix, 0, enough...)
	if noMember(e, s) {
		f.Summary += " The member list that the ensemble runs with does not contain it: started like this, it has no vote, or exits at once."
		f.Fix = slices.Insert(f.Fix, 0, step("", "find out whether it must be a member: if so, add its line on each server (reconfig -add, or zoo.cfg and a restart) before it is started"))
	}
	if s.Local != nil && s.Local.Settings != nil {
		addProblems(&f, s.Local)
	}
	if s.Local != nil {
		f.Certainty = report.Proven
		addEvidence(&f, report.Evidence{Source: "process", Value: "no QuorumPeerMain for " + s.Local.ConfigPath})
		addEvidence(&f, serviceEvidence(s.Local)...)
		addEvidence(&f, logEvidences(s.Local, fatalSigns)...)
	}
	return f
}

// noMember reports whether a server is in no line of the list that was reported, and each line of
// that is another server: it is no member by another address.
func noMember(e *model.Ensemble, s *model.Server) bool {
	unseen := func(m zoocfg.Server) bool { return e.ByLine(m.ID) == nil }
	return s.Line == nil && !e.Mixed && e.List.InForce() && len(e.List.Servers) > 0 &&
		!slices.ContainsFunc(e.List.Servers, unseen)
}

// whyItStopped is the step that finds out why a server does not run. It sends nobody to what
// was read already.
func whyItStopped(e *model.Ensemble, s *model.Server) string {
	here := func(a netip.Addr) bool { return slices.Contains(e.Snap.Vantage.Addrs.Value, a) }
	switch {
	case s.Local == nil && slices.ContainsFunc(s.Resolve.Value, here):
		return "it is on this host, and its configuration was not found: zkdoctor check -c ZOO.CFG reads its files and its log to find out why it stopped"
	case s.Local == nil:
		return "find out why it stopped: run zkdoctor check there, or read the end of its log"
	case len(logEvidences(s.Local, fatalSigns)) > 0:
		return "fix first the error at the end of its log"
	case s.Local.Log.Seen():
		return "its log does not show why it stopped. Check whether it was stopped by hand, or killed (dmesg, journalctl)"
	}
	return "find out why it stopped: " + noLog(s.Local) + "; zkdoctor check --log FILE reads it"
}

// addProblems adds what ZooKeeper would die of in the configuration: then that is
// why it does not run. Problems of some versions only are left out, for which
// one it was is not known.
func addProblems(f *report.Finding, h *model.Host) {
	for _, p := range h.Settings.Problems {
		if p.Versions != "" {
			continue
		}
		addEvidence(f, report.Evidence{Source: "zoo.cfg", Key: p.Key, Value: p.Text, File: p.File, Line: p.Line})
		f.Fix = slices.Insert(f.Fix, 0, step(nameOf(h), fmt.Sprintf("correct %s, line %d: ZooKeeper does not start with it", p.File, p.Line)))
	}
}

// enoughToStart says how many of the voters that are down have to come back for a quorum; nothing while
// there is one, and where all of them have to. Only voters that are seen to wait for others count as
// there: one that does not respond, or has another's id, may not vote.
func enoughToStart(e *model.Ensemble) []report.Fix {
	if e.Verdict.State != report.Down || e.List.Quorums.Hierarchical() {
		return nil
	}
	able := map[int64]bool{}
	var down []string
	for _, id := range e.List.Quorums.Voters() {
		switch s := e.ByLine(id); {
		case s == nil:
		case s.Role == report.RoleDown:
			down = append(down, s.Name)
		case s.Serving == model.Yes, s.Role == report.ReadOnly, s.Condition == model.RunsIdle:
			able[e.Vote(s)] = true
		}
	}
	need := e.Verdict.QuorumNeeded - len(able)
	if need <= 0 || need >= len(down) {
		return nil
	}
	are := "are"
	if need == 1 {
		are = "is"
	}
	return []report.Fix{{Note: fmt.Sprintf("begin with the easiest to fix: of the %d voters that are down (%s), any %d %s enough for a quorum", len(down), enumerate(down), need, are)}}
}

const ServerNotServing report.Code = "server-not-serving"

var serverNotServingRule = Rule{
	Code: ServerNotServing, Title: "runs, but does not serve clients", Needs: "srvr, twice",
	Traits: theory.Traits{Symptom: true},
	// A server that is out for no reason that was found still explains why nothing is spare.
	Explains: []report.Code{"degraded-no-spare", "status-script-misleading"},
	Eval:     perServer(checkServerNotServing),
}

func checkServerNotServing(e *model.Ensemble, s *model.Server) Outcome {
	if s.ClientPort == report.PortOpen && !s.Srvr.Seen() && !s.NotServing() && s.Serving == model.Unknown {
		return undecided("its answers do not show it")
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	if !s.NotServing() || s.Role != report.NotServing {
		return Outcome{}
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   "it runs and answers, and reports that it does not serve: it is not in a quorum.",
		Evidence: []report.Evidence{
			{Source: "srvr", Value: "not currently serving requests", Wanted: "Mode: leader or follower"},
		},
		Fix: lookThere(s, "run zkdoctor check on that host: its files and sockets show why"),
	}
	if s.Local != nil {
		f.Fix = []report.Fix{restartOf(s, "if it does not join within a minute, ",
			"none for clients, it does not serve; a fault in its files or with its ports remains after the restart")}
	}
	if s.Ruok.Seen() {
		addEvidence(&f, report.Evidence{Source: "ruok", Value: "imok (proves only that the process lives)"})
	}
	addPort(&f, s, electionView(s), "open")
	addEvidence(&f, logEvidences(s.Local, outsideSigns)...)
	switch {
	case e.MightLead(s):
		f.Severity, f.Certainty = report.Info, report.Possible
		f.Summary = "it runs and answers, and reports that it does not serve. Others follow, and no leader was seen: it may be the leader with leaderServes=no, and then nothing is wrong."
		f.Fix = steps(s.Name, "run zkdoctor check where its quorum port can be reached, or on the followers' hosts: that shows whether it leads. Do not restart it before that")
		if s.Local == nil {
			f.Fix = steps(s.Name, "run zkdoctor check on that host, or where its quorum port can be reached: that shows whether it leads. Do not restart it before that")
		}
	case mayLeadUnseen(e, s):
		f.Certainty = report.Likely
		f.Summary = "it runs and answers, and reports that it does not serve. Less likely: it leads with leaderServes=no, and the servers that were not seen follow it."
		f.Fix = steps(s.Name, "find out first whether it leads: check the voters that were not seen. Do not restart it before that")
		if !e.Twice(s, func(s *model.Server) bool { return s.NotServing() }) {
			return inOneLook(f)
		}
	case e.Verdict.State != report.Down && !e.Twice(s, func(s *model.Server) bool { return s.NotServing() }):
		return inOneLook(f) // it may be joining this moment
	default:
		electsAlone(e, s, &f)
	}
	return found(f)
}

const ServerHung report.Code = "server-hung"

var serverHungRule = Rule{
	Code: ServerHung, Title: "accepts connections, does not respond", Needs: "srvr, twice, and the election port",
	Traits:   theory.Traits{Unsettled: true},
	Explains: keptOut,
	Eval:     perServer(checkServerHung),
}

func checkServerHung(e *model.Ensemble, s *model.Server) Outcome {
	switch {
	case model.Silent(s) && s.StoppedHere():
	case model.Silent(s) && s.ElectionPort != report.PortOpen && s.ElectionPort != report.PortRefused:
		return undecided("its election port gave no answer either")
	case model.Hangs(s) && s.ElectionPort == report.PortRefused:
		return Outcome{} // it is starting
	case model.Hangs(s):
	case s.DropsConnections():
		return undecided("a firewall blocks its client port, or it does not respond and its connection queue is full")
	default:
		return whyNoAnswer(s)
	}
	f := hungFinding(e, s)
	if f.Certainty != report.Proven && !e.Twice(s, model.Hangs) {
		return inOneLook(f)
	}
	return found(f)
}

func hungFinding(e *model.Ensemble, s *model.Server) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   "the kernel accepts connections, but the process does not answer: it is stopped, in a long garbage collection, out of memory or without CPU.",
		Evidence: []report.Evidence{
			{
				Source: "srvr",
				Value:  fmt.Sprintf("no answer in %s", seconds(s.Srvr.Took)), Wanted: "an answer within milliseconds",
			},
		},
		Fix: []report.Fix{
			inspect(s.Name, "ps -o pid,stat,etime,pcpu,args -C java", "find its PID and state: T is stopped by a signal; then continue it (kill -CONT PID) instead of the next steps"),
			step(s.Name, "take three thread dumps, some seconds apart: timeout 20 jstack PID"),
			restartOf(s, "if it still does not answer, ", restartHung(e, s)),
		},
	}
	addPort(&f, s, electionView(s), "")
	if !model.Silent(s) {
		f.Summary = "its client port does not reply (timeout), its election port accepts connections, and it is in no quorum: the process does not respond (hung), and its connection queue is full. Less likely: it is not in the quorum for another reason, and a firewall drops its client port."
		f.Evidence[0] = tcpEvidence(s, clientView(s), "open")
		f.Fix = slices.Insert(f.Fix, 0, inspect(s.Name, fmt.Sprintf("ss -ltn 'sport = :%d'", s.Port), "if Recv-Q is greater than Send-Q, it does not respond (hung); if not, do not restart it: check the firewall"))
	}
	if s.QueueFull {
		addEvidence(&f, countEvidence(e))
	}
	if s.StoppedHere() {
		f.Certainty = report.Proven
		addEvidence(&f, processEvidence(s.Local, "state T: stopped by a signal", "state S or R"))
		f.Summary = "its process is stopped by a signal; the kernel still accepts connections."
		f.Fix = []report.Fix{{
			Host: s.Name, Command: fmt.Sprintf("kill -CONT %d", s.Local.Process.PID),
			Note: "continue it once you know what stopped it (job control, a script, kill -STOP)", Risk: "none",
		}}
	}
	return f
}

// restartHung is the risk of restarting a server that does not answer.
func restartHung(e *model.Ensemble, s *model.Server) string {
	switch {
	case s.Counted == model.Yes:
		return "the leader counts it in sync, so it may still confirm writes: if the ensemble can lose 0 more, this is an outage"
	case s.Counted == model.Unknown && e.OnlyLeader() != nil:
		return "it serves no clients now; whether it still confirms writes was not reported"
	}
	return "none: it serves no clients and is in no quorum now"
}

const ServerStarting report.Code = "server-starting"

var serverStartingRule = Rule{
	Code: ServerStarting, Title: "still loading its data", Needs: "srvr and the election port",
	Traits:   theory.Traits{Unsettled: true},
	Explains: keptOut,
	Eval:     perServer(checkServerStarting),
}

func checkServerStarting(e *model.Ensemble, s *model.Server) Outcome {
	if model.Silent(s) && s.ElectionPort == report.PortNotProbed {
		return undecided("hung or starting: its election port was not probed")
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	if !s.Starting() {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Likely,
		Summary: "the election port opens when the data is loaded: it is still loading its snapshot and logs, or is stuck there.",
		Evidence: []report.Evidence{
			failedWord("srvr", s.Srvr),
			tcpEvidence(s, electionView(s), "open when the data is loaded"),
		},
		Title: "still loading its data: wait, do not restart it",
		Fix:   steps(s.Name, "wait: loading takes about as long as reading the newest snapshot from disk. Do not restart it: it would begin again"),
	}
	if s.Local != nil {
		if age, ok := s.Local.Age(e.Snap.Started); ok {
			addEvidence(&f, report.Evidence{Source: "process", Key: "age", Value: age.Round(time.Second).String()})
			if age > startingLong {
				// A title is a label of a metric: it has no number that moves.
				f.Severity, f.Title = report.Warning, "still loading its data after more than 5 minutes"
				f.Fix = steps(s.Name, "check whether it still reads its data, before you restart it: a restart begins again (zkdoctor explain server-starting)")
			}
		}
	}
	return found(f)
}

const LeaderServesNo report.Code = "leader-serves-no"

var leaderServesNoRule = Rule{
	Code: LeaderServesNo, Title: "leaderServes=no: the leader accepts no clients",
	Needs:    "srvr of all voters and the quorum port",
	Explains: []report.Code{"status-script-misleading"},
	Eval:     perServer(checkLeaderServesNo),
}

func checkLeaderServesNo(e *model.Ensemble, s *model.Server) Outcome {
	if why := whyNoLead(e, s); why.skipped() {
		return why
	}
	if s.Role != report.Leader || !s.NotServing() {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Possible,
		Summary:  "it leads, but answers clients and monitors like a server without a quorum. Do not restart it.",
		Evidence: []report.Evidence{{Source: "srvr", Value: "not currently serving requests"}},
	}
	addPort(&f, s, quorumView(s), "open on the leader only")
	if e.Twice(s, func(s *model.Server) bool { return s.Inferred }) {
		f.Certainty = report.Likely
	}
	if s.ReportedByAdmin() {
		f.Certainty = report.Proven
		addEvidence(&f, report.Evidence{Source: model.SourceAdmin, Key: "server_state", Value: "leader"})
	}
	for _, o := range e.Filter(func(o *model.Server) bool { return o.Role == report.Follower }) {
		addEvidence(&f, report.Evidence{Source: "srvr", Server: o.Name, Value: "Mode: follower"})
	}
	if _, no := s.Local.LeaderServesNo(); no {
		if f.Certainty = report.Likely; e.Twice(s, func(s *model.Server) bool { return s.Inferred }) {
			f.Certainty = report.Proven // followers report for some ticks that they follow one that is gone
		}
		addEvidence(&f, leaderServesEvidence(s.Local))
	}
	return found(f).lookAgain(f.Certainty != report.Proven)
}

// leaderServesEvidence is what says that a host's server serves no clients while it leads;
// something must.
func leaderServesEvidence(h *model.Host) report.Evidence {
	if byFile, _ := h.LeaderServesNo(); byFile {
		no := settingEvidence(h, "leaderServes", h.Settings.LeaderServes, "")
		no.Value = "no"
		return no
	}
	return optionEvidence("-Dzookeeper.leaderServes", "no", "")
}

// whyNoLead tells why it cannot be said whether a server that does not serve leads
// all the same; empty when it can.
func whyNoLead(e *model.Ensemble, s *model.Server) Outcome {
	if !s.NotServing() || s.Inferred || !s.Voter() || len(e.Verdict.Leaders) > 0 {
		return whyNoAnswer(s)
	}
	if s.QuorumPort == report.PortNotProbed {
		return skip(report.SkipNotLooked, "its quorum port was not probed")
	}
	if s.QuorumPort == report.PortOpen && e.Votes.Open > 0 && e.ServesAnywhere() {
		return undecided("another voter that was not seen may lead")
	}
	return Outcome{}
}

// outsideSigns are what a server writes that runs and finds no quorum.
var outsideSigns = []logline.Sign{
	logline.ListenerGone, logline.AddressForeign, logline.NoSpace, logline.DatabaseUnloaded, logline.OwnIDElsewhere,
	logline.EpochAhead, logline.PeerTLS, logline.PeerTLSHello, logline.PeerFIPS, logline.PeerSASL,
	logline.PeerTLSCut, logline.UnknownPeer, logline.SyncGaveUp, logline.LeaderUnreached, logline.PeerUnreached,
}

// mayLeadUnseen reports whether a server that reports it does not serve may lead voters that were
// not seen: nothing shows that it does not, and with them it is a quorum.
func mayLeadUnseen(e *model.Ensemble, s *model.Server) bool {
	if !s.NotServing() || !s.Voter() || s.Line == nil || s.QuorumPortClosed() ||
		e.Votes.Open == 0 || len(e.Leaders()) > 0 {
		return false
	}
	if _, no := s.Local.LeaderServesNo(); s.RunsHere() && s.Local.Settings != nil && !no {
		return false
	}
	with := map[int64]bool{s.Line.ID: true}
	for id := range e.Votes.Possible {
		with[id] = true
	}
	return e.List.Quorums.Contains(with)
}
