package restart

import (
	"fmt"
	"maps"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// May it stop? Without it the others are a quorum, and nothing is on its way.

func stopChecks() []check {
	return []check{
		{"two-checks", twoChecks},
		{"quorum-left", quorumLeft},
		{"others-serve", othersServe},
		{"in-sync", inSync},
		{"settled", settled},
		{"same-members", sameMembers},
		{"writes", writes},
	}
}

// twoChecks: one check cannot tell a state from a moment.
func twoChecks(s *subject) []Check {
	switch {
	case s.r.Incomplete != "":
		return notKnown("the check ended early: "+s.r.Incomplete, do("", "run it again with more time: --deadline 30s"))
	case s.e.Before == nil:
		return notKnown("only one check was made, and it takes two",
			do("", "run it again, or collect again with --window 3s"))
	}
	return ok("two checks, %.1f s apart", s.e.Between().Seconds())
}

// quorumLeft counts the voters that serve without the server, by groups and weights too.
func quorumLeft(s *subject) []Check {
	e := s.e
	q := e.List.Quorums
	needed := fmt.Sprintf("of %d voters %d are needed", len(q.Voters()), q.Needed())
	if q.Hierarchical() {
		needed = fmt.Sprintf("of %d voters in groups", len(q.Voters()))
	}
	switch {
	case e.LoneStandalone():
		return onlyServer()
	case !e.List.Proven() && !s.q.Listed:
		return notKnown("how many voters there are was not reported",
			do("", "name all members: --in zk1,zk2,zk3, or -c zoo.cfg, or run it on a server"))
	case s.votes() && len(q.Voters()) == 1:
		return onlyServer()
	case e.PeersUnknown(), model.LeaderNotNamed(e), e.List.Edited:
		return notKnown("which servers are members is not known",
			do("", "name all members: --in zk1,zk2,zk3, or run it on a server"))
	case model.FewerFollow(e):
		lead, synced, following, _ := e.LeaderCount()
		return notKnown(fmt.Sprintf("%s counts %d in sync of %d voters that say that they follow: the others may follow another leader", lead.Name, synced, following),
			do("", "compare the server.N lines of all servers, and ask again in 30 s: a follower that was given up has noticed it by then"))
	case e.HasOracle():
		return notKnown("an oracle decides which of two voters goes on (oraclePath)", do("", "ask it first, then leave this check out: --ignore quorum-left"))
	case !s.votes():
		return ok("it does not vote: the quorum does not change")
	}
	left, most := without(e.Votes.Serving, s.s), without(e.Votes.Possible, s.s)
	switch {
	case q.Contains(left) && (e.Before == nil || q.Contains(without(e.Before.Votes.Serving, s.s))):
		c := ok("%s, and %d others serve", needed, len(left))
		if s.leads() {
			c[0].Text += "; it leads: the others elect another leader, so restart it last"
		}
		return c
	case q.Contains(left):
		return notOK(fmt.Sprintf("%s, and in the first check fewer of the others served", needed),
			do("", "wait until all are back: zkdoctor wait --for serving"))
	case q.Contains(most) && len(e.Votes.Unseen) > 0:
		return notKnown(fmt.Sprintf("%s, and only %d others were seen to serve", needed, len(left)),
			do("", "check from where all servers can be reached: "+enumerate(e.Votes.Unseen)+" gave no answer"))
	}
	c := notOK(fmt.Sprintf("%s, and %d would be left without it: clients cannot write while it is down", needed, len(left)),
		do("", "bring the others back first: zkdoctor check says why they are not in the quorum"))
	if len(q.Voters()) == 2 {
		c[0].Do = []report.Fix{do("", "two voters tolerate no failure: add a third one (docs/grow-and-shrink.md), or choose a time without writes and skip this check: --ignore quorum-left")}
	}
	c[0].Evidence = roles(e, others(e.Verdict.Out, s.s.Name))
	return c
}

func onlyServer() []Check {
	return notOK("it is the only server: while it is down no client is served",
		do("", "stop its clients first, or let them wait; then leave this check out: --ignore quorum-left"))
}

// without are the voters that stay when a server stops.
func without(voters map[int64]bool, s *model.Server) map[int64]bool {
	left := maps.Clone(voters)
	if s.Line != nil {
		delete(left, s.Line.ID)
	}
	if id, _, known := s.ShownID(); known {
		delete(left, id)
	}
	return left
}

// othersServe: each other voter is in the quorum, in both checks.
func othersServe(s *subject) []Check {
	for _, e := range []*model.Ensemble{s.e, s.e.Before} {
		if e == nil {
			continue
		}
		switch state := e.Verdict.State; state {
		case report.Serving, report.Degraded:
		case report.Down, report.Split:
			return notOK("the ensemble does not serve: "+state.Word(), do("", "run zkdoctor check, and fix what it names first"))
		default:
			return notKnown("whether the ensemble serves is not known",
				do("", "run zkdoctor check, which says what it cannot see"))
		}
		if out := others(e.Verdict.Out, s.s.Name); len(out) > 0 {
			c := notOK(enumerate(out)+" is not in the quorum: two servers would be missing at once",
				do("", "bring it back first: zkdoctor check says why it is not in the quorum"))
			c[0].Evidence = roles(e, out)
			return c
		}
		if unseen := unseenOthers(e, s.s); len(unseen) > 0 {
			return notKnown("whether "+enumerate(unseen)+" serves was not seen", do("", "check from where it can be reached: on a server, or --via"))
		}
	}
	return ok("all others serve")
}

// unseenOthers are the other voters that were not seen to serve, and are not known to be out.
func unseenOthers(e *model.Ensemble, s *model.Server) []string {
	if e.LoneStandalone() {
		return nil
	}
	var out []string
	for _, id := range e.List.Quorums.Voters() {
		other := e.ByLine(id)
		if e.Votes.Serving[id] || other != nil && other.Name == s.Name {
			continue
		}
		if other == nil {
			out = append(out, fmt.Sprintf("server.%d", id))
		} else if other.Serving != model.No {
			out = append(out, other.Name)
		}
	}
	return out
}

// others are the names without that of the server.
func others(names []string, own string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == own })
}

// roles are what servers are.
func roles(e *model.Ensemble, names []string) []report.Evidence {
	var out []report.Evidence
	for _, name := range names {
		if other := e.ByName(name); other != nil {
			out = append(out, report.Evidence{
				Source: "role", Server: name, Value: string(other.Role), Wanted: "leader or follower",
			})
		}
	}
	return out
}

// inSync: each other voter has, in the second check, all that any had committed in the first.
func inSync(s *subject) []Check {
	e := s.e
	if e.LoneStandalone() || e.Before == nil {
		return nil
	}
	newest := e.Before.Snap.Committed()
	var behind, unknown []string
	var evidence []report.Evidence
	for _, other := range s.otherVoters() {
		switch {
		case other == nil || other.Serving != model.Yes:
			// others-serve speaks of it.
		case !other.Stats().Seen():
			if !other.Inferred && other.Counted != model.Yes {
				unknown = append(unknown, other.Name)
			}
		case other.Stats().Value.Zxid.Lacks(newest):
			behind = append(behind, other.Name)
			evidence = append(evidence, report.Evidence{
				Source: "srvr", Server: other.Name, Key: "Zxid",
				Value: other.Stats().Value.Zxid.String(), Wanted: newest.String() + " or more",
			})
		}
	}
	switch {
	case len(behind) > 0:
		c := notOK(enumerate(behind)+" has not what was committed before the first check", do("", "wait until it has: zkdoctor wait --for in-sync="+behind[0]))
		c[0].Evidence = evidence
		return c
	case len(unknown) > 0:
		return notKnown("how far "+enumerate(unknown)+" is was not reported", do("", "allow srvr there (4lw.commands.whitelist), or the AdminServer"))
	}
	return ok("all other voters are in sync")
}

// settled: nothing was found that passes or moves, except at the server itself.
func settled(s *subject) []Check {
	var out []Check
	for _, f := range s.findings() {
		possible := f.Certainty == report.Possible && f.Code != diag.ElectionInProgress
		if f.Code == diag.MembershipDivergent || !diag.TraitsOf(f.Code).Unsettled || possible {
			continue
		}
		if len(f.Servers) == 1 && f.Servers[0] == s.s.Name {
			continue // it may be why it is to be restarted
		}
		out = append(out, fromFinding(NotOK, f))
	}
	if out == nil {
		return ok("no election, start or lag was seen")
	}
	return out
}

// writes: the leader commits.
func writes(s *subject) []Check {
	e := s.e
	lead := e.OnlyLeader()
	switch {
	case e.Stall != nil:
		return notOK("requests wait and nothing is committed", do("", "run zkdoctor check, and fix what it names first"))
	case e.LoneStandalone() || lead == nil || e.Before == nil:
		return nil // others-serve has judged it
	}
	then := e.Before.OnlyLeader()
	switch {
	case then == nil || then.Name != lead.Name:
		return notOK("the leader changed between the two checks", do("", "wait until it stays: zkdoctor wait --for serving"))
	case lead.Opened.Seen():
		return ok("a session was opened and closed: writes pass")
	case lead.Srvr.Value.Zxid > then.Srvr.Value.Zxid:
		return ok("writes were committed between the two checks")
	}
	return ok("no write came between the two checks, and none waits")
}
