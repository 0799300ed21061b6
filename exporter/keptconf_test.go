package exporter

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// threeCounting are two followers and a leader.
func threeCounting(t testing.TB) (servers []*counting, targets []string) {
	t.Helper()
	for i, state := range []string{"follower-loaded", "follower-loaded", "leader-loaded"} {
		c := startCounting(t, i+1, state)
		servers, targets = append(servers, c), append(targets, c.target)
	}
	return servers, targets
}

// passes has every watcher believe that so much time has passed since its last look, and the
// servers that they have run on.
func (s *served) passes(d time.Duration, servers ...*counting) {
	state := s.state.Load()
	for _, w := range slices.Concat(state.watchers, state.probed.all()) {
		w.mu.Lock()
		if w.last != nil {
			aged, snap := *w.last, *w.last.snap
			aged.at, snap.Started = aged.at.Add(-d), snap.Started.Add(-d)
			aged.snap = &snap
			w.last = &aged
		}
		w.mu.Unlock()
	}
	for _, c := range servers {
		c.uptime.Add(d.Milliseconds())
	}
}

// TestConfOnceAMinute: every scrape asks srvr and mntr, and one a minute conf too, unless a
// server changes. The metrics are the same, but for the age of conf.
func TestConfOnceAMinute(t *testing.T) {
	t.Parallel()
	servers, targets := threeCounting(t)
	s := serve(t, Options{}, targets...)
	const interval = 15 * time.Second
	var first scraped
	for i, want := range []string{"srvr conf mntr", "srvr mntr", "srvr mntr", "srvr mntr", "srvr conf mntr", "srvr mntr", "srvr mntr conf", "srvr mntr"} {
		if i > 0 {
			s.passes(interval, servers...)
		}
		if i == 6 { // it restarts, and its peers are asked too
			servers[0].received.Store(5)
		}
		found := s.metrics(t)
		for j, c := range servers {
			want := want
			if i == 6 && j == 0 {
				want = "srvr conf mntr"
			}
			if got := strings.Join(c.words(), " "); got != want {
				t.Errorf("scrape %d asks server %d %s, want %s", i, j, got, want)
			}
		}
		kept := !strings.Contains(want, "conf")
		if age := found[`zkdoctor_conf_age_seconds{ensemble="test"}`]; kept != (age >= interval.Seconds()) || age > time.Minute.Seconds() {
			t.Errorf("scrape %d: conf is %v s old", i, age)
		}
		if first == nil {
			first = found
		}
		for series := range first {
			if _, there := found[series]; !there && strings.HasPrefix(series, "z") {
				t.Errorf("scrape %d has no %s", i, series)
			}
		}
	}
}

// BenchmarkScrapeOfThree is a scrape of three servers, the servers' own work with it.
func BenchmarkScrapeOfThree(b *testing.B) {
	servers, targets := threeCounting(b)
	s := serve(b, Options{}, targets...)
	h := s.Handler()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", http.NoBody)
	h.ServeHTTP(discarded{http.Header{}}, request)
	b.ReportAllocs()
	for b.Loop() {
		s.passes(15*time.Second, servers...)
		h.ServeHTTP(discarded{http.Header{}}, request)
	}
}
