package exporter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Servers whose list of members is made up.

// claims is a follower that lists these members.
func claims(lines ...string) answer {
	list := strings.Join(lines, "\n") + "\nversion=100000000"
	return func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		if word != "conf" {
			f.replay(conn, word, "follower")
			return
		}
		_, _ = io.WriteString(conn, "clientPort=2181\ndataDir=/d\ntickTime=2000\nserverId=1\ninitLimit=10\nsyncLimit=5\nelectionPort=3888\nquorumPort=2888\npeerType=0\nmembership: \n"+list)
	}
}

// madeUp are n members whose names are as long as told, which no resolver is asked for.
func madeUp(n, length int, tag string) []string {
	lines := make([]string, n)
	for i := range lines {
		host := fmt.Sprintf("zk%d-%s-", i+1, tag)
		host += strings.Repeat("x", max(length-len(host), 0))
		lines[i] = fmt.Sprintf("server.%d=%s:2888:3888:participant;2181", i+1, host)
	}
	return lines
}

// ensembles is a configuration with one server each.
func ensembles(fakes []*fake) func(context.Context) (*Config, error) {
	return func(context.Context) (*Config, error) {
		c := &Config{}
		for i, f := range fakes {
			c.Ensembles = append(c.Ensembles, Ensemble{Name: "e" + strconv.Itoa(i), Servers: []string{f.target}})
		}
		return c, nil
	}
}

// TestSlowDiagnosis: while one ensemble is being diagnosed, others are served.
func TestSlowDiagnosis(t *testing.T) {
	slow, healthy := startFake(t, replays("follower")), startFake(t, replays("standalone"))
	s := serve(t, Options{Load: ensembles([]*fake{slow, healthy})})
	begun, over := make(chan struct{}), make(chan struct{})
	end := sync.OnceFunc(func() { close(over) })
	w := s.state.Load().watchers[0]
	diagnose := w.diagnose
	w.diagnose = func(snap *snapshot.Snapshot) *report.Report {
		close(begun)
		<-over
		return diagnose(snap)
	}
	var scrapes sync.WaitGroup
	defer scrapes.Wait()
	defer end()
	scrapes.Go(func() {
		s.ask(t, http.MethodGet, "/probe?target="+slow.target, http.StatusOK, `zookeeper_up{ensemble="e0"`)
	})
	<-begun
	s.ask(t, http.MethodGet, "/probe?target="+healthy.target, http.StatusOK, `zookeeper_up{ensemble="e1"`)
	s.ask(t, http.MethodGet, "/discovery?by=ensemble", http.StatusOK, slow.target)
}

// TestHostileLists: 60 servers list as many members as are read, with names as long as fit, in
// this look and the one before.
// What is there for all answers is enough for some of them at a time. The bound is more than twice what it takes.
func TestHostileLists(t *testing.T) {
	const servers, bound = 60, 256 << 20
	var fakes []*fake
	for i := range servers {
		fakes = append(fakes, startFake(t, claims(madeUp(snapshot.MaxMembers, 200, strconv.Itoa(i))...)))
	}
	before := liveHeap()
	s := serve(t, Options{Load: ensembles(fakes), Timeout: 20 * time.Second}) // it is about memory
	for range 2 {
		found := s.metrics(t)
		read := 0
		for i := range fakes {
			if found[fmt.Sprintf(`zkdoctor_voters{ensemble="e%d"}`, i)] == snapshot.MaxMembers {
				read++
			}
		}
		if t.Logf("%d lists are read", read); read == 0 {
			t.Error("no list is read")
		}
		s.forget()
		for _, w := range s.state.Load().watchers { // so that it is kept to compare with
			w.mu.Lock()
			snap := *w.last.snap
			snap.Started = snap.Started.Add(-beforeYoungest)
			w.last.snap = &snap
			w.mu.Unlock()
		}
	}
	taken := liveHeap() - before
	t.Logf("%d MiB", taken>>20)
	if taken > bound {
		t.Errorf("%d ensembles take %d MiB", servers, taken>>20)
	}
	runtime.KeepAlive(s)
}

// TestManyFloods: of ensembles whose servers send as much as is read, some answers are given up;
// an honest one is seen whole each time, for what the others had is given back.
func TestManyFloods(t *testing.T) {
	const floods = 12
	pad := "zk_version\t3.9.5-1\nzk_server_state\tfollower\n" + strings.Repeat("zk_k\t1\n", 140_000)
	fakes := []*fake{startFake(t, replays("standalone"))}
	for range floods {
		fakes = append(fakes, startFake(t, func(f *fake, conn *net.TCPConn) {
			if word := f.word(conn); word != "mntr" {
				f.replay(conn, word, "follower")
				return
			}
			_, _ = io.WriteString(conn, pad)
		}))
	}
	s := serve(t, Options{Load: ensembles(fakes), Timeout: 20 * time.Second})
	watchers := func() []*watcher { return s.state.Load().watchers }
	for range 2 {
		s.metrics(t)
		seen := 0
		for i, w := range watchers() {
			server := &w.newest().snap.Servers[0]
			switch {
			case i == 0 && !server.Mntr.Seen():
				t.Errorf("of the honest one: %v", server.Mntr.Failure)
			case i > 0 && server.Mntr.Seen():
				seen++
			case i > 0 && !server.Mntr.FailedAs(snapshot.TooLarge):
				t.Errorf("of the others: %v", server.Mntr.Failure)
			}
		}
		if seen == 0 || seen > floods/2 {
			t.Errorf("%d answers of %d are kept", seen, floods)
		}
		for _, w := range watchers() {
			s.slimmed(t, w)
		}
	}
}

// slimmed waits until a watcher has let go of what it need not keep.
func (s *served) slimmed(t *testing.T, w *watcher) {
	t.Helper()
	over := time.After(20 * time.Second)
	for len(w.newest().snap.Servers[0].Mntr.Value.Keys) > len(diag.ComparedKeys()) {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-over:
			t.Fatal("all of mntr is kept")
		}
	}
}

// TestEndlessLists: a list of 50,000 members is not read; the server that has it is asked as
// any other, and the others are served.
func TestEndlessLists(t *testing.T) {
	fakes := []*fake{startFake(t, replays("follower"))}
	for i := range 3 {
		fakes = append(fakes, startFake(t, claims(madeUp(50_000, 0, strconv.Itoa(i))...)))
	}
	s := serve(t, Options{Load: ensembles(fakes)})
	started := time.Now()
	found := s.metrics(t)
	t.Logf("%v", time.Since(started))
	for i, f := range fakes {
		if up := found[fmt.Sprintf(`zookeeper_up{ensemble="e%d",server=%q}`, i, f.target)]; up != 1 {
			t.Errorf("e%d: up %v", i, up)
		}
		if n := len(f.asked()); n > 4 {
			t.Errorf("e%d: %d connections", i, n)
		}
	}
	if voters := found[`zkdoctor_voters{ensemble="e1"}`]; voters > 1 {
		t.Errorf("%v voters of a list that is not read", voters)
	}
}

// TestDiscoveryIsProbed: /discovery gives what /probe takes, and of what a server lists
// nothing else.
func TestDiscoveryIsProbed(t *testing.T) {
	lines := []string{
		"server.2=127.0.0.2:2888:3888:participant;2281", "server.3=127.0.0.3:2888:3888:participant;2281",
		"server.4=169.254.169.254:2888:3888:participant;80", "server.5=127.0.0.1:2888:3888:participant;11211",
		"server.6=[::ffff:169.254.169.254]:2888:3888:participant;2281", "server.7=0.0.0.0:2888:3888:participant;2281",
	}
	for id := 8; id <= 900; id++ {
		lines = append(lines, fmt.Sprintf("server.%d=192.0.2.1:%d:%d:participant;%d", id, id, 10_000+id, 20_000+id))
	}
	f := startFake(t, claims(lines...))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{
			Ensembles: []Ensemble{{Name: "prod", Servers: []string{f.target}}},
			Probe:     Probe{Allow: []string{"127.0.0.2:2281", "169.254.0.0/16:*", "0.0.0.0/8:*"}},
		}, nil
	}})
	_, body, err := s.request(t.Context(), http.MethodGet, "/discovery")
	if err != nil {
		t.Fatal(err)
	}
	var groups []sdGroup
	must(t, json.Unmarshal([]byte(body), &groups))
	var targets []string
	for _, g := range groups {
		targets = append(targets, g.Targets...)
		s.ask(t, http.MethodGet, "/probe?target="+g.Targets[0], http.StatusOK, "zookeeper_up")
	}
	if got := strings.Join(targets, " "); got != "127.0.0.2:2281" {
		t.Errorf("got %s", got)
	}
}
