package exporter

import (
	"net/http"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/render"
)

// refresh is how often the status page loads itself anew.
const refresh = 15 * time.Second

// servePage shows what is known of every ensemble, newly looked at.
func (e *Exporter) servePage(_ http.ResponseWriter, r *http.Request) *rendered {
	state := e.state.Load()
	ctx, cancel, timeout := deadline(r, e.options.Timeout)
	defer cancel()
	p := render.StatusPage{Version: e.options.Version, Now: time.Now(), Prefix: e.options.Prefix, Refresh: refresh}
	looks := e.lookAll(ctx, state.watchers, timeout)
	for i, l := range looks {
		entry := render.StatusEnsemble{Name: state.watchers[i].name, Problem: "it could not be checked in time"}
		if l != nil {
			entry = render.StatusEnsemble{Name: entry.Name, Report: l.report, LookedAt: l.at, SlowAt: l.slowAt}
		}
		p.Ensembles = append(p.Ensembles, entry)
	}
	return e.delivery.render(r, looks, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := serveStatus(w, r, p); err != nil {
			e.options.Log.Error().Err(err).Msg("status page")
		}
	}))
}

// serveStatus answers a request for the status page: p, as far as the request
// asks for it (?ensemble=NAME, ?refresh=off).
func serveStatus(w http.ResponseWriter, r *http.Request, p render.StatusPage) error {
	query := r.URL.Query()
	p.Selected, p.Paused = query.Get("ensemble"), query.Get("refresh") == "off"
	setPageHeader(w.Header(), "no-store")
	if p.Missing() {
		w.WriteHeader(http.StatusNotFound)
	}
	return render.HTML(w, p)
}

// setPageHeader sets what all pages for people have in their header; cache says who may keep one,
// and for how long.
func setPageHeader(h http.Header, cache string) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", render.StatusPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", cache)
}
