package exporter

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// TestTwoScrapesCompare: what takes two looks is concluded from two scrapes, of
// which the earlier one has been slimmed down.
func TestTwoScrapesCompare(t *testing.T) {
	leader, err := recorded.Find("3.9.5", "leader")
	if err != nil {
		t.Fatal(err)
	}
	mntr, ok := leader.Reply("mntr")
	if !ok {
		t.Fatal("no recorded mntr")
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
		_, _ = conn.Write([]byte(strings.NewReplacer("zk_cnt_fsynctime\t0", "zk_cnt_fsynctime\t"+count, "zk_sum_fsynctime\t0", "zk_sum_fsynctime\t"+sum).Replace(string(mntr))))
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
