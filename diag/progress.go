package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// tooManyElections between two looks, more than one a minute, are too many. One is a
// restart of the leader.
const tooManyElections = 2

// mayBeBehind is how many transactions a follower may be behind. Servers are asked at
// slightly different moments, so some are nothing.
const mayBeBehind = 1000

// Rules about whether the ensemble gets on: does each follower keep up, does the
// leader stay?

// behind is how many transactions of its leader a learner lacks, as far as one
// look tells. One with the zxid of an older epoch lacks at least all that the
// leader wrote in its own. ok is false when it is ahead of the leader's epoch.
func behind(lead, s *model.Server) (n int64, ok bool) {
	leads, own := lead.Srvr.Value.Zxid, s.Srvr.Value.Zxid
	switch {
	case !s.Srvr.Seen() || own.Epoch() > leads.Epoch():
		return 0, false
	case own.Epoch() < leads.Epoch():
		return int64(leads.Counter()), true
	}
	return max(int64(leads.Counter())-int64(own.Counter()), 0), true
}

func learns(s *model.Server) bool { return s.Role == report.Follower || s.Role == report.Observer }

// whyNoLag tells why it cannot be said whether a server lags; empty when it can.
func whyNoLag(e *model.Ensemble, s *model.Server, limit int64) Outcome {
	lead := e.OnlyLeader()
	switch why := whyNoAnswer(s); {
	case why.skipped():
		return why
	case !learns(s):
		return Outcome{} // it follows nobody: what it is has a finding of its own
	case lead == nil:
		return skip(report.SkipNotReported, "the leader's zxid was not seen")
	}
	now, ok := behind(lead, s)
	switch {
	case !ok:
		return undecided("its zxid is of a newer epoch than the leader's")
	case now <= limit:
		return Outcome{} // whatever it was before
	case e.Before == nil:
		return skip(report.SkipOneLook, "it needs two checks (check --window 10s)")
	}
	b, then := e.Earlier(s), e.Before.OnlyLeader()
	if b == nil || then == nil || then.Name != lead.Name || then.Srvr.Value.Zxid.Epoch() != lead.Srvr.Value.Zxid.Epoch() {
		return undecided("the first check had another leader, or none")
	}
	if _, ok := behind(then, b); !ok {
		return undecided("the first check has no zxid of it")
	}
	return Outcome{}
}

const FollowerLagging report.Code = "follower-lagging"

var followerLaggingRule = Rule{
	Code: FollowerLagging, Title: "far behind the leader", Needs: "srvr, twice",
	Traits: theory.Traits{Unsettled: true},
	Eval:   checkFollowerLagging,
}

func checkFollowerLagging(e *model.Ensemble) Outcome {
	if e.LoneStandalone() {
		return Outcome{}
	}
	out := eachServer(e, func(s *model.Server) Outcome {
		if why := whyNoLag(e, s, mayBeBehind); why.skipped() || !learns(s) {
			return why
		}
		lead := e.OnlyLeader()
		now, _ := behind(lead, s)
		if now <= mayBeBehind {
			return Outcome{}
		}
		was, _ := behind(e.Before.OnlyLeader(), e.Earlier(s))
		if was <= mayBeBehind || now < was || float64(now) <= skewBetween(e, lead, s)+float64(mayBeBehind) {
			return Outcome{}
		}
		return found(lagFinding(lead, s, was, now, mayBeBehind))
	})
	lead := e.OnlyLeader()
	return out.lookAgain(lead != nil && slices.ContainsFunc(e.Servers, func(s *model.Server) bool {
		n, ok := behind(lead, s)
		return ok && learns(s) && n > mayBeBehind
	}))
}

func lagFinding(lead, s *model.Server, was, now, limit int64) report.Finding {
	return report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Summary: "it is far behind its leader and does not catch up: its clients read old data, and it cannot replace a lost voter soon.",
		Evidence: []report.Evidence{
			{Source: "srvr", Server: lead.Name, Key: "Zxid", Value: lead.Srvr.Value.Zxid.String()},
			{
				Source: "srvr", Key: "Zxid", Value: s.Srvr.Value.Zxid.String(),
				Wanted: fmt.Sprintf("at most %d behind", limit),
			},
			{Source: "srvr", Key: "behind", Value: fmt.Sprintf("%d transactions, then %d", was, now)},
		},
		Fix: []report.Fix{
			inspect(s.Name, topNow, "check whether it lacks CPU or waits for its disk now"),
			step(s.Name, "check the network between it and the leader: retransmissions, a full link"),
			{Note: "restart no other server before it has caught up"},
		},
	}
}

// skewBetween is how many transactions the leader may make while both are asked: no two
// servers are asked at the same moment.
func skewBetween(e *model.Ensemble, lead, s *model.Server) float64 {
	return e.ZxidRate(lead) * (lead.Srvr.Took + s.Srvr.Took).Seconds()
}

const LeaderFlapping report.Code = "leader-flapping"

var leaderFlappingRule = Rule{
	Code: LeaderFlapping, Title: "leader changes repeatedly", Needs: "srvr of the leader, twice",
	Traits:   theory.Traits{Unsettled: true},
	Explains: []report.Code{"latency-high"},
	Eval:     checkLeaderFlapping,
}

// checkLeaderFlapping compares the leader's epoch: each election makes a new one.
func checkLeaderFlapping(e *model.Ensemble) Outcome {
	if e.LoneStandalone() {
		return Outcome{}
	}
	if e.Before == nil {
		if why := unlessUnseen(e); why.skipped() {
			return why
		}
		return skip(report.SkipOneLook, "it needs two checks (check --window 1m)")
	}
	now, then := e.OnlyLeader(), e.Before.OnlyLeader()
	if now == nil || then == nil {
		return skip(report.SkipNotReported, "a leader was not seen in both checks")
	}
	newer, older := now.Srvr.Value.Zxid.Epoch(), then.Srvr.Value.Zxid.Epoch()
	if newer < older {
		return undecided("the epoch of the second check is the older one")
	}
	elections := int64(newer - older)
	if elections < tooManyElections || float64(elections) <= e.Between().Minutes() {
		return Outcome{}
	}
	servers := []string{now.Name}
	if then.Name != now.Name && slices.ContainsFunc(e.Servers, func(s *model.Server) bool { return s.Name == then.Name }) {
		servers = append(servers, then.Name)
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Servers: servers,
		Summary: fmt.Sprintf("%d new leaders in %s. During each election no client can write, and clients may lose their sessions.", elections, seconds(e.Between())),
		Evidence: []report.Evidence{
			{Source: "srvr", Server: then.Name, Key: "epoch, first check", Value: fmt.Sprint(older)},
			{
				Source: "srvr", Server: now.Name, Key: "epoch, second check", Value: fmt.Sprint(newer),
				Wanted: "the same, or one more",
			},
			{
				Source: "srvr", Key: "elections", Value: fmt.Sprintf("%d in %s", elections, seconds(e.Between())),
				Wanted: "at most 1 a minute",
			},
		},
	}
	if s := e.ByName(then.Name); s == nil || s.Local == nil || !s.Local.Log.Seen() {
		f.Fix = steps(then.Name, "read in its log why it stopped leading: grep for \"Shutdown called\" (3.4 and 3.5: \"shutdown Leader! reason\"). A server that led in between has such a line too; one that was killed has none")
	}
	f.Fix = append(f.Fix,
		report.Fix{Note: "find out whether something restarts the servers in turn: a deployment, or an orchestrator with a strict health check. If so, let the step that runs now end, then pause it"},
		report.Fix{Note: "find out why a leader misses syncLimit: a slow disk, long garbage collections, a blocked quorum port"})
	return found(f)
}
