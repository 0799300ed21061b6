package exporter

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/peerports"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// voter is a follower of 3.4 with peer ports, and counts who connects to each port.
type voter struct {
	addr                     string
	port                     int
	client, quorum, election atomic.Int32
}

func startVoter(t *testing.T, addr string) *voter {
	t.Helper()
	v := &voter{addr: addr}
	counts := func(n *atomic.Int32) int {
		_, port, err := net.SplitHostPort(startFakeAt(t, addr, func(*fake, *net.TCPConn) { n.Add(1) }).target)
		must(t, err)
		number, err := strconv.Atoi(port)
		must(t, err)
		return number
	}
	quorum, election := counts(&v.quorum), counts(&v.election)
	client := startFakeAt(t, addr, func(f *fake, conn *net.TCPConn) {
		v.client.Add(1)
		if word := f.word(conn); word != "conf" {
			f.replay(conn, word, "follower")
			return
		}
		_, _ = fmt.Fprintf(conn, "clientPort=%d\nserverId=1\ninitLimit=10\nsyncLimit=5\nelectionAlg=3\nelectionPort=%d\nquorumPort=%d\npeerType=0\n", v.port, election, quorum)
	})
	_, port, err := net.SplitHostPort(client.target)
	must(t, err)
	v.port, err = strconv.Atoi(port)
	must(t, err)
	return v
}

// connections are how often the client port and both peer ports were connected to.
func (v *voter) connections() (client, peers int32) {
	return v.client.Load(), v.quorum.Load() + v.election.Load()
}

// spellings are n ways to name two servers.
func spellings(a, b *voter, n int) []string {
	out := make([]string, 0, n)
	for i := range n {
		one, two := fmt.Sprintf("%s:%d", a.addr, a.port), fmt.Sprintf("%s:%d", b.addr, b.port)
		switch i % 6 {
		case 1:
			one, two = two, one
		case 2:
			one = fmt.Sprintf("%s:%0*d", a.addr, 6+i%50, a.port)
		case 3:
			two = fmt.Sprintf("[::ffff:%s]:%d", b.addr, b.port)
		case 4:
			one += "," + one + "," + two
		case 5:
			two = fmt.Sprintf("[0:0:0:0:0:FFFF:%s]:%d", b.addr, b.port)
		}
		out = append(out, url.QueryEscape(fmt.Sprintf("%s,%s/k%d", one, two, i))+fmt.Sprintf("&ensemble=e%d", i))
	}
	return out
}

// probes asks for targets, which may be escaped already, without a network between.
func (s *served) probes(t *testing.T, targets []string) (statuses map[int]int) {
	t.Helper()
	statuses = map[int]int{}
	handler := s.Handler()
	for _, target := range targets {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/probe?target="+target, http.NoBody))
		statuses[w.Code]++
	}
	return statuses
}

// TestSpellingsShareALook: however two servers are spelled, they are the same two: their
// peer ports are probed once, and they are looked at once a second.
func TestSpellingsShareALook(t *testing.T) {
	a, b := startVoter(t, "127.0.0.1"), startVoter(t, "127.0.0.2")
	// One metric: what all of them cost is not the question.
	s := serve(t, Options{PeerPorts: true, Include: []*regexp.Regexp{regexp.MustCompile("^zookeeper_up$")}, Load: func(context.Context) (*Config, error) {
		return &Config{Probe: Probe{Allow: []string{"127.0.0.0/8:*"}}}, nil
	}})
	s.probes(t, spellings(a, b, 100))
	heap := liveHeap()
	rounds := 0
	for range 5 { // fewer looks than a second may have
		s.forget()
		rounds++
		if got := s.probes(t, spellings(a, b, 1000)); got[http.StatusOK] != 1000 {
			t.Fatalf("statuses %v", got)
		}
	}
	grown := int64(liveHeap()) - int64(heap)
	t.Logf("heap: %d KiB after 100 spellings, %+d KiB after 5,000", heap>>10, grown>>10)
	if grown > 2<<20 {
		t.Errorf("the heap has grown by %d KiB", grown>>10)
	}
	if n := len(s.state.Load().probed.all()); n != 1 {
		t.Errorf("%d watchers for two servers", n)
	}
	for _, v := range []*voter{a, b} {
		client, peers := v.connections()
		t.Logf("%s: %d connections to the client port, %d to the peer ports", v.addr, client, peers)
		// Three words a look; the requests themselves take longer than a second on a busy
		// machine, and then there are more looks.
		if peers != 2 || client < 3 || client > 600 {
			t.Errorf("%s: %d connections to the client port and %d to the peer ports in %d rounds", v.addr, client, peers, rounds)
		}
	}
}

// TestSubsetsShareALimit: one server in ever new connect strings is looked at ten times a
// second, and its peer ports are probed ten times in five minutes; and so is one address
// by ever new names.
func TestSubsetsShareALimit(t *testing.T) {
	a, b := startVoter(t, "127.0.0.1"), startVoter(t, "127.0.0.2")
	// One metric: what all of them cost is not the question.
	s := serve(t, Options{PeerPorts: true, Include: []*regexp.Regexp{regexp.MustCompile("^zookeeper_up$")}, Load: func(context.Context) (*Config, error) {
		return &Config{Probe: Probe{Allow: []string{"127.0.0.0/8:*"}}}, nil
	}})
	var targets []string
	for i := range 200 {
		targets = append(targets, fmt.Sprintf("%s:%d,127.9.%d.1:1", a.addr, a.port, i))
	}
	got := s.probes(t, targets)
	if got[http.StatusOK]+got[http.StatusTooManyRequests] != 200 || got[http.StatusTooManyRequests] == 0 {
		t.Errorf("statuses %v", got)
	}
	if client, peers := a.connections(); client != 3*int32(got[http.StatusOK]) || peers > 2*peerports.MaxProbes {
		t.Errorf("%d connections to the client port in %d looks, %d to the peer ports", client, got[http.StatusOK], peers)
	}
	// What is asked for otherwise is not held up by that.
	if got := s.probes(t, []string{fmt.Sprintf("%s:%d", b.addr, b.port)}); got[http.StatusOK] != 1 {
		t.Errorf("another server: %v", got)
	}
	if rejected := s.metrics(t)[`zkdoctor_requests_rejected_total{reason="repeated"}`]; rejected != float64(got[http.StatusTooManyRequests]) {
		t.Errorf("%v were counted", rejected)
	}
}

// TestNamesShareALimit: many names of one address are one server, in one request or many.
func TestNamesShareALimit(t *testing.T) {
	e, err := New(t.Context(), Options{Load: func(context.Context) (*Config, error) { return &Config{Probe: Probe{Allow: []string{"*"}}}, nil }})
	must(t, err)
	at := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:2181")}
	if err := e.admit(slices.Repeat(at, maxLooks+1)); err == nil {
		t.Error("one request with many names of one address is admitted")
	}
	refused := 0
	for range 1000 {
		if e.admit(at) != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Error("none of many requests is refused")
	}
	if err := e.admit([]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:2182")}); err != nil {
		t.Errorf("another server of that host: %v", err)
	}
}

// TestProbedIsBounded: what /probe remembers of ever new targets has an end, and a single
// server leaves nothing.
func TestProbedIsBounded(t *testing.T) {
	p := newProbed()
	made := 0
	find := func(key string) {
		p.find(key, func() *watcher { made++; return &watcher{} })
	}
	for i := range 2 * maxProbed {
		find(strconv.Itoa(i))
		find("0") // asked for all the time, and so kept
	}
	if n := len(p.all()); n != maxProbed || made != 2*maxProbed {
		t.Errorf("%d watchers are kept, %d were made", n, made)
	}
}

// TestProbedLists: of ensembles that list many members fewer are remembered, and those that were
// asked for last.
func TestProbedLists(t *testing.T) {
	p := newProbed()
	for i := range 100 {
		p.find(strconv.Itoa(i), func() *watcher { return new(watcher) })
		p.weigh(strconv.Itoa(i), 1)
		p.weigh(strconv.Itoa(i), maxProbedLists/10)
	}
	if n := len(p.all()); n != 10 || p.lists > maxProbedLists || !p.known.Contains("99") {
		t.Errorf("%d are kept, with %d bytes of lists", n, p.lists)
	}
	p.weigh("none", 1)
	p.weigh("99", 2*maxProbedLists)
	if n := len(p.all()); n != 0 || p.lists != 0 {
		t.Errorf("%d are kept, with %d bytes of lists", n, p.lists)
	}
}

func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"ZK1.Example.ORG.:2181,zk1.example.org,zk1.example.org:02181/chroot": "zk1.example.org:2181",
		"[::ffff:192.0.2.1]:2181,192.0.2.1":                                  "192.0.2.1:2181",
		"[2001:DB8:0:0::1]:2181,2001:db8::1,[2001:db8:0:0:0:0:0:1]:2181":     "[2001:db8::1]:2181",
		"zk2:2182,ZK1,zk2:2181,zk1.,zk2":                                     "zk1:2181 zk2:2181 zk2:2182",
	} {
		targets, err := probeTargets(text)
		must(t, err)
		var got []string
		for _, target := range targets {
			got = append(got, target.Address())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is %v, want %s", text, got, want)
		}
	}
	if host := canonical(snapshot.Target{Host: "a.."}).Host; host != "a" {
		t.Errorf("%q", host)
	}
}

// TestConfiguredSpelling: the label of a server is as it is configured, and the ensemble is
// the configured one, however the request spells them.
func TestConfiguredSpelling(t *testing.T) {
	a, b := startVoter(t, "127.0.0.1"), startVoter(t, "127.0.0.2")
	s := serve(t, Options{}, fmt.Sprintf("LOCALHOST:%d", a.port), fmt.Sprintf("127.0.0.2:%d", b.port))
	label := fmt.Sprintf(`zookeeper_up{ensemble="test",server="LOCALHOST:%d"} 1`, a.port)
	for _, target := range []string{
		fmt.Sprintf("localhost:%d", a.port), fmt.Sprintf("localhost.:0%d/x", a.port),
		fmt.Sprintf("127.0.0.2:%d,localhost:%d,localhost:%d", b.port, a.port, a.port),
	} {
		s.ask(t, http.MethodGet, "/probe?target="+target, http.StatusOK, label)
	}
	if n := len(s.state.Load().probed.all()); n != 1 {
		t.Errorf("%d watchers beside the configured one, want that of the single server", n)
	}
}
