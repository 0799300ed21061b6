package restart

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// A server that starts connects to the election port of each voter, and to the quorum port of
// the leader. Of two voters the one with the larger id keeps the connection: it drops that of
// the other, and connects back (QuorumCnxManager.receiveConnection).

// from is the ensemble as it was seen from a server's own host; nil where that did not look.
func from(s *subject, server *model.Server) *model.Ensemble {
	for _, v := range s.e.Vantages {
		if v.MemberVantage() == server.Name {
			return v
		}
	}
	here := server.RunsHere() && !server.Local.Process.Container && !server.Local.Process.OtherNetwork
	if s.e.Vantages == nil && here {
		return s.e
	}
	return nil
}

// reachesPeers: from its host the election ports of all voters are open, and the leader's quorum port.
func reachesPeers(s *subject) []Check {
	if s.host() == nil || s.e.LoneStandalone() {
		return nil
	}
	seen := from(s, s.s)
	if seen == nil {
		return notKnown("whether it reaches the other servers was not tried from its host",
			do("", "run it on that host, or let it get there: --via 'ssh {host} --'"))
	}
	var unknown []string
	var out []Check
	for _, other := range s.otherVoters() {
		if other == nil {
			continue // others-serve has said that it was not looked at
		}
		there := seen.ByName(other.Name)
		switch {
		case there == nil || there.ElectionPort == report.PortNotProbed:
			unknown = append(unknown, other.Name)
		case there.ElectionPort != report.PortOpen && other.Serving == model.Yes:
			out = append(out, notReached(s.s.Name, other.Name, there.Election.Number, there.ElectionPort)...)
		}
		if there != nil && other.Role == report.Leader && model.Blocked(there.QuorumPort) {
			out = append(out, notReached(s.s.Name, other.Name, there.Quorum.Number, there.QuorumPort)...)
		}
	}
	switch {
	case out != nil:
		return out
	case len(unknown) > 0:
		return notTried(seen, "whether it reaches "+enumerate(unknown)+" was not tried", unknown)
	}
	return ok("it reaches the ports of the other voters")
}

// notTried: the ports were to be left alone, or its own host could not try them.
func notTried(seen *model.Ensemble, text string, servers []string) []Check {
	for _, name := range servers {
		if there := seen.ByName(name); there != nil && there.Election.Look.Failure != nil {
			return notKnown(text+": "+there.Election.Look.Failure.Text, do("", "fix that on this host first: a server that starts here connects in the same way"))
		}
	}
	return notKnown(text, do("", "leave --no-peer-ports out"))
}

// peersReachIt: from the hosts of the voters with larger ids its election port is open.
func peersReachIt(s *subject) []Check {
	if s.host() == nil || s.e.LoneStandalone() || s.s.Line == nil || !s.votes() {
		return nil
	}
	var unknown []string
	var out []Check
	needed := 0
	for _, other := range s.otherVoters() {
		if other == nil || other.Line == nil || other.Line.ID < s.s.Line.ID {
			continue
		}
		needed++
		seen := from(s, other)
		if seen == nil {
			unknown = append(unknown, other.Name)
			continue
		}
		switch there := seen.ByName(s.s.Name); {
		case there == nil || there.ElectionPort == report.PortNotProbed:
			unknown = append(unknown, other.Name)
		case there.ElectionPort != report.PortOpen && s.s.Serving == model.Yes:
			out = append(out, notReached(other.Name, s.s.Name, there.Election.Number, there.ElectionPort)...)
		}
	}
	switch {
	case out != nil:
		return out
	case len(unknown) > 0:
		port := s.s.Election.Number
		return notKnown(fmt.Sprintf("whether %s can connect to its election port %d was not tried", enumerate(unknown), port),
			do("", "let it try from their hosts: --via 'ssh {host} --'"),
			do(enumerate(unknown), fmt.Sprintf("or connect from there to %d yourself (nc -z), and skip this check: --ignore peers-reach-it", port)))
	case needed == 0:
		return ok("no voter has to connect to it: it has the largest id, and connects itself")
	}
	return ok("the other voters reach its election port")
}

// notReached is a port that one server needs of another and does not get to.
func notReached(who, whom string, number int, state report.PortState) []Check {
	return []Check{{
		Result: NotOK, Finding: "latent-port-block",
		Text: fmt.Sprintf("%s cannot connect to %s:%d (%s)", who, whom, number, state),
		Evidence: []report.Evidence{{
			Source: "tcp", Server: whom, Key: fmt.Sprintf("%d from %s", number, who), Value: string(state), Wanted: "open",
		}},
		Do: []report.Fix{inspect(whom, "sudo nft list ruleset", fmt.Sprintf("find what blocks %d, and let the members through; then between the two hosts", number))},
	}}
}
