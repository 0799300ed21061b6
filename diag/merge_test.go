package diag

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// FuzzMerge: whatever two files say, they are refused or judged as one, in either order.
func FuzzMerge(f *testing.F) {
	file := func(s *snapshot.Snapshot, host string) []byte {
		s.Vantage.Host = host
		var out bytes.Buffer
		if err := snapshot.WriteSnapshot(&out, s); err != nil {
			f.Fatal(err)
		}
		var small bytes.Buffer
		if err := json.Compact(&small, out.Bytes()); err != nil {
			f.Fatal(err)
		}
		return small.Bytes()
	}
	f.Add(file(look(follower, leader, down).twice().snap(), "zk1"), file(look(follower, leader, hung).twice().snap(), "zk2"))
	f.Add(file(look(follower, leader, down).on(1).snap(), "zk1"), file(look(down, looking, gone).on(2).snap(), "zk2"))
	f.Add([]byte(`{"format":1,"servers":[{"name":"a"}]}`), []byte(`{"format":1,"vantage":{"host":"b"},"servers":[{"name":"a"}],"before":{"servers":[{"name":"a"}]}}`))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		read := func(texts ...[]byte) (snaps []*snapshot.Snapshot) {
			for _, text := range texts {
				if snap, err := snapshot.ReadSnapshot(text); err == nil {
					snaps = append(snaps, snap)
				}
			}
			return snaps
		}
		first, second := read(one, two), read(two, one)
		if len(first) < 2 {
			return
		}
		a, errA := snapshot.Merge(first)
		b, errB := snapshot.Merge(second)
		if (errA == nil) != (errB == nil) {
			t.Fatalf("in one order %v, in the other %v", errA, errB)
		}
		if errA == nil && Diagnose(a, Options{}).Verdict.State != Diagnose(b, Options{}).Verdict.State {
			t.Error("another verdict in the other order")
		}
	})
}
