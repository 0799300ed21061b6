package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// arithmetic is the part of a list that decides who forms a quorum: ids, roles,
// groups and weights. Addresses are left out, for each server may well write
// them differently (names, NAT, 0.0.0.0 for itself).
func arithmetic(m zoocfg.Membership) string {
	var b strings.Builder
	for _, s := range m.Servers {
		fmt.Fprintf(&b, "%d%c ", s.ID, s.Role[0])
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "group %d:%v ", g.ID, g.Members)
	}
	for _, s := range m.Servers {
		if w, ok := m.Weights[s.ID]; ok && w != 1 {
			fmt.Fprintf(&b, "weight %d:%d ", s.ID, w)
		}
	}
	return b.String()
}

// OwnList is the list that a server runs with, and what reported it.
type OwnList struct {
	zoocfg.Membership
	Source     string
	votersOnly bool
}

// OwnList is what the server says, or its own file when its process runs and it says
// nothing (before 3.5, or without a quorum).
func (s *Server) OwnList() (l OwnList, ok bool) {
	if m := s.RunsWith; m != nil {
		return OwnList{m.Membership, string(m.By), m.VotersOnly()}, true
	}
	if h := s.Local; h != nil && h.Process != nil && h.Settings != nil && len(h.Settings.Servers) > 0 {
		return OwnList{Membership: h.Settings.Membership, Source: "zoo.cfg"}, true
	}
	return OwnList{}, false
}

// voters are the ids that vote: all that an AdminServer's list can be compared by.
func (l *OwnList) voters() string {
	var ids []int64
	for _, s := range l.Voters() {
		ids = append(ids, s.ID)
	}
	return fmt.Sprint(ids)
}

// OwnLists are the lists that servers run with, each with its server.
func (e *Ensemble) OwnLists() (servers []*Server, lists []OwnList) {
	for _, s := range e.Servers {
		if l, ok := s.OwnList(); ok && s.Role != report.Standalone {
			servers, lists = append(servers, s), append(lists, l)
		}
	}
	return servers, lists
}

// DifferentLists is how many different lists there are at least.
func DifferentLists(lists ...OwnList) int {
	byVoters := slices.ContainsFunc(lists, func(l OwnList) bool { return l.votersOnly })
	whole, voters := map[string]bool{}, map[string]bool{}
	for i := range lists {
		if byVoters {
			voters[lists[i].voters()] = true
		}
		if !lists[i].votersOnly {
			whole[arithmetic(lists[i].Membership)] = true
		}
	}
	return max(len(whole), len(voters))
}

// Divergence is how the lists that different servers run with differ.
type Divergence struct {
	// Servers are those that report their list, and Lists those lists.
	Servers []*Server
	Lists   []OwnList
	// Count is how many different ones there are at least, and Moving is set when they
	// differ as for a moment in every reconfiguration.
	Count  int
	Moving bool
}

// Divergence compares the lists that servers run with.
func (e *Ensemble) Divergence() Divergence {
	servers, lists := e.OwnLists()
	n := DifferentLists(lists...)
	return Divergence{Servers: servers, Lists: lists, Count: n, Moving: n > 1 && moving(e, lists)}
}

// moving reports whether the lists of this look differ as they do for a moment while
// a reconfiguration reaches one server after the other (3.5+: such lists have versions).
func moving(e *Ensemble, lists []OwnList) bool {
	versioned := slices.ContainsFunc(lists, func(l OwnList) bool { return l.Version > 0 })
	if !versioned || e.Before == nil {
		return versioned
	}
	_, before := e.Before.OwnLists()
	return DifferentLists(before...) < 2
}

// OutOfItsList reports whether a server of this host runs with a dynamic file that does
// not have it. It ends at a start with such a list: so the list has changed since.
func (e *Ensemble) OutOfItsList(h *Host) bool {
	return h.Settings != nil && h.Settings.Dynamic != "" && len(h.Settings.Servers) > 0 &&
		h.HasID && h.Settings.Find(h.ID) == nil && e.Lives(h)
}
