package diag

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// A server that two ensembles have in their lists: it follows, and not the leader of this one.

// sharedServer is the finding about two lists that have other hosts for some ids and the same for others, where the
// leader counts fewer in sync than say that they follow. nil where that is not to be seen.
func sharedServer(e *model.Ensemble, a, b *model.Server) *report.Finding {
	if !e.FewerFollow() {
		return nil
	}
	var apart, shared []string
	lists := [2]*model.OwnList{a.OwnList(), b.OwnList()}
	for _, m := range lists[0].Servers {
		o := lists[1].Find(m.ID)
		switch {
		case o == nil:
		case elsewhere(e, m.Addresses[0].Host, o.Addresses[0].Host):
			apart = append(apart, fmt.Sprintf("server.%d", m.ID))
		case e.ByLine(m.ID) != nil:
			shared = append(shared, e.ByLine(m.ID).Name)
		}
	}
	if len(apart) == 0 || len(shared) == 0 {
		return nil
	}
	lead, synced, following, _ := e.LeaderCount()
	f := &report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Servers: shared,
		Title: "two ensembles may have the same server in their lists",
		Summary: fmt.Sprintf("%d servers say that they follow, and the leader %s counts %d in sync. The lists of %s and %s have other hosts for %s, and both have %s: it may follow the leader of another ensemble. Less likely: a follower was lost seconds ago.",
			following, lead.Name, synced, a.Name, b.Name, enumerate(apart), enumerate(shared)),
		Evidence: []report.Evidence{countEvidence(e)},
		Fix: []report.Fix{
			{Note: "until this is clear stop no server of either ensemble: this one may have no spare", Risk: "none"},
			{Note: "compare the server.N lines of all servers, and decide which hosts belong to which ensemble"},
			{
				Note: "write the right list on the servers that have the wrong one, and restart these one at a time",
				Risk: "each restart may be an outage. A server that has followed another ensemble holds its data, and may bring it here: before it joins, MOVE its version-2 away and keep it",
			},
		},
	}
	for i, s := range []*model.Server{a, b} {
		addEvidence(f, report.Evidence{Source: lists[i].Source, Server: s.Name, Key: "servers", Value: hostsOfIDs(lists[i].Membership)})
	}
	return f
}
