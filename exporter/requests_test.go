package exporter

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// ask is a request whose answer must have the status and, for an error, hold the
// words.
func (s *served) ask(t *testing.T, method, path string, status int, words string) {
	t.Helper()
	got, body, err := s.request(t.Context(), method, path)
	if err != nil {
		t.Fatal(err)
	}
	if got != status || !strings.Contains(body, words) {
		t.Errorf("%s %s: %d %q, want %d and %q", method, path, got, body, status, words)
	}
}

func TestProbeRequests(t *testing.T) {
	member, allowed, other := startFake(t, replays("follower")), startFake(t, replays("standalone")), startFake(t, replays("standalone"))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{
			Ensembles: []Ensemble{{Name: "prod", Servers: []string{member.target}}},
			Modules:   map[string]Module{"slow": {Timeout: Duration(time.Second)}},
			Probe:     Probe{Allow: []string{allowed.target}},
		}, nil
	}})
	for path, c := range map[string]struct {
		status int
		words  string
	}{
		"/probe?target=" + member.target:                                {http.StatusOK, `zookeeper_up{ensemble="prod",server="` + member.target + `"} 1`},
		"/probe?target=" + allowed.target:                               {http.StatusOK, `zkdoctor_server_role{ensemble="` + allowed.target + `",role="standalone",server="` + allowed.target + `"} 1`},
		"/probe?target=" + allowed.target + "&module=slow&ensemble=lab": {http.StatusOK, `zookeeper_up{ensemble="lab",server="` + allowed.target + `"} 1`},
		"/probe?target=" + allowed.target + "," + member.target:         {http.StatusOK, "zkdoctor_leaders{"},
		"/probe?target=" + other.target:                                 {http.StatusForbidden, "on no allow-list"},
		"/probe?target=" + allowed.target + "," + other.target:          {http.StatusForbidden, other.target + " is in no configured ensemble, and on no allow-list: add it to probe.allow"},
		"/probe?target=localhost:2181":                                  {http.StatusForbidden, "on no allow-list"},
		"/probe?target=" + allowed.target + "&module=fast":              {http.StatusBadRequest, `no module "fast"`},
		"/probe":              {http.StatusBadRequest, "target is missing"},
		"/probe?target=":      {http.StatusBadRequest, "target is missing"},
		"/probe?target=zk1:x": {http.StatusBadRequest, "is not a number"},
		"/probe?target=" + strings.Repeat("a", 5000): {http.StatusBadRequest, "too long"},
	} {
		s.ask(t, http.MethodGet, path, c.status, c.words)
	}
	if words := other.asked(); len(words) > 0 {
		t.Errorf("a server on no allow-list was asked %q", words)
	}
	found := s.metrics(t)
	for reason, want := range map[string]float64{"forbidden": 3, "bad": 5, "busy": 0} {
		if got := found[`zkdoctor_requests_rejected_total{reason="`+reason+`"}`]; got != want {
			t.Errorf("rejected for %s: %v, want %v", reason, got, want)
		}
	}
	s.ask(t, http.MethodPost, "/probe?target="+member.target, http.StatusMethodNotAllowed, "")
}

// gate is a healthy server that answers once it is opened.
func gate(t *testing.T) (f *fake, asked <-chan struct{}, open func()) {
	t.Helper()
	came, opened := make(chan struct{}, 1), make(chan struct{})
	f = startFake(t, func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		select {
		case came <- struct{}{}:
		default:
		}
		<-opened
		f.replay(conn, word, "follower")
	})
	open = sync.OnceFunc(func() { close(opened) })
	t.Cleanup(open) // before the fake waits for what it runs
	return f, came, open
}

func TestTooManyRequests(t *testing.T) {
	f, asked, open := gate(t)
	s := serve(t, Options{MaxConcurrent: 1}, f.target)
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := s.scrape(t.Context(), "/metrics"); err != nil {
			t.Error(err)
		}
	})
	<-asked
	for _, path := range []string{"/metrics", "/probe?target=" + f.target, "/discovery", "/"} {
		s.ask(t, http.MethodGet, path, http.StatusServiceUnavailable, "too many requests")
	}
	s.ask(t, http.MethodGet, "/-/healthy", http.StatusOK, "")
	open()
	first.Wait()
	if got := s.metrics(t)[`zkdoctor_requests_rejected_total{reason="busy"}`]; got != 4 {
		t.Errorf("rejected: %v, want 4", got)
	}
}

// TestScrapesShareALook: two scrapes at once ask a server each word once.
func TestScrapesShareALook(t *testing.T) {
	f, asked, open := gate(t)
	s := serve(t, Options{}, f.target)
	var scrapes sync.WaitGroup
	for range 2 {
		scrapes.Go(func() {
			found, err := s.scrape(t.Context(), "/metrics")
			if err != nil {
				t.Error(err)
			}
			if series := found.of(f.target, "zookeeper_"); len(series) < 200 {
				t.Errorf("only %d series", len(series))
			}
		})
	}
	<-asked
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(s.slots) < 2 && t.Context().Err() == nil {
		<-tick.C
	}
	open()
	scrapes.Wait()
	words := map[string]int{}
	for _, word := range f.asked() {
		words[word]++
	}
	if words["srvr"] != 1 || words["mntr"] != 1 || words["conf"] != 1 {
		t.Errorf("two scrapes asked %v", words)
	}
}

func TestReload(t *testing.T) {
	one, two := startFake(t, replays("follower")), startFake(t, replays("standalone"))
	file := filepath.Join(t.TempDir(), "ensembles.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ensembles: [{name: a, servers: ['" + one.target + "']}]")
	s := serve(t, Options{Lifecycle: true, Load: func(ctx context.Context) (*Config, error) { return LoadConfig(ctx, new(hostfile.Door), file) }})
	expect := func(reloaded float64, targets map[string]string) {
		t.Helper()
		found := s.metrics(t)
		if got := found["zkdoctor_config_last_reload_successful"]; got != reloaded {
			t.Errorf("zkdoctor_config_last_reload_successful %v, want %v", got, reloaded)
		}
		if got := found["zkdoctor_ensembles"]; got != float64(len(targets)) {
			t.Errorf("zkdoctor_ensembles %v, want %v", got, len(targets))
		}
		up := 0
		for series := range found {
			if strings.HasPrefix(series, "zookeeper_up{") {
				up++
			}
		}
		for name, target := range targets {
			if found[`zookeeper_up{ensemble="`+name+`",server="`+target+`"}`] != 1 || up != len(targets) {
				t.Errorf("want up and only up: %v; have\n%s", targets, found.values("zookeeper_up"))
			}
		}
	}
	expect(1, map[string]string{"a": one.target})
	for _, bad := range []string{
		"ensembles: [",
		"",
		"ensembles: [{name: a, servers: ['" + two.target + "']}, {name: a, servers: [zk1]}]",
		"ensembles: [{name: b, servers: ['" + two.target + "']}]\nprobe: {allow: ['zk[']}",
	} {
		write(bad)
		s.ask(t, http.MethodPost, "/-/reload", http.StatusInternalServerError, "the old configuration stays")
		expect(0, map[string]string{"a": one.target})
	}
	s.ask(t, http.MethodGet, "/-/reload", http.StatusMethodNotAllowed, "")
	write("ensembles: [{name: a, servers: ['" + one.target + "']}, {name: b, servers: ['" + two.target + "']}]")
	s.ask(t, http.MethodPost, "/-/reload", http.StatusOK, "reloaded")
	expect(1, map[string]string{"a": one.target, "b": two.target})
	write("ensembles: [{name: b, servers: ['" + two.target + "']}]")
	s.ask(t, http.MethodPut, "/-/reload", http.StatusOK, "reloaded")
	expect(1, map[string]string{"b": two.target})
}

// TestReloadKeepsWhatItKnows: a reload is no reason to ask the servers again, and
// the look before it is still there to compare with.
func TestReloadKeepsWhatItKnows(t *testing.T) {
	f := startFake(t, replays("follower"))
	s := serve(t, Options{Lifecycle: true}, f.target)
	s.metrics(t)
	asked := len(f.asked())
	before := s.state.Load().watchers[0]
	s.ask(t, http.MethodPost, "/-/reload", http.StatusOK, "reloaded")
	after := s.state.Load().watchers[0]
	if after == before || after.newest() == nil {
		t.Error("the reload made no new watcher, or one without memory")
	}
	s.metrics(t)
	if again := len(f.asked()); again != asked {
		t.Errorf("%d words before the reload, %d after it", asked, again)
	}
}

// TestProbeOfAConfiguredEnsemble: its connect string is the ensemble, with all
// that the configuration says of it, and no second look is made for it.
func TestProbeOfAConfiguredEnsemble(t *testing.T) {
	one, two := startFake(t, replays("follower")), startFake(t, replays("leader"))
	s := serve(t, Options{}, one.target, two.target)
	s.metrics(t)
	asked := len(one.asked())
	s.ask(t, http.MethodGet, "/probe?target="+one.target+","+two.target, http.StatusOK, `zkdoctor_leaders{ensemble="test"} 1`)
	if again := len(one.asked()); again != asked {
		t.Errorf("%d words for /metrics, %d with /probe", asked, again)
	}
	if probed := len(s.state.Load().probed.all()); probed != 0 {
		t.Errorf("%d watchers of /probe", probed)
	}
}

// TestOwnMetrics: what the exporter says of itself costs no server anything.
func TestOwnMetrics(t *testing.T) {
	f := startFake(t, replays("follower"))
	s := serve(t, Options{}, f.target)
	found, err := s.scrape(t.Context(), "/-/metrics")
	if err != nil {
		t.Fatal(err)
	}
	if found["zkdoctor_ensembles"] != 1 || len(found.of(f.target, "zookeeper_")) > 0 || len(f.asked()) > 0 {
		t.Errorf("asked %v; %s", f.asked(), found.values("zkdoctor_ensembles"))
	}
}

// TestLooksGetSlim: the bulk of a look is let go once no scrape can be served with
// it, and what the next look compares with stays.
func TestLooksGetSlim(t *testing.T) {
	f := startFake(t, replays("leader"))
	s := serve(t, Options{}, f.target)
	s.metrics(t)
	w := s.state.Load().watchers[0]
	tick, deadline := time.NewTicker(20*time.Millisecond), time.NewTimer(20*time.Second)
	defer tick.Stop()
	defer deadline.Stop()
	for {
		mntr := w.newest().snap.Servers[0].Mntr
		if _, reported := mntr.Value.Uptime(); !mntr.Seen() || !reported {
			t.Fatalf("of mntr is left: %v", mntr)
		}
		if len(mntr.Value.Keys) <= len(diag.ComparedKeys()) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("still %d keys", len(mntr.Value.Keys))
		}
	}
}

// BenchmarkScrape is a scrape of one server with 530 lines of mntr, from the
// request to the last byte, the server's own work (three short connections) with
// it.
func BenchmarkScrape(b *testing.B) {
	f := startFake(b, replays("follower-loaded"))
	s := serve(b, Options{}, f.target)
	h := s.Handler()
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/probe?target="+f.target, http.NoBody)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request)
	if w.Code != http.StatusOK {
		b.Fatal(w.Code, w.Body)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.forget()
		h.ServeHTTP(discarded{http.Header{}}, request)
	}
	b.ReportMetric(float64(strings.Count(samples(w.Body.String()), "\n")), "series")
}

// discarded is a response that nobody reads.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header       { return d.header }
func (discarded) Write(p []byte) (int, error) { return len(p), nil }
func (discarded) WriteHeader(int)             {}

func TestDiscoveryByEnsemble(t *testing.T) {
	f := startFake(t, replays("follower"))
	file := filepath.Join(t.TempDir(), "zoo.cfg")
	must(t, os.WriteFile(file, []byte("clientPort=2181\nserver.1=127.0.0.1:2888:3888;"+f.target+"\n"), 0o600))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{Ensembles: []Ensemble{
			{Name: "named", Servers: []string{"127.0.0.1:1", "127.0.0.1:2"}},
			{Name: "listed", ZooCfg: file},
		}}, nil
	}})
	s.ask(t, http.MethodGet, "/discovery?by=ensemble", http.StatusOK,
		`[{"targets":["127.0.0.1:1,127.0.0.1:2"],"labels":{"__meta_zookeeper_ensemble":"named"}},`+
			`{"targets":["`+f.target+`"],"labels":{"__meta_zookeeper_ensemble":"listed"}}]`)
	s.ask(t, http.MethodGet, "/discovery?by=server", http.StatusOK, `"targets":["127.0.0.1:1"]`)
	s.ask(t, http.MethodGet, "/discovery?by=rack", http.StatusBadRequest, `by="rack"`)
}

// TestScrapeDeadline: all looks of a scrape, one after the other, end before Prometheus
// gives up, however long a look may take by its flag.
func TestScrapeDeadline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header       string
		look         time.Duration
		whole, limit time.Duration
	}{
		{"10", 2 * time.Second, 9500 * time.Millisecond, 2 * time.Second},
		{"2", 2 * time.Second, 1500 * time.Millisecond, 500 * time.Millisecond},
		{"0.5", 2 * time.Second, 250 * time.Millisecond, 250 * time.Millisecond / 3},
		{"", 2 * time.Second, 6500 * time.Millisecond, 2 * time.Second},
		{"-1", time.Second, 3500 * time.Millisecond, time.Second},
		{"soon", time.Second, 3500 * time.Millisecond, time.Second},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", c.header)
		before := time.Now()
		ctx, cancel, limit := deadline(r, c.look)
		ends, _ := ctx.Deadline()
		cancel()
		if whole := ends.Sub(before); limit != c.limit || whole < c.whole || 3*limit > whole {
			t.Errorf("%q: ends after %v, a look after %v; want %v and %v", c.header, whole, limit, c.whole, c.limit)
		}
	}
}
