package await

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Moved is what happened between two checks in a row that ends the state, even where it is there in both: a
// server stopped serving or restarted, or there was an election. It is empty where nothing did. A quorum and
// a leader outlast what happens to single servers, and in-sync what happens to others.
func (s State) Moved(before, now *snapshot.Snapshot) string {
	was, is := model.New(before), model.New(now)
	if epoch(was) < epoch(is) {
		return "there was an election"
	}
	if s.kind == "quorum" || s.kind == "leader" {
		return ""
	}
	for _, later := range is.Servers {
		earlier := was.ByName(later.Name)
		switch {
		case earlier == nil || s.kind == "in-sync" && !s.means(later):
		case earlier.Serving == model.Yes && later.Serving != model.Yes:
			return later.Name + " was not seen to serve"
		case restarted(earlier, later):
			return later.Name + " restarted, or its counters were reset"
		}
	}
	return ""
}

// epoch is the newest that a server reports; 0 for none.
func epoch(e *model.Ensemble) uint32 {
	newest := uint32(0)
	for _, s := range e.Servers {
		if s.Srvr.Seen() {
			newest = max(newest, s.Srvr.Value.Zxid.Epoch())
		}
	}
	return newest
}

// restarted reports whether the packets that a server has received are fewer than they were.
func restarted(earlier, later *model.Server) bool {
	return earlier.Srvr.Seen() && later.Srvr.Seen() && later.Srvr.Value.Received < earlier.Srvr.Value.Received
}
