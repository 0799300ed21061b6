package model

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// findChanged ties the one server of this host that matched no target to the one
// target at an address of this host where it listens: its configuration was changed
// since its start, and no longer says that.
func findChanged(e *Ensemble, hosts []*Host) {
	running := slices.DeleteFunc(slices.Clone(hosts), func(h *Host) bool {
		if h.Process == nil || h.Server != nil || h.trust() == replaced {
			return true
		}
		return h.Process.Listens.Seen() && len(h.Process.Listens.Value) == 0
	})
	if len(running) != 1 {
		return
	}
	h := running[0]
	rows := e.Filter(func(s *Server) bool {
		id, source, known := s.Claimed()
		same := known && source == s.ConfFrom && h.HasID && id == h.ID || isMember(h, s)
		return s.Local == nil && same && slices.ContainsFunc(s.Resolve.Value, h.seenLocal) &&
			h.hasSocketAt(s.Resolve.Value, s.Port)
	})
	tie(h, rows)
}

// findElsewhere ties a target at one of this host's addresses, where nothing
// listens, to a server of this host that listens at another one: it has a
// clientPortAddress, and the user wrote localhost.
func findElsewhere(e *Ensemble) {
	for _, h := range e.Hosts {
		if h.Process == nil || h.Server != nil || h.Listening() == snapshot.ListensNot {
			continue
		}
		for _, s := range e.Servers {
			if s.Local == nil && s.ClientPort == report.PortRefused && slices.ContainsFunc(s.Resolve.Value, h.seenLocal) {
				s.Elsewhere = h
			}
		}
	}
}

// place finds each server's line in the list. What comes first is surest: the
// line that it came from, its address, the id that it says it has (an address
// may look different from here: NAT, port-forwards, containers), the id that the
// file at hand gives it, and at last the only line left for the only one left.
func place(e *Ensemble) {
	taken := map[int64]bool{}
	pass := func(find func(*Server) *zoocfg.Server) {
		for _, s := range e.Servers {
			if s.DuplicateOf != nil || s.Line != nil || s.Several != nil {
				continue
			}
			if m := find(s); m != nil && !taken[m.ID] {
				s.Line, taken[m.ID] = m, true
			}
		}
	}
	pass(func(s *Server) *zoocfg.Server {
		if s.Member == nil {
			return nil
		}
		if m := e.List.Find(s.Member.ID); m != nil && slices.Equal(m.Addresses, s.Member.Addresses) {
			return m
		}
		return nil
	})
	pass(newAddressBook(e).lineAt)
	pass(func(s *Server) *zoocfg.Server {
		if id, _, ok := s.Claimed(); ok {
			return e.List.Find(id)
		}
		return nil
	})
	pass(func(s *Server) *zoocfg.Server {
		if s.Member != nil {
			return e.List.Find(s.Member.ID)
		}
		return nil
	})
	pass(onlyOneLeft(e, taken))
	for _, s := range e.Servers {
		s.AtLineHost = s.Line != nil && IsAt(e, s.Line, s)
	}
}

// findNonMembers finds the servers that are no members: they say themselves who they are,
// and neither the list in force nor their own has them. A list of voters alone does not
// have observers.
func findNonMembers(e *Ensemble) {
	for _, s := range e.Servers {
		id, source, ok := s.Claimed()
		if !ok || source == sourceSession || s.Line != nil ||
			s.DuplicateOf != nil || !e.List.InForce() || e.List.Find(id) != nil {
			continue
		}
		own := s.RunsWith
		s.NonMember = s.Mode() == snapshot.ModeFollower && (own == nil || own.Find(id) == nil)
	}
}

// onlyOneLeft pairs the only line that no server was found for with the only
// server that no line was found for, unless that one says that it is another.
func onlyOneLeft(e *Ensemble, taken map[int64]bool) func(*Server) *zoocfg.Server {
	var line *zoocfg.Server
	lines, rows := 0, 0
	for i := range e.List.Servers {
		if !taken[e.List.Servers[i].ID] {
			line = &e.List.Servers[i]
			lines++
		}
	}
	for _, s := range e.Servers {
		if s.DuplicateOf == nil && s.Line == nil && s.Several == nil {
			rows++
		}
	}
	return func(s *Server) *zoocfg.Server {
		_, _, claims := s.Claimed()
		standalone := s.Srvr.Seen() && s.Srvr.Value.Mode == snapshot.ModeStandalone
		if lines != 1 || rows != 1 || claims || standalone {
			return nil
		}
		return line
	}
}

// IsAt reports whether a line's host is that of the server: by name, by address,
// or by what this host makes of the name.
func IsAt(e *Ensemble, m *zoocfg.Server, s *Server) bool {
	if matchesHost(m, s) {
		return true
	}
	return slices.ContainsFunc(e.Hosts, func(h *Host) bool {
		return slices.ContainsFunc(h.makesOf(m), func(a netip.Addr) bool { return slices.Contains(s.Resolve.Value, a) })
	})
}

// Vote is the id under which a server votes: the one it claims, for that is
// what its peers hear, or else its line's. Where the targets are the list, two
// that claim one id have the vote of the first.
func (e *Ensemble) Vote(s *Server) int64 {
	id, source, ok := s.Claimed()
	if !ok || !FromServer(source) {
		return s.Line.ID
	}
	if s.Line.ID >= 0 {
		return id
	}
	if o := e.byClaim[id]; o != nil {
		return o.Line.ID
	}
	return s.Line.ID
}
