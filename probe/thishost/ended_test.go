package thishost

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestEndedMeanwhile: a server whose process ended while it was looked at has none in
// that look. It is the same server before, after, and by the file that the user named.
func TestEndedMeanwhile(t *testing.T) {
	at := func(path string, p *snapshot.Process) snapshot.Local {
		return snapshot.Local{Process: p, Config: snapshot.Saw(zoocfg.Parse(path, []byte("clientPort=2181\n")), 0)}
	}
	ended := at("/a/zoo.cfg", nil)
	for name, c := range map[string]struct {
		other snapshot.Local
		want  bool
	}{
		"it ran before":         {at("/a/zoo.cfg", &snapshot.Process{PID: 7}), true},
		"it had ended before":   {at("/a/zoo.cfg", nil), true},
		"another server":        {at("/b/zoo.cfg", &snapshot.Process{PID: 7}), false},
		"a container's":         {at("/a/zoo.cfg", &snapshot.Process{PID: 7, Container: true}), false},
		"a file that is not so": {snapshot.Local{ConfigPath: "/a/zoo.cfg"}, false},
	} {
		if sameLocal(c.other, ended) != c.want || sameLocal(ended, c.other) != c.want {
			t.Errorf("%s: the same: %v, want %v", name, !c.want, c.want)
		}
	}
}
