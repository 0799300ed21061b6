package change

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestScenes: what was seen of real ensembles is no different from itself, and what is different
// from the scene before is told in the same way each time.
func TestScenes(t *testing.T) {
	t.Parallel()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	read := func(s scenes.Scene) *Look {
		snap, err := snapshot.ReadSnapshot(s.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		return New(snap, diag.Diagnose(snap, diag.Options{}))
	}
	for i := 0; i < len(all); i += 20 { // all of them take long
		one := read(all[i])
		if got := between(one, read(all[i])); len(got) > 0 {
			t.Errorf("%s %s differs from itself: %v", all[i].Version, all[i].Name, said(got))
		}
		other := read(all[(i+7)%len(all)])
		got := between(one, other)
		if d := cmp.Diff(said(got), said(between(one, other))); d != "" {
			t.Errorf("%s: %s", all[i].Name, d)
		}
		for _, c := range got {
			if !slices.Contains(report.ChangeKinds(), c.Kind) {
				t.Errorf("%s: the kind %q", all[i].Name, c.Kind)
			}
		}
	}
}
