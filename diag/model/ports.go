package model

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Blocked reports a port from which nothing at all came back.
func Blocked(p report.PortState) bool { return p == report.PortFiltered || p == report.PortUnreachable }

// prohibitedWithin is the time within which "no route to host" can only be an answer from a
// firewall: a host that is gone takes ARP three seconds.
const prohibitedWithin = 900 * time.Millisecond

// portState is what one connect means. "No route to host" that comes within
// milliseconds while another port of the host answers is a firewall's: Linux
// gives the same error for a dead host, but only after ARP has given up.
func (s *Server) portState(look snapshot.Obs[snapshot.Dial]) report.PortState {
	switch {
	case !look.Tried:
		return report.PortNotProbed
	case look.Seen():
		return report.PortOpen
	}
	switch look.Failure.Kind {
	case snapshot.Refused, snapshot.Reset:
		return report.PortRefused
	case snapshot.Filtered:
		return report.PortFiltered
	case snapshot.Unreachable:
		if s.Prohibited(look) {
			return report.PortFiltered
		}
		return report.PortUnreachable
	default: // nothing that tells about the port
		return report.PortNotProbed
	}
}

// Prohibited reports whether a look failed in the way that only a firewall
// which says so makes it fail.
func (s *Server) Prohibited(look snapshot.Obs[snapshot.Dial]) bool {
	return look.FailedAs(snapshot.Unreachable) && look.Took < prohibitedWithin && s.HostAnswers()
}

// HostAnswers reports whether any port of the host answered, if only with an
// RST: then the host and the way to it are fine.
func (s *Server) HostAnswers() bool {
	for _, look := range []snapshot.Obs[snapshot.Dial]{s.Client, s.Quorum.Look, s.Election.Look} {
		if look.Seen() || look.FailedAs(snapshot.Refused) || look.FailedAs(snapshot.Reset) {
			return true
		}
	}
	return false
}

// DropsConnections reports whether the client port drops connections while the election
// port takes them: a firewall, or a process that hangs with a full queue.
func (s *Server) DropsConnections() bool {
	return s.Client.FailedAs(snapshot.Filtered) && s.ElectionPort == report.PortOpen
}

// TakenPort is the port of a server that does not run which another program has, as
// the sockets of its own host show; 0 for none. What answers as ZooKeeper is no other
// program: then its process was not seen. Nor does one that may run have its port taken.
func (s *Server) TakenPort() int {
	if s.Local == nil || s.Local.Process != nil || s.Local.MayRun || s.Local.Settings == nil ||
		s.Srvr.Seen() || s.NotServing() || s.Session.Seen() {
		return 0
	}
	// What is silent may be a hung ZooKeeper whose process we may not see, or that no class of
	// ours names. What is no JVM is none.
	owner := s.Local.OwnerAt(s.Resolve.Value, s.Port, nil)
	other := owner != nil && owner.Program != "" && !owner.JVM || s.Local.wrote(logline.AddressInUse)
	client := s.ClientPort == report.PortOpen || Silent(s) && other
	switch {
	case client && s.Local.ListensAt(s.Resolve.Value, s.Port):
		return s.Port
	case s.ClientPort == report.PortRefused && s.ElectionPort == report.PortOpen &&
		s.Local.ListensAt(s.PeerAddrs().Value, s.Election.Number):
		return s.Election.Number
	}
	return 0
}

// expectPorts turns "refused" into "not expected" where a closed port is right:
// the quorum port belongs to the leader alone, and a standalone server has no
// peer ports. A Keeper has others.
func (s *Server) expectPorts() {
	if s.QuorumPort == report.PortRefused && (s.Role != report.Leader || s.Condition == IsKeeper) {
		s.QuorumPort = report.PortNotExpected
	}
	if (s.Role == report.Standalone || s.Condition == IsKeeper) && s.ElectionPort == report.PortRefused {
		s.ElectionPort = report.PortNotExpected
	}
}

// CutsOff reports a client port that closes connections before it has answered.
func CutsOff(s *Server) bool {
	return s.ClientPort == report.PortOpen && s.Cut() && !s.Session.Seen() && !s.Session.FailedAs(snapshot.Protocol)
}

// Silent reports a client port that accepts and does not answer.
func Silent(s *Server) bool { return s.ClientPort == report.PortSilent }

// Hangs reports a server that takes connections, by one port at least, and does
// not answer.
func Hangs(s *Server) bool {
	return Silent(s) || s.QueueFull || s.DropsConnections() && s.StoppedHere()
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
