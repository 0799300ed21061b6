package diag

import (
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
