package probe

import (
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// running is a server that counts what it is asked.
type running struct {
	snapshot.Target
	mu       sync.Mutex
	received int64
	mode     string
	zxid     uint64
	id       int
	uptime   time.Duration
	mntrOff  int64 // what mntr counts more than srvr
	words    []string
}

func startRunning(t *testing.T, id int) *running {
	t.Helper()
	r := &running{received: 1000, mode: "follower", zxid: 5<<32 + 7, id: id, uptime: time.Hour}
	addr := serve(t, func(conn *net.TCPConn) { _, _ = io.WriteString(conn, r.answer(readWord(conn))) })
	r.Target = snapshot.Target{Host: addr.Addr().String(), Port: int(addr.Port())}
	return r
}

func (r *running) answer(word string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words = append(r.words, word)
	r.received++
	const version = "3.9.5-0123456789, built on 2025-01-01 00:00 UTC"
	switch word {
	case "srvr":
		if r.mode == "" {
			return ""
		}
		return fmt.Sprintf("Zookeeper version: %s\nLatency min/avg/max: 0/0.0/0\nReceived: %d\nSent: %d\nConnections: 1\nOutstanding: 0\nZxid: %#x\nMode: %s\nNode count: 5\n",
			version, r.received, r.received, r.zxid, r.mode)
	case "conf":
		return fmt.Sprintf("clientPort=%d\ndataDir=/data/version-2\ndataLogDir=/data/version-2\ntickTime=2000\nmaxClientCnxns=60\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nserverId=%d\ninitLimit=5\nsyncLimit=2\nelectionAlg=3\nelectionPort=3888\nquorumPort=2888\npeerType=0\n", r.Port, r.id)
	case "mntr":
		return fmt.Sprintf("zk_version\t%s\nzk_server_state\t%s\nzk_packets_received\t%d\nzk_uptime\t%d\n",
			version, r.mode, r.received+r.mntrOff, r.uptime.Milliseconds())
	}
	return ""
}

// change changes it, and forgets what it was asked.
func (r *running) change(by func(r *running)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words = nil
	by(r)
}

func (r *running) asked(word string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(r.words), func(w string) bool { return w != word }))
}

// TestConfIsKept: conf is asked again of all servers as soon as one of them may have another
// configuration, and kept as long as none may.
func TestConfIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		between func(r *running)
		passed  time.Duration // since the look before
		due     bool
		times   int // conf is asked of the server that changes, and at least once of the other
	}{
		"goes on":                     {func(*running) {}, 15 * time.Second, false, 0},
		"transactions":                {func(r *running) { r.zxid += 100; r.received += 1000 }, 15 * time.Second, false, 0},
		"a minute":                    {func(*running) {}, time.Minute, false, 1},
		"restarted":                   {func(r *running) { r.received = 3; r.uptime = time.Second }, 15 * time.Second, false, 1},
		"restarted, and counts more":  {func(r *running) { r.received = 5000; r.uptime = time.Second }, 15 * time.Second, false, 1},
		"counters were reset":         {func(r *running) { r.received = 0 }, 15 * time.Second, false, 1},
		"elected":                     {func(r *running) { r.mode = "leader" }, 15 * time.Second, false, 1},
		"another leader":              {func(r *running) { r.zxid += 1 << 32 }, 15 * time.Second, false, 1},
		"another server answers mntr": {func(r *running) { r.mntrOff = -500 }, 15 * time.Second, false, 3},
		"restarted as another server": {func(r *running) { r.received = 3; r.id = 9; r.uptime = time.Second }, 15 * time.Second, false, 3},
		"its peer ports are due":      {func(*running) {}, 15 * time.Second, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two := startRunning(t, 1), startRunning(t, 2)
			q := Question{Targets: []snapshot.Target{one.Target, two.Target}, Timeout: long, KeepConf: 50 * time.Second, PeerPorts: true}
			due := false
			q.PortsDue = func(s *snapshot.Snapshot) []bool { return []bool{due, false}[:len(s.Servers)] }
			first := look(t, q, nil)
			if first.ConfAge != 0 || one.asked("conf") != 1 || two.asked("conf") != 1 {
				t.Fatalf("at first conf is asked %d and %d times, and is %v old", one.asked("conf"), two.asked("conf"), first.ConfAge)
			}
			first.Started = first.Started.Add(-c.passed)
			due = c.due
			for _, r := range []*running{one, two} {
				r.change(func(r *running) { r.uptime += c.passed })
			}
			one.change(c.between)
			second := look(t, q, first)
			if got := one.asked("conf"); got != c.times {
				t.Errorf("conf is asked %d times, want %d", got, c.times)
			}
			if kept := c.times == 0; kept != (second.ConfAge >= c.passed) || kept != (two.asked("conf") == 0) {
				t.Errorf("conf of the other one is asked %d times; it is %v old", two.asked("conf"), second.ConfAge)
			}
			for i, r := range []*running{one, two} {
				if id := second.Servers[i].Conf.Value.ServerID; id == nil || *id != int64(r.id) {
					t.Errorf("server %d has the id %v", r.id, id)
				}
			}
		})
	}
}

// TestConfWhenOneGoes: a server that goes may have been removed, so the others are asked for the
// list; once, as long as it stays away.
func TestConfWhenOneGoes(t *testing.T) {
	t.Parallel()
	one, two := startRunning(t, 1), startRunning(t, 2)
	q := Question{Targets: []snapshot.Target{one.Target, two.Target}, Timeout: long, KeepConf: 50 * time.Second}
	before := look(t, q, nil)
	one.change(func(r *running) { r.mode = "" })
	for i, asked := range []int{1, 0} {
		const passed = 15 * time.Second
		two.change(func(r *running) { r.uptime += passed })
		before.Started = before.Started.Add(-passed)
		after := look(t, q, before)
		if got := two.asked("conf"); got != asked || (after.ConfAge == 0) != (asked == 1) {
			t.Errorf("look %d without it asks conf %d times, want %d; it is %v old", i, got, asked, after.ConfAge)
		}
		before = after
	}
}
