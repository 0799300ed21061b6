package exporter

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTwoScrapesCompare: what takes two looks is concluded from two scrapes, of
// which the earlier one has been slimmed down.
func TestTwoScrapesCompare(t *testing.T) {
	recorded, err := os.ReadFile(filepath.Join("..", "probe", "testdata", "replies", "3.9.5", "leader", "mntr.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var slow atomic.Bool
	f := startFake(t, func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		if word != "mntr" {
			f.replay(conn, word, "leader")
			return
		}
		count, sum := "100", "1000"
		if slow.Load() {
			count, sum = "200", "31000" // 300 ms each, of a hundred
		}
		_, _ = conn.Write([]byte(strings.NewReplacer("zk_cnt_fsynctime\t0", "zk_cnt_fsynctime\t"+count, "zk_sum_fsynctime\t0", "zk_sum_fsynctime\t"+sum).Replace(string(recorded))))
	})
	s := serve(t, Options{}, f.target)
	finds := func() bool {
		for series, value := range s.metrics(t) {
			if strings.HasPrefix(series, "zkdoctor_finding{") && strings.Contains(series, `code="fsync-slow"`) && strings.Contains(series, `severity="warning"`) {
				return value == 1
			}
		}
		return false
	}
	if finds() {
		t.Error("found in one scrape")
	}
	w := s.state.Load().watchers[0]
	w.mu.Lock()
	old := w.last.slim()
	old.snap.Started = old.snap.Started.Add(-beforeYoungest)
	old.at = old.at.Add(-beforeYoungest)
	w.last = old
	w.mu.Unlock()
	slow.Store(true)
	if !finds() {
		t.Error("not found in two scrapes")
	}
}
