package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ownStanding reads the decision table: what the sockets and srvr of one server mean.
func (s *Server) ownStanding() standing {
	switch {
	case s.Srvr.Seen():
		return s.serves(NoCondition)
	case s.ReportedByAdmin() && s.Mode() == snapshot.ModeLeader && s.NotServing():
		return s.serves(RefusesAsLeader)
	case s.ReportedByAdmin():
		return s.serves(ServesByAdmin)
	case s.NotServing() && s.ElectionPort == report.PortRefused:
		return standing{report.NotServing, No, ElectionPortClosed}
	case s.NotServing():
		return standing{report.NotServing, No, RunsIdle}
	case s.Session.Seen():
		return standing{report.RoleUnknown, TruthOf(!s.Session.Value.ReadOnly), ServesNoWords}
	case s.Starting():
		return standing{report.NotServing, No, Loading}
	case Silent(s) && s.TakenPort() == 0:
		return standing{report.NotServing, No, AcceptsOnly}
	case s.DropsConnections() && s.StoppedHere():
		return standing{report.NotServing, No, ProcessStopped}
	case s.TakenPort() != 0:
		return standing{report.RoleDown, No, PortTaken}
	case s.isDown():
		return standing{report.RoleDown, No, NoCondition}
	}
	return standing{report.RoleUnknown, Unknown, s.silence()}
}

// serves is the standing of a server that reported its mode itself.
func (s *Server) serves(c Condition) standing {
	role := report.Role(s.Mode())
	if role == report.ReadOnly && s.Srvr.Seen() {
		c = ServesReadsOnly
	}
	return standing{role, TruthOf(role != report.ReadOnly), c}
}

// silence is the condition of a server that reported nothing of itself.
func (s *Server) silence() Condition {
	switch {
	case s.Several != nil:
		return SeveralAnswer
	case s.Elsewhere != nil:
		return AtAnotherAddress
	case s.ClientPort == report.PortRefused && s.ElectionPort == report.PortOpen:
		return AtAnotherPort
	case s.Resolve.FailedAs(snapshot.Resolve):
		return NoSuchName
	case s.RunsHere() && s.ClientPort == report.PortRefused:
		return RefusedFromHere
	case s.ClientPort == report.PortOpen && s.Cut():
		return ClosesEarly
	case s.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.TLS) && s.OverTLS:
		return TLSFails
	case s.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.TLS):
		return SpeaksTLS
	case s.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.TooLarge):
		return AnswersWithoutEnd
	case s.Keeper != nil:
		return IsKeeper
	case s.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.Protocol):
		return NotZooKeeperHere
	case s.ClientPort == report.PortFiltered, s.ClientPort == report.PortUnreachable:
		return OutOfReach
	case s.Trouble() != nil:
		return NotChecked
	}
	return NoCondition
}

// isDown reports whether the host itself says that no ZooKeeper runs there: it
// refuses the client port and the election port. A member always has the
// election port open once it has loaded its data.
func (s *Server) isDown() bool {
	if s.RunsHere() || s.Elsewhere != nil {
		return false
	}
	clientGone := s.ClientPort == report.PortRefused || s.ClientPort == report.PortNotProbed && s.Port == 0
	return clientGone && s.ElectionPort == report.PortRefused && !s.Election.Assumed ||
		s.ClientPort == report.PortRefused && s.ElectionPort == report.PortRefused
}

// assignRoles gives every server its standing: what it says and shows itself, and then
// what others show of it.
func assignRoles(e *Ensemble) {
	for _, s := range e.Servers {
		s.PortLocal = s.Local
		if b := e.Earlier(s); b != nil {
			s.PortLocal = b.Local
		}
		s.standing = s.ownStanding()
		if e.Product != "" && s.Keeper != nil {
			s.standing = keeperStanding(s.Keeper)
		}
		s.expectPorts()
	}
	e.noteRoles()
	if s := hiddenLeader(e); s != nil {
		s.standing, s.Inferred = standing{report.Leader, Yes, RefusesAsLeader}, true
		e.noteRoles()
	}
	for _, s := range fullQueues(e) {
		s.QueueFull = true
		if b := e.Earlier(s); b != nil && Hangs(b) {
			s.standing = standing{report.NotServing, No, HungAndLost}
		}
	}
	for _, s := range judgedByLeader(e) {
		s.Counted, s.LostByLeader = TruthOf(!e.SilentLost), e.SilentLost
		if e.SilentLost && s.ClientPort == report.PortRefused && s.ElectionPort == report.PortNotProbed {
			s.standing = standing{report.RoleDown, No, s.Condition}
		}
	}
}

// hiddenLeader finds the leader that answers like a server without a quorum
// because it has leaderServes=no (Leader.java does not give the client port its
// server object): others follow, no one else leads, and of the
// servers that say "not serving" just one has the leader's port open, and is a quorum
// with those that serve.
//
// For the milliseconds between a leader's stepping down and its followers' noticing, the
// same is to be seen. So the verdict wants a second look, and a server that reported in the earlier
// one that it leads has no such setting.
func hiddenLeader(e *Ensemble) *Server {
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
		case s.Voter() && (s.QuorumPort == report.PortOpen || Silent(s) && !s.QuorumPortClosed()):
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
	if servedAsLeader(e, candidate) {
		return nil
	}
	serving := e.count().Serving
	serving[e.Vote(candidate)] = true
	if !e.List.Quorums.Contains(serving) {
		return nil
	}
	return candidate
}
