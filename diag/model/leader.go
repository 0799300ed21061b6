package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// servedAsLeader reports whether a server led and served clients in the earlier look.
func servedAsLeader(e *Ensemble, s *Server) bool {
	b := e.Earlier(s)
	return b != nil && b.Srvr.Seen() && b.Role == report.Leader
}

// MightLead reports whether a server that reports it does not serve may lead all the same,
// with leaderServes=no: others follow, none is seen to lead, and neither is its
// quorum port seen closed (it was not tried, or a firewall is before it) nor does its host
// show that it has no such setting.
func (e *Ensemble) MightLead(s *Server) bool {
	if !s.NotServing() || s.Role != report.NotServing || !s.Voter() ||
		s.QuorumPortClosed() || len(e.leaders) > 0 || !e.follows || servedAsLeader(e, s) {
		return false
	}
	if h := s.Local; h != nil && h.Settings != nil && h.Process != nil {
		if _, no := h.LeaderServesNo(); !no {
			return false
		}
	}
	return true
}

// QuorumPortClosed reports whether the port that a leader has open was seen closed. The kernel
// keeps it open for a process that hangs.
func (s *Server) QuorumPortClosed() bool {
	return s.QuorumPort == report.PortRefused || s.QuorumPort == report.PortNotExpected
}

// Leaders are the servers that lead. One that was named twice is one, and so are
// two targets that say they are the same server, unless they are known to be two.
func (e *Ensemble) Leaders() []*Server { return e.leaders }

// noteRoles notes which servers lead, and whether any follows.
func (e *Ensemble) noteRoles() {
	e.leaders, e.follows = nil, false
	leads := map[int64][]Claim{} // the leaders that claim an id
	for _, s := range e.Servers {
		e.follows = e.follows || s.Role == report.Follower
		if s.Role != report.Leader || s.DuplicateOf != nil {
			continue
		}
		if id, _, known := s.Claimed(); known {
			own := Claim{ID: id, Server: s, Host: s.Local}
			if slices.ContainsFunc(leads[id], func(o Claim) bool { return SameID(own, o) == report.Possible }) {
				continue
			}
			leads[id] = append(leads[id], own)
		}
		e.leaders = append(e.leaders, s)
	}
}

// OnlyLeader is the only leader that reports its zxid; nil when there is none.
func (e *Ensemble) OnlyLeader() *Server {
	leaders := e.Leaders()
	if len(leaders) != 1 || !leaders[0].Srvr.Seen() {
		return nil
	}
	return leaders[0]
}
