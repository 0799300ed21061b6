package diag

import "fmt"

// checkQuorumPortConflict reports a follower on whose quorum port something
// listens: ZooKeeper opens that port on the leader alone, so it is another program's,
// and this server cannot lead (Leader binds it when it is elected).
func checkQuorumPortConflict(e *ensemble, _ Limits) result {
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
