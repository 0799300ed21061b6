package snapshot

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// mergeWithin is how far apart the snapshots of one situation may have been taken.
const mergeWithin = 15 * time.Minute

// Merge makes one snapshot of several that were taken on different hosts at about
// the same time: of each server what the host saw that was told most, and what all
// hosts told of themselves. The looks from each host stay in Vantages. The errors
// are sentences for the user; snaps is not empty.
func Merge(snaps []*Snapshot) (*Snapshot, error) {
	if len(snaps) == 1 {
		return snaps[0], nil
	}
	snaps = slices.SortedFunc(slices.Values(snaps), func(a, b *Snapshot) int {
		return cmp.Or(strings.Compare(a.Vantage.Host, b.Vantage.Host), a.Started.Compare(b.Started))
	})
	if err := mergeable(snaps); err != nil {
		return nil, err
	}
	first, last := snaps[0], slices.MaxFunc(snaps, func(a, b *Snapshot) int { return a.Started.Compare(b.Started) })
	out := &Snapshot{
		Format: SnapshotFormat, Tool: first.Tool, Started: last.Started, Took: last.Took, Plan: first.Plan, Vantages: snaps,
	}
	twice := true
	var hosts []string
	for _, s := range snaps {
		hosts = append(hosts, s.Vantage.Host)
		out.Local = append(out.Local, s.Local...)
		out.Plan.PeerPorts = out.Plan.PeerPorts || s.Plan.PeerPorts
		out.Plan.Local = out.Plan.Local || s.Plan.Local
		out.Incomplete = cmp.Or(out.Incomplete, s.Incomplete)
		twice = twice && s.Before != nil
		if m := s.Members(); out.Known == nil || m != nil && s == last {
			out.Known = m
		}
	}
	out.Vantage.Host = strings.Join(hosts, ", ")
	if twice {
		before := *out
		before.Started, before.Servers, before.Vantages = last.Before.Started, nil, nil
		out.Before = &before
	}
	out.mergeServers(snaps)
	return out, nil
}

// mergeable wants snapshots of one situation.
func mergeable(snaps []*Snapshot) error {
	known := map[string]bool{}
	for i, s := range snaps {
		if i > 0 && s.Vantage.Host == snaps[i-1].Vantage.Host {
			return fmt.Errorf("two snapshots were taken on %s: name the newer one alone", s.Vantage.Host)
		}
		if apart := s.Started.Sub(snaps[0].Started).Abs(); apart > mergeWithin {
			return fmt.Errorf("the snapshots of %s and %s were taken %s apart: take them anew, within %s",
				snaps[0].Vantage.Host, s.Vantage.Host, apart.Round(time.Second), mergeWithin)
		}
		shared := i == 0
		for j := range s.Servers {
			shared = shared || known[s.Servers[j].Name]
		}
		if !shared {
			return fmt.Errorf("the snapshot of %s is of other servers than that of %s: one ensemble at a time", s.Vantage.Host, snaps[0].Vantage.Host)
		}
		for j := range s.Servers {
			known[s.Servers[j].Name] = true
		}
	}
	return nil
}

// mergeServers fills in every server that any host looked at, in the order of the
// first that did.
func (s *Snapshot) mergeServers(snaps []*Snapshot) {
	at := map[string]int{}
	own := map[string]bool{} // it is as its own host saw it
	for _, from := range snaps {
		for i := range from.Servers {
			seen := &from.Servers[i]
			k, known := at[seen.Name]
			if !known {
				at[seen.Name], own[seen.Name] = len(s.Servers), from.isAt(seen)
				s.Servers = append(s.Servers, *seen)
				if s.Before != nil {
					s.Before.Servers = append(s.Before.Servers, from.Before.Servers[i])
				}
				continue
			}
			merged := &s.Servers[k]
			quorum, election := tellsMore(merged.Quorum, seen.Quorum), tellsMore(merged.Election, seen.Election)
			more := cmp.Or(cmp.Compare(reported(seen), reported(merged)), cmp.Compare(answers(seen), answers(merged)))
			if more > 0 || more == 0 && !own[seen.Name] && from.isAt(seen) {
				*merged, own[seen.Name] = *seen, from.isAt(seen)
				if s.Before != nil {
					s.Before.Servers[k] = from.Before.Servers[i]
				}
			}
			merged.Quorum, merged.Election = quorum, election
		}
	}
	s.Plan.Targets = nil
	for i := range s.Servers {
		s.Plan.Targets = append(s.Plan.Targets, s.Servers[i].Target)
	}
}

// reported ranks how much a look at a server tells: its own words before what its
// sockets do, and those before silence.
func reported(s *Server) int {
	switch {
	case s.Srvr.Seen():
		return 6
	case s.Srvr.FailedAs(NotServing):
		return 5
	case s.Session.Seen(), s.Keeper != nil:
		return 4
	}
	return reached(s.Client)
}

// answers are how much it was told beside its role: the words and the rest that were answered.
func answers(s *Server) int {
	n := 0
	for _, seen := range []bool{
		s.Mntr.Seen(), s.Conf.Seen(), s.Envi.Seen(), s.Ruok.Seen(), s.Isro.Seen(), s.Admin.Settings.Seen(), s.Session.Seen(),
	} {
		if seen {
			n++
		}
	}
	return n
}

// isAt reports whether the snapshot was taken on the host of a server.
func (s *Snapshot) isAt(server *Server) bool {
	return slices.ContainsFunc(s.Vantage.Addrs.Value, func(a netip.Addr) bool {
		return slices.Contains(server.Resolve.Value, a)
	})
}

// tellsMore is the look at a port that tells more.
func tellsMore(a, b PortLook) PortLook {
	if reached(b.Look) > reached(a.Look) {
		return b
	}
	return a
}

// reached ranks how much a connection tells: that somebody got through before that the
// host refused, and that before silence.
func reached(o Obs[Dial]) int {
	switch {
	case o.Seen():
		return 3
	case o.FailedAs(Refused):
		return 2
	case o.Tried:
		return 1
	}
	return 0
}
