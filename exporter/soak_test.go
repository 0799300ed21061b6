package exporter

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestSoak: after a week of scrapes (ZKTEST_SOAK=40000, at 15 s each) of servers that restart, are
// elected, lose their quorum and go, the exporter has what it had after the first of them, and
// tells the truth.
func TestSoak(t *testing.T) {
	scrapes := 240
	if n, err := strconv.Atoi(os.Getenv("ZKTEST_SOAK")); err == nil {
		scrapes = n
	}
	servers, targets := threeCounting(t)
	s := serve(t, Options{PeerPorts: true}, targets...)
	h := s.Handler()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
	states := []string{"follower-loaded", "leader-loaded", "not-serving", ""}
	replies := map[string]*recordedReplies{}
	for i := range servers {
		for _, state := range states[:3] {
			replies[state+strconv.Itoa(i)] = repliesOf(i+1, state)
		}
	}
	scrape := func(from, to int) {
		for n := from; n < to; n++ {
			flaps, state := n/4%len(servers), states[n/12%len(states)]
			if n%4 == 0 { // each stays so for some scrapes
				c := servers[flaps]
				c.replies.Store(replies[state+strconv.Itoa(flaps)])
				c.received.Store(1000)
				c.uptime.Store(1000)
			}
			s.passes(15*time.Second, servers...)
			h.ServeHTTP(discarded{http.Header{}}, request)
			for _, c := range servers {
				c.words() // which would be remembered
			}
			if n%100 == 0 || n < 100 {
				up := 1.0
				if state == "" {
					up = 0
				}
				if got := s.metrics(t)[`zookeeper_up{ensemble="test",server="`+servers[flaps].target+`"}`]; got != up {
					t.Fatalf("scrape %d: up is %v of a server that is %q", n, got, state)
				}
			}
		}
	}
	first := scrapes / 10
	scrape(0, first)
	goroutines, files := settled(t, 0, 0)
	heap := liveHeap()
	scrape(first, scrapes)
	goroutinesNow, filesNow := settled(t, goroutines, files)
	heapNow, deadline := liveHeap(), time.Now().Add(20*time.Second)
	for heapNow > heap+1<<20 && time.Now().Before(deadline) {
		heapNow = liveHeap() // the last looks get slim within a second
	}
	t.Logf("after %d scrapes: %d goroutines, %d files, %.1f MiB on the heap", first, goroutines, files, float64(heap)/(1<<20))
	t.Logf("after %d scrapes: %d goroutines, %d files, %.1f MiB on the heap", scrapes, goroutinesNow, filesNow, float64(heapNow)/(1<<20))
	if heapNow > heap+1<<20 {
		t.Errorf("the heap grew by %d KiB", (heapNow-heap)>>10)
	}
}
