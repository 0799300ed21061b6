package restart

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// A change of the members by rolling restarts: the servers have different lists until the last was
// restarted. Who means that leaves these two checks out, and nothing else.

// sameMembers: all servers run with one list of members.
func sameMembers(s *subject) []Check {
	if out := s.divergent(false); out != nil {
		return out
	}
	return ok("no server was seen that runs with another list of members")
}

// newMembers: its file has the members that it runs with.
func newMembers(s *subject) []Check {
	if h := s.host(); h == nil || h.Settings == nil {
		return nil
	}
	if out := s.divergent(true); out != nil {
		return out
	}
	return ok("its file was not seen to have other members than it runs with")
}

// leaderListed: the members in its file include the leader that it has to find. It takes no vote of
// a server that its own list has not (FastLeaderElection: validVoter, in 3.4
// getVotingView), so it looks for a leader for as long as that one leads.
func leaderListed(s *subject) []Check {
	h, lead := s.host(), s.e.OnlyLeader()
	switch {
	case h == nil || h.Settings == nil || len(h.Settings.Servers) == 0 || s.leads():
		return nil
	case lead == nil && s.divergent(true) != nil:
		return notKnown("its file has other members than it runs with, and which server leads was not seen",
			do("", "check from where the leader can be reached"))
	case lead == nil:
		return nil // others-serve speaks of it
	}
	id, _, known := lead.ShownID()
	switch {
	case !known:
		return notKnown("the id of the leader was not reported", do(lead.Name, "run it on the leader's host too: --via 'ssh {host} --'"))
	case h.Settings.HasVoter(id):
		return ok("its file has the leader")
	}
	seen := "absent"
	if h.Settings.Find(id) != nil {
		seen = "an observer"
	}
	c := notOK(fmt.Sprintf("its file does not list server.%d as a voter, and server.%[1]d leads: it would not find the leader", id),
		do(lead.Name, "if the list in that file is right, let another server lead first: stop "+lead.Name+", wait until another one leads, and start it"))
	c[0].Evidence = []report.Evidence{{
		Source: "zoo.cfg", Server: s.s.Name, Key: fmt.Sprintf("server.%d", id),
		Value: seen, Wanted: "a voter, as it leads", File: h.Settings.Path,
	}}
	return c
}

// divergent are the findings about lists that differ: now, or from a start on.
func (s *subject) divergent(later bool) []Check {
	var out []Check
	for _, f := range s.findings() {
		switch {
		case f.Code != diag.MembershipDivergent, f.Later != later, later && !s.concerns(f):
		case f.Certainty == report.Possible:
			out = append(out, fromFinding(NotKnown, f))
		default:
			out = append(out, fromFinding(NotOK, f))
		}
	}
	return out
}
