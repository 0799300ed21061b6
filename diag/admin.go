package diag

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// What an AdminServer told where the client port would not.

// hearAdmin takes its answers for those of words that are not allowed.
func (s *server) hearAdmin() {
	if !s.Conf.Seen() && s.Admin.Settings.Seen() {
		s.Conf, s.confFrom = s.Admin.Settings, sourceAdmin
	}
	if !s.Mntr.Seen() && s.Admin.Monitor.Seen() {
		s.Mntr, s.mntrFrom = s.Monitored(), sourceAdmin
	}
}

// toldByAdmin reports whether the server's role is known from its AdminServer alone.
func (s *server) toldByAdmin() bool {
	return !s.Srvr.Seen() && s.Admin.Stats.Seen()
}

// stats is what srvr says, or in its stead the AdminServer.
func (s *server) stats() probe.Obs[probe.Srvr] {
	if s.toldByAdmin() {
		return s.Admin.Stats
	}
	return s.Srvr
}

// mode is the server's own word for its role; empty when it said none.
func (s *server) mode() probe.Mode {
	if o := s.stats(); o.Seen() {
		return o.Value.Mode
	}
	return ""
}

// adminMembers are the members as an AdminServer tells them, the leader's before
// others', with the observers, groups and weights of the user's file: voting_view has
// the voters alone. ok is false when none told.
func (e *ensemble) adminMembers() (m list, ok bool) {
	var best *server
	for _, s := range e.servers {
		if s.Admin.Voters.Seen() && s.Admin.Voters.Value != nil && (best == nil || s.mode() == probe.ModeLeader) {
			best = s
		}
	}
	if best == nil {
		return list{}, false
	}
	members := *best.Admin.Voters.Value
	members.Servers = slices.Clone(members.Servers)
	if c := e.snap.Plan.Config; c != nil {
		members.Groups, members.Weights = c.Groups, c.Weights
		for _, s := range c.Servers {
			if s.Role == zoocfg.Observer && members.Find(s.ID) == nil {
				members.Servers = append(members.Servers, s)
			}
		}
	}
	return newList(members, sourceAdmin), true
}

// fromServer reports whether an id is what a running server says, and not only what
// its file does.
func fromServer(source string) bool { return source == sourceConf || source == sourceAdmin }
