package zktest

import (
	"strings"
	"testing"
	"time"
)

func TestRealSession(t *testing.T) {
	for _, version := range []string{Oldest, Newest} {
		t.Run(version, func(t *testing.T) {
			ens := StartT(t, Options{Version: version, Servers: 1})
			s := ens.Servers[0]
			session, err := s.OpenSession(t.Context(), 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			if session.ID == 0 || session.Timeout != 5*time.Second {
				t.Errorf("session %#x, timeout %s", session.ID, session.Timeout)
			}
			steps := []struct {
				what string
				err  error
			}{
				{"create", session.Create(t.Context(), "/a", []byte("x"), false)},
				{"ephemeral", session.Create(t.Context(), "/a/b", nil, true)},
				{"watch", session.Watch(t.Context(), "/a")},
				{"ping", session.Ping(t.Context())},
			}
			for _, step := range steps {
				if step.err != nil {
					t.Errorf("%s: %v", step.what, step.err)
				}
			}
			if err := session.Create(t.Context(), "/a", nil, false); err == nil || !strings.Contains(err.Error(), "-110") {
				t.Errorf("create /a again: %v, want NodeExists (-110)", err)
			}
			for word, want := range map[string]string{"wchs": "Total watches:1", "mntr": "zk_ephemerals_count\t1"} {
				if reply, err := s.Word(t.Context(), word); err != nil || !strings.Contains(reply, want) {
					t.Errorf("%s: %v, want %q in\n%s", word, err, want, reply)
				}
			}
			if err := session.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
