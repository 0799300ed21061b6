package await_test

import (
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/await"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestMoved: what ends a state between two checks that both see it.
func TestMoved(t *testing.T) {
	t.Parallel()
	const none = ""
	first := "127.77.3.1"
	healthy := recorded(t)["another_file_is_edited"]
	for _, c := range []struct {
		name   string
		change func(*snapshot.Snapshot)
		want   map[string]string // by state
	}{
		{"nothing", func(*snapshot.Snapshot) {}, map[string]string{"serving": none, "quorum": none, "no-findings": none}},
		{
			"a new epoch", func(s *snapshot.Snapshot) { leader(s).Value.Zxid += 1 << 32 },
			map[string]string{"serving": "a new epoch began", "quorum": "a new epoch began", "leader": "a new epoch began", "in-sync=" + first: "a new epoch began"},
		},
		{
			"the first write of an epoch, at a follower", func(s *snapshot.Snapshot) { follower(s).Value.Zxid += 1 << 32 },
			map[string]string{"serving": none, "quorum": none, "leader": none},
		},
		{
			"another leader", func(s *snapshot.Snapshot) {
				l, f := leader(s), follower(s)
				l.Value.Mode, f.Value.Mode = f.Value.Mode, l.Value.Mode
			},
			map[string]string{"serving": "the leader changed", "quorum": "the leader changed"},
		},
		{
			"a new epoch of a leader that is not seen", func(s *snapshot.Snapshot) {
				follower(s).Value.Zxid += 5 << 32
				*leader(s) = snapshot.Obs[snapshot.Srvr]{}
			},
			map[string]string{"quorum": "a newer epoch was reported"},
		},
		{
			"a restart", func(s *snapshot.Snapshot) { s.Servers[0].Srvr.Value.Received = 1 },
			map[string]string{
				"serving": first + " restarted, or its counters were reset", "spare=1": first + " restarted, or its counters were reset",
				"quorum": none, "leader": none,
				"in-sync=" + first: first + " restarted, or its counters were reset", "in-sync=127.77.3.2": none,
			},
		},
		{
			"no answer", func(s *snapshot.Snapshot) { s.Servers[0].Srvr = snapshot.Obs[snapshot.Srvr]{} },
			map[string]string{"serving": first + " was not seen to serve", "quorum": none, "in-sync=127.77.3.2": none},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before, now := read(t, healthy), read(t, healthy)
			for i := range before.Servers {
				before.Servers[i].Srvr.Value.Received = 100
				now.Servers[i].Srvr.Value.Received = 102
			}
			c.change(now)
			for text, want := range c.want {
				state, err := await.Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				if got := state.Moved(before, now); got != want {
					t.Errorf("%s: %q, want %q", text, got, want)
				}
			}
		})
	}
}

func leader(s *snapshot.Snapshot) *snapshot.Obs[snapshot.Srvr] { return inMode(s, "leader") }

func follower(s *snapshot.Snapshot) *snapshot.Obs[snapshot.Srvr] { return inMode(s, "follower") }

// inMode is what the first server in a mode reports.
func inMode(s *snapshot.Snapshot, mode snapshot.Mode) *snapshot.Obs[snapshot.Srvr] {
	i := slices.IndexFunc(s.Servers, func(one snapshot.Server) bool { return one.Srvr.Value.Mode == mode })
	return &s.Servers[i].Srvr
}
