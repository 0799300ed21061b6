package exporter

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/internal/runbook"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/peerports"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// Options are the exporter's settings. The zero value of each has a meaning.
type Options struct {
	// Load reads what to watch, at the start and at every reload.
	Load func(ctx context.Context) (*Config, error)
	// Door is what files of this host are read through; nil for one of its own.
	Door *hostfile.Door
	// Timeout bounds one look at a server; 0 means snapshot.DefaultTimeout.
	Timeout time.Duration
	// PeerPorts and Local are false to leave the quorum and election ports, and
	// this host's own files and processes, alone.
	PeerPorts, Local bool
	// Admin is false to leave AdminServers alone; AdminPort is theirs, 0 for what the
	// configuration says, or else 8080.
	Admin     bool
	AdminPort int
	// Compat adds another exporter's metrics: "dabealu", or "" for none.
	Compat string
	// Include and Exclude select metrics by name; empty selects all.
	Include, Exclude []*regexp.Regexp
	// Lifecycle is true to reload the configuration when a request asks for it.
	Lifecycle bool
	// Prefix is the path before all routes, for the links of the status page.
	Prefix string
	// Pages are those of the findings; nil for no others than theirs.
	Pages *runbook.Book
	// MaxConcurrent bounds the requests in flight; 0 means 512.
	MaxConcurrent int
	Version       string
	Log           zerolog.Logger
}

// defaultConcurrent leaves room for 1,000 ensembles that are scraped one by one
// every 15 s, when each scrape waits for a server that does not answer: 67 a
// second, of 2 to 6 s each.
const defaultConcurrent = 512

// maxAnswers bounds what the answers of all servers may have together, beyond an own share of
// each that honest ones do not need: of looks under way, and of those of the last second, which
// are kept. To read it takes several times as much memory.
const maxAnswers = 24 << 20

// reloadLimit bounds the reading of the configuration and of all files that it names.
const reloadLimit = 10 * time.Second

// Exporter watches ensembles and serves what it sees. It looks only when it is
// asked: its timers do nothing but let go of what a look need not keep.
type Exporter struct {
	options Options
	table   *table
	compat  *compat // nil for none
	self    *prometheus.Registry
	stats   selfStats
	// ports and looks outlive a reload: what a server has to bear does not change by it.
	ports *peerports.Table
	looks *peerports.Budget
	// answers is what servers may say, all of them together.
	answers *wire.Pool
	// troubles are the exporter's own.
	troubles *troubles

	state      atomic.Pointer[state]
	slots      chan struct{}
	delivery   *delivery
	compressed func(http.Handler) http.HandlerFunc
	buffers    sync.Pool // of *bufio.Writer, for answers
	pages      sync.Pool // of *page
}

// state is what one configuration makes; a reload replaces it whole.
type state struct {
	config   *Config
	watchers []*watcher
	allow    allowList
	probed   *probed
}

// selfStats are the exporter's metrics about itself.
type selfStats struct {
	reloadOK  prometheus.Gauge
	reloadAt  prometheus.Gauge
	rejected  *prometheus.CounterVec
	ensembles prometheus.Gauge
}

// New reads the configuration and makes an exporter of it.
func New(ctx context.Context, o Options) (*Exporter, error) {
	if o.Timeout <= 0 {
		o.Timeout = snapshot.DefaultTimeout
	}
	if o.Door == nil {
		o.Door = new(hostfile.Door)
	}
	if o.Pages == nil {
		o.Pages = runbook.New(o.Version, nil)
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = defaultConcurrent
	}
	e := &Exporter{
		options: o, table: newTable(o.Include, o.Exclude),
		self: prometheus.NewRegistry(), slots: make(chan struct{}, o.MaxConcurrent),
		ports: peerports.NewTable(), looks: peerports.NewBudget(maxLooks, minAge), troubles: newTroubles(o.Log),
		answers:  wire.NewPool(maxAnswers),
		delivery: newDelivery(), compressed: compression(),
	}
	if o.Compat == "dabealu" {
		e.compat = newCompat(e.table)
	}
	const large = 64 << 10 // the metrics of one server
	e.buffers.New = func() any { return bufio.NewWriterSize(nil, large) }
	e.pages.New = func() any { return newPage(e.table) }
	e.registerSelf()
	return e, e.Reload(ctx)
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
			Help: "Requests that were turned away, by reason: busy, forbidden, bad, repeated.",
		}, []string{"reason"}),
		ensembles: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zkdoctor_ensembles",
			Help: "Ensembles in the configuration.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "zkdoctor_build_info",
		Help: "Always 1; the label is the version.", ConstLabels: prometheus.Labels{"version": e.options.Version},
	})
	build.Set(1)
	e.self.MustRegister(e.table.dropped, e.troubles.total, e.stats.reloadOK, e.stats.reloadAt, e.stats.rejected,
		e.stats.ensembles, build,
		collectors.NewGoCollector(), newProcess())
	for _, reason := range []string{"busy", "forbidden", "bad", "repeated"} {
		e.stats.rejected.WithLabelValues(reason)
	}
}

// Reload reads the configuration anew. On an error the old one stays in force,
// and zkdoctor_config_last_reload_successful says so. What was remembered of
// ensembles that are still there is kept.
func (e *Exporter) Reload(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reloadLimit)
	defer cancel()
	config, err := e.options.Load(ctx)
	if err == nil {
		var next *state
		if next, err = e.newState(ctx, config); err == nil {
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

func (e *Exporter) newState(ctx context.Context, config *Config) (*state, error) {
	if err := config.check(ctx, e.options.Door); err != nil {
		return nil, err
	}
	allow, err := newAllowList(config.Probe.Allow)
	if err != nil {
		return nil, err
	}
	next := &state{config: config, allow: allow, probed: newProbed()}
	for _, ensemble := range config.Ensembles {
		w := &watcher{
			name: labelText(ensemble.Name), way: "ensemble " + ensemble.Name, listed: newMembers(ensemble.listed),
			timeout:  time.Duration(ensemble.Limits.Timeout),
			diagnose: e.diagnose, memory: newMemory(), ports: e.ports, troubles: e.troubles, answers: e.answers,
			question: e.question(probe.Question{
				ConfigFile: ensemble.ZooCfg, TLS: ensemble.TLS.client(), Local: e.options.Local, PeerPorts: e.options.PeerPorts,
			}),
		}
		if ensemble.ZooCfg == "" {
			w.question.Targets = ensemble.listed
		}
		if old := e.state.Load(); old != nil {
			old.handOver(w)
		}
		next.watchers = append(next.watchers, w)
	}
	return next, nil
}

// diagnose is diag.Diagnose, with the version of this program and the advisories it was given.
func (e *Exporter) diagnose(snap *snapshot.Snapshot) *report.Report {
	o := diag.Options{Version: e.options.Version}
	if state := e.state.Load(); state != nil {
		o.Advisories = state.config.Advisories
	}
	return diag.Diagnose(snap, o)
}

// namespaces is how many bytes are kept of what mntr says of single top-level znodes: 4,000 of its lines and more.
const namespaces = 1 << 20

// question is q with what is the same for all ensembles.
func (e *Exporter) question(q probe.Question) probe.Question {
	o := &e.options
	q.Door, q.Admin, q.AdminPort, q.Tool = o.Door, o.Admin, o.AdminPort, "zkdoctor "+o.Version
	q.Namespaces = namespaces
	return q
}

// handOver gives a new watcher the memory of the one that looks at the same
// servers under the same name, where there is one.
func (s *state) handOver(w *watcher) {
	for _, old := range s.watchers {
		if old.name == w.name && old.question.ConfigFile == w.question.ConfigFile &&
			slices.Equal(old.question.Targets, w.question.Targets) {
			w.memory = old.memory
		}
	}
}
