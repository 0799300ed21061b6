package exporter

import (
	"flag"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var update = flag.Bool("update", false, "write the goldens and docs/metrics.md")

const testServer = "zk1.example.org:2181"

// recordedServer is a server as its recorded replies show it.
type recordedServer struct {
	name   string // version_state
	server snapshot.Server
}

// recordedServers are all servers that were recorded.
func recordedServers(t testing.TB) []recordedServer {
	t.Helper()
	servers, err := recorded.Servers()
	if err != nil || len(servers) == 0 {
		t.Fatal("no recorded replies", err)
	}
	all := make([]recordedServer, 0, len(servers))
	for _, said := range servers {
		name := said.Version + "_" + said.State
		s := snapshot.Server{Name: "zk1.example.org", Target: snapshot.Target{Host: "zk1.example.org", Port: 2181}}
		s.Srvr = recordedReply(said, snapshot.WordSrvr, snapshot.ParseSrvr)
		s.Mntr = recordedReply(said, snapshot.WordMntr, snapshot.ParseMntr)
		s.Conf = recordedReply(said, snapshot.WordConf, snapshot.ParseConf)
		s.Client = snapshot.Saw(snapshot.Dial{}, 0)
		if said.State == "leader-serves-no" { // where AdminServers alone were recorded
			s.Srvr = snapshot.Failed[snapshot.Srvr](&snapshot.Failure{Kind: snapshot.NotServing}, 0)
			s.Admin.Stats = recordedPage(t, said, snapshot.AdminStats, snapshot.ParseAdminStats)
			s.Admin.Settings = recordedPage(t, said, snapshot.AdminConf, snapshot.ParseAdminConf)
			s.Admin.Monitor = recordedPage(t, said, snapshot.AdminMetrics, snapshot.ParseAdminMonitor)
		}
		all = append(all, recordedServer{name, s})
	}
	return all
}

// recordedNamed is one of them.
func recordedNamed(t testing.TB, name string) *snapshot.Server {
	t.Helper()
	for _, r := range recordedServers(t) {
		if r.name == name {
			return &r.server
		}
	}
	t.Fatal("no recording", name)
	return nil
}

func recordedReply[T any](said recorded.Server, word snapshot.Word, parse func([]byte) (T, error)) snapshot.Obs[T] {
	reply, ok := said.Reply(word.String())
	if !ok {
		return snapshot.Obs[T]{}
	}
	return snapshot.Interpret(snapshot.Saw(snapshot.Reply{From: netip.MustParseAddrPort("192.0.2.1:2181"), Data: reply}, 0), word, parse)
}

func recordedPage[T any](t testing.TB, said recorded.Server, command string, parse func([]byte) (T, error)) snapshot.Obs[T] {
	t.Helper()
	body, ok := said.Page(command)
	if !ok {
		t.Fatal("no recorded page", said.Version, said.State, command)
	}
	value, err := parse(body)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Saw(value, 0)
}

// mntr is a server that says these lines in mntr, "key value" each.
func mntr(lines ...string) *snapshot.Server {
	var m snapshot.Mntr
	for _, line := range lines {
		at := strings.LastIndexByte(line, ' ')
		m.Keys = append(m.Keys, snapshot.Pair{Key: line[:at], Value: line[at+1:]})
	}
	return &snapshot.Server{Mntr: snapshot.Saw(m, 0)}
}

// viewOf is what diag makes of the server alone.
func viewOf(s *snapshot.Server) report.ServerView {
	one := *s
	snap := &snapshot.Snapshot{Format: snapshot.SnapshotFormat, Servers: []snapshot.Server{one}}
	snap.Plan.Targets = []snapshot.Target{s.Target}
	return diag.Diagnose(snap, diag.Options{}).Servers[0]
}

// collect is a collector made of a function. It describes nothing unless it has
// a table.
type collect struct {
	table *table
	send  func(ch chan<- prometheus.Metric)
}

func (c collect) Describe(ch chan<- *prometheus.Desc) {
	if c.table != nil {
		c.table.Describe(ch)
	}
}

func (c collect) Collect(ch chan<- prometheus.Metric) { c.send(ch) }

// sent sends samples to a registry.
type sent chan<- prometheus.Metric

func (ch sent) add(one sample) { ch <- &one }

// registryOf gathers the server with a table.
func registryOf(tab *table, s *snapshot.Server, described bool) *prometheus.Registry {
	c := collect{send: func(ch chan<- prometheus.Metric) { tab.server(sent(ch), "prod", testServer, s, viewOf(s)) }}
	if described {
		c.table = tab
	}
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	return r
}

// exposition is what a scrape gets.
func exposition(t testing.TB, g prometheus.Gatherer) string {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// samples are the lines of an exposition that are no comments.
func samples(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// reported is the exposition of a server, without what the look itself shows and
// without the labels that all have.
func reported(t testing.TB, s *snapshot.Server) string {
	t.Helper()
	text := samples(exposition(t, registryOf(newTable(nil, nil), s, false)))
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "zkdoctor_") || strings.HasPrefix(line, "zookeeper_up") {
			continue
		}
		line = strings.Replace(line, `ensemble="prod",`, "", 1)
		line = strings.Replace(line, `server="`+testServer+`",`, "", 1)
		line = strings.Replace(line, `,server="`+testServer+`"`, "", 1)
		b.WriteString(strings.Replace(line, `{server="`+testServer+`"}`, "", 1))
	}
	return b.String()
}

func sortedLines(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}
