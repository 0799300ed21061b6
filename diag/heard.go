package diag

import "strconv"

// What the leader's count of its followers in sync tells of servers that tell nothing
// themselves.

// leaderCount is how many voters are in sync with the only leader, as that says, and how
// many say that they follow it. ok is false where there is no such leader, or it does
// not tell.
func (e *ensemble) leaderCount() (lead *server, synced, following int64, ok bool) {
	leaders := e.leaders()
	if len(leaders) != 1 || !leaders[0].Mntr.Seen() {
		return nil, 0, 0, false
	}
	synced, ok = leaders[0].Mntr.Value.SyncedVoters()
	for _, s := range e.servers {
		if s.role == Follower && s.voter() && s.twin == nil {
			following++
		}
	}
	return leaders[0], synced, following, ok
}

// queuedServers are the hung servers whose queue of connections is full. The kernel
// then drops what comes to the client port, as a firewall does (Linux drops the
// SYN; Java's queue has room for 50). Any ensemble with clients gets there within
// seconds. What tells it from a firewall is the leader: it has as many followers
// in sync as are seen following, and so has lost this one.
func (e *ensemble) queuedServers() []*server {
	_, synced, following, ok := e.leaderCount()
	if !ok || synced != following {
		return nil
	}
	return e.filter(func(s *server) bool { return s.swallows() && s.member != nil && s.voter() })
}

// judgedByLeader are the voters that tell nothing themselves, be they out of reach, and
// are judged by what the leader counts: with all of them in sync it has them all, and with
// none but those that say so themselves it has lost them all. The latter takes two looks,
// for counts and roles are not of one moment.
func (e *ensemble) judgedByLeader() []*server {
	lead, synced, following, ok := e.leaderCount()
	if !ok || !e.list.proven() {
		return nil
	}
	unheard, counted := int64(0), true
	for _, id := range e.list.quorum.Voters() {
		s := e.row(id)
		switch {
		case s == nil || s.serving == unknown:
			unheard++
		case s == lead || s.role == Follower || s.role == RoleDown || s.notServing():
		default:
			counted = false // who hangs may still be counted
		}
	}
	switch {
	case unheard == 0:
	case synced == following+unheard && counted && !tellsNoOutsiders(lead):
		e.unheard = yes
	case synced == following:
		e.unheard = no
	}
	e.lost = e.unheard == no && e.before != nil && e.before.unheard == no
	if e.unheard != yes && !e.lost {
		return nil
	}
	return e.filter(func(s *server) bool {
		return s.member != nil && s.voter() && s.twin == nil && s.serving == unknown
	})
}

// tellsNoOutsiders reports whether a leader may count followers in sync that do not vote
// and cannot say so: 3.5 has them, and 3.6 was the first to count them apart.
func tellsNoOutsiders(lead *server) bool {
	version, ok := lead.version()
	_, apart := lead.Mntr.Value.NonVotingFollowers()
	return !apart && (!ok || version.AtLeast(3, 5, 0))
}

// countedEvidence is what the leader counts, where that judges the server; else nothing.
func (e *ensemble) countedEvidence(s *server) []Evidence {
	if s.counted == unknown {
		return nil
	}
	return []Evidence{e.counts()}
}

// counts is the evidence that the leader's count is; there must be one.
func (e *ensemble) counts() Evidence {
	lead, synced, _, _ := e.leaderCount()
	return Evidence{
		Source: lead.mntrFrom, Server: lead.Name, Key: "zk_synced_followers",
		Value: strconv.FormatInt(synced, 10), Wanted: strconv.Itoa(len(e.list.quorum.Voters()) - 1),
	}
}
