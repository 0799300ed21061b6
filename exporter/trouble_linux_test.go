package exporter

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// starved is set for the process that TestOutOfDescriptors starts of this program: its
// limit on descriptors is its own then, and not that of tests that run beside it.
const starved = "ZKDOCTOR_TEST_STARVED"

// TestOutOfDescriptors: an exporter that has no descriptor left does not know whether its
// servers are up, says so once, and goes on when it has some again.
func TestOutOfDescriptors(t *testing.T) {
	if os.Getenv(starved) != "" {
		outOfDescriptors(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOutOfDescriptors$", "-test.v")
	cmd.Env = append(os.Environ(), starved+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func outOfDescriptors(t *testing.T) {
	a, b := startVoter(t, "127.0.0.2"), startVoter(t, "127.0.0.1")
	one, two := fmt.Sprintf("127.0.0.2:%d", a.port), fmt.Sprintf("localhost:%d", b.port)
	var log bytes.Buffer
	var broken bool
	e, err := New(t.Context(), Options{
		Load: func(ctx context.Context) (*Config, error) {
			if broken {
				return LoadConfig(ctx, new(hostfile.Door), "testdata")
			}
			return &Config{Ensembles: []Ensemble{{Name: "test", Servers: []string{one, two}}}}, nil
		},
		PeerPorts: true, Admin: true, Compat: "dabealu", Log: zerolog.New(zerolog.SyncWriter(&log)),
	})
	must(t, err)
	s := &served{Exporter: e}
	restore := noDescriptors(t)
	for range 3 {
		s.forget()
		text := s.local(t, "/metrics")
		for _, want := range []string{
			`zookeeper_up{ensemble="test",server="` + one + `"} NaN`, `zookeeper_up{ensemble="test",server="` + two + `"} NaN`,
			`zkdoctor_server_role{ensemble="test",role="unknown",server="` + one + `"} 1`, `zkdoctor_verdict{ensemble="test",state="unknown"} 1`,
			`zkdoctor_findings{ensemble="test",severity="critical"} 0`, `zkdoctor_findings{ensemble="test",severity="warning"} 0`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("without descriptors there is no %s in\n%s", want, conclusionsIn(text))
			}
		}
		for _, none := range []string{"zkdoctor_leaders{", "zkdoctor_quorum{", "zookeeper_serving{", "zkdoctor_port_open{"} {
			if strings.Contains(text, "\n"+none) {
				t.Errorf("without descriptors there is %s", none)
			}
		}
		if !strings.Contains(text, `zk_up{zk_host="`+one+`"} NaN`) || !strings.Contains(text, `zk_server_leader{zk_host="`+one+`"} NaN`) {
			t.Errorf("zk_up or zk_server_leader is known\n%s", conclusionsIn(text))
		}
	}
	broken = true
	if err := e.Reload(t.Context()); err == nil || e.state.Load().watchers[0].name != "test" {
		t.Errorf("a reload without descriptors: %v", err)
	}
	broken = false
	restore()
	s.forget()
	text := s.local(t, "/metrics")
	for _, want := range []string{
		`zookeeper_up{ensemble="test",server="` + one + `"} 1`, `zkdoctor_port_open{ensemble="test",port="election",server="` + one + `"} 1`,
		`zkdoctor_probe_errors_total{reason="no-descriptors"} 6`, `zkdoctor_probe_errors_total{reason="no-local-ports"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("with descriptors again there is no %s in\n%s", want, conclusionsIn(text))
		}
	}
	if n := strings.Count(log.String(), "could not check"); n != 1 || !strings.Contains(log.String(), "too many open files") {
		t.Errorf("%d log lines:\n%s", n, &log)
	}
}

// noDescriptors takes the process its last descriptors, until restore.
func noDescriptors(t *testing.T) (restore func()) {
	t.Helper()
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before))
	now := before
	now.Cur = 0 // what is open stays open
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &now))
	restore = sync.OnceFunc(func() { must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)) })
	t.Cleanup(restore)
	return restore
}

// conclusionsIn are the samples of an answer that are not the server's own, for messages.
func conclusionsIn(text string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "zkdoctor_") || strings.HasPrefix(line, "zookeeper_up") || strings.HasPrefix(line, "zk_up") {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

// local asks for a path without a network between.
func (s *served) local(t *testing.T, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w.Body.String()
}

// TestTroubleWithAFile: a zoo.cfg that cannot be read is
// no reason for its servers to vanish.
func TestTroubleWithAFile(t *testing.T) {
	file := t.TempDir() + "/zoo.cfg"
	must(t, os.WriteFile(file, []byte("clientPort=1\nserver.1=127.0.0.1:2888:3888\n"), 0o600))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{Ensembles: []Ensemble{{Name: "test", ZooCfg: file}}}, nil
	}})
	must(t, os.Remove(file))
	found := s.metrics(t)
	if up := found[`zookeeper_up{ensemble="test",server="127.0.0.1:1"}`]; !math.IsNaN(up) || found[`zkdoctor_probe_success{ensemble="test"}`] != 0 {
		t.Errorf("zookeeper_up is %v; %s", up, found.values("zkdoctor_probe_success", "zookeeper_up"))
	}
}

// TestNoTime: a scrape whose time is over while another look is under way knows nothing,
// and that is counted.
func TestNoTime(t *testing.T) {
	f, asked, open := gate(t)
	s := serve(t, Options{Timeout: 10 * time.Second}, f.target)
	var first sync.WaitGroup
	first.Go(func() { s.local(t, "/metrics") })
	<-asked
	found, err := s.scrape(t.Context(), "/metrics") // its Prometheus waits for two seconds
	must(t, err)
	open()
	first.Wait()
	if up := found[`zookeeper_up{ensemble="test",server="`+f.target+`"}`]; !math.IsNaN(up) || found[`zkdoctor_probe_errors_total{reason="no-time"}`] != 1 {
		t.Errorf("zookeeper_up is %v\n%s", up, found.values("zkdoctor_probe_errors_total"))
	}
}

// TestUnmadeIsUnknown: no kind of trouble makes a finding about a server, or a server down.
func TestUnmadeIsUnknown(t *testing.T) {
	for _, kind := range append(snapshot.Troubles(), snapshot.Cancelled) {
		server := snapshot.Server{Name: "zk1", Target: snapshot.Target{Host: "zk1", Port: 2181}}
		failure := &snapshot.Failure{Kind: kind}
		server.Resolve.Tried = true
		server.Client, server.Srvr = snapshot.Failed[snapshot.Dial](failure, 0), snapshot.Failed[snapshot.Srvr](failure, 0)
		server.Quorum = snapshot.PortLook{Number: 2888, Look: snapshot.Failed[snapshot.Dial](failure, 0)}
		server.Election = snapshot.PortLook{Number: 3888, Look: snapshot.Failed[snapshot.Dial](failure, 0)}
		r := diag.Diagnose(&snapshot.Snapshot{Servers: []snapshot.Server{server}}, diag.Options{})
		if r.Verdict.State != "unknown" || r.Servers[0].Role != "unknown" || len(r.Findings) > 0 || !math.IsNaN(up(&server)) {
			t.Errorf("%s: %s, %s, %v", kind, r.Verdict.State, r.Servers[0].Role, r.Findings)
		}
		if note := r.Servers[0].Note; kind.Trouble() && !strings.HasPrefix(note, "not checked: ") {
			t.Errorf("%s: the note is %q", kind, note)
		}
	}
}
