package model

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// arithmetic is the part of a list that decides who forms a quorum: ids, roles,
// groups and weights. Addresses are left out, for each server may well write
// them differently (names, NAT, 0.0.0.0 for itself).
func arithmetic(m zoocfg.Membership) string {
	var b []byte
	for i := range m.Servers {
		s := &m.Servers[i]
		b = append(strconv.AppendInt(b, s.ID, 10), s.Role[0], ' ')
	}
	for _, g := range m.Groups {
		b = fmt.Appendf(b, "group %d:%v ", g.ID, g.Members)
	}
	for i := range m.Servers {
		id := m.Servers[i].ID
		if w, given := m.Weights[id]; given && w != 1 {
			b = fmt.Appendf(b, "weight %d:%d ", id, w)
		}
	}
	return string(b)
}

// NewOwnList is a list as a file has it.
func NewOwnList(m zoocfg.Membership, source string) *OwnList { return newOwnList(m, source, false) }

func newOwnList(m zoocfg.Membership, source string, votersOnly bool) *OwnList {
	l := &OwnList{Membership: m, Source: source, votersOnly: votersOnly}
	var voters []byte
	for i := range m.Servers {
		if m.Servers[i].Role == zoocfg.Participant {
			voters = append(strconv.AppendInt(voters, m.Servers[i].ID, 10), ' ')
		}
	}
	l.voters = string(voters)
	if !votersOnly {
		l.arithmetic = arithmetic(m)
	}
	return l
}

// shareLists reads the lists that servers report, once for all that report the same: in an
// ensemble of a thousand these are a million lines.
func shareLists(servers []*Server) {
	read := map[string]*OwnList{}
	for _, s := range servers {
		m := s.RunsWith
		if m == nil {
			continue
		}
		text := ""
		if m.By == snapshot.ByConf {
			text = s.Server.Conf.Value.MembershipText
		}
		if s.reported = read[text]; s.reported == nil {
			s.reported = newOwnList(m.Membership, string(m.By), m.VotersOnly())
			if text != "" {
				read[text] = s.reported
			}
		}
	}
}

// OwnList is what the server says, or its own file when its process runs and it says
// nothing (before 3.5, or without a quorum), unless that was edited since; nil for neither.
func (s *Server) OwnList() *OwnList {
	if s.reported != nil {
		return s.reported
	}
	if h := s.Local; h != nil && h.Process != nil && h.Settings != nil && len(h.Settings.Servers) > 0 && !h.Edited() {
		return NewOwnList(h.Settings.Membership, "zoo.cfg")
	}
	return nil
}

// OwnLists are the lists that servers run with, each with its server.
func (e *Ensemble) OwnLists() (servers []*Server, lists []*OwnList) {
	for _, s := range e.Servers {
		if l := s.OwnList(); l != nil && s.Role != report.Standalone {
			servers, lists = append(servers, s), append(lists, l)
		}
	}
	return servers, lists
}

// DifferentLists is how many different lists there are at least.
func DifferentLists(lists ...*OwnList) int {
	byVoters := slices.ContainsFunc(lists, func(l *OwnList) bool { return l.votersOnly })
	whole, voters := map[string]bool{}, map[string]bool{}
	counted := map[*OwnList]bool{}
	for _, l := range lists {
		if counted[l] {
			continue
		}
		counted[l] = true
		if byVoters {
			voters[l.voters] = true
		}
		if !l.votersOnly {
			whole[l.arithmetic] = true
		}
	}
	return max(len(whole), len(voters))
}

// Divergence is how the lists that different servers run with differ.
type Divergence struct {
	// Servers are those that report their list, and Lists those lists.
	Servers []*Server
	Lists   []*OwnList
	// Count is how many different ones there are at least, and Moving is set when they
	// differ as for a moment in every reconfiguration.
	Count  int
	Moving bool
	// Displaced are the addresses to which they give different ids.
	Displaced []zoocfg.Address
}

// Divergence compares the lists that servers run with.
func (e *Ensemble) Divergence() Divergence {
	servers, lists := e.OwnLists()
	n, displaced := DifferentLists(lists...), Displaced(lists...)
	if len(displaced) > 0 {
		n = max(n, 2)
	}
	return Divergence{
		Servers: servers, Lists: lists, Count: n, Moving: n > 1 && moving(e, lists), Displaced: displaced,
	}
}

// moving reports whether the lists of this look differ as they do for a moment while
// a reconfiguration reaches one server after the other (3.5+: such lists have versions).
func moving(e *Ensemble, lists []*OwnList) bool {
	versioned := slices.ContainsFunc(lists, func(l *OwnList) bool { return l.Version > 0 })
	if !versioned || e.Before == nil {
		return versioned
	}
	_, before := e.Before.OwnLists()
	return DifferentLists(before...) < 2 && len(Displaced(before...)) == 0
}

// OutOfItsList reports whether a server of this host runs with a dynamic file that does
// not have it. It ends at a start with such a list: so the list has changed since.
func (e *Ensemble) OutOfItsList(h *Host) bool {
	return h.Settings != nil && h.Settings.Dynamic != "" && len(h.Settings.Servers) > 0 &&
		h.HasID && h.Settings.Find(h.ID) == nil && e.Lives(h)
}
