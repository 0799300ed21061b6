package exporter

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

// Handler serves /metrics, /probe and the /-/ endpoints.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", e.limited(e.serveMetrics))
	mux.HandleFunc("GET /probe", e.limited(e.serveProbe))
	mux.HandleFunc("GET /discovery", e.limited(e.serveDiscovery))
	mux.HandleFunc("GET /{$}", e.limited(e.servePage))
	// With many ensembles each is scraped by /probe, and the exporter itself here.
	mux.Handle("GET /-/metrics", e.metricsOf(e.self))
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
	gatherers := prometheus.Gatherers{registry}
	if own {
		gatherers = append(gatherers, e.self)
	}
	e.metricsOf(gatherers).ServeHTTP(w, r)
}

func (e *Exporter) metricsOf(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, ErrorLog: errorLog{e.options.Log}})
}

// refresh is how often the status page loads itself anew.
const refresh = 15 * time.Second

// servePage shows what is known of every ensemble, newly looked at.
func (e *Exporter) servePage(w http.ResponseWriter, r *http.Request) {
	state := e.state.Load()
	ctx, cancel, timeout := deadline(r, e.options.Timeout)
	defer cancel()
	p := page{Version: e.options.Version, Now: time.Now(), Prefix: e.options.Prefix, Refresh: refresh}
	for i, l := range e.lookAll(ctx, state.watchers, timeout) {
		entry := pageEnsemble{Name: state.watchers[i].name, Problem: "it could not be looked at in time"}
		if l != nil {
			entry = pageEnsemble{Name: entry.Name, Report: l.report, LookedAt: l.at, SlowAt: l.slowAt}
		}
		p.Ensembles = append(p.Ensembles, entry)
	}
	if err := serveStatus(w, r, p); err != nil {
		e.options.Log.Debug().Err(err).Msg("status page not sent")
	}
}

// serveDiscovery lists the members of all configured ensembles for Prometheus's
// HTTP service discovery, or with ?by=ensemble the ensembles, for /probe.
// Prometheus keeps the targets that it has while the answer is an error.
func (e *Exporter) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	list := e.discoverServers
	switch by := r.URL.Query().Get("by"); by {
	case "", "server":
	case "ensemble":
		list = e.discoverEnsembles
	default:
		e.refuse(w, http.StatusBadRequest, "bad", fmt.Sprintf("by=%q: there are server and ensemble", by))
		return
	}
	ctx, cancel, timeout := deadline(r, e.options.Timeout)
	defer cancel()
	groups, complete := list(ctx, e.state.Load().watchers, timeout)
	if !complete {
		http.Error(w, "not all ensembles could be looked at in time", http.StatusServiceUnavailable)
		return
	}
	if err := writeDiscovery(w, groups); err != nil {
		e.options.Log.Debug().Err(err).Msg("discovery not sent")
	}
}

// discoverServers are the members of each ensemble, as ZooKeeper has them now.
func (e *Exporter) discoverServers(ctx context.Context, watchers []*watcher, timeout time.Duration) (groups []sdGroup, complete bool) {
	for i, l := range e.lookAll(ctx, watchers, timeout) {
		if l == nil {
			return nil, false
		}
		groups = append(groups, discoveryTargets(watchers[i].name, l.snap)...)
	}
	return groups, true
}

// discoverEnsembles are the ensembles as configured. One whose servers stand in a
// zoo.cfg that was not read yet must be looked at for that.
func (e *Exporter) discoverEnsembles(ctx context.Context, watchers []*watcher, timeout time.Duration) (groups []sdGroup, complete bool) {
	var unread []*watcher
	for _, w := range watchers {
		if len(w.members()) == 0 {
			unread = append(unread, w)
		}
	}
	e.lookAll(ctx, unread, timeout)
	for _, w := range watchers {
		members := w.members()
		if len(members) == 0 {
			return nil, false
		}
		groups = append(groups, ensembleTarget(w.name, members))
	}
	return groups, true
}

// lookAll looks with all watchers at once. A look that did not come about in time
// is nil.
func (e *Exporter) lookAll(ctx context.Context, watchers []*watcher, timeout time.Duration) []*look {
	looks := make([]*look, len(watchers))
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for i, watcher := range watchers {
		group.Go(func() error {
			l, err := watcher.look(ctx, timeout)
			if err != nil {
				e.options.Log.Warn().Str("ensemble", watcher.name).Err(err).Msg("no look")
				return nil // the others' looks are served all the same
			}
			looks[i] = l
			return nil
		})
	}
	_ = group.Wait() // never an error, see above
	return looks
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
