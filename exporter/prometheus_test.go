package exporter

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// prometheusServer is a Prometheus of a test's own.
type prometheusServer struct {
	url    string
	client *http.Client
	mu     sync.Mutex
	log    []string
}

// startPrometheus starts a Prometheus with a configuration.
func startPrometheus(t *testing.T, text string) *prometheusServer {
	t.Helper()
	command, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("ZKTEST_REQUIRE") != "" {
			t.Fatal("prometheus not found: install it (Debian: apt-get install --no-install-recommends prometheus)")
		}
		t.Skip("prometheus not found (Debian: apt-get install --no-install-recommends prometheus)")
	}
	dir := filepath.Join("..", ".cache", "run")
	must(t, os.MkdirAll(dir, 0o755))
	dir, err = os.MkdirTemp(dir, "prometheus-") //nolint:usetesting // it belongs beside the ensembles, on the same disk
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "prometheus.yml")
	must(t, os.WriteFile(config, []byte(text), 0o600))

	// The kernel ties Pdeathsig to the thread that forks: this one stays.
	runtime.LockOSThread()
	cmd := exec.Command(command, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	logged, err := cmd.StderrPipe()
	must(t, err)
	must(t, cmd.Start())
	p := &prometheusServer{client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	address, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		p.read(logged, address)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = cmd.Wait() // killed
		runtime.UnlockOSThread()
		if t.Failed() {
			t.Logf("log of Prometheus:\n%s", strings.Join(p.logged(), "\n"))
		}
	})
	timeout := time.NewTimer(30 * time.Second)
	defer timeout.Stop()
	select {
	case a := <-address:
		p.url = "http://" + a
	case <-ended:
		t.Fatal("Prometheus has ended")
	case <-timeout.C:
		t.Fatal("Prometheus does not get ready")
	}
	return p
}

var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// read keeps the log, and finds the address in it, which is of use once it says
// that Prometheus is ready.
func (p *prometheusServer) read(log io.Reader, address chan<- string) {
	found, lines := "", bufio.NewScanner(log)
	for lines.Scan() {
		p.mu.Lock()
		p.log = append(p.log, lines.Text())
		p.mu.Unlock()
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			found = m[1]
		}
		if strings.Contains(lines.Text(), "Server is ready to receive web requests") {
			address <- found
		}
	}
}

func (p *prometheusServer) logged() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.log)
}

// get asks the API, and decodes the data of its answer.
func (p *prometheusServer) get(ctx context.Context, path string, data any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		return err
	}
	response, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, response.StatusCode, body)
	}
	if text, ok := data.(*string); ok {
		*text = string(body)
		return nil
	}
	return json.Unmarshal(body, &struct{ Data any }{data})
}

// vector is what a query finds.
type vector struct {
	Result []struct {
		Metric map[string]string
		Value  [2]any   // time and value of an instant query
		Values [][2]any // of a range
	}
}

// query gives the values that an instant query finds now.
func (p *prometheusServer) query(t *testing.T, query string) []string {
	t.Helper()
	var found vector
	must(t, p.get(t.Context(), "/api/v1/query?query="+url.QueryEscape(query), &found))
	var values []string
	for _, r := range found.Result {
		values = append(values, fmt.Sprint(r.Value[1]))
	}
	return values
}

// shows waits until a query finds just one value.
func (p *prometheusServer) shows(t *testing.T, query, value string) {
	t.Helper()
	tick, deadline := time.NewTicker(100*time.Millisecond), time.NewTimer(90*time.Second)
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
	var found vector
	must(t, p.get(t.Context(), "/api/v1/query?query="+url.QueryEscape(series+"[1h]"), &found))
	if len(found.Result) != 1 {
		t.Fatalf("%s: %d series", series, len(found.Result))
	}
	var values []string
	for _, v := range found.Result[0].Values {
		values = append(values, fmt.Sprint(v[1]))
	}
	return values
}

// clean wants no scrape to have gone wrong.
func (p *prometheusServer) clean(t *testing.T) {
	t.Helper()
	var targets struct {
		ActiveTargets []struct{ Health, LastError string }
	}
	must(t, p.get(t.Context(), "/api/v1/targets", &targets))
	for _, target := range targets.ActiveTargets {
		if target.Health != "up" || target.LastError != "" {
			t.Errorf("the target is %s: %s", target.Health, target.LastError)
		}
	}
	if up := slices.Compact(p.raw(t, "up")); len(up) != 1 || up[0] != "1" {
		t.Errorf("up is %v", up)
	}
	var own string
	must(t, p.get(t.Context(), "/metrics", &own))
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
	for _, line := range p.logged() {
		if strings.Contains(line, "level=warn") && strings.Contains(line, "scrape") || strings.Contains(line, "level=error") {
			t.Errorf("Prometheus says: %s", line)
		}
	}
}

// TestPrometheus: a real Prometheus sees a quorum come, go and come, and alerts on
// that and on nothing else.
func TestPrometheus(t *testing.T) {
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
