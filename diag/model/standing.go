package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ownStanding reads the decision table: what the sockets and srvr of one server mean.
func (s *Server) ownStanding() standing {
	switch {
	case s.Srvr.Seen():
		return s.serves("")
	case s.ToldByAdmin() && s.Mode() == snapshot.ModeLeader && s.NotServing():
		return s.serves(RefusesAsLeader)
	case s.ToldByAdmin():
		return s.serves(ServesByAdmin)
	case s.NotServing() && s.ElectionPort == report.PortRefused:
		return standing{report.NotServing, No, ElectionPortClosed}
	case s.NotServing():
		return standing{report.NotServing, No, RunsIdle}
	case s.Session.Seen():
		return standing{report.RoleUnknown, TruthOf(!s.Session.Value.ReadOnly), ServesWordless}
	case s.Starting():
		return standing{report.NotServing, No, Loading}
	case Silent(s) && s.TakenPort() == 0:
		return standing{report.NotServing, No, AcceptsOnly}
	case s.Swallows() && s.StoppedHere():
		return standing{report.NotServing, No, ProcessStopped}
	case s.TakenPort() != 0:
		return standing{report.RoleDown, No, PortTaken}
	case s.isDown():
		return standing{report.RoleDown, No, ""}
	}
	return standing{report.RoleUnknown, Unknown, s.silence()}
}

// serves is the standing of a server that told its mode itself.
func (s *Server) serves(c Condition) standing {
	role := report.Role(s.Mode())
	if role == report.ReadOnly && s.Srvr.Seen() {
		c = ServesReadsOnly
	}
	return standing{role, TruthOf(role != report.ReadOnly), c}
}

// silence is the condition of a server that told nothing of itself.
func (s *Server) silence() Condition {
	switch {
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
	}
	return ""
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

// standing is what a server is now.
type standing struct {
	Role    report.Role
	Serving Truth
	// Condition is what the role does not say; empty for nothing.
	Condition Condition
}

// Condition is what was found of a server beside its role.
type Condition string

// The conditions.
const (
	ServesReadsOnly    Condition = "serves-reads-only"
	ServesByAdmin      Condition = "serves-by-admin"
	ServesWordless     Condition = "serves-wordless"
	RefusesAsLeader    Condition = "refuses-as-leader"
	RunsIdle           Condition = "runs-idle"
	ElectionPortClosed Condition = "election-port-closed"
	Loading            Condition = "loading"
	AcceptsOnly        Condition = "accepts-only"
	SwallowsAndLost    Condition = "swallows-and-lost"
	ProcessStopped     Condition = "process-stopped"
	PortTaken          Condition = "port-taken"
	AtAnotherAddress   Condition = "at-another-address"
	AtAnotherPort      Condition = "at-another-port"
	NoSuchName         Condition = "no-such-name"
	RefusedFromHere    Condition = "refused-from-here"
	ClosesEarly        Condition = "closes-early"
	TLSFails           Condition = "tls-fails"
	SpeaksTLS          Condition = "speaks-tls"
	AnswersWithoutEnd  Condition = "answers-without-end"
	IsKeeper           Condition = "is-keeper"
	NotZooKeeperHere   Condition = "not-zookeeper"
	OutOfReach         Condition = "out-of-reach"
)

// assignRoles gives every server its standing: what it says and shows itself, and then
// what others show of it.
func (e *Ensemble) assignRoles() {
	for _, s := range e.Servers {
		s.PortLocal = s.Local
		if b := e.Earlier(s); b != nil {
			s.PortLocal = b.Local
		}
		s.standing = s.ownStanding()
		s.expectPorts()
	}
	if s := e.hiddenLeader(); s != nil {
		s.standing, s.Inferred = standing{report.Leader, Yes, RefusesAsLeader}, true
	}
	for _, s := range e.queuedServers() {
		s.Queued = true
		if b := e.Earlier(s); b != nil && Hangs(b) {
			s.standing = standing{report.NotServing, No, SwallowsAndLost}
		}
	}
	for _, s := range e.judgedByLeader() {
		s.Counted, s.LostByLeader = TruthOf(!e.SilentLost), e.SilentLost
		if e.SilentLost && s.ClientPort == report.PortRefused && s.ElectionPort == report.PortNotProbed {
			s.standing = standing{report.RoleDown, No, s.Condition}
		}
	}
}
