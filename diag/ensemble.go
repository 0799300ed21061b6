package diag

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ensemble is the snapshot as the rules see it: every server with its role and
// its place in the list of members, every local process with the server it is,
// and the verdict. It is built once and then only read.
type ensemble struct {
	snap    *snapshot.Snapshot
	servers []*server
	// distinct is the number of servers: those named twice count once, and names
	// that nobody has do not count.
	distinct int
	hosts    []*host
	list     list
	// mixed is set when the user named servers of different ensembles: their lists
	// have no address in common.
	mixed   bool
	verdict Verdict
	// votes is the count behind the verdict, and stall what keeps the leader from
	// confirming writes; nil for nothing.
	votes tally
	stall *stall
	// settled is set when two looks were made, so that no election that passes
	// can be mistaken for an outage.
	settled bool
	// before is the ensemble of the earlier look; nil when there was one look.
	before *ensemble
	// unheard is whether the voters that told nothing themselves are in sync with the
	// leader, as that says; one answer for all of them.
	unheard truth
	// lost is set when two looks say that they are not.
	lost bool
	// lookAgain is set when the verdict wants a second look.
	lookAgain bool
	// vantages are the ensemble as each of several hosts saw it; nil when one looked.
	vantages []*ensemble
}

func newEnsemble(snap *snapshot.Snapshot) *ensemble {
	e := &ensemble{snap: snap}
	if snap.Before != nil {
		e.before = newEnsemble(snap.Before)
		e.settled = true
	}
	for _, v := range snap.Vantages {
		e.vantages = append(e.vantages, newEnsemble(v))
	}
	for i := range snap.Servers {
		e.servers = append(e.servers, newServer(&snap.Servers[i], snap.Plan.Secure || snap.Servers[i].Secure))
	}
	for i := range snap.Local {
		if h := newHost(&snap.Local[i]); !h.isElsewhere(e.servers) {
			h.match(e.servers)
			e.hosts = append(e.hosts, h)
		}
	}
	e.findChanged()
	e.findElsewhere()
	for i, s := range e.servers {
		if s.twin = s.sameAs(e.servers[:i]); s.twin == nil && !s.nameless() {
			e.distinct++
		}
	}
	e.list = membership(e)
	e.mixed = e.namesDifferentEnsembles()
	e.place()
	e.findOutsiders()
	e.assignRoles()
	e.judge()
	return e
}

// findChanged ties the one server of this host that matched no target to the one
// target at an address of this host where it listens: its configuration was changed
// since its start, and no longer says that.
func (e *ensemble) findChanged() {
	running := slices.DeleteFunc(slices.Clone(e.hosts), func(h *host) bool { return h.Process == nil || h.server != nil })
	if len(running) != 1 {
		return
	}
	h := running[0]
	rows := e.filter(func(s *server) bool {
		id, source, told := s.claimed()
		same := told && source == s.confFrom && h.hasID && id == h.id || s.Member != nil && h.hasID && s.Member.ID == h.id
		return s.host == nil && same && slices.ContainsFunc(s.Resolve.Value, h.seenLocal) && h.listensAt(s.Resolve.Value, s.Port)
	})
	if len(rows) == 1 {
		h.server, rows[0].host = rows[0], h
	}
}

// findElsewhere ties a target at one of this host's addresses, where nothing
// listens, to a server of this host that listens at another one: it has a
// clientPortAddress, and the user wrote localhost.
func (e *ensemble) findElsewhere() {
	for _, h := range e.hosts {
		if h.Process == nil || h.server != nil {
			continue
		}
		for _, s := range e.servers {
			if s.host == nil && s.client == PortRefused && slices.ContainsFunc(s.Resolve.Value, h.seenLocal) {
				s.elsewhere = h
			}
		}
	}
}

// hiddenLeader finds the leader that answers like a server without a quorum
// because it has leaderServes=no (Leader.java does not give the client port its
// server object): others follow somebody, no one else leads, and of the
// servers that say "not serving" just one has the leader's port open, and is a quorum
// with those that serve.
//
// For the milliseconds between a leader's stepping down and its followers' noticing, the
// same is to be seen. So the verdict wants a second look, and whoever said in the earlier
// one that it leads has no such setting.
func (e *ensemble) hiddenLeader() *server {
	var candidate *server
	followers := 0
	for _, s := range e.servers {
		switch {
		case s.role == Leader:
			return nil
		case s.role == Follower:
			followers++
		case s.voter() && s.quorumPort == PortOpen && s.notServing() && candidate == nil:
			candidate = s
		case s.voter() && (s.quorumPort == PortOpen || silent(s)):
			return nil // this one may be the leader that they follow
		}
	}
	if candidate == nil || candidate.member == nil || followers == 0 {
		return nil
	}
	for _, id := range e.list.quorum.Voters() {
		if s := e.row(id); s == nil || s.role == RoleUnknown {
			return nil // the leader may be the one that was not seen
		}
	}
	if e.servedAsLeader(candidate) {
		return nil
	}
	serving := e.count().serving
	serving[e.vote(candidate)] = true
	if !e.list.quorum.Contains(serving) {
		return nil
	}
	return candidate
}

// servedAsLeader reports whether a server led and served clients in the earlier look.
func (e *ensemble) servedAsLeader(s *server) bool {
	b := e.earlier(s)
	return b != nil && b.Srvr.Seen() && b.role == Leader
}

// mightLead reports whether a server that says it serves nobody may lead all the same,
// with leaderServes=no: others follow somebody, nobody is seen to lead, and neither is its
// quorum port seen closed (it was not tried, or a firewall is before it) nor does its host
// tell that it has no such setting.
func (e *ensemble) mightLead(s *server) bool {
	closed := s.quorumPort == PortRefused || s.quorumPort == PortNotExpected
	if !s.notServing() || s.role != NotServing || !s.voter() || closed || len(e.leaders()) > 0 || e.servedAsLeader(s) {
		return false
	}
	if h := s.host; h != nil && h.config != nil && h.Process != nil {
		if _, no := h.leaderServesNo(); !no {
			return false
		}
	}
	return slices.ContainsFunc(e.servers, func(o *server) bool { return o.role == Follower })
}

// row is the server with that line in the list of members, or nil.
func (e *ensemble) row(id int64) *server {
	for _, s := range e.servers {
		if s.member != nil && s.member.ID == id {
			return s
		}
	}
	return nil
}

// filter returns the servers for which keep holds, in table order.
func (e *ensemble) filter(keep func(*server) bool) []*server {
	var kept []*server
	for _, s := range e.servers {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// each applies a rule to every server that can be judged; can tells why one
// cannot be, or nil.
func (e *ensemble) each(can func(*server) *Skip, rule func(*server, *result)) result {
	if len(e.servers) == 0 {
		return skip(SkipNotLooked, "no server was looked at")
	}
	var out result
	for _, s := range e.servers {
		if why := can(s); why != nil {
			why.Server = s.Name
			out.skips = append(out.skips, *why)
			continue
		}
		rule(s, &out)
	}
	return out
}

func names(servers []*server) []string {
	out := make([]string, len(servers))
	for i, s := range servers {
		out[i] = s.Name
	}
	return out
}

// severity is that of a fault that keeps a voter out: a warning while the
// quorum holds without it, critical once the quorum is lost.
func (e *ensemble) severity(servers ...*server) Severity {
	for _, s := range servers {
		if e.verdict.State == Down && s.voter() {
			return Critical
		}
	}
	return Warning
}

// earlier is the same server in the earlier look, or nil.
func (e *ensemble) earlier(s *server) *server {
	if e.before == nil {
		return nil
	}
	return e.before.called(s.Name)
}

// called is the server of that name, or nil.
func (e *ensemble) called(name string) *server {
	for _, s := range e.servers {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// twice reports whether something holds now and held in the earlier look; with
// one look only it is false.
func (e *ensemble) twice(s *server, holds func(*server) bool) bool {
	b := e.earlier(s)
	return b != nil && holds(b) && holds(s)
}
