//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// costSeries is how many series a scrape has at least, for a scrape that says nothing
	// costs nothing.
	costSeries = 600
	// betweenScrapes is longer than one look serves several scrapes.
	betweenScrapes = 1050 * time.Millisecond
	// busyEnsembles are what the exporter of the first figure watches; that of the other one has one.
	busyEnsembles = 20
	// mostRatio is what a scrape may cost of the leanest exporter's, on a machine that does
	// other things too; docs/performance.md has what it is.
	mostRatio = 1.4
)

// TestCostOfAScrape: a scrape of three servers costs the exporter hardly more CPU than the leanest
// one there can be.
func TestCostOfAScrape(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	c := newContest(t, busyEnsembles)
	c.scrape(t, 6)
	if ratio := c.ratio(); ratio > mostRatio {
		t.Errorf("%s; want a ratio of %.2f at most", c, mostRatio)
	} else {
		t.Log(c)
	}
}

// BenchmarkCost prints that ratio, of scrapes of 20 ensembles one after the other each second, and
// of one alone, which finds nothing in the processor's caches.
func BenchmarkCost(b *testing.B) {
	for name, ensembles := range map[string]int{"busy": busyEnsembles, "alone": 1} {
		b.Run(name, func(b *testing.B) {
			c := newContest(b, ensembles)
			b.ResetTimer()
			for b.Loop() {
				c.scrape(b, 1)
			}
			b.ReportMetric(c.ratio(), "ratio")
			b.ReportMetric(c.ours.perScrape(), "ms-CPU/scrape")
			b.ReportMetric(c.lean.perScrape(), "ms-CPU/lean-scrape")
			b.ReportMetric(float64(c.ours.series), "series")
			b.ReportMetric(float64(c.lean.series), "lean-series")
			b.ReportMetric(0, "ns/op") // it is the time between two scrapes
		})
	}
}

// contest is two exporters that are scraped in turns.
type contest struct{ ours, lean *contestant }

func (c *contest) ratio() float64 { return c.ours.perScrape() / c.lean.perScrape() }

func (c *contest) String() string {
	return fmt.Sprintf("%.2f ms and %d series, the leanest exporter %.2f ms and %d: ratio %.2f",
		c.ours.perScrape(), c.ours.series, c.lean.perScrape(), c.lean.series, c.ratio())
}

// newContest starts ensembles of three servers, and both exporters: this one watches them all, the
// other one the first of them. ZKTEST_LEAN names another program to compare with, by its command
// line, in which ADDRESS and SERVERS are replaced.
func newContest(t testing.TB, ensembles int) *contest {
	t.Helper()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	const ours, lean = "127.64.209.9:12189", "127.64.209.9:9141"
	servers := newSteady(t, ensembles)
	file := filepath.Join(t.TempDir(), "ensembles.yml")
	text, paths := []byte("ensembles:\n"), []string{}
	for k, addrs := range servers {
		text = fmt.Appendf(text, "  - {name: e%d, servers: ['%s']}\n", k, strings.Join(addrs, "', '"))
		paths = append(paths, "/probe?target="+strings.Join(addrs, ","))
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if ensembles == 1 {
		paths = []string{"/metrics"}
	}
	other := append([]string{"lean", lean}, servers[0]...)
	if line := os.Getenv("ZKTEST_LEAN"); line != "" {
		other = strings.Fields(strings.NewReplacer("ADDRESS", lean, "SERVERS", strings.Join(servers[0], ",")).Replace(line))
	}
	c := &contest{
		startContestant(t, ours, paths, program, "exporter", "--no-local", "--web.listen-address", ours, "--ensembles", file),
		startContestant(t, lean, slices.Repeat([]string{"/metrics"}, ensembles), other...),
	}
	const warm = 3 // peer ports, and what is made once
	c.scrape(t, warm)
	*c = contest{c.ours.anew(t), c.lean.anew(t)}
	return c
}

// scrape scrapes each so often, in turns.
func (c *contest) scrape(t testing.TB, times int) {
	t.Helper()
	tick := time.NewTicker(betweenScrapes)
	defer tick.Stop()
	for range times {
		<-tick.C
		for _, one := range []*contestant{c.ours, c.lean} {
			for _, path := range one.paths {
				one.scrape(t, path)
			}
		}
	}
}

// contestant is an exporter's process.
type contestant struct {
	url    string
	paths  []string
	pid    int
	client *http.Client
	// from is the CPU that it had before the first scrape that counts, and cpu what it has had
	// since: what a scrape leaves to do behind is part of what it costs.
	from, cpu       time.Duration
	scrapes, series int
}

func startContestant(t testing.TB, address string, paths []string, command ...string) *contestant {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 30 * time.Second}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	c := &contestant{url: "http://" + address, paths: paths, pid: cmd.Process.Pid, client: client}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := new(net.Dialer).DialContext(ctx, "tcp", address); err == nil {
			_ = conn.Close()
			return c
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s does not get ready", command[0])
		}
	}
}

// anew is the contestant before it is measured.
func (c *contestant) anew(t testing.TB) *contestant {
	return &contestant{url: c.url, paths: c.paths, pid: c.pid, client: c.client, from: c.used(t)}
}

// perScrape is the CPU of a scrape in milliseconds.
func (c *contestant) perScrape() float64 { return c.cpu.Seconds() * 1000 / float64(c.scrapes) }

func (c *contestant) scrape(t testing.TB, path string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
	response, err := c.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v: %.200s", response.StatusCode, err, body)
	}
	c.cpu = c.used(t) - c.from
	c.scrapes++
	c.series = bytes.Count(body, []byte("\n")) - bytes.Count(body, []byte("\n# ")) - 1
	if c.series < costSeries {
		t.Fatalf("only %d series:\n%s", c.series, body)
	}
}

// used is the CPU that the threads of the process have had, in nanoseconds as the scheduler
// counts: proc(5) has no finer one of a process as a whole.
func (c *contestant) used(t testing.TB) time.Duration {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", c.pid))
	if err != nil || len(files) == 0 {
		t.Fatal("no schedstat ", err)
	}
	var all time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), " ")
		ran, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all += time.Duration(ran)
	}
	return all
}

// newSteady starts ensembles of three servers that replay a loaded 3.9.5, as those of the crowd do.
// It returns their addresses.
func newSteady(t testing.TB, ensembles int) [][]string {
	t.Helper()
	replies := recordedReplies(t)
	var running sync.WaitGroup
	t.Cleanup(running.Wait) // once the listeners are closed
	var all [][]string
	for k := range ensembles {
		var addrs, hosts []string
		for slot := range replies {
			hosts = append(hosts, fmt.Sprintf("127.64.%d.%d", 210+k, slot+1))
			addrs = append(addrs, hosts[slot]+":2181")
			replies[slot]["ruok"] = []byte("imok")
		}
		for slot, addr := range addrs {
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			s := &replayed{crowd: &crowd{}, replies: replies[slot], addrs: hosts, started: time.Now()}
			running.Go(func() { s.serve(t.Context(), l, &running) })
			t.Cleanup(func() { _ = l.Close() })
		}
		all = append(all, addrs)
	}
	return all
}
