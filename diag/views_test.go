package diag

import (
	"testing"

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
