package diag

import (
	"fmt"
	"slices"
	"strings"
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
	t := e.count()
	q := e.list.quorum
	leaders := e.leaders()
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
	e.verdict.Summary = e.summary(t, leaders)
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
	if e.findStall() != nil || leaderless || contested || !e.loneVoice() && !e.hasOracle() && (!q.Contains(t.alive) || !q.Contains(t.willing)) {
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
	t := e.count()
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

// summary is the sentence of the headline.
func (e *ensemble) summary(t tally, leaders []*server) string {
	v := e.verdict
	switch v.State {
	case Split:
		return fmt.Sprintf("split brain: %d leaders (%s), each accepts writes.", len(leaders), enumerate(names(leaders)))
	case Down:
		if e.list.quorum.Contains(t.alive) {
			text := fmt.Sprintf("no quorum: none of %s serves. %s", e.votersPhrase(), e.lossPhrase())
			if len(t.unseen) > 0 {
				text += " Not seen: " + enumerate(t.unseen) + "."
			}
			return text
		}
		return fmt.Sprintf("no quorum: %d of %s up, %d needed. %s", len(t.alive), e.votersPhrase(), v.QuorumNeeded, e.lossPhrase())
	case Serving, Degraded:
		return e.servingSummary(t, leaders)
	default:
		return e.unknownSummary(t, leaders)
	}
}

// votersPhrase is "3 voters", or "the 3 you named" where the number is the
// user's.
func (e *ensemble) votersPhrase() string {
	if e.list.proven() {
		return plural(e.verdict.Voters, "voter")
	}
	return fmt.Sprintf("the %d you named", e.verdict.Voters)
}

func (e *ensemble) lossPhrase() string {
	for _, s := range e.servers {
		if s.role == ReadOnly {
			return "No writes; some may read."
		}
	}
	return "No reads, no writes."
}

func (e *ensemble) servingSummary(t tally, leaders []*server) string {
	if e.loneStandalone() {
		return "1 standalone server. No other takes over if it is lost."
	}
	parts := []string{fmt.Sprintf("%d of %s.", len(t.serving), e.votersPhrase())}
	if len(leaders) == 1 {
		parts = append(parts, "Leader "+leaders[0].Name+".")
	} else if hidden := e.filter(e.mightLead); len(hidden) > 0 {
		parts = append(parts, fmt.Sprintf("Leader not seen; it may be %s (leaderServes=no).", enumerate(names(hidden))))
	} else {
		parts = append(parts, "Leader not seen.")
	}
	if len(t.out) > 0 {
		parts = append(parts, "Out: "+enumerate(t.out)+".")
	}
	if e.verdict.Spare != nil {
		parts = append(parts, fmt.Sprintf("Can lose %d more.", *e.verdict.Spare))
		if e.unheard == yes && len(t.unseen) > 0 {
			parts = append(parts, fmt.Sprintf("Not seen, but in sync with the leader: %s.", enumerate(t.unseen)))
		}
	} else if e.hasOracle() {
		parts = append(parts, "How many more may be lost is for the oracle to say.")
	} else if e.loneVoice() {
		parts = append(parts, "How many more may be lost is not known: name its peers too.")
	} else if least, most := e.list.quorum.Spare(t.serving), e.list.quorum.Spare(t.possible); max(least, 0) == most {
		parts = append(parts, fmt.Sprintf("Can lose %d more.", most))
	} else if most >= 0 {
		parts = append(parts, fmt.Sprintf("Can lose %d to %d more (not seen: %s).", max(least, 0), most, e.unseenPhrase(t)))
	}
	return strings.Join(parts, " ")
}

func (e *ensemble) unseenPhrase(t tally) string {
	if len(t.unseen) > 0 {
		return enumerate(t.unseen)
	}
	return "servers that were not named"
}

func (e *ensemble) unknownSummary(t tally, leaders []*server) string {
	standalone := e.filter(func(s *server) bool { return s.role == Standalone })
	switch {
	case e.mixed:
		return "the servers that you named are of different ensembles: ask about one at a time."
	case len(leaders) > 1:
		return fmt.Sprintf("%d leaders (%s) in one look; a hand-over can show that for an instant.", len(leaders), enumerate(names(leaders)))
	case len(standalone) > 0 && len(standalone) == len(e.servers):
		return plural(len(standalone), "standalone server") + ", no ensemble: each takes writes of its own."
	case e.provesQuorum() && len(leaders) == 0:
		text := enumerate(names(e.filter(func(s *server) bool { return s.serving == yes }))) +
			" still follow a leader that does not answer."
		if len(t.out) > 0 {
			text += " Out: " + enumerate(t.out) + "."
		}
		return text
	case e.findStall() != nil && e.mayHaveOracle():
		return enumerate(names(leaders)) + " leads with too few in sync: unless an oracle lets it (oraclePath), writes hang."
	case e.findStall() != nil:
		return enumerate(names(leaders)) + " leads, and confirms no write: writes hang."
	case e.provesQuorum() && e.settled:
		return enumerate(names(leaders)) + " says that it leads, and " + enumerate(t.out) + " that they do not follow."
	case e.provesQuorum():
		return "what the servers say and what their ports show do not agree in this one look."
	case e.hasOracle() && len(t.unseen) == 0:
		return fmt.Sprintf("not judged: %d of %s up, and whether they may serve is for the oracle to say (oraclePath).", len(t.alive), e.votersPhrase())
	case e.loneMember():
		state := " runs and does not serve."
		if e.first().role == RoleDown {
			state = " is not running."
		}
		return e.first().Name + state + " Name its peers too: they may serve."
	case len(t.unseen) == 0 && len(t.out) > 0 && e.settled:
		return "nobody serves now, and somebody did a moment ago: an election may be passing. Ask again."
	case len(t.unseen) == 0 && len(t.out) > 0:
		return "nobody serves in this one look; an election may be passing."
	case len(t.unseen) == len(e.servers):
		return fmt.Sprintf("cannot judge the ensemble: no usable answer from %s.", plural(len(e.servers), "server"))
	}
	unseen := t.unseen
	if len(unseen) == 0 { // names without an address are no voters
		unseen = names(e.filter(func(s *server) bool { return s.serving != yes }))
	}
	return fmt.Sprintf("cannot judge the ensemble: no usable answer from %s.", enumerate(unseen))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// enumerate joins names for a sentence; more than six are counted.
func enumerate(items []string) string {
	if len(items) > 6 {
		return strings.Join(items[:6], ", ") + fmt.Sprintf(" and %d more", len(items)-6)
	}
	return strings.Join(items, ", ")
}
