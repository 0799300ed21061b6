package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// NonVotingFollowers is the leader's count of them, from 3.6 on.
const NonVotingFollowers = "zk_synced_non_voting_followers"

// The counters of mntr on a leader (Leader.propose and Leader.commit, 3.6+).
const (
	Proposals = "zk_proposal_count"
	Commits   = "zk_commit_count"
)

// ReadLatency is how long reads took: a summary of mntr, 3.6+.
const ReadLatency = "readlatency"

// findStall compares the leader with itself; nil where it is well, or where that cannot
// be said. A zxid that stands still is no sign by itself: there may be no writes.
func findStall(e *Ensemble) *Stall {
	if e.Before == nil || !e.List.Proven() || e.HasOracle() {
		return nil
	}
	now, then := e.OnlyLeader(), e.Before.OnlyLeader()
	if now == nil || then == nil || now.Name != then.Name || now.Srvr.Value.Zxid != then.Srvr.Value.Zxid {
		return nil
	}
	s := &Stall{Now: now, Then: then, At: now, NoSession: HungSession(now) && HungSession(then)}
	waits := min(now.Srvr.Value.Outstanding, then.Srvr.Value.Outstanding) > 0
	switch {
	case e.TooFewSynced(now) && e.Before.TooFewSynced(then):
		s.Cause = TooFewInSync
	case waits && !e.CanConfirm() && !e.Before.CanConfirm():
		s.Cause = TooFewLeft
	case waits && s.grew(Proposals) > 0 && s.grew(Commits) == 0, proposedBefore(e, s):
		s.Cause = NoneCommitted
	case s.NoSession:
		s.Cause = SessionsHang
	default:
		return nil
	}
	return s
}

// PendingProposals reports whether a leader has proposed more than it has committed, as far as
// it counts (3.6+). The counters are of its process: what an earlier leadership left open is
// among them.
func PendingProposals(lead *Server) bool {
	proposed, ok := lead.Mntr.Value.Count(Proposals)
	committed, both := lead.Mntr.Value.Count(Commits)
	return ok && both && proposed > committed
}

// fewReads is the share of the time between two looks in which a server worked on reads, below
// which it is no read that waits in both.
const fewReads = 0.1

// waitsForWrites reports whether requests waited in a server in both looks, and no reads: the
// leader counts those of its own clients alone (ZooKeeperServer.submitRequestNow).
func waitsForWrites(e *Ensemble, s *Server) bool {
	reads, ok := e.MeanSince(s, ReadLatency)
	busy := float64(reads.Count) * reads.Each.Seconds()
	return ok && busy < fewReads*e.Between().Seconds() && e.Twice(s, Waits)
}

// Waits reports whether requests of clients wait in a server.
func Waits(s *Server) bool { return s.Srvr.Value.Outstanding > 0 }

// proposedBefore reports whether what clients wait for was proposed before the first look, and
// not committed since.
func proposedBefore(e *Ensemble, s *Stall) bool {
	if !PendingProposals(s.Then) || !PendingProposals(s.Now) || s.grew(Commits) != 0 {
		return false
	}
	i := slices.IndexFunc(e.Servers, func(s *Server) bool { return waitsForWrites(e, s) })
	if i >= 0 {
		s.At = e.Servers[i]
	}
	return i >= 0
}

// HungSession reports whether a session was asked for (--session) and did not open.
func HungSession(s *Server) bool { return s.Opened.FailedAs(snapshot.Silent) }

// TooFewSynced reports whether a leader counts fewer followers in sync than a majority
// takes. Of weights and groups the number shows nothing.
func (e *Ensemble) TooFewSynced(lead *Server) bool {
	synced, ok := lead.Mntr.Value.SyncedVoters()
	return ok && lead.Mntr.Seen() && e.List.Proven() &&
		!e.List.Quorums.Hierarchical() && synced < int64(e.List.Quorums.Needed()-1)
}

// CanConfirm reports whether the voters that are not known to be out form a quorum.
func (e *Ensemble) CanConfirm() bool { return e.List.Quorums.Contains(e.Votes.Possible) }

// grew is by how much a counter of the leader grew between the looks; -1 where it was
// not reported.
func (s *Stall) grew(key string) int64 {
	now, ok := s.Now.Mntr.Value.Count(key)
	then, both := s.Then.Mntr.Value.Count(key)
	if !ok || !both || now < then {
		return -1
	}
	return now - then
}
