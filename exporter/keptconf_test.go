package exporter

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// counting is a recorded server that goes on running: it counts what it is asked.
type counting struct {
	*fake
	state    atomic.Value // string
	received atomic.Int64
}

var receivedCount = regexp.MustCompile(`(Received: |zk_packets_received\t)\d+`)

func startCounting(t testing.TB, state string) *counting {
	t.Helper()
	c := &counting{}
	c.state.Store(state)
	c.received.Store(100_000)
	c.fake = startFake(t, func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		server, _ := recorded.Find("3.9.5", c.state.Load().(string))
		reply, _ := server.Reply(word)
		for _, id := range []string{"1", "2", "3"} {
			reply = bytes.ReplaceAll(reply, []byte("10.99.0."+id), []byte("127.0.0.1"))
		}
		count := strconv.AppendInt([]byte("${1}"), c.received.Add(1), 10)
		_, _ = conn.Write(receivedCount.ReplaceAll(reply, count))
	})
	return c
}

// words are those that it was asked since the last time.
func (c *counting) words() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	words := c.fake.words
	c.fake.words = nil
	return slices.Clone(words)
}

// BenchmarkScrapeOfThree is a scrape of three servers, the servers' own work with it.
func BenchmarkScrapeOfThree(b *testing.B) {
	var targets []string
	for _, state := range []string{"follower-loaded", "follower-loaded", "leader-loaded"} {
		targets = append(targets, startCounting(b, state).target)
	}
	s := serve(b, Options{}, targets...)
	h := s.Handler()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", http.NoBody)
	h.ServeHTTP(discarded{http.Header{}}, request)
	b.ReportAllocs()
	for b.Loop() {
		s.passes(15 * time.Second)
		h.ServeHTTP(discarded{http.Header{}}, request)
	}
}

// passes has every watcher believe that so much time has passed since its last look.
func (s *served) passes(d time.Duration) {
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
}
