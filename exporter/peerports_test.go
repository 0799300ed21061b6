package exporter

import (
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

func TestPortProbesAreRare(t *testing.T) {
	var m portMemory
	now := time.Now()
	probes := 0
	var due probe.Due
	look := func(client string) bool {
		if due = m.due(client, now); due == probe.DueNow {
			probes++
		}
		return due == probe.DueNow
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
	probes = 0
	for i := range 4 * 60 { // every 15 s for an hour
		now = now.Add(15 * time.Second)
		look([]string{"follower", "not-serving"}[i%2])
		if due == probe.DueLater {
			t.Fatal("what was seen in another state still counts")
		}
	}
	if most := maxPortProbes * int(time.Hour/slowEvery); probes > most || probes < most/2 {
		t.Errorf("%d probes an hour at a server that flaps, want about %d", probes, most)
	}
}
