package exporter

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// prometheusServer is a Prometheus of a test's own.
type prometheusServer struct{ *promstack.Server }

// startPrometheus starts a Prometheus with a configuration.
func startPrometheus(t *testing.T, text string) *prometheusServer {
	t.Helper()
	return &prometheusServer{promstack.PrometheusT(t, text)}
}

// query gives the values that an instant query finds now.
func (p *prometheusServer) query(t *testing.T, query string) []string {
	t.Helper()
	found, err := p.Query(t.Context(), query)
	must(t, err)
	var values []string
	for _, series := range found {
		values = append(values, fmt.Sprint(series.Samples[0].Value))
	}
	return values
}

// shows waits until a query finds just one value. A server that has looked for a leader
// alone may take a minute to find those that are back (see internal/zktest), and then
// there is a scrape to come, on a machine that is busy.
func (p *prometheusServer) shows(t *testing.T, query, value string) {
	t.Helper()
	tick, deadline := time.NewTicker(100*time.Millisecond), time.NewTimer(3*time.Minute)
	defer tick.Stop()
	defer deadline.Stop()
	for {
		values := p.query(t, query)
		if len(values) == 1 && values[0] == value {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("Prometheus shows %v for %s, want %s", values, query, value)
		}
	}
}

// raw gives all samples of one series since the start.
func (p *prometheusServer) raw(t *testing.T, series string) []string {
	t.Helper()
	found, err := p.Query(t.Context(), series+"[1h]")
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("%s: %d series", series, len(found))
	}
	var values []string
	for _, sample := range found[0].Samples {
		values = append(values, fmt.Sprint(sample.Value))
	}
	return values
}

// clean wants no scrape to have gone wrong.
func (p *prometheusServer) clean(t *testing.T) {
	t.Helper()
	var targets struct {
		Data struct {
			ActiveTargets []struct{ Health, LastError string }
		}
	}
	must(t, p.Get(t.Context(), "/api/v1/targets", &targets))
	for _, target := range targets.Data.ActiveTargets {
		if target.Health != "up" || target.LastError != "" {
			t.Errorf("the target is %s: %s", target.Health, target.LastError)
		}
	}
	if up := slices.Compact(p.raw(t, "up")); len(up) != 1 || up[0] != "1" {
		t.Errorf("up is %v", up)
	}
	var own string
	must(t, p.Get(t.Context(), "/metrics", &own))
	seen := 0
	for line := range strings.Lines(samples(own)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasPrefix(name, "prometheus_target_scrapes_") {
			continue
		}
		if seen++; value != "0" {
			t.Errorf("%s is %s", name, value)
		}
	}
	if seen < 4 {
		t.Errorf("only %d metrics about scrapes in\n%s", seen, own)
	}
	for _, line := range p.Log() {
		if strings.Contains(line, "level=warn") && strings.Contains(line, "scrape") || strings.Contains(line, "level=error") {
			t.Errorf("Prometheus says: %s", line)
		}
	}
}

// TestRealPrometheus: a real Prometheus sees a quorum come, go and come, and alerts on
// that and on nothing else.
func TestRealPrometheus(t *testing.T) {
	t.Parallel()
	s := newScene(t, zktest.Options{})
	rules, err := filepath.Abs(filepath.Join("..", "dashboards", "rules", "alerts.yml"))
	must(t, err)
	p := startPrometheus(t, "global: {evaluation_interval: 1s}\nrule_files: ['"+rules+"']\n"+fromExample(t, "prometheus.yml", s.url))
	shows := func(query, value string) { t.Helper(); p.shows(t, query, value) }
	shows("zkdoctor_quorum", "1")
	shows("sum(zookeeper_up)", "3")
	leader, err := s.ens.Leader(t.Context())
	must(t, err)
	killed := []*zktest.Server{leader, s.ens.Server(1)}
	for _, server := range killed {
		must(t, server.Kill())
	}
	shows("zkdoctor_quorum", "0")
	shows("sum(zookeeper_up)", "1")
	shows(`count(ALERTS{alertstate="firing",alertname="ZooKeeperQuorumLost",severity="critical",code="quorum-lost",ensemble="test"})`, "1")
	for _, server := range killed {
		must(t, server.Start(t.Context()))
	}
	shows("zkdoctor_quorum", "1")
	shows("sum(zookeeper_up)", "3")
	shows(`sum(zkdoctor_server_role{role="leader"})`, "1")
	if seen := slices.Compact(p.raw(t, "zkdoctor_quorum")); !slices.Equal(seen, []string{"1", "0", "1"}) {
		t.Errorf("zkdoctor_quorum went %v", seen)
	}
	shows("count(zkdoctor_leaders == 1) unless on () ALERTS", "1")
	if others := p.query(t, `count by (alertname) (count_over_time(ALERTS{alertstate="firing",alertname!="ZooKeeperQuorumLost"}[1h]))`); len(others) > 0 {
		t.Errorf("%d other alerts were raised", len(others))
	}
	// No scrape is without a configured server: three samples for each up.
	if gaps := p.query(t, "count(count_over_time(zookeeper_up[1h]) == scalar(count_over_time(up[1h])))"); !slices.Equal(gaps, []string{"3"}) {
		t.Errorf("%v of 3 series of zookeeper_up have a sample of every scrape", gaps)
	}
	p.clean(t)
}
