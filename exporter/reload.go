package exporter

import (
	"fmt"
	"net/http"
)

// reloader serves /-/reload: as Prometheus does, only where the operator wants it, and never
// for the page of another site in somebody's browser.
func (e *Exporter) reloader() http.Handler {
	if !e.options.Lifecycle {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			e.refuse(w, http.StatusForbidden, "forbidden",
				"reloading by HTTP is off: start the exporter with --web.enable-lifecycle, or send it SIGHUP")
		})
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		e.refuse(w, http.StatusForbidden, "forbidden",
			"a page of another site asks for a reload: use a client that is no browser, as in curl -X POST")
	}))
	return guard.Handler(http.HandlerFunc(e.serveReload))
}

func (e *Exporter) serveReload(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		w.Header().Set("Allow", "POST, PUT")
		http.Error(w, "to reload send POST or PUT", http.StatusMethodNotAllowed)
		return
	}
	if err := e.Reload(r.Context()); err != nil {
		e.options.Log.Error().Err(err).Msg("reload failed, the old configuration stays")
		http.Error(w, "the old configuration stays: "+err.Error(), http.StatusInternalServerError)
		return
	}
	e.options.Log.Info().Msg("configuration reloaded")
	_, _ = fmt.Fprintln(w, "reloaded.")
}
