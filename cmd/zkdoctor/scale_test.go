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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

const (
	// scaleEnsembles of three servers each are what one exporter is to watch.
	scaleEnsembles = 1000
	scaleInterval  = 15 * time.Second
	// scaleRounds of scrapes are one operation of the benchmark.
	scaleRounds = 4
	// slowAnswer is what a slow server takes for each word.
	slowAnswer = 500 * time.Millisecond
)

// BenchmarkExporterScale is one exporter process that watches 3,000 servers, as
// Prometheus would have it: every ensemble scraped on its own, every 15 s, spread
// over the interval. Of each ensemble one server is bad: dead, silent or slow in
// turn; the others replay a loaded 3.9.5 with 530 and 567 lines of mntr. Reported
// are the exporter's CPU (of one core) and the most memory that it ever had.
func BenchmarkExporterScale(b *testing.B) {
	newCrowd(b, scaleEnsembles, func(k, slot int) serverKind {
		if slot > 0 {
			return good
		}
		return []serverKind{dead, silent, slow}[k%3]
	}).measure(b)
}

// BenchmarkExporterHostile is one process that watches 1,000 good servers, and 60 that send as much
// as is read of them: those take nothing from the others but time.
func BenchmarkExporterHostile(b *testing.B) {
	const ensembles, hostile = 334, 20
	newCrowd(b, ensembles+hostile, func(k, _ int) serverKind {
		if k%(ensembles/hostile) == 0 {
			return flooding
		}
		return good
	}).measure(b)
}

// serverKind is how a server of the crowd behaves.
type serverKind int

const (
	good serverKind = iota
	dead
	silent
	slow
	flooding
)

// measure scrapes the crowd's ensembles, each as often as rounds say.
func (c *crowd) measure(b *testing.B) {
	b.Helper()
	program, err := builtProgram()
	if err != nil {
		b.Fatal(err)
	}
	base := startScaled(b, program, c)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	defer client.CloseIdleConnections()
	c.scrapeAll(b, client, base.url) // the first look at every port, and the first garbage
	for b.Loop() {
		c.connections.Store(0)
		cpu, started := base.cpu(b), time.Now()
		var took []time.Duration
		for range scaleRounds {
			took = append(took, c.scrapeAll(b, client, base.url)...)
		}
		slices.Sort(took)
		servers := scaleRounds * len(c.ensembles) * 3
		b.ReportMetric(100*(base.cpu(b)-cpu).Seconds()/time.Since(started).Seconds(), "%CPU")
		b.ReportMetric(float64((base.cpu(b)-cpu).Microseconds())/float64(servers), "µs-CPU/server")
		b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "ms-p99")
		b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms-p50")
		b.ReportMetric(base.peakMiB(b), "MiB-peak")
		b.ReportMetric(base.own(b, client, "go_goroutines"), "goroutines")
		b.ReportMetric(float64(c.connections.Load())/float64(scaleRounds*c.good), "conns/good-server")
	}
	b.ReportMetric(0, "ns/op") // it is the interval's, and says nothing
}

// crowd are the servers, in this process.
type crowd struct {
	ensembles [][]string
	// flooded are the ensembles of servers that flood.
	flooded map[int]bool
	// connections counts those to good servers, and good those.
	connections atomic.Int64
	good        int
}

func newCrowd(b *testing.B, ensembles int, manners func(k, slot int) serverKind) *crowd {
	b.Helper()
	c := &crowd{flooded: map[int]bool{}}
	replies := recordedReplies(b)
	var running sync.WaitGroup
	var listeners []net.Listener
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(func() {
		cancel()
		for _, l := range listeners {
			_ = l.Close()
		}
		running.Wait()
	})
	for k := range ensembles {
		var addrs []string
		for slot := range 3 {
			n := 3*k + slot
			addrs = append(addrs, fmt.Sprintf("127.64.%d.%d", n/250, 1+n%250))
		}
		c.ensembles = append(c.ensembles, addrs)
		for slot, addr := range addrs {
			how := manners(k, slot)
			switch how {
			case dead:
				continue
			case good:
				c.good++
			case flooding:
				c.flooded[k] = true
			case silent, slow:
			}
			l, err := new(net.ListenConfig).Listen(b.Context(), "tcp", addr+":2181")
			if err != nil {
				b.Fatal(err)
			}
			listeners = append(listeners, l)
			one := &replayed{crowd: c, replies: replies[slot], addrs: addrs, how: how, started: time.Now()}
			running.Go(func() { one.serve(ctx, l, &running) })
		}
	}
	return c
}

// replayed is one server that says what a real one said, and counts on.
type replayed struct {
	crowd    *crowd
	replies  map[string][]byte
	addrs    []string
	how      serverKind
	started  time.Time
	received atomic.Int64
}

func (r *replayed) serve(ctx context.Context, l net.Listener, running *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if r.how == good {
			r.crowd.connections.Add(1)
		}
		running.Go(func() {
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			word := make([]byte, 4)
			if _, err := io.ReadFull(conn, word); err != nil {
				return
			}
			if r.how == silent {
				_, _ = io.Copy(io.Discard, conn)
				return
			}
			if r.how == slow {
				select {
				case <-time.After(slowAnswer):
				case <-ctx.Done():
				}
			}
			_, _ = conn.Write(r.reply(string(word)))
			if r.how == flooding && string(word) == "mntr" {
				_, _ = conn.Write(flood)
			}
		})
	}
}

// flood is what makes an answer as long as is read, in lines that all take up memory.
var flood = bytes.Repeat([]byte("zk_k\t1\n"), 140_000)

// counts is what goes on in a server that runs.
var counts = regexp.MustCompile(`(Received: |zk_packets_received\t|zk_uptime\t)\d+`)

func (r *replayed) reply(word string) []byte {
	received := r.received.Add(1)
	reply := r.replies[word]
	if word == "conf" {
		for i, addr := range r.addrs {
			reply = bytes.ReplaceAll(reply, fmt.Appendf(nil, "10.99.0.%d", i+1), []byte(addr))
		}
	}
	parts := bytes.Split(reply, []byte{0}) // see recordedReplies
	reply = bytes.Clone(parts[0])
	for _, part := range parts[1:] {
		count := received
		if bytes.HasSuffix(reply, []byte("zk_uptime\t")) {
			count = time.Since(r.started).Milliseconds()
		}
		reply = append(strconv.AppendInt(reply, count, 10), part...)
	}
	return reply
}

// recordedReplies are what the servers of an ensemble say, the third of which
// leads. A zero byte stands for what counts.
func recordedReplies(b testing.TB) [3]map[string][]byte {
	b.Helper()
	var all [3]map[string][]byte
	id := regexp.MustCompile(`serverId=\d+`)
	for slot, state := range [3]string{"follower-loaded", "follower-loaded", "leader-loaded"} {
		all[slot] = map[string][]byte{}
		server, err := recorded.Find("3.9.5", state)
		if err != nil {
			b.Fatal(err)
		}
		for _, word := range []string{"srvr", "conf", "mntr"} {
			reply, ok := server.Reply(word)
			if !ok {
				b.Fatal("no recorded ", word)
			}
			reply = id.ReplaceAll(reply, fmt.Appendf(nil, "serverId=%d", slot+1))
			all[slot][word] = counts.ReplaceAll(reply, []byte("${1}\x00"))
		}
	}
	return all
}

// scrapeAll scrapes every ensemble once, spread over the interval, and says how
// long each scrape took.
func (c *crowd) scrapeAll(b *testing.B, client *http.Client, url string) []time.Duration {
	b.Helper()
	took := make([]time.Duration, len(c.ensembles))
	var scrapes sync.WaitGroup
	tick := time.NewTicker(scaleInterval / time.Duration(len(c.ensembles)))
	defer tick.Stop()
	for k, addrs := range c.ensembles {
		<-tick.C
		scrapes.Go(func() {
			started := time.Now()
			if err := scrapeOne(b.Context(), client, url, addrs); err != nil && !c.flooded[k] {
				b.Errorf("ensemble %d: %v", k, err)
			}
			took[k] = time.Since(started)
		})
	}
	scrapes.Wait()
	return took
}

// scrapeOne wants what the two good servers report, and the truth about the
// ensemble.
func scrapeOne(ctx context.Context, client *http.Client, url string, addrs []string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/probe?target="+strings.Join(addrs, ","), http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if lines := bytes.Count(body, []byte("\n")); response.StatusCode != http.StatusOK || lines < 1000 ||
		!bytes.Contains(body, []byte("\nzkdoctor_quorum{")) || !bytes.Contains(body, []byte("\nzkdoctor_leaders{")) {
		return fmt.Errorf("status %d, %d lines: %.200s", response.StatusCode, lines, body)
	}
	return nil
}

// scaled is the exporter's process.
type scaled struct {
	url string
	pid int
}

func startScaled(b *testing.B, program string, c *crowd) scaled {
	b.Helper()
	file := filepath.Join(b.TempDir(), "ensembles.yml")
	text := []byte("ensembles:\n")
	for k, addrs := range c.ensembles {
		text = fmt.Appendf(text, "  - {name: e%d, servers: [%s]}\n", k, strings.Join(addrs, ", "))
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	const address = "127.64.200.1:12189"
	cmd := exec.Command(program, "exporter", "--ensembles", file, "--no-local", "--web.listen-address", address)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	s := scaled{url: "http://" + address, pid: cmd.Process.Pid}
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := get(ctx, s.url+"/-/ready"); err == nil {
			return s
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.Fatal("the exporter does not get ready")
		}
	}
}

// cpu is the time that the process has had of all processors, from
// /proc/PID/stat, in ticks of 10 ms.
func (s scaled) cpu(b *testing.B) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third on: proc(5)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// peakMiB is the most memory that the process ever had.
func (s scaled) peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(text)[0], 64)
			return kib / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}

// own is one of the exporter's metrics about itself.
func (s scaled) own(b *testing.B, client *http.Client, name string) float64 {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.url+"/-/metrics", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			number, _ := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return number
		}
	}
	b.Fatalf("no %s in %s", name, body)
	return 0
}
