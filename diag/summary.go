package diag

import (
	"fmt"
	"strings"
)

// summary is the sentence of the headline.
func (e *ensemble) summary() string {
	v, t, leaders := e.verdict, e.votes, e.leaders()
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
	case e.stall != nil && e.mayHaveOracle():
		return enumerate(names(leaders)) + " leads with too few in sync: unless an oracle lets it (oraclePath), writes hang."
	case e.stall != nil:
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
