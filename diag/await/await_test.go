package await_test

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/await"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"serving": true, "quorum": true, "leader": true, "spare=1": true, "spare=0": true, "in-sync=zk1": true,
		"in-sync=[::1]:2181": true, "no-findings": true, "no-findings=info": true, "no-findings=critical": true,
		"": false, "serving=yes": false, "spare": false, "spare=": false, "spare=-1": false, "spare=x": false,
		"in-sync": false, "in-sync=": false, "no-findings=bad": false, "up": false,
	} {
		if _, err := await.Parse(text); (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestJudge asks of recorded ensembles.
func TestJudge(t *testing.T) {
	t.Parallel()
	named := recorded(t)
	for _, c := range []struct {
		scene, state string
		brief, holds bool
	}{
		{"another_file_is_edited", "serving", false, true},
		{"another_file_is_edited", "quorum", false, true},
		{"another_file_is_edited", "leader", false, true},
		{"another_file_is_edited", "spare=1", false, true},
		{"another_file_is_edited", "spare=2", false, false},
		{"another_file_is_edited", "spare=2", true, true}, // near: a whole look tells
		{"another_file_is_edited", "no-findings=critical", false, true},
		{"another_file_is_edited", "no-findings=info", false, false},
		{"another_file_is_edited", "in-sync=127.77.3.1", true, true},
		{"another_file_is_edited", "in-sync=127.77.3.9", false, false},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "serving", false, false},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "serving", true, false},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "quorum", false, true},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "spare=1", false, false},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "spare=0", false, true},
		{"one_of_three_down,_and_peer_ports_to_be_left_alone", "no-findings=critical", false, false},
		{"two_of_three_down,_from_outside", "quorum", false, false},
		{"two_of_three_down,_from_outside", "leader", true, false},
		{"split_brain,_from_outside,_srvr_only", "leader", false, false},
	} {
		snap := read(t, named[c.scene])
		state, err := await.Parse(c.state)
		if err != nil {
			t.Fatal(err)
		}
		if got := state.Judge(snap, diag.Options{}, c.brief); got.Holds != c.holds {
			t.Errorf("%s, %s, brief %v: %v (%s), want %v", c.scene, c.state, c.brief, got.Holds, got.Text, c.holds)
		}
	}
}

// recorded are the snapshots of recorded ensembles of one release, by the names of the scenes.
func recorded(t *testing.T) map[string][]byte {
	t.Helper()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string][]byte{}
	for _, s := range all {
		if s.Version == "3.9.5" {
			named[s.Name] = s.Snapshot
		}
	}
	return named
}

func read(t *testing.T, recorded []byte) *snapshot.Snapshot {
	t.Helper()
	snap, err := snapshot.ReadSnapshot(recorded)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}
