package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// stallWords says why a stall is one, what shows it beside the zxid, and how sure that is.
func stallWords(s *model.Stall, e *model.Ensemble) (why string, evidence []report.Evidence, c report.Certainty) {
	c = report.Likely
	switch s.Cause {
	case model.TooFewInSync:
		why = "fewer followers are in sync with it than a majority needs"
		evidence = []report.Evidence{
			counterEvidence(s, "zk_synced_followers", fmt.Sprintf("%d or more", e.List.Quorums.Needed()-1)),
		}
		if n, _ := s.Now.Mntr.Value.NonVotingFollowers(); n > 0 {
			evidence = append(evidence, counterEvidence(s, model.NonVotingFollowers, "they have no vote"))
		}
	case model.TooFewLeft:
		why = "requests wait, and too few voters are left to confirm them; not in the quorum: " + enumerate(e.Votes.Out)
		evidence = []report.Evidence{outstandingEvidence(s, e)}
	case model.NoneCommitted:
		why = "requests wait, and it has committed none of the writes that it proposed"
		evidence = []report.Evidence{
			outstandingEvidence(s, e), counterEvidence(s, model.Proposals, ""),
			counterEvidence(s, model.Commits, "one more for each proposal"),
		}
	case model.SessionsHang:
		why = "a session requested there did not open, in two checks"
	}
	if e.MayHaveOracle() {
		c = report.Possible
	}
	if s.NoSession {
		c = report.Proven // that is a write of our own
		evidence = append(evidence, report.Evidence{
			Source: "session", Server: s.Now.Name,
			Value: "did not open in " + seconds(s.Now.Opened.Took) + ", in two checks", Wanted: "within milliseconds",
		})
	}
	return why, evidence, c
}

func counterEvidence(s *model.Stall, key, wanted string) report.Evidence {
	now, _ := s.Now.Mntr.Value.Count(key)
	then, _ := s.Then.Mntr.Value.Count(key)
	return report.Evidence{
		Source: s.Now.MntrFrom, Server: s.Now.Name, Key: key, Value: fmt.Sprintf("%d, then %d", then, now), Wanted: wanted,
	}
}

func outstandingEvidence(s *model.Stall, e *model.Ensemble) report.Evidence {
	return report.Evidence{
		Source: "srvr", Server: s.At.Name, Key: "Outstanding",
		Value:  fmt.Sprintf("%d, then %d", e.Earlier(s.At).Srvr.Value.Outstanding, s.At.Srvr.Value.Outstanding),
		Wanted: "0 in one of both checks",
	}
}

const LeaderNotCommitting report.Code = "leader-not-committing"

var leaderNotCommittingRule = Rule{
	Code: LeaderNotCommitting, Title: "leader does not commit writes", Needs: "srvr and mntr of the leader, twice",
	Traits:   theory.Traits{Unsettled: true, EnsembleWide: true, ByNumber: true, Symptom: true, AlwaysShown: true},
	Explains: []report.Code{"latency-high"},
	Eval:     checkLeaderNotCommitting,
}

// checkLeaderNotCommitting reports a leader that leads and confirms no write. It steps
// down by itself once its followers have been silent for syncLimit ticks, and never
// where they do answer it.
func checkLeaderNotCommitting(e *model.Ensemble) Outcome {
	lead := e.OnlyLeader()
	switch {
	case e.LoneStandalone():
		return Outcome{}
	case lead == nil:
		return skip(report.SkipNotReported, "no leader reported its zxid")
	case !e.List.Proven():
		return skip(report.SkipNotReported, "how many voters there are is not known")
	case e.HasOracle():
		return undecided("an oracle may replace a vote")
	case e.Before == nil && !slices.ContainsFunc(e.Servers, model.Waits) &&
		!e.TooFewSynced(lead) && !model.HungSession(lead):
		return Outcome{} // nothing waits
	case e.Before == nil:
		return skip(report.SkipOneLook, "it needs two checks (check --window 10s)").
			lookAgain(e.TooFewSynced(lead) || !e.CanConfirm() || model.HungSession(lead) || model.PendingProposals(lead))
	}
	s := e.Stall
	if s == nil {
		return Outcome{}
	}
	why, evidence, certainty := stallWords(s, e)
	then := "Reads work; writes and new sessions do not complete."
	if certainty == report.Possible {
		then = "Unless an oracle allows it to continue (oraclePath), reads work, and writes and new sessions do not complete."
	}
	return found(report.Finding{
		Severity: report.Critical, Certainty: certainty, Servers: []string{lead.Name},
		Summary: fmt.Sprintf("it reports that it leads, and committed nothing in %s: %s. %s", seconds(e.Between()), why, then),
		Evidence: append([]report.Evidence{
			{Source: "srvr", Server: lead.Name, Key: "Mode", Value: string(snapshot.ModeLeader)},
			{
				Source: "srvr", Server: lead.Name, Key: "Zxid",
				Value: lead.Srvr.Value.Zxid.String() + ", in both checks", Wanted: "a later one",
			},
		}, evidence...),
		Fix: []report.Fix{
			{Note: "fix first the followers that are not in the quorum: with a majority the leader continues by itself"},
			inspect(lead.Name, "echo mntr | nc "+shellWord(lead.Host)+" "+strconv.Itoa(lead.Port)+" | grep -E 'synced_followers|outstanding_requests'", "check whether the leader commits again"),
			risky(lead.Name, "if all followers are in sync and it still commits nothing, restart ZooKeeper there: the others elect a new leader",
				"reads stop too until a leader is elected"),
		},
	})
}
