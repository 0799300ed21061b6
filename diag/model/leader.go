package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// hiddenLeader finds the leader that answers like a server without a quorum
// because it has leaderServes=no (Leader.java does not give the client port its
// server object): others follow somebody, no one else leads, and of the
// servers that say "not serving" just one has the leader's port open, and is a quorum
// with those that serve.
//
// For the milliseconds between a leader's stepping down and its followers' noticing, the
// same is to be seen. So the verdict wants a second look, and whoever said in the earlier
// one that it leads has no such setting.
func (e *Ensemble) hiddenLeader() *Server {
	var candidate *Server
	followers := 0
	for _, s := range e.Servers {
		switch {
		case s.Role == report.Leader:
			return nil
		case s.Role == report.Follower:
			followers++
		case s.Voter() && s.QuorumPort == report.PortOpen && s.NotServing() && candidate == nil:
			candidate = s
		case s.Voter() && (s.QuorumPort == report.PortOpen || Silent(s)):
			return nil // this one may be the leader that they follow
		}
	}
	if candidate == nil || candidate.Line == nil || followers == 0 {
		return nil
	}
	for _, id := range e.List.Quorums.Voters() {
		if s := e.ByLine(id); s == nil || s.Role == report.RoleUnknown {
			return nil // the leader may be the one that was not seen
		}
	}
	if e.servedAsLeader(candidate) {
		return nil
	}
	serving := e.count().Serving
	serving[e.vote(candidate)] = true
	if !e.List.Quorums.Contains(serving) {
		return nil
	}
	return candidate
}

// servedAsLeader reports whether a server led and served clients in the earlier look.
func (e *Ensemble) servedAsLeader(s *Server) bool {
	b := e.Earlier(s)
	return b != nil && b.Srvr.Seen() && b.Role == report.Leader
}

// MightLead reports whether a server that says it serves nobody may lead all the same,
// with leaderServes=no: others follow somebody, nobody is seen to lead, and neither is its
// quorum port seen closed (it was not tried, or a firewall is before it) nor does its host
// tell that it has no such setting.
func (e *Ensemble) MightLead(s *Server) bool {
	closed := s.QuorumPort == report.PortRefused || s.QuorumPort == report.PortNotExpected
	if !s.NotServing() || s.Role != report.NotServing || !s.Voter() || closed || len(e.Leaders()) > 0 || e.servedAsLeader(s) {
		return false
	}
	if h := s.Local; h != nil && h.Settings != nil && h.Process != nil {
		if _, no := h.LeaderServesNo(); !no {
			return false
		}
	}
	return slices.ContainsFunc(e.Servers, func(o *Server) bool { return o.Role == report.Follower })
}

// Leaders are the servers that lead. One that was named twice is one, and so are
// two targets that say they are the same server, unless they are known to be two.
func (e *Ensemble) Leaders() []*Server {
	var out []*Server
	for _, s := range e.Servers {
		if s.Role != report.Leader || s.DuplicateOf != nil {
			continue
		}
		same := slices.ContainsFunc(out, func(o *Server) bool {
			a, _, known := s.Claimed()
			b, _, both := o.Claimed()
			return known && both && a == b && SameID(Claim{ID: a, Server: s, Host: s.Local}, Claim{ID: b, Server: o, Host: o.Local}) == report.Possible
		})
		if !same {
			out = append(out, s)
		}
	}
	return out
}
