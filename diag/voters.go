package diag

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Where the list of voters can come from, the better one first.
const (
	sourceConf    = string(snapshot.ByConf)
	sourceSession = string(snapshot.BySession)
	sourceAdmin   = string(snapshot.ByAdmin)
	sourceFile    = "file"
	sourceTargets = "targets"
)

// list is the best list of members that was seen, and its rule of quorum.
type list struct {
	zoocfg.Membership
	source string
	quorum zoocfg.Quorum
}

// proven reports whether the number of voters is ZooKeeper's and not the user's.
func (l *list) proven() bool { return l.source != sourceTargets }

// inForce reports whether a server that runs told it.
func (l *list) inForce() bool { return l.source != sourceFile && l.source != sourceTargets }

// membership chooses the list of members: what a server says that runs with it; else a
// configuration file; else the targets themselves, each taken for a voter.
func membership(e *ensemble) list {
	if told := e.snap.Members(); told != nil {
		return newList(e.completed(told), string(told.By))
	}
	if c := e.snap.Plan.Config; c != nil && len(c.Servers) > 0 {
		return newList(c.Membership, sourceFile)
	}
	for _, h := range e.hosts {
		if h.config != nil && len(h.config.Servers) > 0 {
			return newList(h.config.Membership, sourceFile)
		}
	}
	return newList(asTargets(e.servers), sourceTargets)
}

// completed adds to a list of voters alone the observers, groups and weights of the
// user's file.
func (e *ensemble) completed(told *snapshot.Members) zoocfg.Membership {
	m := told.Membership
	c := e.snap.Plan.Config
	if !told.VotersOnly() || c == nil {
		return m
	}
	m.Servers, m.Groups, m.Weights = slices.Clone(m.Servers), c.Groups, c.Weights
	for _, s := range c.Servers {
		if s.Role == zoocfg.Observer && m.Find(s.ID) == nil {
			m.Servers = append(m.Servers, s)
		}
	}
	return m
}

func newList(m zoocfg.Membership, source string) list {
	return list{Membership: m, source: source, quorum: m.Quorum()}
}

// namesDifferentEnsembles reports whether two of the servers that the user named
// have lists without a common address. Where a file lists them all, it says that
// they are one ensemble, and such lists are a fault.
func (e *ensemble) namesDifferentEnsembles() bool {
	if e.snap.Plan.Source != snapshot.FromTargets || e.snap.Plan.Config != nil {
		return false
	}
	for _, s := range e.servers {
		m := s.runsWith
		if m == nil {
			continue
		}
		for _, o := range e.servers {
			if other := o.runsWith; other != nil && !shareAddress(m.Membership, other.Membership) {
				return true
			}
		}
	}
	return false
}

func shareAddress(a, b zoocfg.Membership) bool {
	for _, s := range a.Servers {
		for _, t := range b.Servers {
			if slices.ContainsFunc(s.Addresses, func(x zoocfg.Address) bool { return slices.Contains(t.Addresses, x) }) {
				return true
			}
		}
	}
	return false
}

// asTargets makes members of the servers that the user named. Their ids are
// made up: negative, so that none is ever shown or taken for a real one, and in
// the order of the targets.
func asTargets(servers []*server) zoocfg.Membership {
	var m zoocfg.Membership
	for i, s := range servers {
		if s.twin != nil || s.nameless() {
			continue
		}
		member := zoocfg.Server{
			ID: int64(i - len(servers)), Role: zoocfg.Participant,
			Addresses: []zoocfg.Address{{Host: s.Host}}, Client: &zoocfg.HostPort{Host: s.Host, Port: s.Port},
		}
		if s.Srvr.Seen() && s.Srvr.Value.Mode == snapshot.ModeObserver {
			member.Role = zoocfg.Observer
		}
		m.Servers = append(m.Servers, member)
	}
	return m
}

// sameAs finds an earlier target that is the same server: the same port at the
// same name, or at the same address, be it the one that answered or, where none
// did, all that the name resolves to.
func (s *server) sameAs(others []*server) *server {
	for _, o := range others {
		if o.Port != s.Port || s.Port == 0 {
			continue
		}
		sameAddr := len(s.Resolve.Value) > 0 && slices.Equal(o.Resolve.Value, s.Resolve.Value)
		if o.Client.Seen() && s.Client.Seen() {
			sameAddr = o.Client.Value.Remote == s.Client.Value.Remote
		}
		if sameAddr || strings.EqualFold(o.Host, s.Host) {
			return o
		}
	}
	return nil
}

// place finds each server's line in the list. What comes first is surest: the
// line that it came from, its address, the id that it says it has (an address
// may look different from here: NAT, port-forwards, containers), the id that the
// file at hand gives it, and at last the only line left for the only one left.
func (e *ensemble) place() {
	taken := map[int64]bool{}
	pass := func(find func(*server) *zoocfg.Server) {
		for _, s := range e.servers {
			if s.twin != nil || s.member != nil {
				continue
			}
			if m := find(s); m != nil && !taken[m.ID] {
				s.member, taken[m.ID] = m, true
			}
		}
	}
	pass(func(s *server) *zoocfg.Server {
		if s.Member == nil {
			return nil
		}
		if m := e.list.Find(s.Member.ID); m != nil && slices.Equal(m.Addresses, s.Member.Addresses) {
			return m
		}
		return nil
	})
	pass(e.byAddress)
	pass(func(s *server) *zoocfg.Server {
		if id, _, ok := s.claimed(); ok {
			return e.list.Find(id)
		}
		return nil
	})
	pass(func(s *server) *zoocfg.Server {
		if s.Member != nil {
			return e.list.Find(s.Member.ID)
		}
		return nil
	})
	pass(e.onlyOneLeft(taken))
}

// findOutsiders finds the servers that are no members: they say themselves who they are,
// and neither the list in force nor their own has them. A list of voters alone does not
// tell of observers.
func (e *ensemble) findOutsiders() {
	for _, s := range e.servers {
		id, source, ok := s.claimed()
		if !ok || source == sourceSession || s.member != nil || s.twin != nil || !e.list.inForce() || e.list.Find(id) != nil {
			continue
		}
		own := s.runsWith
		s.outsider = s.mode() == snapshot.ModeFollower && (own == nil || own.Find(id) == nil)
	}
}

// onlyOneLeft pairs the only line that no server was found for with the only
// server that no line was found for, unless that one says that it is another.
func (e *ensemble) onlyOneLeft(taken map[int64]bool) func(*server) *zoocfg.Server {
	var line *zoocfg.Server
	lines, rows := 0, 0
	for i := range e.list.Servers {
		if !taken[e.list.Servers[i].ID] {
			line = &e.list.Servers[i]
			lines++
		}
	}
	for _, s := range e.servers {
		if s.twin == nil && s.member == nil {
			rows++
		}
	}
	return func(s *server) *zoocfg.Server {
		_, _, claims := s.claimed()
		standalone := s.Srvr.Seen() && s.Srvr.Value.Mode == snapshot.ModeStandalone
		if lines != 1 || rows != 1 || claims || standalone {
			return nil
		}
		return line
	}
}

// byAddress finds the only line that is at the server's address. Several lines
// with one host differ in the client port, where they give it; a line without
// one, at a host that several targets name, could be any of theirs.
func (e *ensemble) byAddress(s *server) *zoocfg.Server {
	var found *zoocfg.Server
	for i := range e.list.Servers {
		m := &e.list.Servers[i]
		if !e.isAt(m, s) || m.Client != nil && m.Client.Port != s.Port {
			continue
		}
		if found != nil {
			return nil
		}
		found = m
	}
	if found == nil || found.Client != nil {
		return found
	}
	for _, o := range e.servers {
		if o != s && o.twin == nil && e.isAt(found, o) {
			return nil
		}
	}
	return found
}

// isAt reports whether a line's host is that of the server: by name, by address,
// or by what this host makes of the name.
func (e *ensemble) isAt(m *zoocfg.Server, s *server) bool {
	if matchesHost(m, s) {
		return true
	}
	for _, h := range e.hosts {
		r, ok := h.resolved(m.ID)
		if ok && len(m.Addresses) > 0 && r.Host == m.Addresses[0].Host && slices.ContainsFunc(r.Addrs.Value, func(a netip.Addr) bool {
			return !a.IsLoopback() && slices.Contains(s.Resolve.Value, a)
		}) {
			return true
		}
	}
	return false
}

func matchesHost(m *zoocfg.Server, s *server) bool {
	for _, a := range m.Addresses {
		addr, err := netip.ParseAddr(a.Host)
		if strings.EqualFold(a.Host, s.Host) || err == nil && slices.Contains(s.Resolve.Value, addr) {
			return true
		}
	}
	return false
}

// vote is the id under which a server votes: the one it claims, for that is
// what its peers hear, or else its line's. Where the targets are the list, two
// that claim one id have the vote of the first.
func (e *ensemble) vote(s *server) int64 {
	id, source, ok := s.claimed()
	if !ok || !fromServer(source) {
		return s.member.ID
	}
	if s.member.ID >= 0 {
		return id
	}
	for _, o := range e.servers {
		if other, source, ok := o.claimed(); ok && fromServer(source) && other == id && o.member != nil {
			return o.member.ID
		}
	}
	return s.member.ID
}
