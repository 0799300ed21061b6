package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// scene describes a snapshot: servers zk1, zk2, ... at 192.0.2.1, 192.0.2.2, ...,
// each in a state, and what was looked at. Its methods return changed copies.
//
//	look(leader, follower, down)
type scene struct {
	version   string
	states    []state
	observers []int
	list      string // what conf tells as membership; "" for one line a server
	config    string // the zoo.cfg that the targets come from; "" for targets by hand
	hosts     []localHost
	edits     []func(*snapshot.Snapshot)
	earlier   *scene
}

// state fills in what is seen of a server that is in it.
type state func(w where, s *snapshot.Server)

// where is the server's place in the scene.
type where struct {
	version, list string
	id            int
}

const (
	newest = "3.9.5"
	oldest = "3.4.10" // its conf tells no membership

	quick   = time.Millisecond
	timeout = snapshot.DefaultTimeout
)

func now() time.Time { return time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC) }

// look is one look at servers that were named by hand.
func look(states ...state) scene { return scene{version: newest, states: states} }

// as sets the version of all servers.
func (s scene) as(version string) scene { s.version = version; return s }

// observing makes servers observers in the list.
func (s scene) observing(ids ...int) scene { s.observers = ids; return s }

// membership is what every server's conf tells, without the version.
func (s scene) membership(lines ...string) scene {
	s.list = strings.Join(append(lines, "version=0"), "\n")
	return s
}

// file takes the targets from a zoo.cfg; see zoo.
func (s scene) file(text string) scene { s.config = text; return s }

// edit changes the snapshot at the end.
func (s scene) edit(f func(*snapshot.Snapshot)) scene {
	s.edits = append(slices.Clone(s.edits), f)
	return s
}

// after makes the scene the second look, the other being the first.
func (s scene) after(first scene) scene { s.earlier = &first; return s }

// twice is the same seen in two looks.
func (s scene) twice() scene { return s.after(s) }

// zoo is a zoo.cfg with n servers by name, and more lines.
func zoo(n int, more ...string) string {
	lines := []string{"tickTime=2000", "initLimit=10", "syncLimit=5", "dataDir=/var/lib/zookeeper"}
	if !slices.ContainsFunc(more, func(l string) bool { return strings.HasPrefix(l, "clientPort=") }) {
		lines = append(lines, "clientPort=2181")
	}
	for id := 1; id <= n; id++ {
		lines = append(lines, fmt.Sprintf("server.%d=zk%d:2888:3888", id, id))
	}
	return strings.Join(append(lines, more...), "\n") + "\n"
}

func (s scene) memberList() string {
	if s.list != "" {
		return s.list
	}
	var b strings.Builder
	for i := range s.states {
		role := zoocfg.Participant
		if slices.Contains(s.observers, i+1) {
			role = zoocfg.Observer
		}
		fmt.Fprintf(&b, "server.%d=zk%d:2888:3888:%s\n", i+1, i+1, role)
	}
	return b.String() + "version=0"
}

// snap builds the snapshot. Nothing in it is shared with another one.
func (s scene) snap() *snapshot.Snapshot {
	snap := &snapshot.Snapshot{
		Format: snapshot.SnapshotFormat, Tool: "zkdoctor test", Started: now(), Took: 20 * quick,
		Vantage: snapshot.Vantage{Host: "bastion", Addrs: snapshot.Saw(addrs("127.0.0.1", "192.0.2.100"), quick)},
		Plan:    snapshot.Plan{Source: snapshot.FromTargets, Timeout: timeout, PeerPorts: true, Local: true},
	}
	if s.config != "" {
		snap.Plan.Source = snapshot.FromFile
		snap.Plan.Config = zoocfg.Parse("/etc/zookeeper/zoo.cfg", []byte(s.config))
	}
	for i, state := range s.states {
		id := i + 1
		server := snapshot.Server{Name: name(id), Target: snapshot.Target{Host: name(id), Port: 2181}}
		if snap.Plan.Config != nil {
			server.Member = snap.Plan.Config.Find(int64(id))
			server.Assumed = true
		}
		server.Resolve = snapshot.Saw([]netip.Addr{addrOf(id)}, quick)
		server.Quorum = snapshot.PortLook{Number: 2888, Assumed: server.Member == nil}
		server.Election = snapshot.PortLook{Number: 3888, Assumed: server.Member == nil}
		state(where{s.version, s.memberList(), id}, &server)
		snap.Servers = append(snap.Servers, server)
		snap.Plan.Targets = append(snap.Plan.Targets, server.Target)
	}
	for _, h := range s.hosts {
		snap.Local = append(snap.Local, h.local(snap, len(s.states)))
	}
	for _, edit := range s.edits {
		edit(snap)
	}
	if s.earlier != nil {
		snap.Before = s.earlier.snap()
		snap.Before.Started = now().Add(-3 * time.Second)
		for i := range snap.Before.Local {
			if l := &snap.Before.Local[i]; !l.Looked.IsZero() {
				l.Looked = l.Looked.Add(-3 * time.Second)
			}
		}
		for i := range snap.Servers { // as a second look does
			snap.Servers[i].Quorum = snap.Before.Servers[i].Quorum
			snap.Servers[i].Election = snap.Before.Servers[i].Election
		}
	}
	return snap
}

func (s scene) report() *report.Report { return Diagnose(s.snap(), Options{}) }

func name(id int) string       { return "zk" + strconv.Itoa(id) }
func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// addrOf is the address of a server: of those with an id above 255 one of the range for
// measurements (RFC 2544).
func addrOf(id int) netip.Addr {
	if id < 256 {
		return netip.AddrFrom4([4]byte{192, 0, 2, byte(id)})
	}
	return netip.AddrFrom4([4]byte{198, 18, byte(id >> 8), byte(id)})
}

func addrs(l ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range l {
		out = append(out, addr(s))
	}
	return out
}

// tcp is a connect to a port of the server; kind "" means that it is open.
func tcp(s *snapshot.Server, port int, kind snapshot.FailureKind) snapshot.Obs[snapshot.Dial] {
	var to netip.AddrPort
	if s.Resolve.Seen() {
		to = netip.AddrPortFrom(s.Resolve.Value[0], uint16(port))
	}
	if kind == "" {
		return snapshot.Saw(snapshot.Dial{Remote: to, Local: netip.MustParseAddrPort("192.0.2.100:40000")}, quick)
	}
	took := quick
	if kind == snapshot.Filtered || kind == snapshot.Unreachable || kind == snapshot.Cancelled {
		took = timeout
	}
	return snapshot.Failed[snapshot.Dial](&snapshot.Failure{Kind: kind, Text: fmt.Sprintf("%s: %s", to, kind)}, took)
}

// peers sets the looks at the quorum and election port; "-" means not probed.
func peers(quorum, election snapshot.FailureKind) func(*snapshot.Server) {
	set := func(s *snapshot.Server, p *snapshot.PortLook, kind snapshot.FailureKind) {
		p.Look = snapshot.Obs[snapshot.Dial]{}
		if kind != "-" {
			p.Look = tcp(s, p.Number, kind)
		}
	}
	return func(s *snapshot.Server) {
		set(s, &s.Quorum, quorum)
		set(s, &s.Election, election)
	}
}

func failed[T any](s *snapshot.Server, kind snapshot.FailureKind, took time.Duration) snapshot.Obs[T] {
	return snapshot.Failed[T](&snapshot.Failure{Kind: kind, Text: fmt.Sprintf("%s: %s", s.Name, kind)}, took)
}

// reply is the recorded one of a real server, read by the real parser; edit
// may change the text.
func reply[T any](version, state string, word snapshot.Word, parse func([]byte) (T, error), edit ...func(string) string) snapshot.Obs[T] {
	server, err := recorded.Find(version, state)
	if err != nil {
		panic(err)
	}
	data, ok := server.Reply(word.String())
	if !ok {
		panic(fmt.Sprintf("%s %s: no reply to %s", version, state, word))
	}
	for _, change := range edit {
		data = []byte(change(string(data)))
	}
	return snapshot.Interpret(snapshot.Saw(snapshot.Reply{Data: data}, quick), word, parse)
}

// tells sets what a server in that state answers to all words.
func tells(w where, s *snapshot.Server, state string) {
	s.Client = tcp(s, s.Port, "")
	s.Srvr = reply(w.version, state, snapshot.WordSrvr, snapshot.ParseSrvr, inEpoch3)
	switch {
	case s.Srvr.Seen():
		s.Conf = conf(w, state, w.id)
		s.Mntr = reply(w.version, state, snapshot.WordMntr, snapshot.ParseMntr)
	case s.Srvr.FailedAs(snapshot.NotServing):
		s.Envi = reply(w.version, state, snapshot.WordEnvi, snapshot.ParseEnvi)
		s.Ruok = reply(w.version, state, snapshot.WordRuok, snapshot.ParseRuok)
		s.Isro = reply(w.version, state, snapshot.WordIsro, snapshot.ParseIsro)
	}
}

// inEpoch3 raises the zxid of a reply of epoch 1 to the epoch of healthyData.
func inEpoch3(text string) string { return strings.Replace(text, "Zxid: 0x1", "Zxid: 0x3", 1) }

// conf is the conf of a server with that id.
func conf(w where, state string, id int) snapshot.Obs[snapshot.Conf] {
	return reply(w.version, state, snapshot.WordConf, snapshot.ParseConf, func(text string) string {
		head, _, reported := strings.Cut(text, "\nmembership:")
		if reported {
			text = head + "\nmembership: \n" + w.list
		}
		if state == "standalone" {
			return text
		}
		var pairs []string
		for n := range 5 {
			pairs = append(pairs, fmt.Sprintf("serverId=%d\n", n), fmt.Sprintf("serverId=%d\n", id))
		}
		return strings.NewReplacer(pairs...).Replace(text)
	})
}

func memberLines(n int) string {
	var b strings.Builder
	for id := 1; id <= n; id++ {
		fmt.Fprintf(&b, "server.%d=zk%d:2888:3888:participant\n", id, id)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
