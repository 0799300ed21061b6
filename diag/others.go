package diag

import (
	"cmp"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// othersView lists the processes of this host that look like servers and are no evidence; nil
// for none. Those of another ensemble are listed where the question named none: then that one
// was not meant is zkdoctor's choice.
func othersView(e *model.Ensemble) *report.Others {
	seen := e.Snap.Others
	view := report.Others{Found: seen.Found, More: seen.More, Unscanned: seen.Unscanned}
	for _, p := range seen.Processes {
		if p.Why == snapshot.OtherEnsemble && e.Snap.Plan.Source != snapshot.FromHost {
			continue
		}
		view.Listed = append(view.Listed, report.OtherProcess{PID: p.PID, User: p.User, Config: p.Config, Why: string(p.Why)})
	}
	for _, h := range slices.Concat(e.Doubted, e.Hosts) {
		if h.Doubt != "" {
			view.Listed = append(view.Listed, report.OtherProcess{
				PID: h.Process.PID, User: h.Process.User, Config: h.ConfigPath, Why: string(h.Doubt),
			})
		}
	}
	if len(view.Listed) == 0 && view.Unscanned == 0 {
		return nil
	}
	slices.SortFunc(view.Listed, func(a, b report.OtherProcess) int {
		return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(a.PID, b.PID))
	})
	return &view
}
