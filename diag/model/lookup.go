package model

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Between is the time between both looks; 0 with one.
func (e *Ensemble) Between() time.Duration {
	if e.Before == nil {
		return 0
	}
	return e.Snap.Started.Sub(e.Before.Snap.Started)
}

// Filter returns the servers for which keep holds, in table order.
func (e *Ensemble) Filter(keep func(*Server) bool) []*Server {
	var kept []*Server
	for _, s := range e.Servers {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// Names are those of the servers, in their order.
func Names(servers []*Server) []string {
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = s.Name
	}
	return out
}

// Earlier is the same server in the earlier look, or nil.
func (e *Ensemble) Earlier(s *Server) *Server {
	if e.Before == nil {
		return nil
	}
	return e.Before.ByName(s.Name)
}

// ByName is the server of that name, or nil.
func (e *Ensemble) ByName(name string) *Server { return e.byName[name] }

// Twice reports whether something holds now and held in the earlier look; with
// one look only it is false.
func (e *Ensemble) Twice(s *Server, holds func(*Server) bool) bool {
	b := e.Earlier(s)
	return b != nil && holds(b) && holds(s)
}

// FindEarlier finds a host in the earlier looks, and the look: in that of its own host
// first, where several were merged, for the times of each are its own. nil for none.
func (e *Ensemble) FindEarlier(same func(*Host) bool) (*Host, *Ensemble) {
	for _, look := range append(slices.Clone(e.Vantages), e) {
		if look.Before == nil {
			continue
		}
		if i := slices.IndexFunc(look.Before.Hosts, same); i >= 0 {
			return look.Before.Hosts[i], look.Before
		}
	}
	return nil, nil
}

// Proven reports whether the number of voters is ZooKeeper's and not the user's.
func (l *List) Proven() bool { return l.Source != SourceTargets }

// InForce reports whether a server that runs reported it.
func (l *List) InForce() bool { return l.Source != sourceFile && l.Source != SourceTargets }

func newList(m zoocfg.Membership, source string) List {
	l := List{Membership: m, Source: source, Quorums: m.Quorum(), at: make(map[int64]int, len(m.Servers))}
	for i := range m.Servers {
		if _, known := l.at[m.Servers[i].ID]; !known {
			l.at[m.Servers[i].ID] = i
		}
	}
	return l
}

// Find is the member with that id, or nil.
func (l *List) Find(id int64) *zoocfg.Server {
	if i, ok := l.at[id]; ok {
		return &l.Servers[i]
	}
	return nil
}

// ByLine is the server with that line in the list of members, or nil.
func (e *Ensemble) ByLine(id int64) *Server { return e.byLine[id] }

// indexNames makes ByName work.
func (e *Ensemble) indexNames() {
	e.byName = make(map[string]*Server, len(e.Servers))
	for _, s := range e.Servers {
		if e.byName[s.Name] == nil {
			e.byName[s.Name] = s
		}
	}
}

// indexLines makes ByLine work, and finds who claims what, once all lines are known.
func (e *Ensemble) indexLines() {
	e.byLine, e.byClaim = make(map[int64]*Server, len(e.Servers)), make(map[int64]*Server, len(e.Servers))
	for _, s := range e.Servers {
		if s.Line == nil {
			continue
		}
		if e.byLine[s.Line.ID] == nil {
			e.byLine[s.Line.ID] = s
		}
		if id, source, ok := s.Claimed(); ok && FromServer(source) && e.byClaim[id] == nil {
			e.byClaim[id] = s
		}
	}
}
