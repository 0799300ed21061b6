package snapshot

import (
	"testing"
	"time"
)

// TestSeenFrom: a snapshot of a host whose clock is wrong is put between the question
// and the answer, and how wrong it is stays known.
func TestSeenFrom(t *testing.T) {
	asked := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	answered := asked.Add(4 * time.Second)
	for name, c := range map[string]struct{ started, clock time.Duration }{
		"right":    {time.Second, 0},
		"ahead":    {time.Hour, time.Hour - 2*time.Second}, // it took 2 s, and ended no later than answered
		"behind":   {-time.Minute, -time.Minute},
		"nearly":   {0, 0},
		"by a bit": {2 * time.Second, 0},
	} {
		started := asked.Add(c.started)
		s := &Snapshot{
			Started: started, Took: 2 * time.Second, Before: &Snapshot{Started: started.Add(-time.Second)},
			Local: []Local{{Process: &Process{Started: started.Add(-time.Hour)}}, {}},
		}
		s.SeenFrom(asked, answered)
		if s.Vantage.Clock.Value != c.clock || !s.Vantage.Clock.Seen() {
			t.Errorf("%s: the clock is %v ahead, want %v", name, s.Vantage.Clock.Value, c.clock)
		}
		if s.Started.Before(asked) || s.Started.Add(s.Took).After(answered) || s.Started.Sub(s.Local[0].Process.Started) != time.Hour || s.Started.Sub(s.Before.Started) != time.Second {
			t.Errorf("%s: %v", name, s.Started)
		}
	}
}
