package snapshot

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Apart are two marks by which two targets of one look are known to be two servers, that of a
// first; nil where they may be one.
func Apart(a, b *Server) []Mark {
	type key struct{ by, key string }
	of := map[key]string{}
	for _, m := range a.Marks() {
		of[key{m.By, m.Key}] = m.Value
	}
	for _, m := range b.Marks() {
		if value, known := of[key{m.By, m.Key}]; known && value != m.Value {
			return []Mark{{m.By, m.Key, value}, m}
		}
	}
	if counts, one := countedInTurn(a, b); counts != nil && !one {
		return []Mark{{WordSrvr.String(), "Received", counts[0]}, {WordSrvr.String(), "Received", counts[1]}}
	}
	return nil
}

// One reports whether two targets of one look are known to be one server: each counted the
// questions that the other was asked, and nothing tells them apart.
func One(a, b *Server) bool {
	_, one := countedInTurn(a, b)
	return one && Apart(a, b) == nil
}

// FirstOne is the first of n targets that is known to be one server with s; n where none is.
func FirstOne(s *Server, n int, at func(int) *Server) int {
	for i := 0; i < n && len(s.InTurn) > 0; i++ {
		if One(at(i), s) {
			return i
		}
	}
	return n
}

// MembersOfOne reports whether two targets are two servers of one ensemble: the lists that they run with
// have a member in common.
func MembersOfOne(a, b *Server) bool {
	one, other := a.Members(), b.Members()
	if one == nil || other == nil || Apart(a, b) == nil {
		return false
	}
	return slices.ContainsFunc(one.Servers, func(m zoocfg.Server) bool {
		same := other.Find(m.ID)
		return same != nil && slices.Equal(same.Addresses, m.Addresses)
	})
}

// countedInTurn compares the packets that two targets had received when they were asked in turn,
// a, b, a, b, or b first. One server counts every question, so each count is above the one before.
// Of two, the second count of one is above its first by its own question, and that of the other
// hardly ever lies between. counts is nil where they were not asked, or do not count a question.
func countedInTurn(a, b *Server) (counts []string, one bool) {
	if len(a.InTurn) != 2 || len(b.InTurn) != 2 {
		return nil, false
	}
	var at [4]int64
	for i, o := range []Obs[Srvr]{a.InTurn[0], b.InTurn[0], a.InTurn[1], b.InTurn[1]} {
		if !o.Seen() {
			return nil, false
		}
		at[i] = o.Value.Received
	}
	if at[2] <= at[0] || at[3] <= at[1] {
		return nil, false
	}
	counts = []string{fmt.Sprintf("%d, %d", at[0], at[2]), fmt.Sprintf("%d, %d", at[1], at[3])}
	aFirst := at[0] < at[1] && at[1] < at[2] && at[2] < at[3]
	bFirst := at[1] < at[0] && at[0] < at[3] && at[3] < at[2]
	return counts, aFirst || bFirst
}

// SaidID is the id that a server says it has, by conf or its AdminServer; nil where it says none,
// as a standalone one.
func (s *Server) SaidID() *int64 {
	switch c, admin := &s.Conf.Value, &s.Admin.Settings.Value; {
	case s.Conf.Seen() && c.Quorum() && c.ServerID != nil:
		return c.ServerID
	case s.Admin.Settings.Seen() && admin.ServerID != nil && *admin.ServerID > 0:
		return admin.ServerID
	}
	return nil
}

// At is where its client port was reached; the zero AddrPort where it was not.
func (s *Server) At() netip.AddrPort {
	if !s.Client.Seen() {
		return netip.AddrPort{}
	}
	return s.Client.Value.Remote
}

// SaysOwnLine reports whether a server says that it is the one of the line that it was found by.
func (s *Server) SaysOwnLine() bool {
	id := s.SaidID()
	return id != nil && s.Member != nil && s.Member.ID == *id
}
