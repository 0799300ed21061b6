package exporter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe"
)

// Options are the exporter's settings. The zero value of each has a meaning.
type Options struct {
	// Load reads what to watch, at the start and at every reload.
	Load func() (*Config, error)
	// Timeout bounds one look at a server; 0 means probe.DefaultTimeout.
	Timeout time.Duration
	// PeerPorts and Local are false to leave the quorum and election ports, and
	// this host's own files and processes, alone.
	PeerPorts, Local bool
	// Compat adds another exporter's metrics: "dabealu", or "" for none.
	Compat string
	// Include and Exclude select metrics by name; empty selects all.
	Include, Exclude []*regexp.Regexp
	// Prefix is the path before all routes, for the links of the status page.
	Prefix string
	// MaxConcurrent bounds the requests in flight; 0 means 64.
	MaxConcurrent int
	Version       string
	Log           zerolog.Logger
}

// defaultConcurrent is far above what two Prometheus servers and a person ask
// for at a time, and low enough that a flood costs little.
const defaultConcurrent = 64

// Exporter watches ensembles and serves what it sees. It holds no timer of its
// own: it looks when it is asked.
type Exporter struct {
	options Options
	table   *table
	self    *prometheus.Registry
	stats   selfStats

	state atomic.Pointer[state]
	slots chan struct{}
}

// state is what one configuration makes; a reload replaces it whole.
type state struct {
	config   *Config
	watchers []*watcher
	allow    allowList

	mu     sync.Mutex
	probed map[string]*watcher // by target and module, for /probe
}

// selfStats are the exporter's metrics about itself.
type selfStats struct {
	reloadOK  prometheus.Gauge
	reloadAt  prometheus.Gauge
	rejected  *prometheus.CounterVec
	ensembles prometheus.Gauge
}

// New reads the configuration and makes an exporter of it.
func New(o Options) (*Exporter, error) {
	if o.Timeout <= 0 {
		o.Timeout = probe.DefaultTimeout
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = defaultConcurrent
	}
	e := &Exporter{
		options: o, table: newTable(o.Include, o.Exclude),
		self: prometheus.NewRegistry(), slots: make(chan struct{}, o.MaxConcurrent),
	}
	e.registerSelf()
	return e, e.Reload()
}

func (e *Exporter) registerSelf() {
	e.stats = selfStats{
		reloadOK: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zkdoctor_config_last_reload_successful",
			Help: "Whether the last reload of the configuration worked: 1, or 0 and the old one still holds.",
		}),
		reloadAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zkdoctor_config_last_reload_success_timestamp_seconds",
			Help: "When the configuration in force was read, in seconds since 1970.",
		}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zkdoctor_requests_rejected_total",
			Help: "Requests that were turned away, by reason: busy, forbidden, bad.",
		}, []string{"reason"}),
		ensembles: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zkdoctor_ensembles",
			Help: "Ensembles in the configuration.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "zkdoctor_build_info",
		Help: "Always 1; the label tells the version.", ConstLabels: prometheus.Labels{"version": e.options.Version},
	})
	build.Set(1)
	e.self.MustRegister(e.table.dropped, e.stats.reloadOK, e.stats.reloadAt, e.stats.rejected, e.stats.ensembles, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, reason := range []string{"busy", "forbidden", "bad"} {
		e.stats.rejected.WithLabelValues(reason)
	}
}

// Reload reads the configuration anew. On an error the old one stays in force,
// and zkdoctor_config_last_reload_successful says so. What was remembered of
// ensembles that are still there is kept.
func (e *Exporter) Reload() error {
	config, err := e.options.Load()
	if err == nil {
		var next *state
		if next, err = e.newState(config); err == nil {
			e.state.Store(next)
			e.stats.ensembles.Set(float64(len(next.watchers)))
			e.stats.reloadAt.SetToCurrentTime()
		}
	}
	e.stats.reloadOK.Set(0)
	if err == nil {
		e.stats.reloadOK.Set(1)
	}
	return err
}

func (e *Exporter) newState(config *Config) (*state, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	allow, err := newAllowList(config.Probe.Allow)
	if err != nil {
		return nil, err
	}
	next := &state{config: config, allow: allow, probed: map[string]*watcher{}}
	for _, ensemble := range config.Ensembles {
		targets, err := probe.ParseTargets(ensemble.Servers)
		if err != nil {
			return nil, err
		}
		w := &watcher{
			name: ensemble.Name, timeout: time.Duration(ensemble.Limits.Timeout), tls: ensemble.TLS.client(),
			version: e.options.Version, peers: e.options.PeerPorts, memory: new(memory),
			question: probe.Question{Targets: targets, ConfigFile: ensemble.ZooCfg, Local: e.options.Local},
		}
		if old := e.state.Load(); old != nil {
			old.handOver(w)
		}
		next.watchers = append(next.watchers, w)
	}
	return next, nil
}

// handOver gives a new watcher the memory of the one that looks at the same
// servers under the same name, where there is one.
func (s *state) handOver(w *watcher) {
	for _, old := range s.watchers {
		if old.name == w.name && old.question.ConfigFile == w.question.ConfigFile && slices.Equal(old.question.Targets, w.question.Targets) {
			w.memory = old.memory
		}
	}
}

// Handler serves /metrics, /probe and the /-/ endpoints.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", e.limited(e.serveMetrics))
	mux.HandleFunc("GET /probe", e.limited(e.serveProbe))
	mux.HandleFunc("GET /discovery", e.limited(e.serveDiscovery))
	mux.HandleFunc("GET /{$}", e.limited(e.servePage))
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
	promhttp.HandlerFor(gatherers, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, ErrorLog: errorLog{e.options.Log}}).ServeHTTP(w, r)
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
// HTTP service discovery.
func (e *Exporter) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	state := e.state.Load()
	ctx, cancel, timeout := deadline(r, e.options.Timeout)
	defer cancel()
	groups := []sdGroup{}
	for i, l := range e.lookAll(ctx, state.watchers, timeout) {
		if l == nil {
			// Prometheus keeps the targets that it has while the answer is an error.
			http.Error(w, "not all ensembles could be looked at in time", http.StatusServiceUnavailable)
			return
		}
		groups = append(groups, discoveryTargets(state.watchers[i].name, l.snap)...)
	}
	if err := writeDiscovery(w, groups); err != nil {
		e.options.Log.Debug().Err(err).Msg("discovery not sent")
	}
}

// lookAll looks with all watchers at once. A look that did not come about in time
// is nil.
func (e *Exporter) lookAll(ctx context.Context, watchers []*watcher, timeout time.Duration) []*look {
	looks := make([]*look, len(watchers))
	var group errgroup.Group
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

// errNoTarget is what /probe says when it was asked for nothing.
var errNoTarget = errors.New("the parameter target is missing: /probe?target=zk1:2181")

// watcherFor is the watcher of /probe for a target string. It is remembered, so
// that rules which compare two looks can.
func (s *state) watcherFor(key string, create func() *watcher) *watcher {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.probed[key]; w != nil {
		return w
	}
	if len(s.probed) >= maxProbed {
		clear(s.probed) // what is forgotten is an earlier look, no more
	}
	w := create()
	s.probed[key] = w
	return w
}

// maxProbed bounds what /probe remembers: some 20 KiB an ensemble.
const maxProbed = 4096

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
