package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

var quorumPortConflictRule = Rule{
	Code: QuorumPortConflict, Title: "another program has its quorum port", Needs: "srvr, twice, and the quorum port",
	Eval: checkQuorumPortConflict,
}

// checkQuorumPortConflict reports a follower on whose quorum port something
// listens: ZooKeeper opens that port on the leader alone, so it is another program's,
// and this server cannot lead (Leader binds it when it is elected).
func checkQuorumPortConflict(e *ensemble) result {
	leaders := e.leaders()
	canJudge := func(s *server) *Skip {
		switch {
		case s.quorumPort == PortNotProbed:
			return &Skip{Kind: SkipNotLooked, Reason: "its quorum port was not probed"}
		case s.role != Follower:
			return s.answered()
		case len(leaders) != 1:
			return &Skip{Kind: SkipUndecided, Reason: "just one leader was not seen"}
		}
		return nil
	}
	follows := func(s *server) bool { return s.role == Follower && s.quorumPort == PortOpen }
	return e.each(canJudge, func(s *server, out *result) {
		// On loopback all servers share a host, and one that listens on all addresses
		// does so on its neighbours' too.
		if !follows(s) || s.twin != nil || allLoopback(s.PeerAddrs().Value) {
			return
		}
		if b := e.earlier(s); b != nil && !follows(b) {
			return // the port was looked at then, when it may have led
		}
		f := Finding{
			Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
			Summary: fmt.Sprintf("it follows %s, and something listens on its quorum port %d, which only a leader opens: another program. It cannot lead; if it is elected, the others wait until it has given up.", leaders[0].Name, s.Quorum.Number),
			Evidence: []Evidence{
				{Source: "srvr", Server: s.Name, Key: "Mode", Value: "follower"},
				s.tcp(s.quorumView(), "refused: it does not lead"),
			},
			Fix: []Fix{
				{Host: s.Name, Command: fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", s.Quorum.Number), Note: "who listens there; move that program, not ZooKeeper", Risk: "none"},
			},
		}
		if !e.twice(s, follows) {
			f.Certainty, out.lookAgain = Possible, true // it may have led a moment ago
		}
		out.findings = append(out.findings, f)
	})
}

var clientPortConflictRule = Rule{
	Code: ClientPortConflict, Title: "another program has its client port", Needs: "a server's own process and sockets",
	Explains: slices.Concat(keptOut, startless, []Code{NotZooKeeper, ConnLimitReached, ServerHung}),
	Eval:     checkClientPortConflict,
}

// checkClientPortConflict reports a server that does not run because another program
// has its client port: it ends when it cannot bind it (exit code 1, all versions).
func checkClientPortConflict(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		return e.portTaken(h, "its client port", func(s *server) int { return s.Port })
	})
}

var electionPortConflictRule = Rule{
	Code: ElectionPortConflict, Title: "another program has its election port", Needs: "a server's own process and sockets",
	Explains: slices.Concat(keptOut, startless, []Code{ClientPortMismatch}),
	Eval:     checkElectionPortConflict,
}

// checkElectionPortConflict is the same for the election port. 3.5.6 and later end
// with exit code 14; earlier ones stay up without a listener, and a process that runs
// is not judged here.
func checkElectionPortConflict(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		return e.portTaken(h, "its election port", func(s *server) int { return s.Election.Number })
	})
}

// portTaken is the finding where that port is the one that another program has.
func (e *ensemble) portTaken(h *host, what string, port func(*server) int) ([]Finding, string) {
	s := h.server
	switch {
	case h.Process == nil && !h.Listeners.Seen():
		return nil, reasonOf(h.Listeners.Failure, "its sockets were not looked at")
	case s == nil || s.takenPort() == 0 || s.takenPort() != port(s):
		return nil, ""
	}
	f := Finding{
		Severity: e.hostSeverity(h), Certainty: Likely, Servers: h.servers(),
		Summary: fmt.Sprintf("no ZooKeeper runs for %s, and another program listens on %s, %d: ZooKeeper ends when it cannot have it.", h.ConfigPath, what, port(s)),
		Evidence: []Evidence{
			{Source: "process", Server: h.name(), Value: "no QuorumPeerMain for " + h.ConfigPath},
			{Source: "sockets", Server: h.name(), Key: fmt.Sprintf("listening on %d", port(s)), Value: "yes", Wanted: "free"},
		},
		Fix: []Fix{
			{Host: h.name(), Command: fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port(s)), Note: "who has the port; often an older ZooKeeper, or one that another product brought along", Risk: "none"},
			{Host: h.name(), Note: "stop that program or move it, then start ZooKeeper as it is always started"},
		},
	}
	f.addPort(s, s.clientView(), "")
	f.addPort(s, s.electionView(), "")
	if said := h.logged([]logline.Sign{logline.AddressInUse}); len(said) > 0 {
		f.Certainty = Proven
		f.Evidence = append(f.Evidence, said...)
	}
	return []Finding{f}, ""
}
