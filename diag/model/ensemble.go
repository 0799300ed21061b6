package model

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Between is the time between both looks; 0 with one.
func (e *Ensemble) Between() time.Duration {
	if e.Before == nil {
		return 0
	}
	return e.Snap.Started.Sub(e.Before.Snap.Started)
}

func OrEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Ensemble is the snapshot as the rules see it: every server with its role and
// its place in the list of members, every local process with the server it is,
// and the verdict. It is built once and then only read.
type Ensemble struct {
	Snap    *snapshot.Snapshot
	Servers []*Server
	// distinct is the number of servers: those named twice count once, and names
	// that nobody has do not count.
	distinct int
	Hosts    []*Host
	List     list
	// Mixed is set when the user named servers of different ensembles: their lists
	// have no address in common.
	Mixed   bool
	Verdict report.Verdict
	// Votes is the count behind the verdict, and stall what keeps the leader from
	// confirming writes; nil for nothing.
	Votes Tally
	Stall *Stall
	// Settled is set when two looks were made, so that no election that passes
	// can be mistaken for an outage.
	Settled bool
	// Before is the ensemble of the earlier look; nil when there was one look.
	Before *Ensemble
	// SilentInSync is whether the voters that told nothing themselves are in sync with the
	// leader, as that says; one answer for all of them.
	SilentInSync Truth
	// SilentLost is set when two looks say that they are not.
	SilentLost bool
	// LookAgain is set when the verdict wants a second look.
	LookAgain bool
	// Vantages are the ensemble as each of several hosts saw it; nil when one looked.
	Vantages []*Ensemble
}

func New(snap *snapshot.Snapshot) *Ensemble {
	e := &Ensemble{Snap: snap}
	if snap.Before != nil {
		e.Before = New(snap.Before)
		e.Settled = true
	}
	for _, v := range snap.Vantages {
		e.Vantages = append(e.Vantages, New(v))
	}
	for i := range snap.Servers {
		e.Servers = append(e.Servers, newServer(&snap.Servers[i], snap.Plan.Secure || snap.Servers[i].Secure))
	}
	for i := range snap.Local {
		if h := newHost(&snap.Local[i]); !h.isElsewhere(e.Servers) {
			h.match(e.Servers)
			e.Hosts = append(e.Hosts, h)
		}
	}
	e.findChanged()
	e.findElsewhere()
	for i, s := range e.Servers {
		if s.DuplicateOf = s.sameAs(e.Servers[:i]); s.DuplicateOf == nil && !s.nameless() {
			e.distinct++
		}
	}
	e.List = membership(e)
	e.Mixed = e.namesDifferentEnsembles()
	e.place()
	e.findOutsiders()
	e.assignRoles()
	e.judge()
	return e
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
func (e *Ensemble) ByName(name string) *Server {
	for _, s := range e.Servers {
		if s.Name == name {
			return s
		}
	}
	return nil
}

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

// LocalServer is the one row that is on this host; nil for none or several.
func (e *Ensemble) LocalServer() *string {
	var name *string
	for _, h := range e.Hosts {
		if h.Server == nil {
			continue
		}
		if name != nil {
			return nil
		}
		name = &h.Server.Name
	}
	return name
}
