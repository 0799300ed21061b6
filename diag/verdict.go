package diag

import (
	"slices"
)

// tally is the state of the voters, by id.
type tally struct {
	serving  map[int64]bool // known to serve
	possible map[int64]bool // not known not to serve
	alive    map[int64]bool // not known to be down
	// out and unseen are the names of the voters known not to serve, and of those
	// that told nothing themselves.
	out, unseen []string
	// open is how many voters are neither: those, and the ones nobody looked at.
	open int
	// willing are the voters that do not say themselves that they serve nobody.
	willing map[int64]bool
}

// count sorts the voters. One that was not looked at is neither out nor in.
func (e *ensemble) count() tally {
	t := tally{serving: map[int64]bool{}, possible: map[int64]bool{}, alive: map[int64]bool{}, willing: map[int64]bool{}}
	for _, id := range e.list.quorum.Voters() {
		s := e.row(id)
		if s == nil {
			t.possible[id], t.alive[id], t.willing[id] = true, true, true
			switch {
			case e.unheard == yes:
				t.serving[id] = true
			case e.lost:
				t.out = append(t.out, e.list.Find(id).Addresses[0].Host)
				delete(t.possible, id)
			default:
				t.open++
			}
			continue
		}
		t.willing[id] = !s.notServing() || s.inferred
		if s.role != RoleDown {
			t.alive[id] = true
		}
		vote := e.vote(s)
		switch {
		case s.role == Standalone && !e.loneStandalone():
			t.out = append(t.out, s.Name) // serves, but not in this ensemble
		case s.serving == yes:
			t.serving[vote], t.possible[vote] = true, true
		case s.counted == yes:
			t.serving[vote], t.possible[vote] = true, true
			t.unseen = append(t.unseen, s.Name)
		case e.mightLead(s):
			t.possible[id] = true
			t.unseen = append(t.unseen, s.Name)
			t.open++
		case s.serving == no, s.counted == no:
			t.out = append(t.out, s.Name)
		default:
			t.possible[id] = true
			t.unseen = append(t.unseen, s.Name)
			t.open++
		}
	}
	return t
}

// judge reaches the verdict about now.
func (e *ensemble) judge() {
	e.votes = e.count()
	e.stall = e.findStall()
	t, q, leaders := e.votes, e.list.quorum, e.leaders()
	v := Verdict{
		Voters: len(q.Voters()), VotersSource: e.list.source,
		ServingVoters: len(t.serving), QuorumNeeded: q.Needed(),
		LeaderIDs: []int64{}, Leaders: orEmpty(names(leaders)), Out: orEmpty(t.out), Unseen: orEmpty(t.unseen), Looks: 1,
	}
	if e.settled {
		v.Looks = 2
	}
	for _, s := range leaders {
		if id, _, ok := s.id(); ok {
			v.LeaderIDs = append(v.LeaderIDs, id)
		}
	}
	v.State, e.lookAgain = e.state(t, leaders)
	e.lookAgain = e.lookAgain || e.unheard == no && !e.settled
	v.Spare = e.spare(v.State, t)
	e.verdict = v
}

// leaders are the servers that lead. One that was named twice is one, and so are
// two targets that say they are the same server, unless they are known to be two.
func (e *ensemble) leaders() []*server {
	var out []*server
	for _, s := range e.servers {
		if s.role != Leader || s.twin != nil {
			continue
		}
		same := slices.ContainsFunc(out, func(o *server) bool {
			a, _, known := s.claimed()
			b, _, both := o.claimed()
			return known && both && a == b && sameID(claim{id: a, server: s, host: s.host}, claim{id: b, server: o, host: o.host}) == Possible
		})
		if !same {
			out = append(out, s)
		}
	}
	return out
}

// state is the heart of the verdict. again asks for a second look.
func (e *ensemble) state(t tally, leaders []*server) (state State, again bool) {
	q := e.list.quorum
	switch {
	case e.loneStandalone():
		return Serving, false
	case e.mixed:
		return Unknown, false
	case len(leaders) > 1:
		// A hand-over can show two for an instant.
		if e.settled && len(e.before.verdict.Leaders) > 1 {
			return Split, false
		}
		return Unknown, true
	case e.provesQuorum():
		return e.servingState(t, leaders)
	case e.loneMember():
		return Unknown, e.anyNotServing()
	case e.hasOracle() && len(t.alive) > 0:
		// Whether those that are left may serve is for an outside program to say.
		return Unknown, e.anyNotServing()
	case len(t.out) > 0 && !q.Contains(t.alive):
		return Down, false
	case t.open > 0 && !e.list.proven():
		// The number of voters is the user's, and one of them could not be judged.
		return Unknown, e.anyNotServing()
	case len(t.out) > 0 && !q.Contains(t.possible):
		if e.settled && e.before.noneServed() {
			return Down, false
		}
		return Unknown, true
	}
	return Unknown, e.anyNotServing()
}

// servingState is the state of an ensemble in which somebody proves a quorum.
// Mode: leader or follower proves one within the last syncLimit ticks; where
// the sockets say otherwise, the second look decides.
func (e *ensemble) servingState(t tally, leaders []*server) (State, bool) {
	//
	// A leader that has lost its followers says leader for up to syncLimit ticks,
	// 10 s as usually configured: while they say that they serve nobody, it can
	// commit nothing.
	q := e.list.quorum
	leaderless := len(leaders) == 0 && t.open == 0 && !e.bySession() && (e.list.proven() || len(t.out) > 0)
	// Others may still follow the one that hangs.
	contested := slices.ContainsFunc(e.servers, e.mightLead) && slices.ContainsFunc(e.servers, hangs)
	if e.stall != nil || leaderless || contested || !e.loneVoice() && !e.hasOracle() && (!q.Contains(t.alive) || !q.Contains(t.willing)) {
		return Unknown, true
	}
	inferred := slices.ContainsFunc(leaders, func(s *server) bool { return s.inferred })
	again := inferred || e.anyNotServing()
	if len(t.out) == 0 {
		return Serving, again
	}
	return Degraded, again
}

// loneVoice reports whether a single server of an ensemble of unknown size was
// asked about: it is in a quorum, and of whom else is not known.
func (e *ensemble) loneVoice() bool {
	return !e.list.proven() && e.distinct == 1 && !e.loneStandalone()
}

// provesQuorum reports whether any server shows that a quorum serves.
func (e *ensemble) provesQuorum() bool {
	return e.bySession() || slices.ContainsFunc(e.servers, func(s *server) bool {
		return s.role == Leader || s.role == Follower || s.role == Observer
	})
}

// bySession reports whether a server that answers no four-letter word serves
// clients. A standalone server does too, but only where a list says that there
// is an ensemble does it count.
func (e *ensemble) bySession() bool {
	return slices.ContainsFunc(e.servers, func(s *server) bool { return s.Session.Seen() && s.serving == yes })
}

// noneServed reports whether this look alone shows that no quorum served.
func (e *ensemble) noneServed() bool {
	t := e.votes
	return len(t.out) > 0 && !e.servesAnywhere() && !e.list.quorum.Contains(t.possible)
}

func (e *ensemble) servesAnywhere() bool {
	return slices.ContainsFunc(e.servers, func(s *server) bool { return s.serving == yes })
}

func (e *ensemble) anyNotServing() bool {
	return slices.ContainsFunc(e.servers, func(s *server) bool { return s.role == NotServing })
}

// loneStandalone is an ensemble of one, on purpose.
func (e *ensemble) loneStandalone() bool {
	return e.distinct == 1 && e.first().role == Standalone && len(e.list.Voters()) <= 1
}

// first is the first server whose name means something; there must be one.
func (e *ensemble) first() *server {
	return e.servers[slices.IndexFunc(e.servers, func(s *server) bool { return !s.nameless() })]
}

// loneMember is the question about one server that serves nobody, when nothing
// tells of what ensemble it is: its peers, who may serve, were not named. A
// configuration without peers does tell: it is a standalone server's.
func (e *ensemble) loneMember() bool {
	return e.list.source == sourceTargets && e.snap.Plan.Config == nil && e.distinct == 1 && e.first().serving == no
}

// spare is how many more voters may be lost, nil while servers that were not
// seen leave that open.
func (e *ensemble) spare(state State, t tally) *int {
	var spare int
	switch state {
	case Down:
		spare = -1
	case Serving, Degraded:
		if e.loneStandalone() {
			break
		}
		if e.loneVoice() || e.hasOracle() {
			return nil
		}
		spare = e.list.quorum.Spare(t.serving)
		if most := e.list.quorum.Spare(t.possible); most != spare || spare < 0 {
			return nil
		}
	default:
		return nil
	}
	return &spare
}
