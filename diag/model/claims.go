package model

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// FromServer reports whether an id is what a running server says, and not only what
// its file does.
func FromServer(source string) bool { return source == SourceConf || source == SourceAdmin }

// Claim is one server's word on its id.
type Claim struct {
	ID       int64
	Server   *Server // nil when it is no row of the table
	Host     *Host   // nil when its files were not seen
	Evidence report.Evidence
}

// SameID tells two servers with one id from one server with two names: two lines of the list,
// two processes, two roles, or answers that one server cannot give are two servers.
func SameID(a, b Claim) report.Certainty {
	switch {
	case a.Host != nil && b.Host != nil && a.Host != b.Host:
		return report.Proven
	case a.Server == nil || b.Server == nil:
		return report.Possible
	case a.Server.AtLine() && b.Server.AtLine() && a.Server.Line != b.Server.Line,
		snapshot.MembersOfOne(a.Server.Server, b.Server.Server):
		return report.Proven
	case snapshot.Apart(a.Server.Server, b.Server.Server) != nil,
		a.Server.Role != b.Server.Role && a.Server.Serving == Yes && b.Server.Serving == Yes:
		return report.Likely // that both are of one ensemble is the user's word
	}
	return report.Possible
}

// AtLine reports whether the server was found at the address of its line, not
// merely by the id that it claims.
func (s *Server) AtLine() bool {
	return s.Line != nil && s.Line.ID >= 0 && (s.Member != nil || matchesHost(s.Line, s))
}

// Claimed is the id that the server says it has: by conf, or by the myid file
// of its own process. ok is false when neither was seen.
func (s *Server) Claimed() (id int64, source string, ok bool) {
	if c := s.Conf; c.Seen() && c.Value.ServerID != nil &&
		(c.Value.Quorum() || s.ConfFrom == SourceAdmin && s.Mode() != snapshot.ModeStandalone) {
		return *c.Value.ServerID, s.ConfFrom, true
	}
	if s.Local != nil && s.Local.Process != nil && s.Local.HasID {
		return s.Local.ID, "myid", true
	}
	if o := s.Opened; o.Seen() && o.Value.MyID > 0 && !o.Value.ReadOnly && s.Mode() != snapshot.ModeStandalone {
		return int64(o.Value.MyID), sourceSession, true // of an id above 255 it is a part only
	}
	return 0, "", false
}

// ShownID is the id to show for the server, and where it was read.
func (s *Server) ShownID() (id int64, source string, ok bool) {
	if id, source, ok := s.Claimed(); ok {
		return id, source, true
	}
	if s.Line != nil && s.Line.ID >= 0 {
		return s.Line.ID, "config", true
	}
	return 0, "", false
}

func matchesHost(m *zoocfg.Server, s *Server) bool {
	for _, a := range m.Addresses {
		addr, err := netip.ParseAddr(a.Host)
		if strings.EqualFold(a.Host, s.Host) || err == nil && slices.Contains(s.Resolve.Value, addr) {
			return true
		}
	}
	return false
}
