package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
)

const QuorumPortConflict report.Code = "quorum-port-conflict"

var quorumPortConflictRule = Rule{
	Code: QuorumPortConflict, Title: "another program has its quorum port", Needs: "srvr, twice, and the quorum port",
	Eval: perServer(checkQuorumPortConflict),
}

// checkQuorumPortConflict reports a follower on whose quorum port something
// listens: ZooKeeper opens that port on the leader alone, so it is another program's,
// and this server cannot lead (Leader binds it when it is elected).
func checkQuorumPortConflict(e *model.Ensemble, s *model.Server) Outcome {
	leaders := e.Leaders()
	follows := func(s *model.Server) bool { return s.Role == report.Follower && s.QuorumPort == report.PortOpen }
	switch {
	case s.QuorumPort == report.PortNotProbed:
		return skip(report.SkipNotLooked, "its quorum port was not probed")
	case s.Role != report.Follower:
		return whyNoAnswer(s)
	case len(leaders) != 1:
		return undecided("just one leader was not seen")
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
		Severity: report.Warning, Certainty: report.Likely,
		Summary: fmt.Sprintf("it follows %s, and something listens on its quorum port %d, which only a leader opens: another program. It cannot lead; if it is elected, the others wait until it has given up.", leaders[0].Name, s.Quorum.Number),
		Evidence: []report.Evidence{
			{Source: "srvr", Key: "Mode", Value: "follower"},
			tcpEvidence(s, quorumView(s), "refused: it does not lead"),
		},
		Fix: []report.Fix{
			inspect(s.Name, fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", s.Quorum.Number), "who listens there; move that program, not ZooKeeper"),
		},
	}
	if !e.Twice(s, follows) {
		return inOneLook(f) // it may have led a moment ago
	}
	return found(f)
}

const ClientPortConflict report.Code = "client-port-conflict"

var clientPortConflictRule = Rule{
	Code: ClientPortConflict, Title: "another program has its client port", Needs: "a server's own process and sockets",
	Explains: slices.Concat(keptOut, startless, []report.Code{"not-zookeeper", "conn-limit-reached", "server-hung"}),
	// It ends when it cannot bind it (exit code 1, all versions).
	Eval: perHost(portTaken("its client port", func(s *model.Server) int { return s.Port })),
}

const ElectionPortConflict report.Code = "election-port-conflict"

var electionPortConflictRule = Rule{
	Code: ElectionPortConflict, Title: "another program has its election port",
	Needs:    "a server's own process and sockets",
	Explains: slices.Concat(keptOut, startless, []report.Code{"client-port-mismatch"}),
	// 3.5.6 and later end with exit code 14; earlier ones stay up without a listener, and a
	// process that runs is not judged here.
	Eval: perHost(portTaken("its election port", func(s *model.Server) int { return s.Election.Number })),
}

// portTaken reports a server that does not run because another program has that port.
func portTaken(what string, portOf func(*model.Server) int) func(*model.Ensemble, *model.Host) Outcome {
	return func(_ *model.Ensemble, h *model.Host) Outcome {
		s := h.Server
		switch {
		case h.MayRun:
			return undecided("this host has too many processes to look at them all")
		case h.Process == nil && !h.Listeners.Seen():
			return undecided(reasonOf(h.Listeners, "its sockets were not looked at"))
		case s == nil || s.TakenPort() == 0 || s.TakenPort() != portOf(s):
			return Outcome{}
		}
		return found(takenFinding(h, what, s.TakenPort()))
	}
}

func takenFinding(h *model.Host, what string, port int) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   fmt.Sprintf("no ZooKeeper runs for %s, and another program listens on %s, %d: ZooKeeper ends when it cannot have it.", h.ConfigPath, what, port),
		Evidence: []report.Evidence{
			{Source: "process", Value: "no QuorumPeerMain for " + h.ConfigPath},
			listenerEvidence(port, "yes", "free"),
		},
		Fix: []report.Fix{
			inspect(nameOf(h), fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port), "who has the port; often an older ZooKeeper, or one that another product brought along"),
			step(nameOf(h), "stop that program or move it, then start ZooKeeper as it is always started"),
		},
	}
	addPort(&f, h.Server, clientView(h.Server), "")
	addPort(&f, h.Server, electionView(h.Server), "")
	if said := logEvidences(h, []logline.Sign{logline.AddressInUse}); len(said) > 0 {
		f.Certainty = report.Proven
		addEvidence(&f, said...)
	}
	return f
}
