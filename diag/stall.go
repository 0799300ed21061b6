package diag

import "github.com/zkdoctor/zkdoctor/probe/snapshot"

// The counters of mntr on a leader (Leader.propose and Leader.commit, 3.6+).
const (
	proposals = "zk_proposal_count"
	commits   = "zk_commit_count"
)

// stall is a leader that confirmed nothing between two looks, although it had to, or
// cannot.
type stall struct {
	now, then *server
	cause     stallCause
	// noSession is set when a session that was asked for did not open, twice.
	noSession bool
}

// stallCause is what shows that it is one.
type stallCause int

const (
	// tooFewInSync: fewer followers are in sync than a majority takes.
	tooFewInSync stallCause = iota
	// tooFewLeft: requests wait, and the voters left are no quorum.
	tooFewLeft
	// noneCommitted: it has proposed writes, and committed none.
	noneCommitted
	// sessionsHang: noSession alone.
	sessionsHang
)

// findStall compares the leader with itself; nil where it is well, or where that cannot
// be said. A zxid that stands still is no sign by itself: nobody may write.
func (e *ensemble) findStall() *stall {
	if e.before == nil || !e.list.proven() || e.hasOracle() {
		return nil
	}
	now, then := e.onlyLeader(), e.before.onlyLeader()
	if now == nil || then == nil || now.Name != then.Name || now.Srvr.Value.Zxid != then.Srvr.Value.Zxid {
		return nil
	}
	s := &stall{now: now, then: then, noSession: hungSession(now) && hungSession(then)}
	waits := min(now.Srvr.Value.Outstanding, then.Srvr.Value.Outstanding) > 0
	switch {
	case e.tooFewSynced(now) && e.before.tooFewSynced(then):
		s.cause = tooFewInSync
	case waits && !e.canConfirm() && !e.before.canConfirm():
		s.cause = tooFewLeft
	case waits && s.grew(proposals) > 0 && s.grew(commits) == 0:
		s.cause = noneCommitted
	case s.noSession:
		s.cause = sessionsHang
	default:
		return nil
	}
	return s
}

// hungSession reports whether a session was asked for (--session) and did not open.
func hungSession(s *server) bool { return s.Opened.FailedAs(snapshot.Silent) }

// tooFewSynced reports whether a leader counts fewer followers in sync than a majority
// takes. Of weights and groups the number tells nothing.
func (e *ensemble) tooFewSynced(lead *server) bool {
	synced, ok := lead.Mntr.Value.SyncedVoters()
	return ok && lead.Mntr.Seen() && e.list.proven() && !e.list.quorum.Hierarchical() && synced < int64(e.list.quorum.Needed()-1)
}

// canConfirm reports whether the voters that are not known to be out form a quorum.
func (e *ensemble) canConfirm() bool { return e.list.quorum.Contains(e.votes.possible) }

// grew is by how much a counter of the leader grew between the looks; -1 where it was
// not told.
func (s *stall) grew(key string) int64 {
	now, ok := s.now.Mntr.Value.Count(key)
	then, both := s.then.Mntr.Value.Count(key)
	if !ok || !both || now < then {
		return -1
	}
	return now - then
}
