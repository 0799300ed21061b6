package diag

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestTroubleIsNoFinding: what zkdoctor could not look at, for trouble of its own, is
// unknown: no finding is about it, and nothing is left unexplained.
func TestTroubleIsNoFinding(t *testing.T) {
	for _, kind := range snapshot.Troubles() {
		troubled := func(_ where, s *snapshot.Server) {
			unanswered(s, kind)
			peers(kind, kind)(s)
		}
		noName := func(w where, s *snapshot.Server) {
			unlooked(w, s)
			s.Resolve.Tried, s.Resolve.Failure = true, &snapshot.Failure{Kind: kind}
		}
		for name, c := range map[string]struct {
			scene scene
			state report.State
		}{
			"one of three":   {look(follower, leader, troubled), report.Serving},
			"by name":        {look(follower, leader, noName), report.Serving},
			"the leader":     {look(follower, troubled, follower), report.Serving},
			"two of three":   {look(follower, troubled, troubled), report.Serving},
			"all":            {look(troubled, troubled, troubled), report.Unknown},
			"all, by name":   {look(noName, noName, noName), report.Unknown},
			"one, two looks": {look(follower, leader, troubled).twice(), report.Serving},
			"all, two looks": {look(troubled, troubled, troubled).twice(), report.Unknown},
		} {
			r := Diagnose(c.scene.snap(), Options{})
			for _, f := range r.Findings {
				if f.Severity != report.Info {
					t.Errorf("%s, %s: found %s of %v: %s", kind, name, f.Code, f.Servers, f.Summary)
				}
			}
			if r.Verdict.State != c.state || len(r.Unexplained) > 0 {
				t.Errorf("%s, %s: %s, want %s; unexplained %v", kind, name, r.Verdict.State, c.state, r.Unexplained)
			}
			for _, s := range r.Servers {
				if role := s.Role; strings.HasPrefix(s.Note, "not checked") && role != report.RoleUnknown || role == report.RoleDown {
					t.Errorf("%s, %s: %s is %s (%s)", kind, name, s.Name, role, s.Note)
				}
			}
		}
	}
}
