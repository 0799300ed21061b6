package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// judge reaches the verdict about now.
func judge(e *Ensemble) {
	e.List.Edited = e.List.Edited && !allServe(e)
	if e.List.Source == sourceFile && (listIsOld(e) || e.List.Edited) {
		e.List.Source = SourceTargets
	}
	e.Votes = e.count()
	e.Stall = findStall(e)
	t, q, leaders := e.Votes, e.List.Quorums, e.Leaders()
	v := report.Verdict{
		Voters: len(q.Voters()), VotersSource: e.List.Source,
		ServingVoters: len(t.Serving), QuorumNeeded: q.Needed(),
		Leaders: Names(leaders), Out: t.Out, Unseen: t.Unseen, Looks: 1,
	}
	if e.Settled {
		v.Looks = 2
	}
	for _, s := range leaders {
		if id, _, ok := s.ShownID(); ok {
			v.LeaderIDs = append(v.LeaderIDs, id)
		}
	}
	v.State, e.LookAgain = state(e, t, leaders)
	e.LookAgain = e.LookAgain || e.SilentInSync == No && !e.Settled
	v.Spare = spare(e, v.State, t)
	e.Verdict = v
}

// state is the heart of the verdict. again asks for a second look.
func state(e *Ensemble, t Tally, leaders []*Server) (state report.State, again bool) {
	q := e.List.Quorums
	switch {
	case e.LoneStandalone():
		return report.Serving, false
	case e.Mixed:
		return report.Unknown, false
	case len(leaders) > 1 && e.Product != "", KeeperBehind(e) != nil:
		return report.Unknown, true // what its words prove is not known well enough
	case len(leaders) > 1:
		// A hand-over can show two for an instant.
		if e.Settled && len(e.Before.Verdict.Leaders) > 1 {
			return report.Split, false
		}
		return report.Unknown, true
	case e.ProvesQuorum():
		return servingState(e, t, leaders)
	case e.LoneMember():
		return report.Unknown, e.AnyNotServing()
	case e.HasOracle() && len(t.Alive) > 0:
		// Whether those that are left may serve is for an outside program to say.
		return report.Unknown, e.AnyNotServing()
	case len(t.Out) > 0 && !q.Contains(t.Alive):
		return report.Down, false
	case t.Open > 0 && !e.List.Proven():
		// The number of voters is the user's, and one of them could not be judged.
		return report.Unknown, e.AnyNotServing()
	case len(t.Out) > 0 && !q.Contains(t.Possible):
		if e.Settled && noneServed(e.Before) {
			return report.Down, false
		}
		return report.Unknown, true
	}
	return report.Unknown, e.AnyNotServing()
}

// servingState is the state of an ensemble in which a server proves a quorum.
// Mode: leader or follower proves one within the last syncLimit ticks; where
// the sockets say otherwise, the second look decides.
func servingState(e *Ensemble, t Tally, leaders []*Server) (report.State, bool) {
	// A leader that has lost its followers reports leader for up to syncLimit ticks,
	// 10 s as usually configured: while they report that they do not serve, it can
	// commit nothing.
	leaderless := len(leaders) == 0 && t.Open == 0 && !e.bySession() && (e.List.Proven() || len(t.Out) > 0)
	// Others may still follow the one that hangs.
	contested := slices.ContainsFunc(e.Servers, e.MightLead) && slices.ContainsFunc(e.Servers, Hangs)
	if e.cannotConfirm() {
		if e.leadsAlone() {
			return report.Down, false
		}
		return report.Unknown, true
	}
	// A session that was asked for and does not open: one look cannot tell why.
	if e.Stall != nil || leaderless || contested || slices.ContainsFunc(leaders, HungSession) {
		return report.Unknown, true
	}
	inferred := slices.ContainsFunc(leaders, func(s *Server) bool { return s.Inferred })
	again := inferred || e.AnyNotServing() || FewerFollow(e)
	if len(t.Out) == 0 {
		return report.Serving, again
	}
	return report.Degraded, again
}

// cannotConfirm reports whether the voters that can confirm a write are no quorum: the others
// are down, hang, or say that they do not serve.
func (e *Ensemble) cannotConfirm() bool {
	if e.PeersUnknown() || e.HasOracle() || e.List.Edited {
		return false
	}
	return !e.List.Quorums.Contains(e.Votes.Able)
}

// leadsAlone reports whether two looks show one leader that so few others can follow that it
// confirms no write, and has confirmed none. It leads on until it has missed them for
// syncLimit ticks.
func (e *Ensemble) leadsAlone() bool {
	if e.Before == nil || e.MayHaveOracle() {
		return false
	}
	up := func(s *Server) bool { return s.Role != report.RoleDown } // where it counts more, others follow it
	for _, look := range []*Ensemble{e, e.Before} {
		if !knowsVoters(look) || !look.cannotConfirm() || countsMore(look, up) {
			return false
		}
	}
	now, then := e.OnlyLeader(), e.Before.OnlyLeader()
	return now != nil && then != nil && now.Name == then.Name && now.Srvr.Value.Zxid == then.Srvr.Value.Zxid
}

// noneServed reports whether this look alone shows that no quorum served.
func noneServed(e *Ensemble) bool {
	t := e.Votes
	return len(t.Out) > 0 && !e.ServesAnywhere() && !e.List.Quorums.Contains(t.Possible)
}

// spare is how many more voters may be lost, nil while servers that were not
// seen leave that open.
func spare(e *Ensemble, state report.State, t Tally) *int {
	var spare int
	switch state {
	case report.Down:
		spare = -1
	case report.Serving, report.Degraded:
		if e.LoneStandalone() {
			break
		}
		if e.PeersUnknown() || e.HasOracle() || LeaderNotNamed(e) || e.List.Edited || FewerFollow(e) {
			return nil
		}
		spare = e.List.Quorums.Spare(t.Serving)
		if most := e.List.Quorums.Spare(t.Possible); most != spare || spare < 0 {
			return nil
		}
	default:
		return nil
	}
	return &spare
}
