package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

const QuorumPortConflict report.Code = "quorum-port-conflict"

var quorumPortConflictRule = Rule{
	Code: QuorumPortConflict, Title: "another program holds its quorum port", Needs: "srvr, twice, and the quorum port",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: []report.Code{"server-not-serving", "quorum-lost", "status-script-misleading"},
	Eval:     perServer(checkQuorumPortConflict),
}

// checkQuorumPortConflict reports a follower on whose quorum port something
// listens: ZooKeeper opens that port on the leader alone, so it is another program's,
// and this server cannot lead (Leader binds it when it is elected).
func checkQuorumPortConflict(e *model.Ensemble, s *model.Server) Outcome {
	if own := quorumPortOwned(e, s); own.skipped() || own.findings != nil {
		return own
	}
	leaders := e.Leaders()
	follows := func(s *model.Server) bool { return s.Role == report.Follower && s.QuorumPort == report.PortOpen }
	switch {
	case s.QuorumPort == report.PortNotProbed:
		return skip(report.SkipNotLooked, "its quorum port was not probed")
	case s.NotServing() && len(leaders) == 0:
		return acceptedInBetween(e, s)
	case s.Role != report.Follower:
		return whyNoAnswer(s)
	case len(leaders) != 1:
		return undecided("not exactly one leader was seen")
	}
	// On loopback all servers share a host, and one that listens on all addresses
	// does so on its neighbours' too.
	if !follows(s) || s.DuplicateOf != nil || model.AllLoopback(s.PeerAddrs().Value) {
		return Outcome{}
	}
	if b := e.Earlier(s); b != nil && !follows(b) {
		return Outcome{} // the port was looked at then, when it may have led
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Later: true,
		Summary: fmt.Sprintf("it follows %s, but a program listens on its quorum port %d, which only a leader opens. It cannot lead; if it is elected, the others wait until it gives up.", leaders[0].Name, s.Quorum.Number),
		Evidence: []report.Evidence{
			{Source: "srvr", Key: "Mode", Value: "follower"},
			tcpEvidence(s, quorumView(s), "refused: it does not lead"),
		},
		Fix: []report.Fix{
			inspect(s.Name, fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", s.Quorum.Number), "find out which program listens there; move that program, not ZooKeeper"),
		},
	}
	if !e.Twice(s, follows) {
		return inOneLook(f) // it may have led a moment ago
	}
	return found(f)
}

// acceptedInBetween is the outcome for a server that serves nobody where nobody leads. A server that is
// just being elected opens its quorum port, and two may be at it for a moment: where all that were
// asked over the network have it open and serve nobody in two looks, what accepts in their name stands
// in between. A host asks its own server past what stands in between.
func acceptedInBetween(e *model.Ensemble, s *model.Server) Outcome {
	accepts := func(s *model.Server) bool {
		return s.NotServing() && s.QuorumPort == report.PortOpen && s.DuplicateOf == nil &&
			!model.AllLoopback(s.PeerAddrs().Value)
	}
	all := e.Filter(accepts)
	refuses := func(s *model.Server) bool { return s.Voter() && s.NotServing() && !s.RunsHere() && !accepts(s) }
	joins := func(s *model.Server) bool { return !e.Twice(s, (*model.Server).NotServing) }
	switch {
	case !accepts(s) || len(all) < 2 || len(e.Filter(refuses)) > 0:
		return Outcome{}
	case e.Before == nil:
		return skip(report.SkipOneLook, "several servers that do not serve have open quorum ports; two checks are needed").lookAgain(true)
	case len(e.Before.Leaders()) > 0 || slices.ContainsFunc(all, joins):
		return Outcome{} // it may have led then
	}
	return found(report.Finding{
		Severity: severityOf(e, s), Certainty: report.Likely,
		Title: "a proxy accepts connections between the servers",
		Summary: fmt.Sprintf("%d servers do not serve, but their quorum ports accept connections, which only a leader's does: a proxy in front of them, as in a service mesh, accepts for them.",
			len(all)),
		Evidence: []report.Evidence{tcpEvidence(s, quorumView(s), "closed: it does not lead")},
		Fix: []report.Fix{
			step(s.Name, "exclude the quorum and election ports (2888, 3888) from the proxy"),
			risky(s.Name, "if the proxy must stay and forwards to 127.0.0.1: set quorumListenOnAllIPs=true in zoo.cfg, and restart",
				"none: it does not serve clients now"),
		},
	})
}

// quorumPortOwned is what the host itself shows of the quorum port of a server that runs there:
// which other process listens on it.
func quorumPortOwned(e *model.Ensemble, s *model.Server) Outcome {
	if !s.RunsHere() || s.Role == report.Leader {
		return Outcome{}
	}
	if s.Local.Owners.Failure != nil && s.Local.ListensAt(s.PeerAddrs().Value, s.Quorum.Number) {
		return undecided(reasonOf(s.Local.Owners, ""))
	}
	o := s.Local.OwnerAt(s.PeerAddrs().Value, s.Quorum.Number, e.Hosts)
	if o == nil {
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Warning, Certainty: report.Proven, Later: true,
		Summary: fmt.Sprintf("%s listens on its quorum port %d, which a leader needs. The server cannot lead; if it is elected, the others wait until it gives up.",
			ownerName(o), s.Quorum.Number),
		Evidence: []report.Evidence{
			processEvidence(s.Local, "does not listen on "+strconv.Itoa(s.Quorum.Number), ""), socketOwnerEvidence(o),
		},
		Fix: []report.Fix{seeOwner(s.Name, o), step(s.Name, "stop or move that program, not ZooKeeper: ZooKeeper opens the port when it is elected next")},
	})
}

const ClientPortConflict report.Code = "client-port-conflict"

var clientPortConflictRule = Rule{
	Code: ClientPortConflict, Title: "another program holds its client port", Needs: "a server's own process and sockets",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"not-zookeeper", "conn-limit-reached", "server-hung"}),
	// It ends when it cannot bind it (exit code 1, all versions).
	Eval: perHost(portTaken("its client port", func(s *model.Server) int { return s.Port })),
}

const ElectionPortConflict report.Code = "election-port-conflict"

var electionPortConflictRule = Rule{
	Code: ElectionPortConflict, Title: "another program holds its election port",
	Needs:    "a server's own process and sockets",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"client-port-mismatch"}),
	// 3.5.6 and later end with exit code 14; earlier ones stay up without a listener.
	Eval: perHost(func(e *model.Ensemble, h *model.Host) Outcome {
		if h.Process != nil {
			return listenerKeptOut(e, h)
		}
		return portTaken("its election port", func(s *model.Server) int { return s.Election.Number })(e, h)
	}),
}
