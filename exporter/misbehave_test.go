package exporter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// fake is a server in the test's own process.
type fake struct {
	target string
	mu     sync.Mutex
	words  []string
	conns  map[net.Conn]bool
	closed bool
}

// answer answers one connection to a fake's client port.
type answer func(f *fake, conn *net.TCPConn)

// startFake starts a server; a nil answer never takes a connection from the
// kernel.
func startFake(t testing.TB, how answer) *fake {
	t.Helper()
	return startFakeAt(t, "127.0.0.1", how)
}

// startFakeAt starts it on a port of its own at an address of this host.
func startFakeAt(t testing.TB, addr string, how answer) *fake {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(addr, "0"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{target: listener.Addr().String(), conns: map[net.Conn]bool{}}
	var running sync.WaitGroup
	if how != nil {
		running.Go(func() {
			for {
				conn, err := listener.Accept()
				if errors.Is(err, syscall.EMFILE) {
					<-time.After(10 * time.Millisecond) // as net/http's server does
					continue
				}
				if err != nil {
					return
				}
				running.Go(func() { f.handle(conn.(*net.TCPConn), how) })
			}
		})
	}
	t.Cleanup(func() {
		_ = listener.Close()
		f.mu.Lock()
		f.closed = true
		for conn := range f.conns {
			_ = conn.Close()
		}
		f.mu.Unlock()
		running.Wait()
	})
	return f
}

func (f *fake) handle(conn *net.TCPConn, how answer) {
	defer conn.Close()
	f.mu.Lock()
	f.conns[conn] = true
	closed := f.closed
	f.mu.Unlock()
	if !closed {
		how(f, conn)
	}
	f.mu.Lock()
	delete(f.conns, conn)
	f.mu.Unlock()
}

// word reads what a connection begins with; a session's greeting is "session".
func (f *fake) word(conn net.Conn) string {
	head := make([]byte, 4)
	n, _ := io.ReadFull(conn, head)
	word := string(head[:n])
	if word == "\x00\x00\x00\x2d" {
		word = "session"
		_, _ = io.ReadFull(conn, make([]byte, 0x2d))
	}
	f.mu.Lock()
	f.words = append(f.words, word)
	f.mu.Unlock()
	return word
}

func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.words)
}

// replays says what a recorded server said, with this host for its ensemble's; in a state
// that none was in, nothing is whitelisted.
func replays(state string) answer {
	return func(f *fake, conn *net.TCPConn) { f.replay(conn, f.word(conn), state) }
}

func (f *fake) replay(conn net.Conn, word, state string) {
	server, _ := recorded.Find("3.9.5", state)
	reply, ok := server.Reply(word)
	if !ok {
		reply = []byte(word + " is not executed because it is not in the whitelist.\n")
	}
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		reply = bytes.ReplaceAll(reply, []byte("10.99.0."+id), []byte("127.0.0.1"))
	}
	if word != "session" {
		_, _ = conn.Write(reply)
	}
}

func says(text string) answer {
	return func(f *fake, conn *net.TCPConn) {
		f.word(conn)
		_, _ = io.WriteString(conn, text)
	}
}

// but answers mntr in another way than a follower does.
func but(mntr func(conn net.Conn)) answer {
	return func(f *fake, conn *net.TCPConn) {
		if word := f.word(conn); word != "mntr" {
			f.replay(conn, word, "follower")
			return
		}
		mntr(conn)
	}
}

// stream sends 64 MB, as fast as it goes.
func stream(conn net.Conn) {
	chunk := bytes.Repeat([]byte("zk_a_metric_of_many\t1\n"), 1<<16/22)
	for sent := 0; sent < 64<<20; sent += len(chunk) {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
}

// trickle sends a byte a second.
func trickle(f *fake, conn *net.TCPConn) {
	f.word(conn)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for _, c := range []byte("Zookeeper version: 3.8.6") {
		if _, err := conn.Write([]byte{c}); err != nil {
			return
		}
		<-tick.C
	}
}

// misbehaviour is a way to answer, and the zookeeper_up that it deserves.
type misbehaviour struct {
	name string
	how  answer
	up   float64
}

func misbehaviours() []misbehaviour {
	return []misbehaviour{
		{"silent", func(_ *fake, conn *net.TCPConn) { _, _ = io.Copy(io.Discard, conn) }, 0},
		{"not accepted", nil, 0},
		{"a byte a second", trickle, 0},
		{"HTTP 400", says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request"), 0},
		{"text", says("hello, I am a friendly little service\nand no ZooKeeper\n"), 0},
		{"TLS", says("\x15\x03\x03\x00\x02\x02\x46"), 0},
		{"binary", says("\x00\x01\xfe\xff\x1b]0;owned\x07\x1b[2J\xc3\x28\x00\x80"), 0},
		{"closes at once", func(*fake, *net.TCPConn) {}, 0},
		{"RST", func(_ *fake, conn *net.TCPConn) { _ = conn.SetLinger(0) }, 0},
		{"half a line", says("Zookeeper version: 3.8.6-6df26081269769c1"), 0},
		{"stream", func(f *fake, conn *net.TCPConn) { f.word(conn); stream(conn) }, 0},
		{"endless mntr", but(stream), 1},
		{"key without value", but(func(conn net.Conn) {
			_, _ = io.WriteString(conn, "zk_version\t3.8.6-6df26081269769c160c8c3a24929c60c91cd19c3\nzk_avg_latency\nzk_server_state\tfollower\n")
		}), 1},
		{"hostile labels", but(func(conn net.Conn) {
			_, _ = io.WriteString(conn, strings.Repeat("zk_1_read_\"}\xff\\per_namespace\t1\nzk_a{b=\"\t2\nzk_znode_count\tNaN\nzk_up\t7\n", 9))
		}), 1},
		{"not whitelisted", replays("not-whitelisted"), 1},
		{"nothing whitelisted", replays("no such recording"), 1},
		{"Prometheus provider", replays("leader-prometheus"), 1},
	}
}

// TestMisbehaviour: beside servers that misbehave, and one that is not there,
// every scrape ends in time, what a healthy server says is complete, and nothing
// is left behind.
func TestMisbehaviour(t *testing.T) {
	const exporters, rounds, atOnce = 2, 25, 4 // 200 scrapes; more looks at a time fill two cores with the streams
	healthy := startFake(t, replays("follower")).target
	targets, up := []string{healthy}, map[string]float64{healthy: 1, refusedTarget(t): 0}
	for _, m := range misbehaviours() {
		target := startFake(t, m.how).target
		targets, up[target] = append(targets, target), m.up
	}
	for target := range up {
		if !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	want := serve(t, Options{PeerPorts: true}, healthy).metrics(t).of(healthy, "zookeeper_")
	if len(want) < 200 {
		t.Fatalf("only %d series of a healthy server", len(want))
	}
	var all []*served
	for range exporters {
		all = append(all, serve(t, Options{PeerPorts: true}, targets...))
	}
	judge := func(s *served) error {
		found, err := s.scrape(t.Context(), "/metrics")
		if err != nil {
			return err
		}
		for i, target := range targets {
			series := fmt.Sprintf("zookeeper_up{ensemble=%q,server=%q}", "test", target)
			if value, there := found[series]; !there || value != up[target] {
				return fmt.Errorf("target %d: %s is %v (there: %t), want %v", i, series, value, there, up[target])
			}
		}
		if d := cmp.Diff(want, found.of(healthy, "zookeeper_")); d != "" {
			return fmt.Errorf("series of the healthy server (-want +got):\n%s", d)
		}
		return nil
	}
	round := func() {
		var scrapes sync.WaitGroup
		for _, s := range all {
			s.forget()
			for range atOnce {
				scrapes.Go(func() {
					if err := judge(s); err != nil {
						t.Error(err)
					}
				})
			}
		}
		scrapes.Wait()
	}
	round() // and whatever is made once is there
	goroutines, files := settled(t, 0, 0)
	for range rounds {
		if round(); t.Failed() {
			return
		}
	}
	settled(t, goroutines, files)
}

// TestManyScrapes: after 1,000 scrapes, each with looks of its own at servers that
// misbehave, goroutines, files and memory are what they were after 100, but for
// what the fakes keep of the questions.
func TestManyScrapes(t *testing.T) {
	const exporters, first, all = 8, 100, 1000
	targets := []string{startFake(t, replays("follower")).target, refusedTarget(t)}
	// Two cores have no time for the others a thousand times: TestMisbehaviour has.
	kinds := []string{"silent", "not accepted", "HTTP 400", "half a line", "key without value", "not whitelisted", "Prometheus provider"}
	for _, m := range misbehaviours() {
		if slices.Contains(kinds, m.name) {
			targets = append(targets, startFake(t, m.how).target)
		}
	}
	var served [exporters]*served
	for i := range served {
		served[i] = serve(t, Options{PeerPorts: true, Timeout: 50 * time.Millisecond}, targets...)
	}
	scrapes := func(n int) {
		var running sync.WaitGroup
		for _, s := range served {
			running.Go(func() {
				for range n / exporters {
					s.forget()
					if _, err := s.scrape(t.Context(), "/metrics"); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		running.Wait()
	}
	scrapes(first)
	goroutines, files := settled(t, 0, 0) // and the last looks are slim
	heap := liveHeap()
	scrapes(all - first)
	goroutinesNow, filesNow := settled(t, goroutines, files)
	heapNow, deadline := liveHeap(), time.Now().Add(10*time.Second)
	for heapNow > heap+2<<20 && time.Now().Before(deadline) {
		heapNow = liveHeap() // the last looks get slim within a second
	}
	t.Logf("after %d scrapes: %d goroutines, %d files, %d KiB on the heap", first, goroutines, files, heap>>10)
	t.Logf("after %d scrapes: %d goroutines, %d files, %d KiB on the heap", all, goroutinesNow, filesNow, heapNow>>10)
	if heapNow > heap+2<<20 {
		t.Errorf("the heap grew by %d KiB", (heapNow-heap)>>10)
	}
}

// liveHeap is what is on the heap once all garbage is gone, that of pools too.
func liveHeap() uint64 {
	var stats runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// refusedTarget is a port that nobody listens on.
func refusedTarget(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// settled waits until no more goroutines and files are there than were, or, for
// 0, until their numbers stay the same for a while, and returns the numbers.
func settled(t *testing.T, goroutines, files int) (goroutinesNow, filesNow int) {
	t.Helper()
	deadline, tick := time.NewTimer(20*time.Second), time.NewTicker(100*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	same := 0
	for {
		lastGoroutines, lastFiles := goroutinesNow, filesNow
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		goroutinesNow, filesNow = runtime.NumGoroutine(), len(entries)
		if same++; goroutinesNow != lastGoroutines || filesNow != lastFiles {
			same = 0
		}
		if goroutines == 0 && same >= 20 || goroutines > 0 && goroutinesNow <= goroutines && filesNow <= files {
			return goroutinesNow, filesNow
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines and %d files, were %d and %d\n%s", goroutinesNow, filesNow, goroutines, files, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
