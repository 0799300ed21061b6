package exporter

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

// Handler serves /metrics, /probe and the /-/ endpoints.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	compressed := compression()
	mux.Handle("GET /metrics", compressed(e.limited(e.serveMetrics)))
	mux.Handle("GET /probe", compressed(e.limited(e.serveProbe)))
	mux.HandleFunc("GET /discovery", e.limited(e.serveDiscovery))
	mux.HandleFunc("GET /{$}", e.limited(e.servePage))
	// With many ensembles each is scraped by /probe, and the exporter itself here.
	mux.Handle("GET /-/metrics", compressed(e.metricsOf(e.self)))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "zkdoctor is alive.") })
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "zkdoctor is ready.") })
	mux.HandleFunc("POST /-/reload", e.serveReload)
	mux.HandleFunc("PUT /-/reload", e.serveReload)
	return mux
}

// limited turns requests away beyond the bound, at once: a scraper comes back.
func (e *Exporter) limited(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case e.slots <- struct{}{}:
			defer func() { <-e.slots }()
			next(w, r)
		default:
			e.refuse(w, http.StatusServiceUnavailable, "busy", "too many requests at a time")
		}
	}
}

// refuse answers with one sentence, and counts.
func (e *Exporter) refuse(w http.ResponseWriter, status int, reason, sentence string) {
	e.stats.rejected.WithLabelValues(reason).Inc()
	http.Error(w, sentence, status)
}

func (e *Exporter) serveReload(w http.ResponseWriter, _ *http.Request) {
	if err := e.Reload(); err != nil {
		e.options.Log.Error().Err(err).Msg("reload failed, the old configuration stays")
		http.Error(w, "the old configuration stays: "+err.Error(), http.StatusInternalServerError)
		return
	}
	e.options.Log.Info().Msg("configuration reloaded")
	_, _ = fmt.Fprintln(w, "reloaded.")
}

// serveMetrics looks at all configured ensembles at once and serves what was
// seen, and the exporter's own metrics.
func (e *Exporter) serveMetrics(w http.ResponseWriter, r *http.Request) {
	e.serve(w, r, e.state.Load().watchers, e.options.Timeout, true)
}

// serve looks with all watchers and serves their metrics by a registry of this
// request's own.
func (e *Exporter) serve(w http.ResponseWriter, r *http.Request, watchers []*watcher, timeout time.Duration, own bool) {
	ctx, cancel, timeout := deadline(r, timeout)
	defer cancel()
	looks := e.lookAll(ctx, watchers, timeout)
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{table: e.table, watchers: watchers, looks: looks, compat: e.options.Compat})
	var all prometheus.Gatherer = registry
	if own {
		all = prometheus.Gatherers{registry, e.self}
	}
	e.metricsOf(all).ServeHTTP(w, r)
}

// metricsOf serves what g gathers.
func (e *Exporter) metricsOf(g prometheus.Gatherer) http.Handler {
	inner := promhttp.HandlerFor(g, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: errorLog{e.options.Log},
		DisableCompression: true, // see compression
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := e.buffers.Get().(*bufio.Writer)
		out.Reset(w)
		inner.ServeHTTP(buffered{w, out}, r)
		_ = out.Flush() // a scraper that has gone
		out.Reset(nil)
		e.buffers.Put(out)
	})
}

// compression compresses a handler's answers for those who take it, as Prometheus
// does, at the fastest level: the standard library's level, which is promhttp's,
// would be the most of what a scrape costs.
func compression() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.MinSize(1<<10))
	if err != nil {
		panic(err) // the options are constants, and tests serve with them
	}
	return wrap
}

// buffered is a response with a buffer of its own. Without one, the encoder makes
// its own for each of the 200 families of metrics and empties it every time.
type buffered struct {
	http.ResponseWriter
	*bufio.Writer
}

// Write implements io.Writer, which both have.
func (b buffered) Write(p []byte) (int, error) { return b.Writer.Write(p) }

// serveDiscovery lists the members of all configured ensembles for Prometheus's
// HTTP service discovery, or with ?by=ensemble the ensembles, for /probe.
// Prometheus keeps the targets that it has while the answer is an error.
func (e *Exporter) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	watchers := e.state.Load().watchers
	var groups []sdGroup
	switch by := r.URL.Query().Get("by"); by {
	case "ensemble":
		for _, one := range watchers {
			groups = append(groups, ensembleTarget(one.name, one.members()))
		}
	case "", "server":
		ctx, cancel, timeout := deadline(r, e.options.Timeout)
		defer cancel()
		for i, l := range e.lookAll(ctx, watchers, timeout) {
			if l == nil {
				http.Error(w, "not all ensembles could be looked at in time", http.StatusServiceUnavailable)
				return
			}
			groups = append(groups, discoveryTargets(watchers[i].name, l.snap)...)
		}
	default:
		e.refuse(w, http.StatusBadRequest, "bad", fmt.Sprintf("by=%q: there are server and ensemble", by))
		return
	}
	if err := writeDiscovery(w, groups); err != nil {
		e.options.Log.Debug().Err(err).Msg("discovery not sent")
	}
}

// lookAll looks with all watchers at once. A look that did not come about in time
// is nil.
func (e *Exporter) lookAll(ctx context.Context, watchers []*watcher, timeout time.Duration) []*look {
	if len(watchers) == 1 { // of /probe: no goroutine needed
		return []*look{e.look(ctx, watchers[0], timeout)}
	}
	looks := make([]*look, len(watchers))
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for i, watcher := range watchers {
		group.Go(func() error { looks[i] = e.look(ctx, watcher, timeout); return nil })
	}
	_ = group.Wait() // a look that fails is nil, and the others are served all the same
	return looks
}

func (e *Exporter) look(ctx context.Context, w *watcher, timeout time.Duration) *look {
	l, err := w.look(ctx, timeout)
	if err != nil {
		e.options.Log.Warn().Str("ensemble", w.name).Err(err).Msg("no look")
	}
	return l
}

// errorLog is promhttp's way to a zerolog.Logger.
type errorLog struct{ log zerolog.Logger }

// Println implements promhttp.Logger.
func (l errorLog) Println(v ...any) {
	l.log.Error().Str("error", strings.TrimSpace(fmt.Sprintln(v...))).Msg("serving metrics")
}

// deadline is the time that a scrape has: what Prometheus says, less a margin
// for the way back, and for one look at one server at most timeout.
func deadline(r *http.Request, timeout time.Duration) (context.Context, context.CancelFunc, time.Duration) {
	const margin = 500 * time.Millisecond
	ctx := r.Context()
	seconds, err := time.ParseDuration(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds") + "s")
	if err != nil || seconds <= 0 {
		ctx, cancel := context.WithTimeout(ctx, 3*timeout+margin)
		return ctx, cancel, timeout
	}
	whole := max(seconds-margin, seconds/2)
	// Names, words and, rarely, peer ports: one after the other.
	timeout = min(timeout, whole/3)
	ctx, cancel := context.WithTimeout(ctx, whole)
	return ctx, cancel, timeout
}
