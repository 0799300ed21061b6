package exporter

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// unreading is somebody who asks and reads nothing.
type unreading struct {
	*httptest.ResponseRecorder
	stuck, ended chan struct{}
	once         sync.Once
}

func newUnreading() *unreading {
	return &unreading{ResponseRecorder: httptest.NewRecorder(), stuck: make(chan struct{}), ended: make(chan struct{})}
}

// Write implements io.Writer.
func (u *unreading) Write([]byte) (int, error) {
	close(u.stuck)
	<-u.ended
	return 0, os.ErrDeadlineExceeded
}

// SetWriteDeadline is for http.ResponseController.
func (u *unreading) SetWriteDeadline(time.Time) error {
	u.once.Do(func() { close(u.ended) })
	return nil
}

// answerOf is an answer of so many bytes.
func answerOf(bytes int) *rendered {
	made := newRendered()
	_, _ = made.Write(make([]byte, bytes))
	made.trim()
	return made
}

// TestUnreadAnswers: however many ask for large answers and read nothing, those have no more than
// the bound together, and whoever reads is served.
func TestUnreadAnswers(t *testing.T) {
	const size, most = 1 << 20, 4 << 20
	d := newDelivery()
	d.most, d.patience = most, 0
	before := liveHeap()
	var sending sync.WaitGroup
	var lazy []*unreading
	for i := range 100 {
		u := newUnreading()
		lazy = append(lazy, u)
		sending.Go(func() {
			if !d.send(u, answerOf(size)) {
				t.Errorf("the %dth is not served, where others read nothing", i)
			}
		})
		<-u.stuck
		d.mu.Lock()
		held, n := d.held, len(d.readers)
		d.mu.Unlock()
		if held > most || n > most/size {
			t.Fatalf("%d bytes are held for %d", held, n)
		}
	}
	for _, u := range lazy[:len(lazy)-most/size] {
		<-u.ended
	}
	if reads := httptest.NewRecorder(); !d.send(reads, answerOf(size)) || reads.Body.Len() != size {
		t.Errorf("who reads got %d bytes", reads.Body.Len())
	}
	if taken := int64(liveHeap()) - int64(before); taken > most+(2<<20) {
		t.Errorf("%d KiB are taken", taken>>10)
	}
	for _, u := range lazy {
		_ = u.SetWriteDeadline(time.Time{})
	}
	sending.Wait()
	if d.held != 0 || len(d.readers) != 0 {
		t.Errorf("%d bytes are held for %d in the end", d.held, len(d.readers))
	}
	runtime.KeepAlive(lazy)
}

// TestNoRoomForAnswers: where all that is held is being read, the next one is turned away, and
// counted; and one answer may be larger than the bound.
func TestNoRoomForAnswers(t *testing.T) {
	s := serve(t, Options{}, startFake(t, replays("standalone")).target)
	s.delivery.most, s.delivery.patience = 1<<20, time.Hour
	large := s.answered(func(http.ResponseWriter, *http.Request) *rendered { return answerOf(3 << 20) })
	ask := func(w http.ResponseWriter) {
		large(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	}
	var sending sync.WaitGroup
	u := newUnreading()
	sending.Go(func() { ask(u) })
	<-u.stuck
	w := httptest.NewRecorder()
	ask(w)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	_ = u.SetWriteDeadline(time.Time{})
	sending.Wait()
	w = httptest.NewRecorder()
	ask(w)
	if w.Code != http.StatusOK || w.Body.Len() != 3<<20 || w.Header().Get("Content-Length") != fmt.Sprint(3<<20) {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	if got := s.metrics(t)[`zkdoctor_requests_rejected_total{reason="busy"}`]; got != 1 {
		t.Errorf("%v were counted", got)
	}
}

// TestRenderedOnce: those who ask for the same before it is rendered share one answer, with the
// same looks and the same words; who asks later has one of his own.
func TestRenderedOnce(t *testing.T) {
	d := newDelivery()
	for range cap(d.rendering) {
		d.rendering <- struct{}{} // others are being rendered
	}
	var renderings atomic.Int32
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		renderings.Add(1)
		_, _ = w.Write(make([]byte, 1<<20))
	})
	looks, others := []*look{{}}, []*look{{}}
	ctx := newCounted(t.Context())
	var asking sync.WaitGroup
	got := make(chan *rendered, 600)
	render := func(path string, looks []*look) {
		asking.Go(func() {
			got <- d.render(httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody), looks, handler)
		})
	}
	until := func(holds func() bool) {
		for so := false; !so && t.Context().Err() == nil; runtime.Gosched() {
			d.mu.Lock()
			so = holds()
			d.mu.Unlock()
		}
	}
	for range 500 {
		render("/metrics", looks)
	}
	until(func() bool { return ctx.waits.Load() == 499 })
	render("/metrics?a", looks)
	render("/metrics", others)
	until(func() bool {
		return len(d.waiting) == 2 && slices.ContainsFunc(slices.Collect(maps.Values(d.waiting)), func(s *shared) bool { return s.looks[0] == others[0] })
	})
	for range cap(d.rendering) {
		<-d.rendering
	}
	asking.Wait()
	distinct := map[*rendered]bool{}
	for range 502 {
		distinct[<-got] = true
	}
	if n := renderings.Load(); n != 3 || len(distinct) != 3 {
		t.Errorf("%d renderings for 502, %d answers", n, len(distinct))
	}
	render("/metrics", looks)
	asking.Wait()
	if late := <-got; distinct[late] {
		t.Error("an answer is served again that was made before it was asked for")
	}
}

// counted is a context that counts who waits for its end.
type counted struct {
	context.Context //nolint:containedctx // it is one
	waits           atomic.Int32
}

func newCounted(ctx context.Context) *counted { return &counted{Context: ctx} }

// Done implements context.Context.
func (c *counted) Done() <-chan struct{} {
	c.waits.Add(1)
	return c.Context.Done()
}
