package diag

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// headline is the sentence of the headline.
func headline(e *model.Ensemble) string {
	v, t, leaders := e.Verdict, e.Votes, e.Leaders()
	switch v.State {
	case report.Split:
		return fmt.Sprintf("split brain: %d leaders (%s), each accepts writes.", len(leaders), enumerate(model.Names(leaders)))
	case report.Down:
		if len(leaders) > 0 {
			return fmt.Sprintf("no quorum: %s says that it leads, and %d of %s can confirm a write, %d needed. No writes.",
				enumerate(model.Names(leaders)), len(t.Able), votersPhrase(e), v.QuorumNeeded)
		}
		if e.List.Quorums.Contains(t.Alive) {
			text := fmt.Sprintf("no quorum: none of %s serves. %s", votersPhrase(e), lossPhrase(e))
			if len(t.Unseen) > 0 {
				text += " Not seen: " + enumerate(t.Unseen) + "."
			}
			return text
		}
		if len(t.Alive) >= v.QuorumNeeded {
			return fmt.Sprintf("no quorum: %d of %s up, and by their groups and weights that is none. %s",
				len(t.Alive), votersPhrase(e), lossPhrase(e))
		}
		return fmt.Sprintf("no quorum: %d of %s up, %d needed. %s",
			len(t.Alive), votersPhrase(e), v.QuorumNeeded, lossPhrase(e))
	case report.Serving, report.Degraded:
		return servingSummary(e, t, leaders)
	default:
		return unknownSummary(e, t, leaders)
	}
}

// votersPhrase is "3 voters", or "the 3 you named" where the number is the
// user's.
func votersPhrase(e *model.Ensemble) string {
	if e.List.Proven() {
		return plural(e.Verdict.Voters, "voter")
	}
	if e.List.Edited {
		return fmt.Sprintf("the %d of a zoo.cfg that was edited after the start", e.Verdict.Voters)
	}
	return fmt.Sprintf("the %d you named", e.Verdict.Voters)
}

func lossPhrase(e *model.Ensemble) string {
	for _, s := range e.Servers {
		if s.Role == report.ReadOnly {
			return "No writes; some may read."
		}
	}
	return "No reads, no writes."
}

func servingSummary(e *model.Ensemble, t model.Tally, leaders []*model.Server) string {
	if e.LoneStandalone() {
		return "1 standalone server. No other takes over if it is lost."
	}
	parts := []string{servingPhrase(e, t)}
	if len(leaders) == 1 {
		parts = append(parts, "Leader "+leaders[0].Name+".")
	} else if hidden := e.Filter(e.MightLead); len(hidden) > 0 {
		parts = append(parts, fmt.Sprintf("Leader not seen; it may be %s (leaderServes=no).", enumerate(model.Names(hidden))))
	} else {
		parts = append(parts, "Leader not seen.")
	}
	if len(t.Out) > 0 {
		parts = append(parts, "Out: "+enumerate(t.Out)+".")
	}
	if e.Verdict.Spare != nil {
		parts = append(parts, fmt.Sprintf("Can lose %d more.", *e.Verdict.Spare))
		if e.SilentInSync == model.Yes && len(t.Unseen) > 0 {
			parts = append(parts, fmt.Sprintf("Not seen, but in sync with the leader: %s.", enumerate(t.Unseen)))
		}
	} else if e.HasOracle() {
		parts = append(parts, "How many more may be lost is for the oracle to say.")
	} else if model.LeaderNotNamed(e) {
		parts = append(parts, "How many more may be lost is not known: the leader is none of those you named.")
	} else if e.PeersUnknown() && e.Product != "" && len(leaders) > 0 {
		parts = append(parts, fmt.Sprintf("How many more may be lost is not known: the leader reports %s.", plural(int(*leaders[0].Keeper.Peers), "peer")))
	} else if e.List.Edited {
		parts = append(parts, "How many more may be lost is not known: no server was started with that list.")
	} else if e.PeersUnknown() {
		parts = append(parts, "How many more may be lost is not known: name its peers too.")
	} else if least, most := e.List.Quorums.Spare(t.Serving), e.List.Quorums.Spare(t.Possible); max(least, 0) == most {
		parts = append(parts, fmt.Sprintf("Can lose %d more.", most))
	} else if most >= 0 {
		parts = append(parts, fmt.Sprintf("Can lose %d to %d more (not seen: %s).", max(least, 0), most, unseenPhrase(t)))
	}
	return strings.Join(parts, " ")
}

// servingPhrase is how many voters serve: of all, or where some were not asked and the leader
// does not tell of them, of those that were.
func servingPhrase(e *model.Ensemble, t model.Tally) string {
	asked := 0
	for _, id := range e.List.Quorums.Voters() {
		if e.ByLine(id) != nil {
			asked++
		}
	}
	if asked >= e.Verdict.Voters || len(t.Serving) > asked || len(t.Out) > 0 {
		return fmt.Sprintf("%d of %s.", len(t.Serving), votersPhrase(e))
	}
	serve := "serve"
	if len(t.Serving) == 1 {
		serve = "serves"
	}
	return fmt.Sprintf("%d asked of %s: %d %s.", asked, votersPhrase(e), len(t.Serving), serve)
}

func unseenPhrase(t model.Tally) string {
	if len(t.Unseen) > 0 {
		return enumerate(t.Unseen)
	}
	return "servers that were not named"
}

func unknownSummary(e *model.Ensemble, t model.Tally, leaders []*model.Server) string {
	behind := model.KeeperBehind(e)
	standalone := e.Filter(func(s *model.Server) bool { return s.Role == report.Standalone })
	switch {
	case len(e.Servers) == 0:
		return "cannot judge the ensemble: the configuration lists no server."
	case e.Mixed:
		return "the servers that you named are of different ensembles: ask about one at a time."
	case severalTargets(e) != nil && len(t.Unseen) == 0 && len(t.Out) == 0:
		return fmt.Sprintf("several servers answer as %s: check each by its own address.", enumerate(severalTargets(e)))
	case len(leaders) > 1 && e.Product != "":
		return fmt.Sprintf("%d servers (%s) report that they lead: they are of different clusters, or a hand-over is in progress.", len(leaders), enumerate(model.Names(leaders)))
	case behind != nil:
		return fmt.Sprintf("%s leads and reports that %d of its %d peers keep up: writes may wait.", behind.Name, *behind.Keeper.SyncedPeers, *behind.Keeper.Peers)
	case len(leaders) > 1:
		return fmt.Sprintf("%d leaders (%s) in one look; a hand-over can show that for an instant.", len(leaders), enumerate(model.Names(leaders)))
	case len(standalone) > 0 && len(standalone) == len(e.Servers):
		return plural(len(standalone), "standalone server") + ", no ensemble: each takes writes of its own."
	case e.ProvesQuorum() && len(leaders) == 0:
		text := enumerate(model.Names(e.Filter(func(s *model.Server) bool { return s.Serving == model.Yes }))) +
			" still follow a leader that does not answer."
		if len(t.Out) > 0 {
			text += " Out: " + enumerate(t.Out) + "."
		}
		return text
	case e.Stall != nil && e.MayHaveOracle():
		return enumerate(model.Names(leaders)) + " leads with too few in sync: unless an oracle lets it (oraclePath), writes hang."
	case e.Stall != nil:
		return enumerate(model.Names(leaders)) + " leads, and confirms no write: writes hang."
	case e.ProvesQuorum() && e.Settled:
		return enumerate(model.Names(leaders)) + " says that it leads, and " + enumerate(t.Out) + " that they do not follow."
	case e.ProvesQuorum():
		return "what the servers say and what their ports show do not agree in this one look."
	case e.HasOracle() && len(t.Unseen) == 0:
		return fmt.Sprintf("not judged: %d of %s up, and whether they may serve is for the oracle to say (oraclePath).", len(t.Alive), votersPhrase(e))
	case e.LoneMember():
		state := " runs and does not serve."
		if e.First().Role == report.RoleDown {
			state = " is not running."
		}
		return e.First().Name + state + " Name its peers too: they may serve."
	case len(t.Unseen) == 0 && len(t.Out) > 0 && e.Settled:
		return "nobody serves now, and somebody did a moment ago: an election may be passing. Ask again."
	case len(t.Unseen) == 0 && len(t.Out) > 0:
		return "nobody serves in this one look; an election may be passing."
	case len(t.Unseen) == len(e.Servers):
		return fmt.Sprintf("cannot judge the ensemble: no usable answer from %s.", plural(len(e.Servers), "server"))
	}
	unseen := t.Unseen
	if len(unseen) == 0 { // names without an address are no voters
		unseen = model.Names(e.Filter(func(s *model.Server) bool { return s.Serving != model.Yes }))
	}
	return fmt.Sprintf("cannot judge the ensemble: no usable answer from %s.", enumerate(unseen))
}

// severalTargets are the targets behind which several servers answer.
func severalTargets(e *model.Ensemble) []string {
	var names []string
	for _, s := range e.Servers {
		if s.Several != nil {
			names = append(names, s.Name)
		}
	}
	return names
}
