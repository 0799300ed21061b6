package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// words says why a stall is one, what shows it beside the zxid, and how sure that is.
func (s *stall) words(e *ensemble) (why string, evidence []Evidence, c Certainty) {
	c = Likely
	switch s.cause {
	case tooFewInSync:
		why = "fewer followers are in sync with it than a majority takes"
		evidence = []Evidence{s.told("zk_synced_followers", fmt.Sprintf("%d or more", e.list.quorum.Needed()-1))}
		if n, _ := s.now.Mntr.Value.NonVotingFollowers(); n > 0 {
			evidence = append(evidence, s.told(nonVotingFollowers, "they do not count"))
		}
	case tooFewLeft:
		why = "requests wait in it, and too few are left to confirm them; out: " + enumerate(e.votes.out)
		evidence = []Evidence{s.outstanding()}
	case noneCommitted:
		why = "it has proposed writes and confirmed none"
		evidence = []Evidence{s.outstanding(), s.told(proposals, ""), s.told(commits, "one more for each proposal")}
	case sessionsHang:
		why = "a session that was asked for there did not open, twice"
	}
	if e.mayHaveOracle() {
		c = Possible
	}
	if s.noSession {
		c = Proven // that is a write of our own
		evidence = append(evidence, Evidence{Source: "session", Server: s.now.Name, Value: "did not open in " + seconds(s.now.Opened.Took) + ", twice", Wanted: "within milliseconds"})
	}
	return why, evidence, c
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

var leaderNotCommittingRule = Rule{
	Code: LeaderNotCommitting, Title: "it leads, and no write gets through", Needs: "srvr and mntr of the leader, twice",
	Traits:   Traits{EnsembleWide: true, AlwaysShown: true},
	Explains: []Code{LatencyHigh},
	Eval:     checkLeaderNotCommitting,
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
	s := e.stall
	if s == nil {
		return result{}
	}
	why, evidence, certainty := s.words(e)
	then := "Reads work, writes and new sessions hang."
	if certainty == Possible {
		then = "Unless an oracle lets it go on (oraclePath), reads work, and writes and new sessions hang."
	}
	return result{findings: []Finding{{
		Severity: Critical, Certainty: certainty, Servers: []string{lead.Name},
		Summary: fmt.Sprintf("it says that it leads, and wrote nothing in %s: %s. %s", seconds(e.between()), why, then),
		Evidence: append([]Evidence{
			{Source: "srvr", Server: lead.Name, Key: "Mode", Value: string(snapshot.ModeLeader)},
			{Source: "srvr", Server: lead.Name, Key: "Zxid", Value: lead.Srvr.Value.Zxid.String() + ", in both looks", Wanted: "a later one"},
		}, evidence...),
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
