package exporter

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/render"
)

func TestServeStatus(t *testing.T) {
	for query, want := range map[string]int{"": 200, "?ensemble=prod&refresh=off": 200, "?ensemble=nobody": 404} {
		w := httptest.NewRecorder()
		p := render.StatusPage{Refresh: time.Minute, Ensembles: []render.StatusEnsemble{{Name: "prod"}}}
		if err := serveStatus(w, httptest.NewRequest("GET", "/"+query, nil), p); err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if w.Code != want || h.Get("Content-Type") != "text/html; charset=utf-8" || strings.Contains(w.Body.String(), "http-equiv") == (query == "?ensemble=prod&refresh=off") {
			t.Errorf("%s: %d %v", query, w.Code, h)
		}
		if policy := h.Get("Content-Security-Policy"); policy == "" || policy != render.StatusPolicy {
			t.Errorf("%s: policy %q", query, policy)
		}
	}
}
