package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// membership chooses the list of members: what a server says that runs with it; else a
// configuration file, one that a server may run with before one that was edited since; else the
// targets themselves, each taken for a voter.
func membership(e *Ensemble) List {
	if reported := e.Snap.Members(); reported != nil {
		return newList(completed(e, reported), string(reported.By))
	}
	var files []zoocfg.Membership
	if c := e.Snap.Plan.Config; c != nil && len(c.Servers) > 0 {
		files = append(files, c.Membership)
	}
	for _, h := range e.Hosts {
		if h.Settings != nil && len(h.Settings.Servers) > 0 {
			files = append(files, h.Settings.Membership)
		}
	}
	if len(files) == 0 {
		return newList(asTargets(e.Servers), SourceTargets)
	}
	for _, file := range files {
		if !onlyEdited(e, file) {
			return newList(file, sourceFile)
		}
	}
	l := newList(files[0], sourceFile)
	l.Edited = true
	return l
}

// completed adds to a list of voters alone the observers, groups and weights of the
// user's file.
func completed(e *Ensemble, reported *snapshot.Members) zoocfg.Membership {
	m := reported.Membership
	c := e.Snap.Plan.Config
	if !reported.VotersOnly() || c == nil {
		return m
	}
	m.Servers, m.Groups, m.Weights = slices.Clone(m.Servers), c.Groups, c.Weights
	voters := newList(reported.Membership, "")
	for _, s := range c.Servers {
		if s.Role == zoocfg.Observer && voters.Find(s.ID) == nil {
			m.Servers = append(m.Servers, s)
		}
	}
	return m
}

// namesDifferentEnsembles reports whether two of the servers that the user named
// have lists without a common address. Where a file lists them all, it says that
// they are one ensemble, and such lists are a fault.
func namesDifferentEnsembles(e *Ensemble) bool {
	if e.Snap.Plan.Source != snapshot.FromTargets || e.Snap.Plan.Config != nil {
		return false
	}
	var lists []*OwnList
	known := map[*OwnList]bool{}
	for _, s := range e.Servers {
		if s.reported != nil && !known[s.reported] {
			known[s.reported] = true
			lists = append(lists, s.reported)
		}
	}
	return len(lists) > 1 && anyApart(lists)
}

// anyApart reports whether two of the lists have no common address. Each address has a bit
// for every list that it is in: to compare each list with each would take as many steps as
// there are pairs of members.
func anyApart(lists []*OwnList) bool {
	const bits = 64
	words := (len(lists) + bits - 1) / bits
	at := map[zoocfg.Address][]uint64{}
	for i, l := range lists {
		for _, m := range l.Servers {
			for _, a := range m.Addresses {
				if at[a] == nil {
					at[a] = make([]uint64, words)
				}
				at[a][i/bits] |= 1 << (i % bits)
			}
		}
	}
	for _, l := range lists {
		met := make([]uint64, words)
		for _, m := range l.Servers {
			for _, a := range m.Addresses {
				for w, in := range at[a] {
					met[w] |= in
				}
			}
		}
		for i := range lists {
			if met[i/bits]&(1<<(i%bits)) == 0 {
				return true
			}
		}
	}
	return false
}

// asTargets makes members of the servers that the user named. Their ids are
// made up: negative, so that none is ever shown or taken for a real one, and in
// the order of the targets.
func asTargets(servers []*Server) zoocfg.Membership {
	var m zoocfg.Membership
	for i, s := range servers {
		if s.DuplicateOf != nil || s.nameless() || s.Several != nil {
			continue
		}
		member := zoocfg.Server{
			ID: int64(i - len(servers)), Role: zoocfg.Participant,
			Addresses: []zoocfg.Address{{Host: s.Host}}, Client: &zoocfg.HostPort{Host: s.Host, Port: s.Port},
		}
		if s.Srvr.Seen() && s.Srvr.Value.Mode == snapshot.ModeObserver ||
			s.Keeper != nil && s.Keeper.Mode == snapshot.ModeObserver {
			member.Role = zoocfg.Observer
		}
		m.Servers = append(m.Servers, member)
	}
	return m
}

// QuorumPortsOf are those of a line.
func QuorumPortsOf(m *zoocfg.Server) []uint16 {
	var ports []uint16
	for _, a := range m.Addresses {
		ports = append(ports, uint16(a.QuorumPort)) //nolint:gosec // a port
	}
	return ports
}
