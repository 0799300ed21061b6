package model

import "github.com/zkdoctor/zkdoctor/diag/report"

// LeaderCount is how many voters are in sync with the only leader, as that says, and how
// many say that they follow it. ok is false where there is no such leader, or it does
// not report it.
func (e *Ensemble) LeaderCount() (lead *Server, synced, following int64, ok bool) {
	leaders := e.Leaders()
	if len(leaders) != 1 || !leaders[0].Mntr.Seen() {
		return nil, 0, 0, false
	}
	synced, ok = leaders[0].Mntr.Value.SyncedVoters()
	for _, s := range e.Servers {
		if s.Role == report.Follower && s.Voter() && s.DuplicateOf == nil {
			following++
		}
	}
	return leaders[0], synced, following, ok
}

// FewerFollow reports whether in each look the only leader counts fewer voters in sync than say that they follow:
// some follow another leader, or have not noticed yet that this one gave them up.
func FewerFollow(e *Ensemble) bool {
	_, synced, following, ok := e.LeaderCount()
	return ok && synced < following && (e.Before == nil || FewerFollow(e.Before))
}

// listIsOld reports whether the list of a configuration file is not the one that servers run
// with: it was edited since, or is of another server.
func listIsOld(e *Ensemble) bool {
	return countsMore(e, func(s *Server) bool { return s.Serving != No || Hangs(s) })
}

// countsMore reports whether the leader counts more followers in sync than there are listed that could be. What
// 3.5 counts beside the voters proves nothing.
func countsMore(e *Ensemble, could func(*Server) bool) bool {
	lead, synced, _, ok := e.LeaderCount()
	if !ok || hidesNonMembers(lead) {
		return false
	}
	possible := int64(0)
	for _, id := range e.List.Quorums.Voters() {
		if s := e.ByLine(id); s == nil || s != lead && could(s) {
			possible++
		}
	}
	return synced > possible
}

// knowsVoters reports whether it is known who votes: a server that runs told it, or a file does
// that the leader's count does not contradict.
func knowsVoters(e *Ensemble) bool {
	lead, _, _, counts := e.LeaderCount()
	return e.List.InForce() || e.List.Source == sourceFile && counts && !hidesNonMembers(lead)
}

// fullQueues are the hung servers whose queue of connections is full. The kernel
// then drops what comes to the client port, as a firewall does (Linux drops the
// SYN; Java's queue has room for 50). Any ensemble with clients gets there within
// seconds. What tells it from a firewall is the leader: it has as many followers
// in sync as are seen following, and so has lost this one.
func fullQueues(e *Ensemble) []*Server {
	_, synced, following, ok := e.LeaderCount()
	if !ok || synced != following {
		return nil
	}
	return e.Filter(func(s *Server) bool { return s.DropsConnections() && s.Line != nil && s.Voter() })
}

// judgedByLeader are the voters that report nothing themselves, be they out of reach, and
// are judged by what the leader counts: with all of them in sync it has them all, and with
// none but those that say so themselves it has lost them all. The latter takes two looks,
// for counts and roles are not of one moment.
func judgedByLeader(e *Ensemble) []*Server {
	lead, synced, following, ok := e.LeaderCount()
	if !ok || !e.List.Proven() || e.List.Edited {
		return nil
	}
	silent, counted := int64(0), true
	for _, id := range e.List.Quorums.Voters() {
		s := e.ByLine(id)
		switch {
		case s == nil || s.Serving == Unknown:
			silent++
		case s == lead || s.Role == report.Follower || s.Role == report.RoleDown || s.NotServing():
		default:
			counted = false // who hangs may still be counted
		}
	}
	switch {
	case silent == 0:
	case synced == following+silent && counted && !hidesNonMembers(lead):
		e.SilentInSync = Yes
	case synced == following:
		e.SilentInSync = No
	}
	e.SilentLost = e.SilentInSync == No && e.Before != nil && e.Before.SilentInSync == No
	if e.SilentInSync != Yes && !e.SilentLost {
		return nil
	}
	return e.Filter(func(s *Server) bool {
		return s.Line != nil && s.Voter() && s.DuplicateOf == nil && s.Serving == Unknown
	})
}

// hidesNonMembers reports whether a leader may count followers in sync that do not vote
// and cannot say so: 3.5 has them, and 3.6 was the first to count them apart.
func hidesNonMembers(lead *Server) bool {
	version, ok := lead.Version()
	_, apart := lead.Mntr.Value.NonVotingFollowers()
	return !apart && (!ok || version.AtLeast(3, 5, 0))
}
