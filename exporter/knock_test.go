package exporter

import (
	"testing"
	"time"
)

func TestKnocksAreRare(t *testing.T) {
	var m portMemory
	now := time.Now()
	knocks := 0
	look := func(client string) bool {
		due := m.due(client, now)
		if due {
			knocks++
			m.client, m.knocks = client, append(m.knocks, now)
		}
		return due
	}
	if !look("follower") || look("follower") {
		t.Error("a steady server is not looked at once")
	}
	now = now.Add(slowEvery - time.Second)
	if look("follower") {
		t.Error("looked at too early")
	}
	now = now.Add(time.Second)
	if !look("follower") || !look("leader") {
		t.Error("not looked at when it was time, or when the state had changed")
	}

	// A server that never stays what it is.
	knocks = 0
	for i := range 4 * 60 { // every 15 s for an hour
		now = now.Add(15 * time.Second)
		look([]string{"follower", "not-serving"}[i%2])
		if m.client == "" && (m.quorum.Number != 0 || m.election.Number != 0) {
			t.Fatal("what was seen in another state is still there")
		}
	}
	if most := maxKnocks * int(time.Hour/slowEvery); knocks > most || knocks < most/2 {
		t.Errorf("%d knocks an hour at a server that flaps, want about %d", knocks, most)
	}
}
