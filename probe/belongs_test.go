package probe

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestEndedIsOne: a server whose process ended while it was looked at is that of the file
// which the user named.
func TestEndedIsOne(t *testing.T) {
	ended := snapshot.Local{Config: snapshot.Saw(zoocfg.Parse("/a/zoo.cfg", []byte("clientPort=2181\n")), 0)}
	if again := unlessRunning([]snapshot.Local{ended}, ended); again != nil {
		t.Errorf("one server became two: %+v", again)
	}
}
