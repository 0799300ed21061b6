package diag

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// fixesOf are the steps of the finding with that code, as "host: command or note".
func fixesOf(t *testing.T, r *report.Report, code report.Code) []string {
	t.Helper()
	var out []string
	for _, f := range r.Findings {
		for _, fix := range f.Fix {
			if f.Code == code {
				out = append(out, fix.Host+": "+fix.Command+" "+fix.Note)
			}
		}
	}
	if out == nil {
		t.Fatalf("no steps of %s", code)
	}
	return out
}

// TestPortOpensForMembersAlone: no step opens a port between servers to everybody.
func TestPortOpensForMembersAlone(t *testing.T) {
	t.Parallel()
	shut := but(looking, peers(snapshot.Refused, snapshot.Filtered))
	for _, step := range fixesOf(t, look(follower, leader, shut).on(1).twice().report(), QuorumPortFiltered) {
		if strings.Contains(step, "--add-port") || strings.Contains(step, "--reload") {
			t.Errorf("%s", step)
		}
		if strings.Contains(step, "firewall-cmd") && (!strings.Contains(step, "source address=192.0.2.1 port port=3888") ||
			!strings.Contains(step, "source address=192.0.2.2") || strings.Contains(step, "source address=192.0.2.3")) {
			t.Errorf("want the addresses of zk1 and zk2 alone: %s", step)
		}
	}
	unknown := look(follower, nameless, shut).on(1, unresolved).twice().report()
	for _, step := range fixesOf(t, unknown, QuorumPortFiltered) {
		if strings.Contains(step, "add-rich-rule") {
			t.Errorf("rules although not all addresses are known: %s", step)
		}
	}
}

// TestStepsGoHostByHost: what costs something on a host is done there to its end, before it is
// begun on the next; and servers with each other's ids are stopped together.
func TestStepsGoHostByHost(t *testing.T) {
	t.Parallel()
	tmp := strings.Replace(zoo(3), "/var/lib", "/tmp", 1)
	inTmp := keeps(inDir("/tmp/zookeeper", "/"))
	steps := fixesOf(t, healthy().onWith(1, tmp, inTmp).onWith(2, tmp, inTmp).report(), DataDirInTmp)
	if last := steps[len(steps)-1]; !strings.HasPrefix(last, "zk2: ") || !strings.Contains(last, "one host after the other") {
		t.Errorf("got %q, want zk2 after all of zk1", steps)
	}
	for _, step := range steps[:len(steps)-1] {
		if strings.Contains(step, "zk2:") {
			t.Errorf("zk2 before zk1 is done: %q", steps)
		}
	}
	swapped := look(looking, leader, looking).as(oldest).on(1, myid("3\n")).on(3, myid("1\n")).twice().report()
	steps = fixesOf(t, swapped, MyidWrongServer)
	want := []string{"compare the server.N lines", "zk1, zk3: ", "zk1: echo 1 >", "zk3: echo 3 >", "zk1, zk3:  start them"}
	if len(steps) != len(want) {
		t.Fatalf("got %q, want %q", steps, want)
	}
	for i := range want {
		if !strings.Contains(steps[i], want[i]) {
			t.Errorf("step %d: got %q, want %q", i+1, steps[i], want[i])
		}
	}
}

// TestStopsWhatRuns: a server that is down is not to be stopped.
func TestStopsWhatRuns(t *testing.T) {
	t.Parallel()
	tmp := strings.Replace(zoo(3), "/var/lib", "/tmp", 1)
	inTmp := keeps(inDir("/tmp/zookeeper", "/"))
	stops := func(step string) bool { return strings.Contains(step, "stop it") }
	if steps := fixesOf(t, look(follower, leader, down).onWith(3, tmp, inTmp, stopped).report(), DataDirInTmp); slices.ContainsFunc(steps, stops) {
		t.Errorf("stops what is down: %q", steps)
	}
	if steps := fixesOf(t, healthy().onWith(3, tmp, inTmp).report(), DataDirInTmp); !slices.ContainsFunc(steps, stops) {
		t.Errorf("moves the data of one that runs: %q", steps)
	}
}

// TestDownAndWhose: one that is down and in no line of the list is not to be started as it is, and nobody
// is sent to the host on which zkdoctor runs.
func TestDownAndWhose(t *testing.T) {
	t.Parallel()
	member := func(r *report.Report) bool {
		return !strings.Contains(r.Findings[0].Summary, "member list that the ensemble runs with does not contain it")
	}
	two := look(follower, leader, down).membership("server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant")
	if got := two.report(); member(got) || got.Findings[0].Code != ProcessDown {
		t.Errorf("%+v", got.Findings[0])
	}
	if got := look(follower, leader, down).report(); !member(got) {
		t.Errorf("%+v", got.Findings[0])
	}
	moved := look(follower, but(down, at("198.51.100.2", "198.51.100.2", 2181)), leader)
	if got := moved.report(); !member(got) {
		t.Errorf("may be a member by another address: %+v", got.Findings[0])
	}
	here := look(follower, leader, down).edit(func(s *snapshot.Snapshot) { s.Vantage.Addrs = s.Servers[2].Resolve })
	if steps := fixesOf(t, here.report(), ProcessDown); !strings.Contains(steps[0], "zkdoctor check -c ZOO.CFG") {
		t.Errorf("sent to the host where it runs: %q", steps)
	}
}

// TestNothingCircular: no step asks for what this run did, and the steps on one host are together.
func TestNothingCircular(t *testing.T) {
	t.Parallel()
	noName := func(l *snapshot.Local) {
		for i := range l.Resolved[1:] {
			l.Resolved[1+i].Addrs = snapshot.Failed[[]netip.Addr](&snapshot.Failure{Kind: snapshot.Resolve, Text: "no such host"}, quick)
		}
	}
	steps := fixesOf(t, look(looking, down, down).on(1, noName).twice().report(), PeerNameUnresolvable)
	if len(steps) != 3 || !strings.HasPrefix(steps[0], "zk1: ") || !strings.HasPrefix(steps[1], "zk1: ") || !strings.HasPrefix(steps[2], ": ") {
		t.Errorf("got %q, want both steps of zk1 and then the advice", steps)
	}
	steps = append(steps, fixesOf(t, out().on(3, stopped, keeps(free(0))).report(), DiskFull)...)
	for _, step := range steps {
		if strings.Contains(step, "getent") || strings.Contains(step, "df ") {
			t.Errorf("the run did that: %s", step)
		}
	}
}

// TestSilentBehindBlockedPort: of a server that gives no answer on either port both are said.
func TestSilentBehindBlockedPort(t *testing.T) {
	t.Parallel()
	both := look(follower, leader, but(hung, peers(snapshot.Refused, snapshot.Filtered)))
	r := both.on(1).twice().report()
	for _, f := range r.Findings {
		if f.Code == QuorumPortFiltered && !strings.Contains(f.Summary, "(hung), or is still loading") {
			t.Errorf("its silence is not said: %s", f.Summary)
		}
	}
	if len(concluded(r, QuorumPortFiltered)) == 0 {
		t.Error("a blocked port is not found")
	}
	held := func(l *snapshot.Local) { l.Process.State = "T" }
	if got := concluded(both.on(3, held).twice().report(), ServerHung); len(got) == 0 {
		t.Error("a stopped process is not found behind a blocked port")
	}
}
