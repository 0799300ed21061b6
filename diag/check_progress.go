package diag

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// tooManyElections between two looks, more than one a minute, are too many. One is a
// restart of the leader.
const tooManyElections = 2

// mayBeBehind is how many transactions a follower may be behind. Servers are asked at
// slightly different moments, so some are nothing.
const mayBeBehind = 1000

// Rules about whether the ensemble gets on: does each follower keep up, does the
// leader stay?

// onlyLeader is the only leader that told its zxid; nil when there is none.
func (e *ensemble) onlyLeader() *server {
	leaders := e.leaders()
	if len(leaders) != 1 || !leaders[0].Srvr.Seen() {
		return nil
	}
	return leaders[0]
}

// behind is how many transactions of its leader a learner lacks, as far as one
// look tells. One with the zxid of an older epoch lacks at least all that the
// leader wrote in its own. ok is false when it is ahead of the leader's epoch.
func behind(lead, s *server) (n int64, ok bool) {
	leads, own := lead.Srvr.Value.Zxid, s.Srvr.Value.Zxid
	switch {
	case !s.Srvr.Seen() || own.Epoch() > leads.Epoch():
		return 0, false
	case own.Epoch() < leads.Epoch():
		return int64(leads.Counter()), true
	}
	return max(int64(leads.Counter())-int64(own.Counter()), 0), true
}

func (s *server) learns() bool { return s.role == Follower || s.role == Observer }

// mayLag tells why it cannot be said whether a server lags; nil when it can.
func (e *ensemble) mayLag(s *server, limit int64) *Skip {
	lead := e.onlyLeader()
	switch why := s.answered(); {
	case why != nil:
		return why
	case !s.learns():
		return nil // it follows nobody: what it is has a finding of its own
	case lead == nil:
		return &Skip{Kind: SkipNotTold, Reason: "the leader's zxid was not seen"}
	}
	now, ok := behind(lead, s)
	switch {
	case !ok:
		return &Skip{Kind: SkipUndecided, Reason: "its zxid is of a newer epoch than the leader's"}
	case now <= limit:
		return nil // whatever it was before
	case e.before == nil:
		return &Skip{Kind: SkipOneLook, Reason: "it takes two looks (check --window 10s)"}
	}
	b, then := e.earlier(s), e.before.onlyLeader()
	if b == nil || then == nil || then.Name != lead.Name || then.Srvr.Value.Zxid.Epoch() != lead.Srvr.Value.Zxid.Epoch() {
		return &Skip{Kind: SkipUndecided, Reason: "the first look had another leader, or none"}
	}
	if _, ok := behind(then, b); !ok {
		return &Skip{Kind: SkipUndecided, Reason: "the first look lacks its zxid"}
	}
	return nil
}

var followerLaggingRule = Rule{
	Code: FollowerLagging, Title: "is far behind the leader", Needs: "srvr, twice",
	Eval: checkFollowerLagging,
}

func checkFollowerLagging(e *ensemble) result {
	if e.loneStandalone() {
		return result{}
	}
	out := e.each(func(s *server) *Skip { return e.mayLag(s, mayBeBehind) }, func(s *server, out *result) {
		if !s.learns() {
			return
		}
		lead := e.onlyLeader()
		now, _ := behind(lead, s)
		if now <= mayBeBehind {
			return
		}
		was, _ := behind(e.before.onlyLeader(), e.earlier(s))
		if was <= mayBeBehind || now < was || float64(now) <= e.skew(lead, s)+float64(mayBeBehind) {
			return
		}
		out.findings = append(out.findings, e.lags(lead, s, was, now, mayBeBehind))
	})
	if lead := e.onlyLeader(); lead != nil {
		for _, s := range e.servers {
			n, ok := behind(lead, s)
			out.lookAgain = out.lookAgain || ok && s.learns() && n > mayBeBehind
		}
	}
	return out
}

func (e *ensemble) lags(lead, s *server, was, now, limit int64) Finding {
	return Finding{
		Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
		Summary: "it is far behind its leader, and does not catch up: its clients read old data, and it is no spare that counts.",
		Evidence: []Evidence{
			{Source: "srvr", Server: lead.Name, Key: "Zxid", Value: lead.Srvr.Value.Zxid.String()},
			{
				Source: "srvr", Server: s.Name, Key: "Zxid", Value: s.Srvr.Value.Zxid.String(),
				Wanted: fmt.Sprintf("at most %d behind", limit),
			},
			{Source: "srvr", Server: s.Name, Key: "behind", Value: fmt.Sprintf("%d transactions, then %d", was, now)},
		},
		Fix: []Fix{
			{Host: s.Name, Command: "top -b -n 1 | head -15", Note: "see whether it is short of CPU or waits for its disk", Risk: "none"},
			{Host: s.Name, Note: "look at the network between it and the leader: retransmissions, a full link"},
			{Note: "restart no other server before it has caught up"},
		},
	}
}

// skew is how many transactions the leader may make while both are asked: no two
// servers are asked at the same moment.
func (e *ensemble) skew(lead, s *server) float64 {
	return e.zxidRate(lead) * (lead.Srvr.Took + s.Srvr.Took).Seconds()
}

var leaderFlappingRule = Rule{
	Code: LeaderFlapping, Title: "one leader after the other", Needs: "srvr of the leader, twice",
	Explains: []Code{LatencyHigh},
	Eval:     checkLeaderFlapping,
}

// checkLeaderFlapping compares the leader's epoch: each election makes a new one.
func checkLeaderFlapping(e *ensemble) result {
	if e.loneStandalone() {
		return result{}
	}
	if e.before == nil {
		if e.unlessUnseen().skips != nil {
			return e.unlessUnseen()
		}
		return skip(SkipOneLook, "it takes two looks (check --window 1m)")
	}
	now, then := e.onlyLeader(), e.before.onlyLeader()
	if now == nil || then == nil {
		return skip(SkipNotTold, "a leader was not seen in both looks")
	}
	newer, older := now.Srvr.Value.Zxid.Epoch(), then.Srvr.Value.Zxid.Epoch()
	if newer < older {
		return skip(SkipUndecided, "the epoch of the second look is the older one")
	}
	elections := int64(newer - older)
	if elections < tooManyElections || float64(elections) <= e.between().Minutes() {
		return result{}
	}
	servers := []string{now.Name}
	if then.Name != now.Name && slices.ContainsFunc(e.servers, func(s *server) bool { return s.Name == then.Name }) {
		servers = append(servers, then.Name)
	}
	perMinute := float64(elections) / math.Max(e.between().Minutes(), 1)
	return result{findings: []Finding{{
		Severity: Warning, Certainty: Likely, Servers: servers,
		Summary: fmt.Sprintf("%d new leaders in %s. Each election is a time in which nobody can write, and clients may lose their sessions.", elections, seconds(e.between())),
		Evidence: []Evidence{
			{Source: "srvr", Server: then.Name, Key: "epoch, first look", Value: strconv.FormatUint(uint64(older), 10)},
			{
				Source: "srvr", Server: now.Name, Key: "epoch, second look", Value: strconv.FormatUint(uint64(newer), 10),
				Wanted: "the same, or one more",
			},
			{Source: "srvr", Key: "elections a minute", Value: strconv.FormatFloat(perMinute, 'f', 1, 64)},
		},
		Fix: []Fix{
			{Note: "stop whoever restarts servers in turn, a script or an orchestrator with a health check"},
			{Host: servers[0], Note: "read in the logs why leaders step down: grep for \"Shutdown called\" (3.4 and 3.5: \"shutdown Leader! reason\")"},
			{Note: "look at what makes a leader miss its syncLimit: slow disks, long garbage collections, a blocked quorum port"},
		},
	}}}
}
