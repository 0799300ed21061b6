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
		return fmt.Sprintf("split brain: %d leaders (%s) accept writes. Data at risk.", len(leaders), enumerate(model.Names(leaders)))
	case report.Down:
		if len(leaders) > 0 {
			return fmt.Sprintf("no quorum: %[2]d of %[3]s can confirm a write, %[4]d needed. No writes. %[1]s reports that it leads.",
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
			return fmt.Sprintf("no quorum: %d of %s up, not enough by their groups and weights. %s",
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

// votersPhrase is "3 voters", or "3 targets" where the number is the user's.
func votersPhrase(e *model.Ensemble) string {
	if e.List.Proven() {
		return plural(e.Verdict.Voters, "voter")
	}
	if e.List.Edited {
		return fmt.Sprintf("the %d of a zoo.cfg that was edited after the start", e.Verdict.Voters)
	}
	return plural(e.Verdict.Voters, "target")
}

func lossPhrase(e *model.Ensemble) string {
	for _, s := range e.Servers {
		if s.Role == report.ReadOnly {
			return "No writes; only read-only sessions can read."
		}
	}
	return "No reads, no writes."
}

func servingSummary(e *model.Ensemble, t model.Tally, leaders []*model.Server) string {
	if e.LoneStandalone() {
		return "1 standalone server. Can lose 0 more."
	}
	parts := append([]string{servingPhrase(e, t)}, sparePhrases(e, t, leaders)...)
	if len(t.Out) > 0 {
		parts = append(parts, "Not in the quorum: "+enumerate(t.Out)+".")
	}
	switch hidden := e.Filter(e.MightLead); {
	case len(leaders) == 1:
		parts = append(parts, "Leader "+leaders[0].Name+".")
	case len(hidden) > 0:
		parts = append(parts, fmt.Sprintf("Leader not seen; it may be %s (leaderServes=no).", enumerate(model.Names(hidden))))
	default:
		parts = append(parts, "Leader not seen.")
	}
	return strings.Join(parts, " ")
}

// sparePhrases say how many more voters may be lost. That is the number that decides what to do, so
// it stands in front, where no line is cut.
func sparePhrases(e *model.Ensemble, t model.Tally, leaders []*model.Server) []string {
	unknown := func(why string) []string { return []string{"How many more it can lose is not known: " + why + "."} }
	least, most := e.List.Quorums.Spare(t.Serving), e.List.Quorums.Spare(t.Possible)
	switch {
	case e.Verdict.Spare != nil:
		out := []string{fmt.Sprintf("Can lose %d more.", *e.Verdict.Spare)}
		if e.SilentInSync == model.Yes && len(t.Unseen) > 0 {
			out = append(out, fmt.Sprintf("Not seen, but in sync with the leader: %s.", enumerate(t.Unseen)))
		}
		return out
	case e.HasOracle():
		return []string{"How many more it can lose depends on the oracle."}
	case model.LeaderNotNamed(e):
		return unknown("the leader is not among the targets")
	case e.PeersUnknown() && e.Product != "" && len(leaders) > 0:
		return unknown("the leader reports " + plural(int(*leaders[0].Keeper.Peers), "peer"))
	case model.FewerFollow(e):
		lead, synced, following, _ := e.LeaderCount()
		return unknown(fmt.Sprintf("%s counts %d in sync of %d that follow", lead.Name, synced, following))
	case e.List.Edited:
		return unknown("no server was started with that list")
	case e.PeersUnknown():
		return unknown("add its peers to the targets")
	case max(least, 0) == most:
		return []string{fmt.Sprintf("Can lose %d more.", most)}
	case most >= 0:
		return []string{fmt.Sprintf("Can lose %d to %d more (not seen: %s).", max(least, 0), most, unseenPhrase(t))}
	}
	return nil
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
	return fmt.Sprintf("a quorum serves. %d of %s checked: %d %s.", asked, votersPhrase(e), len(t.Serving), serve)
}

func unseenPhrase(t model.Tally) string {
	if len(t.Unseen) > 0 {
		return enumerate(t.Unseen)
	}
	return "members that are not among the targets"
}

func unknownSummary(e *model.Ensemble, t model.Tally, leaders []*model.Server) string {
	behind := model.KeeperBehind(e)
	standalone := e.Filter(func(s *model.Server) bool { return s.Role == report.Standalone })
	switch {
	case len(e.Servers) == 0:
		return "cannot judge the ensemble: the configuration lists no server."
	case e.Mixed:
		return "the targets are of different ensembles: check one ensemble at a time."
	case severalTargets(e) != nil && len(t.Unseen) == 0 && len(t.Out) == 0:
		return fmt.Sprintf("several servers answer as %s: check each by its own address.", enumerate(severalTargets(e)))
	case len(leaders) > 1 && e.Product != "":
		return fmt.Sprintf("%d servers (%s) report that they lead: they are of different clusters, or a leader change is in progress.", len(leaders), enumerate(model.Names(leaders)))
	case behind != nil:
		return fmt.Sprintf("%s leads and reports that %d of its %d peers keep up: writes may wait.", behind.Name, *behind.Keeper.SyncedPeers, *behind.Keeper.Peers)
	case len(leaders) > 1:
		return fmt.Sprintf("%d leaders (%s) in one check; a leader change can show this for a moment. Check again.", len(leaders), enumerate(model.Names(leaders)))
	case len(standalone) > 0 && len(standalone) == len(e.Servers):
		return plural(len(standalone), "standalone server") + ", no ensemble: each accepts its own writes."
	case e.ProvesQuorum() && len(leaders) == 0:
		text := enumerate(model.Names(e.Filter(func(s *model.Server) bool { return s.Serving == model.Yes }))) +
			" still follow a leader that does not answer."
		if len(t.Out) > 0 {
			text += " Not in the quorum: " + enumerate(t.Out) + "."
		}
		return text
	case e.Stall != nil && e.MayHaveOracle():
		return enumerate(model.Names(leaders)) + " leads with too few in sync: unless an oracle allows it (oraclePath), writes do not complete."
	case e.Stall != nil:
		return enumerate(model.Names(leaders)) + " leads, but commits no write: writes do not complete."
	case e.ProvesQuorum() && e.Settled:
		return enumerate(model.Names(leaders)) + " reports that it leads, but " + enumerate(t.Out) + " do not follow it."
	case e.ProvesQuorum():
		return "the reports of the servers and their ports contradict each other in this one check. Check again."
	case e.HasOracle() && len(t.Unseen) == 0:
		return fmt.Sprintf("not judged: %d of %s up; whether they may serve depends on the oracle (oraclePath).", len(t.Alive), votersPhrase(e))
	case e.LoneMember():
		state := " runs but does not serve."
		if e.First().Role == report.RoleDown {
			state = " is not running."
		}
		return e.First().Name + state + " Add its peers: they may serve."
	case len(t.Unseen) == 0 && len(t.Out) > 0 && e.Settled:
		return "no server serves now, but one did a moment ago: an election may be in progress. Check again."
	case len(t.Unseen) == 0 && len(t.Out) > 0:
		return "no server serves in this one check; an election may be in progress. Check again."
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
