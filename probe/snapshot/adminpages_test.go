package snapshot

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// adminRecordings are the answers of real AdminServers to a command.
func adminRecordings(t testing.TB, command string) []recording {
	t.Helper()
	return recordingsBy(t, func(s recorded.Server) ([]byte, bool) { return s.Page(command) })
}

// answers reports whether a command answers in that state: without a quorum only the
// error does.
func (r recording) answers() bool { return r.state != "not-serving" }

// refused wants the error of a server that has no quorum, or that does not know the
// command.
func (r recording) refused(t *testing.T, err error) {
	t.Helper()
	said, ok := errors.AsType[AdminError](err)
	if !ok {
		t.Fatalf("%s: %v", r.name(), err)
	}
	if r.answers() == said.NotServing() && !strings.Contains(string(said), "Unknown command") && r.state != "standalone" {
		t.Errorf("%s: %v", r.name(), err)
	}
}

func TestAdminStats(t *testing.T) {
	for _, r := range adminRecordings(t, AdminStats) {
		got, err := ParseAdminStats(r.reply)
		if !r.answers() {
			r.refused(t, err)
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", r.name(), err)
		}
		want, _, _ := strings.Cut(r.state, "-") // leader-serves-no leads
		if string(got.Mode) != want || got.Version.String() != r.version || got.NodeCount < 4 {
			t.Errorf("%s: %+v", r.name(), got)
		}
		if got.Mode == ModeLeader && got.Zxid.Epoch() == 0 {
			t.Errorf("%s: a leader in epoch 0: %s", r.name(), got.Zxid)
		}
	}
}

func TestAdminConf(t *testing.T) {
	for _, r := range adminRecordings(t, AdminConf) {
		got, err := ParseAdminConf(r.reply)
		if !r.answers() {
			r.refused(t, err)
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", r.name(), err)
		}
		port := 2181
		if r.state == "leader-serves-no" {
			port = -1 // its client port was never given a server
		}
		if *got.ClientPort != port || *got.TickTime != 500 || (*got.ServerID == 0) != (r.state == "standalone") || got.DataDir == "" {
			t.Errorf("%s: %+v", r.name(), got)
		}
	}
}

// TestAdminMonitor: the AdminServer's numbers are those of mntr, under the same keys.
func TestAdminMonitor(t *testing.T) {
	for _, r := range adminRecordings(t, AdminMetrics) {
		got, err := ParseAdminMonitor(r.reply)
		if !r.answers() {
			if err == nil {
				t.Errorf("%s: read a page that is none", r.name())
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", r.name(), err)
		}
		version, _ := got.Version()
		mode, _ := got.State()
		want, _, _ := strings.Cut(r.state, "-")
		if version.String() != r.version || string(mode) != want {
			t.Errorf("%s: %s %s", r.name(), version, mode)
		}
		if !slices.IsSortedFunc(got.Keys, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) }) {
			t.Errorf("%s: the keys are in random order", r.name())
		}
		server, err := recorded.Find(r.version, r.state)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := server.Reply(WordMntr.String())
		if !ok {
			continue // a state of AdminServers alone
		}
		mntr, err := ParseMntr(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range mntr.Keys {
			if _, ok := got.Keys.Get(p.Key); !ok && !onlyInMntr(p.Key) {
				t.Errorf("%s: no %s", r.name(), p.Key)
			}
		}
	}
}

// onlyInMntr are keys that appear with what has happened, as in the recording of mntr
// and not in that of the AdminServer.
func onlyInMntr(key string) bool {
	for _, part := range []string{"_per_namespace", "_forwarding_time", "_ack_latency", "_learner_handler_qp", "_proposal_latency"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

func TestAdminVoters(t *testing.T) {
	for _, r := range adminRecordings(t, AdminVoterView) {
		got, err := ParseAdminVoters(r.reply)
		if !r.answers() || strings.HasPrefix(r.version, "3.5.") {
			r.refused(t, err)
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", r.name(), err)
		}
		if r.state == "standalone" {
			if got != nil {
				t.Errorf("%s: %+v", r.name(), got)
			}
			continue
		}
		if len(got.Servers) != 3 {
			t.Fatalf("%s: %+v", r.name(), got)
		}
		first := zoocfg.Server{ID: 1, Addresses: []zoocfg.Address{{Host: "10.99.0.1", QuorumPort: 2888, ElectionPort: 3888}}, Role: zoocfg.Participant}
		first.Client = got.Servers[0].Client // its own is told, others' are not
		if diff := cmp.Diff(first, got.Servers[0]); diff != "" {
			t.Errorf("%s: -want +got\n%s", r.name(), diff)
		}
	}
}

func TestAdminLeader(t *testing.T) {
	for _, r := range adminRecordings(t, AdminWho) {
		got, err := ParseAdminLeader(r.reply)
		if !r.answers() || strings.HasPrefix(r.version, "3.5.") || r.state == "standalone" {
			r.refused(t, err)
			continue
		}
		if err != nil || got.ID < 1 || got.ID > 3 || !strings.HasPrefix(got.IP, "10.99.0.") {
			t.Errorf("%s: %+v, %v", r.name(), got, err)
		}
	}
}

func TestAdminClients(t *testing.T) {
	for _, r := range adminRecordings(t, AdminConnections) {
		got, err := ParseAdminClients(r.reply)
		if err != nil {
			t.Fatalf("%s: %v", r.name(), err)
		}
		if len(got.Plain) != 2 || got.Plain[0] != (ClientCount{"10.99.0.100", 3}) || got.Plain[1].Connections != 1 || len(got.Secure) != 0 {
			t.Errorf("%s: %+v", r.name(), got)
		}
	}
	for text, want := range map[string]string{
		"10.99.0.3:32998":             "10.99.0.3",
		"/10.99.0.3:32998":            "10.99.0.3",
		"zk1/10.99.0.3:32998":         "10.99.0.3",
		"fd99:0:0:0:0:0:0:1:40000":    "fd99::1",
		"[fd99:0:0:0:0:0:0:1%3]:4000": "fd99::1",
		"::ffff:10.0.0.1:5":           "10.0.0.1",
		"":                            "",
		"\x1b[2Jzk1:5":                `\x1b[2Jzk1`,
	} {
		if got := clientAddress(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestHostPort(t *testing.T) {
	for text, want := range map[string]zoocfg.HostPort{
		"zk1:2888":              {Host: "zk1", Port: 2888},
		"[fd99::1]:2888":        {Host: "fd99::1", Port: 2888},
		"fd99:0:0:0:0:0:0:1:38": {Host: "fd99:0:0:0:0:0:0:1", Port: 38},
		"zk4/<unresolved>:3888": {Host: "zk4", Port: 3888},
		"":                      {},
		"zk1":                   {},
		"zk1:":                  {},
		"zk1:70000":             {},
		":2888":                 {},
	} {
		got, ok := hostPort(text)
		if ok != (want != zoocfg.HostPort{}) || ok && got != want {
			t.Errorf("%q: %+v, %v", text, got, ok)
		}
	}
}

func FuzzAdminPages(f *testing.F) {
	for _, command := range []string{AdminConf, AdminStats, AdminVoterView, AdminWho, AdminMetrics, AdminConnections} {
		for _, r := range adminRecordings(f, command) {
			f.Add(r.reply)
		}
	}
	f.Add([]byte(`{"command":"x","error":null,"current_config":{"1":{"server_addresses":["a:1"],"election_addresses":[]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if m, err := ParseAdminMonitor(body); err == nil && len(m.Keys) == 0 {
			t.Error("no keys")
		}
		if m, err := ParseAdminVoters(body); err == nil && m != nil && len(m.Servers) == 0 {
			t.Error("no voters")
		}
		_, _ = ParseAdminStats(body)
		_, _ = ParseAdminConf(body)
		_, _ = ParseAdminLeader(body)
		if c, err := ParseAdminClients(body); err == nil && len(c.Plain)+len(c.Secure) > 2*maxClients {
			t.Error("too many clients")
		}
	})
}
