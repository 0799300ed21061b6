package diag

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// Rules about the ensemble as a whole. All but split-brain are symptoms: they
// head the screen and are never a root cause.

const QuorumLost report.Code = "quorum-lost"

var quorumLostRule = Rule{
	Code: QuorumLost, Title: "no quorum: no leader is elected", Needs: "the role of every voter",
	Traits:   theory.Traits{EnsembleWide: true, ByNumber: true, Symptom: true, CoversAll: true},
	Keepers:  true,
	Explains: []report.Code{"server-not-serving", "read-only-mode", "status-script-misleading"},
	Eval:     checkQuorumLost,
}

func checkQuorumLost(e *model.Ensemble) Outcome {
	if e.Verdict.State != report.Down {
		if e.Verdict.State == report.Unknown {
			return undecided("the verdict is unknown")
		}
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Critical, Certainty: byNumber(e), Evidence: roleEvidence(e),
		Summary: fmt.Sprintf("%d of %s are needed to elect a leader, and fewer are available.",
			e.Verdict.QuorumNeeded, votersPhrase(e)),
		Fix: advice("start one server after the other until a leader is elected; do not delete or move version-2 on any server"),
	}
	idle := votersThat(e, func(s *model.Server) bool {
		return s.NotServing() && !s.Inferred || s.Role == report.ReadOnly || idleKeeper(s)
	})
	switch {
	case len(e.Leaders()) > 0:
		f.Title = "no quorum: no write is committed"
		f.Summary = fmt.Sprintf("%s reports that it leads, and committed nothing in %s: %d of %s can confirm a write, and %d are needed.",
			enumerate(e.Verdict.Leaders), seconds(e.Between()), len(e.Votes.Able), votersPhrase(e), e.Verdict.QuorumNeeded)
		f.Fix = advice("fix the servers that are not in the quorum: with a majority the leader continues, or a new one is elected; do not delete or move version-2 on any server")
	case e.List.Quorums.Contains(idle):
		f.Summary = fmt.Sprintf("%d of %s run and do not serve. %d are needed to elect a leader: enough are there, but they elect none.",
			len(idle), votersPhrase(e), e.Verdict.QuorumNeeded)
		f.Fix = advice("do not delete or move version-2 on any server; a restart of all servers at once hides the cause")
	}
	if e.Product != "" {
		f.Fix = advice("read the logs of all " + e.Product + " servers, and start those that do not run")
	}
	if f.Certainty == report.Proven && hungMayVote(e) {
		f.Certainty = report.Likely // a server whose clients hang may still vote
	}
	return found(f)
}

// hungMayVote reports whether a loss of the quorum rests on servers that do not answer: one
// whose threads for clients hang may vote all the same. A process that is seen to be stopped
// does not.
func hungMayVote(e *model.Ensemble) bool {
	able := votersThat(e, func(s *model.Server) bool { return model.Hangs(s) && !s.StoppedHere() })
	maps.Copy(able, e.Votes.Able)
	return e.List.Quorums.Contains(able)
}

// byNumber is the certainty of what rests on the number of voters.
func byNumber(e *model.Ensemble) report.Certainty {
	if e.List.Proven() && e.Product == "" {
		return report.Proven
	}
	return report.Likely
}

const DegradedNoSpare report.Code = "degraded-no-spare"

var degradedNoSpareRule = Rule{
	Code: DegradedNoSpare, Title: "serving, but can lose 0 more voters", Needs: "the role of every voter",
	Traits:  theory.Traits{EnsembleWide: true, NeverRoot: true},
	Keepers: true,
	Eval:    checkDegradedNoSpare,
}

func checkDegradedNoSpare(e *model.Ensemble) Outcome {
	v := e.Verdict
	switch {
	case v.State == report.Unknown:
		return undecided("the verdict is unknown")
	case v.Spare == nil:
		return undecided("how many more voters it can lose is not known")
	case v.State != report.Degraded || *v.Spare > 0 || v.Voters < 2:
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Warning, Certainty: byNumber(e), Evidence: roleEvidence(e),
		Summary: fmt.Sprintf("%d of %s serve and %d are needed: can lose 0 more. The loss of one more voter stops all writes.",
			v.ServingVoters, votersPhrase(e), v.QuorumNeeded),
		Fix: advice("fix the missing voter before any other server is restarted"),
	})
}

const ElectionInProgress report.Code = "election-in-progress"

var electionInProgressRule = Rule{
	Code: ElectionInProgress, Title: "election in progress", Needs: "two checks",
	Traits:   theory.Traits{Unsettled: true, NeverRoot: true},
	Explains: []report.Code{"server-not-serving", "degraded-no-spare", "status-script-misleading"},
	Eval:     checkElection,
}

// checkElection tells a passing election from an outage.
func checkElection(e *model.Ensemble) Outcome {
	idle := func(x *model.Ensemble) bool { return !x.ServesAnywhere() && x.AnyNotServing() }
	switch {
	case e.Before != nil && idle(e.Before) && e.Verdict.State != report.Down && e.ServesAnywhere():
		return found(report.Finding{
			Severity: report.Info, Certainty: report.Proven,
			Summary:  "no server served in the first check, and a quorum serves in the second: a leader was elected in between.",
			Evidence: roleEvidence(e),
		})
	case e.Before == nil && idle(e) && e.Verdict.State == report.Unknown:
		return inOneLook(report.Finding{
			Severity: report.Info,
			Summary:  "no server serves in this one check; an election takes less than a second and has the same symptoms.",
			Evidence: roleEvidence(e),
		})
	}
	var late []report.Finding
	for _, s := range e.Servers {
		if f := syncTooLate(e, s); f != nil {
			late = append(late, *f)
		}
	}
	if late != nil {
		return found(late...)
	}
	return unlessUnseen(e)
}

const SplitBrain report.Code = "split-brain"

var splitBrainRule = Rule{
	Code: SplitBrain, Title: "split brain: two leaders accept writes", Needs: "srvr, twice",
	Traits: theory.Traits{
		EnsembleWide: true, AlwaysShown: true, DataAtRisk: true, CoveredByAny: true, Proximate: true, Unsettled: true,
	},
	Explains: []report.Code{"data-digest-mismatch"},
	Eval:     checkSplitBrain,
}

func checkSplitBrain(e *model.Ensemble) Outcome {
	if e.Mixed {
		return undecided("the targets are of different ensembles")
	}
	if len(e.Verdict.Leaders) < 2 {
		return unlessUnseen(e)
	}
	if e.Verdict.State != report.Split {
		return skip(report.SkipOneLook, "two leaders in only one of the checks").lookAgain(true)
	}
	f := report.Finding{
		Severity: report.Critical, Certainty: byNumber(e), Servers: e.Verdict.Leaders,
		Summary: "two leaders were seen in both checks. Each has a majority of its own member list, so both accept writes.",
		Fix: []report.Fix{
			{Note: "compare the server.N lines of all servers: if no host of one group is meant to be in the other, these are two ensembles that share a server. Then move no data, and correct the lists", Risk: "none"},
			{Note: "stop writes if you can, and decide which leader has the data to keep"},
			{
				Note: "stop every server of the other group and MOVE version-2 out of its dataDir and dataLogDir; keep it",
				Risk: "if version-2 stays in place, the server rejoins with different data under the same zxids",
			},
			{
				Note: "write one member list on all servers, of which the kept group is a majority; restart the kept group first, then start one emptied server at a time; wait each time until it follows",
				Risk: "emptied servers must never be a majority without the kept group",
			},
		},
	}
	if splitByOracle(e) {
		f.SaysWhy = true
		f.Summary = "two leaders were seen in both checks, with one list of two voters: an oracle (oraclePath) lets each continue without the other, and both accept writes."
		f.Fix[len(f.Fix)-1] = report.Fix{
			Note: "set the oracle to 1 for one of them and never for both; start the kept one first, and the emptied one when the kept one serves",
			Risk: "the emptied one must never lead alone: set its oracle to 0",
		}
	}
	if !bothLead(e) {
		f.Certainty = report.Likely
		f.Summary = "two leaders were seen in both checks, with one list. Less likely: one lost its followers a moment ago, and reports that it leads for syncLimit ticks (usually 10 s)."
		f.Fix = append([]report.Fix{{
			Note: "check again before anything is stopped or moved: zkdoctor check --window 20s. A leader without followers has stepped down by then", Risk: "none",
		}}, f.Fix...)
	}
	for _, s := range e.Servers {
		if s.Role != report.Leader && s.Role != report.Follower {
			continue
		}
		value := fmt.Sprintf("%s, zxid %s", s.Role, s.Srvr.Value.Zxid)
		if m := s.RunsWith; m != nil {
			value += ", list " + idList(m.Membership)
		}
		addEvidence(&f, report.Evidence{Source: "srvr", Server: s.Name, Value: value})
	}
	return found(f)
}

// bothLead reports whether neither of two leaders can be one that has just lost its followers: they
// have different lists, or each has committed a write between the looks, or these are farther apart
// than such a leader says that it leads.
func bothLead(e *model.Ensemble) bool {
	if d := e.Divergence(); d.Count > 1 && !d.Moving {
		return true
	}
	return !slices.ContainsFunc(e.Leaders(), func(s *model.Server) bool {
		b := e.Earlier(s)
		if b == nil || !b.Srvr.Seen() || !s.Srvr.Seen() {
			return true
		}
		c := s.Conf.Value
		waits := s.Conf.Seen() && c.TickTime != nil && c.SyncLimit != nil
		outlasts := waits && e.Between() > time.Duration(*c.TickTime**c.SyncLimit)*time.Millisecond
		return b.Srvr.Value.Zxid == s.Srvr.Value.Zxid && !outlasts
	})
}

// splitByOracle reports whether two leaders can only be explained by an oracle that lets
// each of two voters go on without the other: they have one list, and no majority of it.
func splitByOracle(e *model.Ensemble) bool {
	_, lists := e.OwnLists()
	return model.DifferentLists(lists...) == 1 && len(e.List.Quorums.Voters()) == 2 && (e.HasOracle() || e.MayHaveOracle())
}
