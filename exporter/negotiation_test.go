package exporter

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// What Prometheus asks for by default, and with native histograms.
const (
	prometheus2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
	prometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
	protobuf    = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7," + prometheus3
)

// TestNegotiation: whatever format is asked for has the same families, under plain names.
func TestNegotiation(t *testing.T) {
	t.Parallel()
	f := startFake(t, replays("leader-loaded"))
	s := serve(t, Options{}, f.target)
	get := func(path, accept string) (kind, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w.Header().Get("Content-Type"), w.Body.String()
	}
	for _, path := range []string{"/metrics", "/-/metrics", "/probe?target=" + f.target} {
		_, plain := get(path, "")
		want := typesOf(plain)
		for accept, kind := range map[string]string{
			"": "text/plain; version=0.0.4; charset=utf-8; escaping=",
			"text/plain;version=1.0.0;escaping=allow-utf-8": "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8",
			prometheus2: "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=",
			prometheus3: "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
		} {
			got, body := get(path, accept)
			if !strings.HasPrefix(got, kind) {
				t.Errorf("%s: %q for %q, want %q", path, got, accept, kind)
			}
			open := strings.HasPrefix(got, "application/openmetrics-text")
			if open != strings.HasSuffix(body, "\n# EOF\n") {
				t.Errorf("%s: ends with %q", got, body[max(0, len(body)-100):])
			}
			if strings.Contains(body, `{"`) {
				t.Errorf("%s: %s has quoted names", path, got)
			}
			if n := typesOf(body); n != want {
				t.Errorf("%s: %d families as %s, want %d", path, n, got, want)
			}
			// When a counter of a server began is not known, for srst resets it: of the exporter's own it is.
			created := strings.Count(body, "_created") - strings.Count(plain, "_created")
			if strings.Contains(body, "\nzookeeper_packets_received_created") || open && path != "/probe?target="+f.target && created == 0 || !open && created > 0 {
				t.Errorf("%s: %s has %d _created", path, got, created)
			}
		}
		kind, body := get(path, protobuf)
		decoder := expfmt.NewDecoder(strings.NewReader(body), expfmt.ResponseFormat(http.Header{"Content-Type": {kind}}))
		families := 0
		for {
			var family dto.MetricFamily
			err := decoder.Decode(&family)
			if errors.Is(err, io.EOF) {
				break
			}
			must(t, err)
			if !model.LegacyValidation.IsValidMetricName(family.GetName()) {
				t.Errorf("name %q", family.GetName())
			}
			families++
		}
		if families != want {
			t.Errorf("%s: %d families as %s, want %d", path, families, kind, want)
		}
	}
}

func typesOf(body string) int { return strings.Count("\n"+body, "\n# TYPE ") }
