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
	for name, c := range map[string]struct {
		first, second []string // what stands in the recorded replies, and in its place
		finds, state  string
	}{
		"a slow disk": {
			[]string{"zk_cnt_fsynctime\t0", "zk_cnt_fsynctime\t100", "zk_sum_fsynctime\t0", "zk_sum_fsynctime\t1000"},
			[]string{"zk_cnt_fsynctime\t0", "zk_cnt_fsynctime\t200", "zk_sum_fsynctime\t0", "zk_sum_fsynctime\t31000"}, // 300 ms each
			`code="fsync-slow"`, "",
		},
		"writes that hang": {
			[]string{"Outstanding: 0", "Outstanding: 3", "zk_proposal_count\t0", "zk_proposal_count\t7", "zk_commit_count\t0", "zk_commit_count\t7"},
			[]string{"Outstanding: 0", "Outstanding: 9", "zk_proposal_count\t0", "zk_proposal_count\t9", "zk_commit_count\t0", "zk_commit_count\t7"},
			`code="leader-not-committing"`, "unknown",
		},
	} {
		t.Run(name, func(t *testing.T) { compares(t, c.first, c.second, c.finds, c.state) })
	}
}

// compares scrapes a leader of 3.9.5 twice.
func compares(t *testing.T, first, second []string, finds, state string) {
	leader, err := recorded.Find("3.9.5", "leader")
	if err != nil {
		t.Fatal(err)
	}
	var again atomic.Bool
	f := startFake(t, func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		reply, _ := leader.Reply(word)
		says := strings.NewReplacer(first...)
		if again.Load() {
			says = strings.NewReplacer(second...)
		}
		_, _ = conn.Write([]byte(says.Replace(string(reply))))
	})
	s := serve(t, Options{}, f.target)
	holds := func() (found, inState bool) {
		for series, value := range s.metrics(t) {
			isOne := strings.Contains(series, finds) && strings.HasPrefix(series, "zkdoctor_finding{") && !strings.Contains(series, `severity="info"`)
			found = found || isOne && value == 1
			inState = inState || strings.HasPrefix(series, "zkdoctor_verdict{") && strings.Contains(series, `state="`+state) && value == 1
		}
		return found, inState
	}
	if found, _ := holds(); found {
		t.Error("found in one scrape")
	}
	w := s.state.Load().watchers[0]
	w.mu.Lock()
	old := w.last.slim()
	old.snap.Started = old.snap.Started.Add(-beforeYoungest)
	old.at = old.at.Add(-beforeYoungest)
	w.last = old
	w.mu.Unlock()
	again.Store(true)
	if found, inState := holds(); !found || !inState {
		t.Errorf("in two scrapes: %s found: %t, state %q: %t", finds, found, state, inState)
	}
}
