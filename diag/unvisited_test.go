package diag

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestUnvisited: a member that --discover left alone is shown, with the reason; of many the first.
func TestUnvisited(t *testing.T) {
	t.Parallel()
	r := look(follower).membership(memberLines(900)).edit(func(s *snapshot.Snapshot) {
		s.Plan.Unvisited = []snapshot.Unvisited{{ID: 3, Address: "169.254.169.254:80", Why: "a link-local address"}}
	}).report()
	var found []report.Finding
	for _, f := range r.Findings {
		if f.Code == TargetsIncomplete {
			found = append(found, f)
		}
	}
	if len(found) != 1 || len(found[0].Evidence) != mostListed || !strings.Contains(found[0].Summary, "899 of them") {
		t.Fatalf("%+v", found)
	}
	if got := found[0].Evidence[1]; got.Key != "server.3" || got.Value != "169.254.169.254:80, not checked: a link-local address" {
		t.Errorf("%+v", got)
	}
}
