package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// takeAdmin takes its answers for those of words that are not allowed.
func (s *Server) takeAdmin() {
	if !s.Conf.Seen() && s.Admin.Settings.Seen() {
		s.Conf, s.ConfFrom = s.Admin.Settings, SourceAdmin
	}
	if !s.Mntr.Seen() && s.Admin.Monitor.Seen() {
		s.Mntr, s.MntrFrom = s.Monitored(), SourceAdmin
	}
}

// ToldByAdmin reports whether the server's role is known from its AdminServer alone.
func (s *Server) ToldByAdmin() bool {
	return !s.Srvr.Seen() && s.Admin.Stats.Seen()
}

// Mode is the server's own word for its role; empty when it said none.
func (s *Server) Mode() snapshot.Mode {
	if o := s.Stats(); o.Seen() {
		return o.Value.Mode
	}
	return ""
}

// Silent reports a client port that accepts and does not answer.
func Silent(s *Server) bool { return s.ClientPort == report.PortSilent }

// Hangs reports a server that takes connections, by one port at least, and does
// not answer.
func Hangs(s *Server) bool { return Silent(s) || s.Queued || s.Swallows() && s.StoppedHere() }

// Server is one server with what its looks mean.
type Server struct {
	*snapshot.Server
	// Conf and Mntr are what the words told or, where they are not allowed, what the
	// AdminServer did; confFrom and mntrFrom say which. They hide the words themselves.
	Conf               snapshot.Obs[snapshot.Conf]
	Mntr               snapshot.Obs[snapshot.Mntr]
	ConfFrom, MntrFrom string
	// Line is its line in the list of members; nil when it is not in it, or
	// when which one it is cannot be told.
	Line *zoocfg.Server
	// RunsWith are the members that it says it runs with; nil where it told none.
	RunsWith *snapshot.Members
	// Outsider is set when the list in force has no line for the id that it says it has.
	Outsider bool
	// Local is its own host's side; nil when that was not looked at.
	Local *Host
	// DuplicateOf is an earlier target that is the same server; nil for the first.
	DuplicateOf *Server
	// PortLocal is the host's side as it was when the peer ports were looked at:
	// in a second look, that of the first. nil when that was not looked at.
	PortLocal *Host
	standing
	// Inferred is set when the role is not the server's own statement.
	Inferred bool
	// OverTLS is set when its client port was spoken to by TLS.
	OverTLS bool
	// Queued is set when its client port swallows connections, and the leader has lost it.
	Queued bool

	// LostByLeader is set when two looks say that the leader has lost it.
	LostByLeader bool
	// Counted is whether the leader counts it among its followers in sync, where it tells
	// nothing itself.
	Counted Truth

	// Elsewhere is a server of this host that was not found under any target, and
	// may well be the one that this target means; nil when there is none.
	Elsewhere *Host

	ClientPort, QuorumPort, ElectionPort report.PortState
}

func newServer(s *snapshot.Server, secure bool) *Server {
	v := &Server{Server: s, standing: standing{Role: report.RoleUnknown}, OverTLS: secure, Conf: s.Conf, ConfFrom: "conf", Mntr: s.Mntr, MntrFrom: "mntr"}
	v.RunsWith = s.Members()
	v.takeAdmin()
	v.ClientPort = v.portState(s.Client)
	if v.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.Silent) {
		v.ClientPort = report.PortSilent
	}
	v.QuorumPort = v.portState(s.Quorum.Look)
	v.ElectionPort = v.portState(s.Election.Look)
	return v
}

// StoppedHere reports whether its process was seen on this host, stopped by a signal.
func (s *Server) StoppedHere() bool { return s.RunsHere() && s.Local.Process.State == "T" }

// Starting reports whether the server is on its way up: it has no election port
// yet, and either its client port accepts without an answer (NIO binds before
// the data is loaded), or its process is known to run.
func (s *Server) Starting() bool {
	if s.ElectionPort != report.PortRefused {
		return false
	}
	return Silent(s) || s.ClientPort == report.PortRefused && s.RunsHere() && !s.Local.ListensAt(s.Resolve.Value, s.Port)
}

// RunsHere reports whether the server's process was seen on this host.
func (s *Server) RunsHere() bool { return s.Local != nil && s.Local.Process != nil }

// nameless reports whether the server's name means nothing: a typo, most likely.
func (s *Server) nameless() bool { return s.Resolve.FailedAs(snapshot.Resolve) }

// NotServing reports whether the server itself says that it serves nobody.
func (s *Server) NotServing() bool { return s.Srvr.FailedAs(snapshot.NotServing) }

// Voter reports whether the server votes, as far as is known: one that was not found in
// the list, or that nobody calls an observer, is taken for a voter.
func (s *Server) Voter() bool {
	if s.Outsider {
		return false
	}
	if s.Line != nil {
		return s.Line.Role != zoocfg.Observer
	}
	return s.Role != report.Observer && !(s.Conf.Seen() && s.Conf.Value.PeerType != nil && *s.Conf.Value.PeerType == snapshot.PeerObserver)
}

// Version is the version that any answer told; the zero Version otherwise.
func (s *Server) Version() (snapshot.Version, bool) {
	switch {
	case s.Srvr.Seen():
		return s.Srvr.Value.Version, true
	case s.Envi.Seen():
		return s.Envi.Value.Version, true
	case s.ToldByAdmin():
		return s.Admin.Stats.Value.Version, true
	}
	return snapshot.Version{}, false
}

func KindOf[T any](o snapshot.Obs[T]) snapshot.FailureKind {
	if !o.Tried || o.Failure == nil {
		return ""
	}
	return o.Failure.Kind
}
