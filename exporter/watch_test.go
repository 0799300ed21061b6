package exporter

import (
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// TestTookOfALook: the earlier look, with which a look is compared, was not waited for.
func TestTookOfALook(t *testing.T) {
	w := &watcher{memory: newMemory(), diagnose: new(Exporter).diagnose}
	now := time.Now()
	for i, took := range []time.Duration{30 * time.Millisecond, 20 * time.Millisecond} {
		started := now.Add(time.Duration(i) * time.Minute)
		l := w.remember(&snapshot.Snapshot{Started: started, Took: took, Servers: make([]snapshot.Server, 1)}, wire.NewAllowance())
		if compared := l.snap.Before != nil; compared != (i > 0) || l.report.TookMs != took.Milliseconds() {
			t.Errorf("look %d: compared %v, took %d ms, want %v", i, compared, l.report.TookMs, took)
		}
	}
}
