package promstack

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestPrometheus(t *testing.T) {
	p := PrometheusT(t, "global: {scrape_interval: 15s}\n")
	for query, want := range map[string]float64{"1 + 1": 2, "vector(3)": 3} {
		found, err := p.Query(t.Context(), query)
		if err != nil || len(found) != 1 || found[0].Samples[0].Value != want {
			t.Errorf("%s: %v, %v", query, found, err)
		}
	}
	now := time.Now()
	found, err := p.QueryRange(t.Context(), "vector(1)", now.Add(-time.Minute), now, 20*time.Second)
	if err != nil || len(found) != 1 || len(found[0].Samples) != 4 {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := p.Query(t.Context(), "1 +"); err == nil || !strings.Contains(err.Error(), "parse error") {
		t.Errorf("half an expression: %v", err)
	}
	p.Close()
	if _, err := os.Stat(p.dir); !os.IsNotExist(err) {
		t.Errorf("its files are still there: %v", err)
	}
}

func TestAlertmanager(t *testing.T) {
	a := AlertmanagerT(t, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
	var answer struct{ Cluster struct{ Status string } }
	if err := a.Get(t.Context(), "/api/v2/status", &answer); err != nil || answer.Cluster.Status != "disabled" {
		t.Errorf("%+v, %v", answer, err)
	}
}

// TestBadConfig: the error has what the server says of it.
func TestBadConfig(t *testing.T) {
	PrometheusT(t, "{}").Close() // or skip
	_, err := Prometheus(t.Context(), t.TempDir(), "127.0.0.1:0", "nonsense: true\n")
	if err == nil || !strings.Contains(err.Error(), "nonsense not found") {
		t.Errorf("%v", err)
	}
}
