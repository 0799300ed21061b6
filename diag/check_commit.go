package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// The counters of mntr on a leader (Leader.propose and Leader.commit, 3.6+).
const (
	proposals = "zk_proposal_count"
	commits   = "zk_commit_count"
)

// stall is a leader that confirmed nothing between two looks, although it had to, or
// cannot.
type stall struct {
	now, then *server
	// why is a sentence, and evidence what it rests on beside the zxid.
	why      string
	evidence []Evidence
	// certainty is proven by a session that does not open.
	certainty Certainty
}

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
	s := &stall{now: now, then: then, certainty: Likely}
	waits := min(now.Srvr.Value.Outstanding, then.Srvr.Value.Outstanding) > 0
	switch {
	case e.tooFewSynced(now) && e.before.tooFewSynced(then):
		s.why = "fewer followers are in sync with it than a majority takes"
		s.evidence = []Evidence{s.told("zk_synced_followers", fmt.Sprintf("%d or more", e.list.quorum.Needed()-1))}
		if n, _ := now.Mntr.Value.NonVotingFollowers(); n > 0 {
			s.evidence = append(s.evidence, s.told(nonVotingFollowers, "they do not count"))
		}
	case waits && !e.canConfirm() && !e.before.canConfirm():
		s.why = "requests wait in it, and too few are left to confirm them; out: " + enumerate(e.count().out)
		s.evidence = []Evidence{s.outstanding()}
	case waits && s.grew(proposals) > 0 && s.grew(commits) == 0:
		s.why = "it has proposed writes and confirmed none"
		s.evidence = []Evidence{s.outstanding(), s.told(proposals, ""), s.told(commits, "one more for each proposal")}
	case hungSession(now) && hungSession(then):
		s.why = "a session that was asked for there did not open, twice"
	default:
		return nil
	}
	if e.mayHaveOracle() {
		s.certainty = Possible
	}
	if hungSession(now) && hungSession(then) {
		s.certainty = Proven // that is a write of our own
		s.evidence = append(s.evidence, Evidence{Source: "session", Server: now.Name, Value: "did not open in " + seconds(now.Opened.Took) + ", twice", Wanted: "within milliseconds"})
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
func (e *ensemble) canConfirm() bool { return e.list.quorum.Contains(e.count().possible) }

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

func (s *stall) told(key, wanted string) Evidence {
	now, _ := s.now.Mntr.Value.Count(key)
	then, _ := s.then.Mntr.Value.Count(key)
	return Evidence{Source: s.now.mntrFrom, Server: s.now.Name, Key: key, Value: fmt.Sprintf("%d, then %d", then, now), Wanted: wanted}
}

func (s *stall) outstanding() Evidence {
	return Evidence{
		Source: "srvr", Server: s.now.Name, Key: "Outstanding",
		Value: fmt.Sprintf("%d, then %d", s.then.Srvr.Value.Outstanding, s.now.Srvr.Value.Outstanding), Wanted: "0 in one of both looks",
	}
}

// checkLeaderNotCommitting reports a leader that leads and confirms no write. It steps
// down by itself once its followers have been silent for syncLimit ticks, and never
// where they do answer it.
func checkLeaderNotCommitting(e *ensemble) result {
	lead := e.onlyLeader()
	switch {
	case e.loneStandalone():
		return result{}
	case lead == nil:
		return skip(SkipNotTold, "a leader that tells its zxid was not seen")
	case !e.list.proven():
		return skip(SkipNotTold, "how many voters there are is not known")
	case e.hasOracle():
		return skip(SkipUndecided, "an oracle may stand in for a vote")
	case e.before == nil && lead.Srvr.Value.Outstanding == 0 && !e.tooFewSynced(lead) && !hungSession(lead):
		return result{} // nothing waits
	case e.before == nil:
		out := skip(SkipOneLook, "it takes two looks (check --window 10s)")
		out.lookAgain = e.tooFewSynced(lead) || !e.canConfirm() || hungSession(lead)
		return out
	}
	s := e.findStall()
	if s == nil {
		return result{}
	}
	then := "Reads work, writes and new sessions hang."
	if s.certainty == Possible {
		then = "Unless an oracle lets it go on (oraclePath), reads work, and writes and new sessions hang."
	}
	return result{findings: []Finding{{
		Severity: Critical, Certainty: s.certainty, Servers: []string{lead.Name},
		Summary: fmt.Sprintf("it says that it leads, and wrote nothing in %s: %s. %s", seconds(e.between()), s.why, then),
		Evidence: append([]Evidence{
			{Source: "srvr", Server: lead.Name, Key: "Mode", Value: string(snapshot.ModeLeader)},
			{Source: "srvr", Server: lead.Name, Key: "Zxid", Value: lead.Srvr.Value.Zxid.String() + ", in both looks", Wanted: "a later one"},
		}, s.evidence...),
		Fix: []Fix{
			{Note: "mend the followers first, those that are out: with a majority again it goes on by itself"},
			{
				Host: lead.Name, Command: "echo mntr | nc " + shellWord(lead.Host) + " " + strconv.Itoa(lead.Port) + " | grep -E 'synced_followers|outstanding_requests'",
				Note: "whether it goes on", Risk: "none",
			},
			{
				Host: lead.Name, Note: "where all followers are well and it still writes nothing, restart ZooKeeper there: they elect another",
				Risk: "reads stop too until that is done",
			},
		},
	}}}
}
