package diag

import (
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestSpeaks: what a client port speaks is told where it was asked by TLS.
func TestSpeaks(t *testing.T) {
	plain := look(follower, leader, follower)
	byTLS := plain.edit(func(s *snapshot.Snapshot) {
		s.Plan.Secure = true
		s.Servers[1].Client.Value.TLS.PlainToo = true
		s.Servers[2].Srvr = failed[snapshot.Srvr](&s.Servers[2], snapshot.TLS, quick)
	})
	for name, c := range map[string]struct {
		scene scene
		want  [3]string
	}{"plain text": {plain, [3]string{}}, "TLS": {byTLS, [3]string{"tls", "both", ""}}} {
		for i, s := range c.scene.report().Servers {
			if got := s.Ports.Client.Speaks; got != c.want[i] {
				t.Errorf("%s: server %d speaks %q, want %q", name, i+1, got, c.want[i])
			}
		}
	}
}

// TestTook: the wait between two looks counts where they are one run, and does not
// where the earlier one was made long before.
func TestTook(t *testing.T) {
	once := look(follower, leader, follower).edit(func(s *snapshot.Snapshot) { s.Took = 40 * time.Millisecond })
	waited := once.twice() // 3 s apart
	for name, c := range map[string]struct {
		scene scene
		want  int64
	}{
		"one look": {once, 40}, "two looks of one run": {waited, 3040},
		"the earlier look is of another run": {waited.edit(func(s *snapshot.Snapshot) { s.EarlierRun = true }), 40},
	} {
		if got := c.scene.report().TookMs; got != c.want {
			t.Errorf("%s: %d ms, want %d", name, got, c.want)
		}
	}
}
