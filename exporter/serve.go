package exporter

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

// answer renders the metrics of looks; own adds the exporter's.
func (e *Exporter) answer(r *http.Request, watchers []*watcher, looks []*look, own bool) *rendered {
	return e.delivery.render(r, looks, e.compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := e.pages.Get().(*page)
		defer func() { page.reset(); e.pages.Put(page) }()
		(&collector{table: e.table, watchers: watchers, looks: looks, compat: e.compat}).send(page)
		e.write(w, r, page, own)
	})))
}

// write writes a page in the format that is asked for.
func (e *Exporter) write(w http.ResponseWriter, r *http.Request, p *page, own bool) {
	format := expfmt.NegotiateAccept(r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	kind := format.FormatType()
	if kind != expfmt.TypeTextPlain && kind != expfmt.TypeOpenMetrics {
		gatherers := prometheus.Gatherers{p}
		if own {
			gatherers = append(gatherers, e.self)
		}
		e.metricsOf(gatherers).ServeHTTP(w, r)
		return
	}
	var others []*dto.MetricFamily
	if own {
		var err error
		if others, err = e.self.Gather(); err != nil { // the others are there all the same
			errorLog{e.options.Log}.Println("the exporter's own", err)
		}
	}
	w.Header().Set("Content-Type", string(format))
	out := e.buffers.Get().(*bufio.Writer)
	out.Reset(w)
	text := textWriter{to: out, open: kind == expfmt.TypeOpenMetrics}
	if text.page(p, others); text.failed != nil {
		errorLog{e.options.Log}.Println(text.failed)
	}
	_ = out.Flush() // into memory
	out.Reset(nil)
	e.buffers.Put(out)
}

// metricsOf serves what g gathers, in any format there is.
func (e *Exporter) metricsOf(g prometheus.Gatherer) http.Handler {
	inner := promhttp.HandlerFor(g, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: errorLog{e.options.Log},
		DisableCompression: true, // see compression
		EnableOpenMetrics:  true, EnableOpenMetricsTextCreatedSamples: true,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := e.buffers.Get().(*bufio.Writer)
		out.Reset(w)
		inner.ServeHTTP(buffered{w, out}, r)
		_ = out.Flush() // into memory
		out.Reset(nil)
		e.buffers.Put(out)
	})
}

// buffered is a response with a buffer of its own. Without one, the encoder makes
// its own for each of the 200 families of metrics and empties it every time.
type buffered struct {
	http.ResponseWriter
	*bufio.Writer
}

// Write implements io.Writer, which both have.
func (b buffered) Write(p []byte) (int, error) { return b.Writer.Write(p) }

// errorLog is promhttp's way to a zerolog.Logger.
type errorLog struct{ log zerolog.Logger }

// Println implements promhttp.Logger.
func (l errorLog) Println(v ...any) {
	l.log.Error().Str("error", strings.TrimSpace(fmt.Sprintln(v...))).Msg("serving metrics")
}

// refuse answers with one sentence, and counts.
func (e *Exporter) refuse(w http.ResponseWriter, status int, reason, sentence string) {
	e.stats.rejected.WithLabelValues(reason).Inc()
	http.Error(w, sentence, status)
}

// looksAtOnce bounds the ensembles that one request looks at together: their
// servers have some ten goroutines and two sockets each.
const looksAtOnce = 1000

// lookAll looks with all watchers at once. A look that did not come about in time
// is nil.
func (e *Exporter) lookAll(ctx context.Context, watchers []*watcher, timeout time.Duration) []*look {
	looks := make([]*look, len(watchers))
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for i, watcher := range watchers {
		group.Go(func() error { looks[i], _ = e.look(ctx, watcher, timeout); return nil })
	}
	_ = group.Wait() // a look that fails is nil, and the others are served all the same
	return looks
}

// look is the newest look of a watcher; nil and logged where there is none.
func (e *Exporter) look(ctx context.Context, w *watcher, timeout time.Duration) (*look, error) {
	l, err := w.look(ctx, timeout)
	_, often := errors.AsType[tooOftenError](err) // counted, and not for a caller to fill the log with
	if err != nil && !often && !e.troubles.noteNone(w, err) {
		e.options.Log.Warn().Str("ensemble", w.name).Err(err).Msg("no check")
	}
	return l, err
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
