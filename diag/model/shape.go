package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// PeersUnknown reports whether a single server of an ensemble of unknown size was
// asked about: it is in a quorum, and with which other servers is not known; or of Keepers not all
// of them, or too many.
func (e *Ensemble) PeersUnknown() bool {
	return !e.List.Proven() && (e.distinct == 1 || keeperPeersMissing(e)) && !e.LoneStandalone()
}

// LeaderNotNamed reports whether followers follow a leader that is none of the servers that were
// named, where they are all that is known: then there are more voters than those.
func LeaderNotNamed(e *Ensemble) bool {
	follows := func(s *Server) bool { return s.Role == report.Follower }
	return !e.List.Proven() && len(e.Leaders()) == 0 && len(e.Votes.Unseen) == 0 && slices.ContainsFunc(e.Servers, follows)
}

// ProvesQuorum reports whether any server shows that a quorum serves.
func (e *Ensemble) ProvesQuorum() bool {
	return e.bySession() || slices.ContainsFunc(e.Servers, func(s *Server) bool {
		return s.Role == report.Leader || s.Role == report.Follower || s.Role == report.Observer
	})
}

// bySession reports whether a server that answers no four-letter word serves
// clients. A standalone server does too, but only where a list says that there
// is an ensemble does it count.
func (e *Ensemble) bySession() bool {
	return slices.ContainsFunc(e.Servers, func(s *Server) bool { return s.Session.Seen() && s.Serving == Yes })
}

// ServesAnywhere reports whether any server is known to serve with others.
func (e *Ensemble) ServesAnywhere() bool {
	return slices.ContainsFunc(e.Servers, func(s *Server) bool { return s.Serving == Yes && !apart(e, s) })
}

// apart reports whether a server runs as an ensemble of its own: until it is started anew it
// takes no part in an election.
func apart(e *Ensemble, s *Server) bool { return s.Role == report.Standalone && !e.LoneStandalone() }

// AnyNotServing reports whether any server runs and is known not to serve.
func (e *Ensemble) AnyNotServing() bool {
	return slices.ContainsFunc(e.Servers, func(s *Server) bool { return s.Role == report.NotServing })
}

// LoneStandalone reports whether it is an ensemble of one, on purpose.
func (e *Ensemble) LoneStandalone() bool {
	return e.distinct == 1 && e.First().Role == report.Standalone && len(e.List.Voters()) <= 1
}

// First is the first server whose name means something; there must be one.
func (e *Ensemble) First() *Server {
	return e.Servers[slices.IndexFunc(e.Servers, func(s *Server) bool { return !s.nameless() })]
}

// LoneMember reports whether one server was asked about that does not serve, and nothing
// shows of what ensemble it is: its peers, which may serve, were not given. A configuration
// without peers does show it: it is a standalone server's.
func (e *Ensemble) LoneMember() bool {
	return e.List.Source == SourceTargets && e.Snap.Plan.Config == nil && e.distinct == 1 && e.First().Serving == No
}
