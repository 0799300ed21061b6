package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about how the ensemble is built: how many voters, and whether they are
// set up alike.

const EvenOrTinyEnsemble report.Code = "even-or-tiny-ensemble"

var evenOrTinyEnsembleRule = Rule{
	Code: EvenOrTinyEnsemble, Title: "even number of voters", Needs: "conf or a configuration",
	Eval: checkEvenOrTiny,
}

func checkEvenOrTiny(e *model.Ensemble) Outcome {
	lists := e.Divergence()
	switch {
	case e.Mixed:
		return undecided("the targets are of different ensembles")
	case e.LoneStandalone():
		return Outcome{}
	case !e.List.Proven():
		return skip(report.SkipNotReported, "no server reported its member list")
	case lists.Count > 1 && !lists.Moving:
		return undecided("the servers have different member lists")
	case e.List.Quorums.Hierarchical():
		return undecided("groups and weights decide, not the number of voters")
	case e.HasOracle() && len(e.List.Quorums.Voters()) == 2:
		return undecided("an oracle may replace a vote")
	}
	n := lint.EvenVoters(e.List.Quorums, false)
	if n == 0 {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Likely, // a file may be older, or newer, than what runs
		Summary: fmt.Sprintf("%d voters can lose %d, and so can %d: the last voter only adds a server that can fail and that a write may wait for.", n, (n-1)/2, n-1),
		Evidence: []report.Evidence{
			{Source: e.List.Source, Key: "voters", Value: strconv.Itoa(n), Wanted: fmt.Sprintf("%d or %d", n-1, n+1)},
		},
		Fix: advice(fmt.Sprintf("remove one voter, make it an observer, or add one: %d can lose %d", n+1, n/2)),
	}
	if e.List.InForce() {
		f.Certainty = report.Proven
	}
	if n == 2 {
		f.Severity, f.Title = report.Warning, "two voters: the loss of either is an outage"
		f.Summary = "2 voters can lose 0: when either fails or restarts, no client can write. This is less available than one standalone server, because either of two machines can fail."
		f.Evidence[0].Wanted = "3"
		f.Fix = []report.Fix{{
			Note: "add a third server with the same heap and a disk as fast, since it may lead; write its server.N line on all three, then start the new one, then restart the old ones, the leader last",
			Risk: "each restart is an outage until the third one follows",
		}}
		if e.Verdict.State == report.Down {
			f.Severity = report.Info // not why it is down, and nothing to change before it serves
			f.Fix[0].Note = "once it serves again, " + f.Fix[0].Note
		}
		if e.MayHaveOracle() {
			f.Severity, f.Certainty = report.Info, report.Possible
			f.Summary = "unless an oracle is configured, which no four-letter word reports (oraclePath), " + f.Summary
		}
	}
	return found(f)
}

// setting is one that all voters should share.
type setting struct {
	key string
	get func(*snapshot.Conf) *int
	// vital ones decide whether servers find and keep each other; the others only
	// what clients get.
	vital bool
}

// shared are the settings compared. Ports are not: several servers may well share
// a host.
func shared() []setting {
	return []setting{
		{"tickTime", func(c *snapshot.Conf) *int { return c.TickTime }, true},
		{"initLimit", func(c *snapshot.Conf) *int { return c.InitLimit }, true},
		{"syncLimit", func(c *snapshot.Conf) *int { return c.SyncLimit }, true},
		{"minSessionTimeout", func(c *snapshot.Conf) *int { return c.MinSessionTimeout }, false},
		{"maxSessionTimeout", func(c *snapshot.Conf) *int { return c.MaxSessionTimeout }, false},
		{"maxClientCnxns", func(c *snapshot.Conf) *int { return c.MaxClientCnxns }, false},
	}
}

const ConfigDrift report.Code = "config-drift"

var configDriftRule = Rule{
	Code: ConfigDrift, Title: "voters have different settings", Needs: "conf of two voters",
	Eval: checkConfigDrift,
}

// checkConfigDrift compares the settings of the voters. Observers are left out:
// they are often far away, and rightly more patient.
func checkConfigDrift(e *model.Ensemble) Outcome {
	if e.Mixed {
		return undecided("the targets are of different ensembles")
	}
	if e.LoneStandalone() {
		return Outcome{}
	}
	out := eachServer(e, func(s *model.Server) Outcome {
		return whyNotReported(s, "conf", s.Conf.Seen(), model.KindOf(s.Conf))
	})
	voters := e.Filter(func(s *model.Server) bool {
		return s.Conf.Seen() && s.Voter() && s.DuplicateOf == nil && s.Conf.Value.Quorum()
	})
	if len(voters) < 2 {
		return out.and(skip(report.SkipNotReported, "fewer than two voters reported their settings"))
	}
	f := report.Finding{Severity: report.Info, Certainty: report.Proven}
	var keys []string
	odd := map[*model.Server]bool{}
	for _, set := range shared() {
		if !set.vital && slices.Contains(keys, "tickTime") {
			continue // session timeouts are made from it
		}
		evidence, differ := compare(voters, set)
		if len(differ) == 0 {
			continue
		}
		keys = append(keys, set.key)
		addEvidence(&f, evidence...)
		for _, s := range differ {
			odd[s] = true
		}
		if set.vital {
			f.Severity = report.Warning
		}
	}
	if len(keys) == 0 {
		return out
	}
	for _, s := range voters {
		if odd[s] {
			f.Servers = append(f.Servers, s.Name)
		}
	}
	f.Summary = enumerate(keys) + " should be the same on all voters. When the leader changes, the values that apply to the others and to clients change too."
	f.Fix = []report.Fix{
		{Note: "decide which values are right, and write them into every zoo.cfg"},
		{Note: "then restart the servers that had other values, one at a time, the leader last, each after all others serve", Risk: "if the ensemble can lose 0 more, each restart is an outage"},
	}
	return out.and(found(f))
}

// compare gives what the voters have set, and those that have not what most of
// them have; all of them where there is no majority.
func compare(voters []*model.Server, set setting) (evidence []report.Evidence, differ []*model.Server) {
	count := map[int]int{}
	for _, s := range voters {
		if v := set.get(&s.Conf.Value); v != nil {
			count[*v]++
		}
	}
	if len(count) < 2 {
		return nil, nil
	}
	usual, most := "", 0
	for v, n := range count {
		switch {
		case n > most:
			usual, most = strconv.Itoa(v), n
		case n == most:
			usual = ""
		}
	}
	for _, s := range voters {
		v := set.get(&s.Conf.Value)
		if v == nil {
			continue
		}
		e := report.Evidence{Source: s.ConfFrom, Server: s.Name, Key: set.key, Value: strconv.Itoa(*v)}
		if e.Value != usual {
			differ = append(differ, s)
			e.Wanted = usual + ", as on most voters"
			if usual == "" {
				e.Wanted = "the same on all voters"
			}
		}
		evidence = append(evidence, e)
	}
	return evidence, differ
}
