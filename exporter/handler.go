package exporter

import (
	"fmt"
	"net/http"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Handler serves /metrics, /probe, the pages for people and the /-/ endpoints.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", e.limited(e.serveMetrics))
	mux.HandleFunc("GET /probe", e.limited(e.serveProbe))
	mux.HandleFunc("GET /discovery", e.limited(e.serveDiscovery))
	mux.HandleFunc("GET /{$}", e.limited(e.servePage))
	mux.HandleFunc("GET /findings/{$}", e.answered(e.serveFindings))
	mux.HandleFunc("GET /findings/{name}", e.answered(e.serveFinding))
	// As these pages are called in a copy of them, and by whoever types.
	mux.HandleFunc("GET /findings", e.atFindings)
	mux.HandleFunc("GET /findings/{name}/{$}", e.atFindings)
	// With many ensembles each is scraped by /probe, and the exporter itself here.
	mux.HandleFunc("GET /-/metrics", e.answered(func(_ http.ResponseWriter, r *http.Request) *rendered {
		return e.delivery.render(r, nil, e.compressed(e.metricsOf(e.self)))
	}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "zkdoctor is alive.")
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "zkdoctor is ready.")
	})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		mux.Handle(method+" /-/reload", e.reloader())
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, fmt.Sprintf("nothing is at %s: there are %[2]s/metrics, %[2]s/probe?target=HOST:PORT, %[2]s/discovery, %[2]s/-/metrics, %[2]s/findings/ and the status page at %[2]s/",
			snapshot.Quoted(r.URL.Path), e.options.Prefix), http.StatusNotFound)
	})
	return mux
}

// responder makes the answer to a request; nil where it has answered itself, or nobody waits.
type responder func(w http.ResponseWriter, r *http.Request) *rendered

// limited turns requests away beyond the bound, at once: a scraper comes back. What is
// bounded are those for which something is done: to be read is bounded by delivery.
func (e *Exporter) limited(next responder) http.HandlerFunc {
	return e.answered(func(w http.ResponseWriter, r *http.Request) *rendered {
		select {
		case e.slots <- struct{}{}:
			defer func() { <-e.slots }()
			return next(w, r)
		default:
			e.refuseBusy(w, "too many requests at a time")
			return nil
		}
	})
}

// answered sends what next makes.
func (e *Exporter) answered(next responder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if made := next(w, r); made != nil && !e.delivery.send(w, made) {
			e.refuseBusy(w, "too many answers are being read at a time")
		}
	}
}

// refuseBusy turns away what may be asked again in a second.
func (e *Exporter) refuseBusy(w http.ResponseWriter, sentence string) {
	w.Header().Set("Retry-After", "1")
	e.refuse(w, http.StatusServiceUnavailable, "busy", sentence)
}

// serveMetrics looks at all configured ensembles at once and serves what was
// seen, and the exporter's own metrics.
func (e *Exporter) serveMetrics(_ http.ResponseWriter, r *http.Request) *rendered {
	ctx, cancel, timeout := deadline(r, e.options.Timeout)
	defer cancel()
	watchers := e.state.Load().watchers
	return e.answer(r, watchers, e.lookAll(ctx, watchers, timeout), true)
}
