package await

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Moved is what happened between two checks in a row that ends the state, even where it is there in both: a
// server stopped serving or restarted, or another leader or epoch began. It is empty where nothing did. A
// quorum and a leader outlast what happens to single servers, and in-sync what happens to others.
func (s State) Moved(before, now *snapshot.Snapshot) string {
	was, is := model.New(before), model.New(now)
	if led := newLeader(was, is); led != "" {
		return led
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

// newLeader is how another leader or epoch shows. Followers may show an epoch only with its first write, so
// that theirs counts only where no leader was seen (leaderServes=no).
func newLeader(was, is *model.Ensemble) string {
	earlier, later := was.OnlyLeader(), is.OnlyLeader()
	switch {
	case earlier == nil || later == nil:
		if newest(was) < newest(is) {
			return "a newer epoch was reported"
		}
	case earlier.Name != later.Name:
		return "the leader changed"
	case epoch(earlier) != epoch(later):
		return "a new epoch began"
	}
	return ""
}

// newest is the newest epoch that a server reports; 0 for none.
func newest(e *model.Ensemble) uint32 {
	out := uint32(0)
	for _, s := range e.Servers {
		if s.Srvr.Seen() {
			out = max(out, epoch(s))
		}
	}
	return out
}

func epoch(s *model.Server) uint32 { return s.Srvr.Value.Zxid.Epoch() }

// restarted reports whether the packets that a server has received are fewer than they were.
func restarted(earlier, later *model.Server) bool {
	return earlier.Srvr.Seen() && later.Srvr.Seen() && later.Srvr.Value.Received < earlier.Srvr.Value.Received
}
