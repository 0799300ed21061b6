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

// ReportedByAdmin reports whether the server's role is known from its AdminServer alone.
func (s *Server) ReportedByAdmin() bool {
	return !s.Srvr.Seen() && s.Admin.Stats.Seen()
}

// Mode is the server's own word for its role; empty when it said none.
func (s *Server) Mode() snapshot.Mode {
	if o := s.Stats(); o.Seen() {
		return o.Value.Mode
	}
	return ""
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
	if s.NonMember {
		return false
	}
	if s.Line != nil {
		return s.Line.Role != zoocfg.Observer
	}
	return s.Role != report.Observer &&
		!(s.Conf.Seen() && s.Conf.Value.PeerType != nil && *s.Conf.Value.PeerType == snapshot.PeerObserver)
}

// Version is the version that any answer has; ok is false where none does.
func (s *Server) Version() (v snapshot.Version, ok bool) {
	switch {
	case s.Srvr.Seen():
		return s.Srvr.Value.Version, true
	case s.Envi.Seen():
		return s.Envi.Value.Version, true
	case s.ReportedByAdmin():
		return s.Admin.Stats.Value.Version, true
	}
	return snapshot.Version{}, false
}

// KindOf is the kind of a look's failure; empty where it succeeded, or was not made.
func KindOf[T any](o snapshot.Obs[T]) snapshot.FailureKind {
	if !o.Tried || o.Failure == nil {
		return ""
	}
	return o.Failure.Kind
}
