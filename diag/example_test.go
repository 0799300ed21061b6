package diag

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// splitBrain is a recorded snapshot of five real servers, two of which lead.
func splitBrain(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	text, err := os.ReadFile("../docs/examples/split-brain.json")
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.ReadSnapshot(text)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// TestSameReportEveryTime: no map and no clock has a say in it.
func TestSameReportEveryTime(t *testing.T) {
	t.Parallel()
	snap := splitBrain(t)
	var first []byte
	for range 100 {
		text, err := json.Marshal(Diagnose(snap, Options{}))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Fatalf("another report:\n%s\n%s", first, text)
		}
	}
}

// BenchmarkDiagnoseRecorded is all rules on five servers, two looks, two leaders.
func BenchmarkDiagnoseRecorded(b *testing.B) {
	snap := splitBrain(b)
	b.ReportAllocs()
	for b.Loop() {
		Diagnose(snap, Options{})
	}
}
