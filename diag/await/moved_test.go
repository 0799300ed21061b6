package await_test

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/await"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestMoved: what ends a state between two checks that both see it.
func TestMoved(t *testing.T) {
	t.Parallel()
	const none = ""
	first := "127.77.3.1"
	for _, c := range []struct {
		name   string
		change func(*snapshot.Snapshot)
		want   map[string]string // by state
	}{
		{"nothing", func(*snapshot.Snapshot) {}, map[string]string{"serving": none, "quorum": none, "no-findings": none}},
		{
			"an election", func(s *snapshot.Snapshot) { s.Servers[1].Srvr.Value.Zxid += 1 << 32 },
			map[string]string{"serving": "there was an election", "quorum": "there was an election", "leader": "there was an election", "in-sync=" + first: "there was an election"},
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
			before, now := edited(t), edited(t)
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

// edited is a healthy ensemble of three.
func edited(t *testing.T) *snapshot.Snapshot {
	t.Helper()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Version != "3.9.5" || s.Name != "another_file_is_edited" {
			continue
		}
		snap, err := snapshot.ReadSnapshot(s.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	t.Fatal("there is no such scene")
	return nil
}
