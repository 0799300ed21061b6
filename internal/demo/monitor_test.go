package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// screen is what a demo writes, for readers beside it.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// fakeGrafana stands for a Grafana that is installed: it writes down what it finds.
const fakeGrafana = `#!/bin/sh
cat "$GF_PATHS_PROVISIONING"/*/*.yml > "$SEEN.new" && mv "$SEEN.new" "$SEEN"
exec sleep 600
`

// TestRealMonitor: everything starts, what is printed can be looked at, and after the
// end nothing is left.
func TestRealMonitor(t *testing.T) {
	bin, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	zktest.WriteProgram(t, filepath.Join(bin, "grafana-server"), fakeGrafana)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("SEEN", seen)
	out, dir := new(screen), t.TempDir()
	d := demo{out: out, dir: filepath.Join(dir, "demo")}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.monitor(ctx, zktest.Oldest) }()
	t.Cleanup(stop)
	wait(t, out, ended, func() bool { return strings.Contains(out.String(), "Ctrl-C ends all of it.") })
	text := out.String()
	for name, path := range map[string]string{
		"dashboards": "/d/zkdoctor-ensemble", "exporter": "/metrics", "Prometheus": "/api/v1/rules", "Alertmanager": "/api/v2/status",
	} {
		m := regexp.MustCompile(`(?m)^  ` + name + ` +(http://[0-9.:]+)`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no address of %s in\n%s", name, text)
		}
		want := map[string]string{"dashboards": "drawn without Grafana", "exporter": `zkdoctor_quorum{ensemble="demo"} 1`, "Prometheus": "ZooKeeperQuorumLost", "Alertmanager": "inhibit_rules"}[name]
		wait(t, out, ended, func() bool { return strings.Contains(fetch(t, m[1]+path), want) })
	}
	wait(t, out, ended, func() bool {
		provisioned, _ := os.ReadFile(seen) // not yet
		return strings.Contains(string(provisioned), "path: "+dir) && strings.Contains(string(provisioned), "url: http://127.0.0.1")
	})
	stop()
	if err := <-ended; err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if left, err := filepath.Glob(dir + "/*"); err != nil || slices.Contains(left, dir+"/monitor") {
		t.Errorf("%v, %v are left", err, left)
	}
}

// wait waits for a condition, but not past the end of the demo.
func wait(t *testing.T, out *screen, ended <-chan error, done func() bool) {
	t.Helper()
	tick, timeout := time.NewTicker(100*time.Millisecond), time.NewTimer(2*time.Minute)
	defer tick.Stop()
	defer timeout.Stop()
	for !done() {
		select {
		case <-tick.C:
		case err := <-ended:
			lacking := errors.Is(err, zktest.ErrNoJava) || errors.Is(err, zktest.ErrNoMaven) || errors.Is(err, promstack.ErrNotInstalled)
			if lacking && !zktest.Required() {
				t.Skip(err)
			}
			t.Fatalf("it ended: %v\n%s", err, out)
		case <-timeout.C:
			t.Fatalf("waited in vain; the output so far:\n%s", out)
		}
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body) // what is missing is not found in it
	return string(body)
}

// TestPager: a message is printed, and one that is none is refused.
func TestPager(t *testing.T) {
	out := new(screen)
	d := demo{out: out}
	for body, want := range map[string]int{
		`{"alerts":[{"status":"firing","labels":{"severity":"critical","alertname":"A"},"annotations":{"summary":"all is lost","runbook_url":"https://example.org/A"}}]}`: http.StatusOK,
		`no JSON`: http.StatusBadRequest,
	} {
		w := httptest.NewRecorder()
		d.pager(w, httptest.NewRequest(http.MethodPost, "/critical", strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
	for _, want := range []string{"firing  critical  A\n", "all is lost\n", "https://example.org/A\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out)
		}
	}
}
