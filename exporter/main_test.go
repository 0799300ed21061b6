package exporter

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// scrapeTimeout is what the tests' Prometheus says that it waits (TestScrapeDeadline
	// has what the exporter makes of it).
	scrapeTimeout = 2 * time.Second
	// patience is how long it really waits: a machine that is busy with other tests may
	// take its time, a scrape that hangs fails.
	patience = 20 * time.Second
)

// served is an exporter behind an HTTP server of its own.
type served struct {
	*Exporter
	url    string
	client *http.Client
}

// serve starts an exporter for one ensemble named test, or for what o.Load loads.
func serve(t testing.TB, o Options, targets ...string) *served {
	t.Helper()
	if o.Load == nil {
		o.Load = func(context.Context) (*Config, error) {
			return &Config{Ensembles: []Ensemble{{Name: "test", Servers: targets}}}, nil
		}
	}
	o.Version, o.Log = "test", zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)
	e, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	return &served{e, server.URL, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

// request asks for a path, as Prometheus does.
func (s *served) request(ctx context.Context, method, path string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", strconv.FormatFloat(scrapeTimeout.Seconds(), 'f', -1, 64))
	response, err := s.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

// scrape asks for metrics, which must come in time and be well-formed.
func (s *served) scrape(ctx context.Context, path string) (scraped, error) {
	status, body, err := s.request(ctx, http.MethodGet, path)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d: %s", path, status, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(strings.NewReader(body)); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", path, err, body)
	}
	found := scraped{}
	for line := range strings.Lines(samples(body)) {
		at := strings.LastIndexByte(line, ' ')
		series := line[:at]
		if _, twice := found[series]; twice {
			return nil, fmt.Errorf("%s: %s stands twice", path, series)
		}
		if found[series], err = strconv.ParseFloat(strings.TrimSpace(line[at:]), 64); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// metrics scrapes /metrics.
func (s *served) metrics(t testing.TB) scraped {
	t.Helper()
	found, err := s.scrape(t.Context(), "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// forget has every watcher believe that its last look is older than minAge, so
// that the next scrape looks anew.
func (s *served) forget() {
	state := s.state.Load()
	for _, w := range slices.Concat(state.watchers, state.probed.all()) {
		w.mu.Lock()
		if w.last != nil {
			aged := *w.last
			aged.at = aged.at.Add(-minAge)
			w.last = &aged
		}
		w.mu.Unlock()
	}
}

// scraped are the samples of a scrape by series as written: name{labels}.
type scraped map[string]float64

var seriesName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)

// of are the series of a server whose names begin with the prefix, without the
// server's label, sorted.
func (s scraped) of(server, prefix string) []string {
	label := regexp.MustCompile(`server="` + regexp.QuoteMeta(server) + `",?`)
	var found []string
	for series := range s {
		if strings.HasPrefix(series, prefix) && label.MatchString(series) {
			found = append(found, label.ReplaceAllString(series, ""))
		}
	}
	slices.Sort(found)
	return found
}

// values are the series of the names, for messages.
func (s scraped) values(names ...string) string {
	var found []string
	for series, value := range s {
		if slices.Contains(names, seriesName.FindString(series)) && (value != 0 || !strings.Contains(series, "role")) {
			found = append(found, fmt.Sprintf("%s %v", series, value))
		}
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}
