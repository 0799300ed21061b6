package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// randomLook is one answer of zkdoctor, and how the ensemble stood before and after it.
type randomLook struct {
	scene         *randomScene
	from          int // the id of the server on whose host it ran, 0 for the client's
	got           *report.Report
	file          string // the snapshot
	before, after truth
	injuries      []injury // none once all is repaired
	still         bool     // before had been so for a while
}

// String says from where it was looked, and when.
func (l *randomLook) String() string {
	where, when := "from outside", "broken"
	if l.from != 0 {
		where = fmt.Sprintf("from the host of %d", l.from)
	}
	if l.injuries == nil {
		when = "mended"
	}
	return when + ", " + where
}

// judge is what is wrong with the answer; undecided says that it knew less than the truth, as it may.
func (l *randomLook) judge() (wrong []string, undecided bool) {
	v := l.got.Verdict
	switch {
	case l.moving() && v.State != report.Split, v.State == l.before.state, v.State == l.after.state:
	case l.mayNotKnow(v.State):
		undecided = true
	default:
		wrong = append(wrong, fmt.Sprintf("the verdict is %s, the truth %s, and then %s", v.State, l.before.state, l.after.state))
	}
	for _, id := range l.before.out(l.scene.shape.voters) {
		if !l.moving() && !undecided && !l.hidden(id) && !l.reported(id) {
			wrong = append(wrong, fmt.Sprintf("server %d is out, and nothing says so", id))
		}
	}
	for _, f := range slices.Concat(l.got.Findings, l.got.Folded) {
		if f.Severity == report.Info {
			continue
		}
		for _, id := range l.ids(f.Servers) {
			if !l.injected(f.Code, id) && !l.holds(f.Code, id) {
				wrong = append(wrong, fmt.Sprintf("%s %s (%s, root %t) of server %d is not so", f.Severity, f.Code, f.Certainty, f.Root, id))
			}
		}
	}
	return wrong, undecided
}

// moving reports whether the servers change their roles.
func (l *randomLook) moving() bool {
	return !l.still || l.before.String() != l.after.String() || slices.ContainsFunc(l.injuries, func(in injury) bool { return in.moves })
}

// mayNotKnow reports whether what is to be seen from there leaves room for another verdict than
// the truth: where some servers cannot be seen it may be unknown, and those may count as in.
func (l *randomLook) mayNotKnow(said report.State) bool {
	seen := func(id int) bool { return !l.hidden(id) }
	switch said {
	case report.Unknown:
		for _, s := range l.scene.ens.Servers {
			if !seen(s.ID) {
				return true
			}
		}
		return false
	case report.Serving:
		if l.from != 0 && l.before.modes[l.from] == "standalone" {
			return true // its configuration knows no others
		}
		return l.before.state == report.Degraded && !slices.ContainsFunc(l.before.out(l.scene.shape.voters), seen)
	default:
		return false
	}
}

func (l *randomLook) hidden(id int) bool {
	return slices.ContainsFunc(l.injuries, func(in injury) bool { return in.hides != nil && in.hides(l.from, in.id, id) })
}

// reported reports whether the answer says that a server is out.
func (l *randomLook) reported(id int) bool {
	return slices.Contains(l.ids(l.got.Verdict.Out), id) ||
		slices.ContainsFunc(l.got.Findings, func(f report.Finding) bool { return slices.Contains(l.ids(f.Servers), id) })
}

// unnamed are the injuries that no root cause is named for.
func (l *randomLook) unnamed() []injury {
	return slices.DeleteFunc(slices.Clone(l.injuries), func(in injury) bool {
		return slices.ContainsFunc(l.got.Findings, func(f report.Finding) bool {
			return f.Root && slices.Contains(in.codes, f.Code) && (in.bothEnds || slices.Contains(l.ids(f.Servers), in.id))
		})
	})
}

// ids are the servers of those names, by id; 0 stands for the whole ensemble, and for
// what is none of its servers.
func (l *randomLook) ids(names []string) []int {
	ids := []int{}
	for _, name := range names {
		i := slices.IndexFunc(l.scene.ens.Servers, func(s *zktest.Server) bool { return name == s.Addr || strings.HasPrefix(name, s.Addr+":") })
		if i < 0 || l.scene.shape.beside != "" && strings.HasSuffix(name, ":2182") {
			ids = append(ids, 0)
			continue
		}
		ids = append(ids, l.scene.ens.Servers[i].ID)
	}
	if len(ids) == 0 {
		ids = append(ids, 0)
	}
	return ids
}

// injured reports whether a finding may be named of a server for what was done.
func (l *randomLook) injected(code report.Code, id int) bool {
	return slices.ContainsFunc(l.injuries, func(in injury) bool {
		return slices.Contains(in.codes, code) && (in.id == id || in.bothEnds)
	})
}

// holds reports whether a finding is true by itself, as the consequences are.
func (l *randomLook) holds(code report.Code, id int) bool {
	for _, tr := range []truth{l.before, l.after} {
		if tr.bears(code, l.scene, id) || l.moving() && code != diag.SplitBrain && consequence(code) {
			return true
		}
	}
	return false
}

func consequence(code report.Code) bool {
	return slices.Contains([]report.Code{diag.ServerNotServing, diag.DegradedNoSpare, diag.QuorumLost, diag.SplitBrain, diag.LeaderNotCommitting}, code)
}

func (tr truth) bears(code report.Code, sc *randomScene, id int) bool {
	s := sc.ens.Server(id)
	switch code {
	case diag.ServerNotServing:
		return s != nil && tr.modes[id] == ""
	case diag.DegradedNoSpare:
		return tr.state != report.Serving
	case diag.QuorumLost:
		return tr.state == report.Down
	case diag.SplitBrain:
		return tr.state == report.Split
	case diag.LeaderNotCommitting:
		return !tr.writes
	case diag.ProcessDown:
		return s != nil && !s.Running()
	default:
		return false
	}
}
