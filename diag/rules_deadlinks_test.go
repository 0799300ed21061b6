package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// forgotten is a connection of zk2 that carries nothing: to zk1, which it has called, or with
// zk3, which has called it.
func forgotten(with int, unacked string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		ends := map[int]string{1: "192.0.2.2:40001 192.0.2.1:3888 ", 3: "192.0.2.2:3888 192.0.2.3:40002 "}
		unlinked(addrOf(with).String())(l)
		linked(ends[with] + unacked)(l)
	}
}

func deadLinkRules() []rule {
	// zk3 led, and was killed.
	left := look(looking, looking, down)
	dead := forgotten(1, "unacked=86/6")
	dead3 := forgotten(3, "unacked=86/6")
	before := left.on(2, forgotten(1, "unacked=43/2"))
	blockedPort := but(looking, peers("refused", "filtered"))
	unprobed := but(looking, peers("-", "-"))
	out := look(follower, looking, leader)
	return []rule{{
		PeerConnectionDead,
		[]fire{
			{"it costs the quorum", left.on(2, dead).after(before), "critical proven zk2"},
			{"nothing more was written", left.on(2, dead).twice(), "critical proven zk2"},
			{"it had not been sent again in the first check", left.on(2, dead).after(left.on(2, forgotten(1, "unacked=43/0"))), "critical proven zk2"},
			{"not longer than where most packets are lost", left.on(2, forgotten(1, "unacked=86/5")).twice(), "critical likely zk2"},
			{"one of two for long", out.on(2, dead, forgotten(3, "unacked=86/2")).twice(), "warning proven zk2"},
			{"the other has called this one", left.on(1, func(l *snapshot.Local) {
				unlinked("192.0.2.2")(l)
				linked("192.0.2.1:3888 192.0.2.2:40001 unacked=86/6")(l)
			}).twice(), "critical likely zk1"},
			{"both with all others, and those serve", out.on(2, dead, dead3).twice(), "warning proven zk2"},
			{"whose it is cannot be seen", left.on(2, dead, ownersDenied).after(before), "critical proven zk2"},
			{"no port was probed", look(unprobed, unprobed, down).on(2, dead).twice(), "info possible zk2"},
			{"it still reaches a quorum", out.on(2, dead).twice(), "info possible zk2"},
		},
		[]alike{
			{"nothing waits", left.on(2).twice()},
			{"it serves, and is busy", look(leader, follower, follower).on(2, dead).twice()},
			{"acknowledged meanwhile, and written to anew", left.on(2, forgotten(1, "unacked=86/0")).after(before)},
			{"a part was acknowledged", left.on(2, forgotten(1, "unacked=20/1")).after(before)},
			{"sent again less often than before: something came through", left.on(2, forgotten(1, "unacked=86/1")).after(before)},
			{"another connection", left.on(2, unlinked("192.0.2.1"), linked("192.0.2.2:40009 192.0.2.1:3888 unacked=86/6")).after(before)},
			{"the port is blocked for new ones", look(blockedPort, looking, down).on(2, dead).twice()},
			{"the other host is gone", look(gone, looking, down).on(2, dead).twice()},
			{"ZooKeeper does not run there", left.on(2, dead3).twice()},
			{"of another program", left.on(2, forgotten(1, "unacked=86/6 foreign")).twice()},
			{"with no member", left.on(2, linked("192.0.2.2:3888 192.0.2.50:40001 unacked=86/6")).twice()},
			{"at no peer port", left.on(2, linked("192.0.2.2:40001 192.0.2.1:22 unacked=86/6")).twice()},
		},
		[]blind{
			{"one check", left.on(2, dead), report.SkipOneLook},
			{"no own files", left, report.SkipLocalFiles},
			{"no process", left.on(3, stopped).twice(), report.SkipUndecided},
			{"connections not to be seen", left.on(2, unseenLinks).twice(), report.SkipUndecided},
			{"a member on loopback", left.on(2, resolves(1, "127.0.0.1"), dead).twice(), report.SkipUndecided},
			denied(),
		},
	}}
}

// TestDeadLinksExplainByNumber: a lost quorum follows from them only where those left are none.
func TestDeadLinksExplainByNumber(t *testing.T) {
	t.Parallel()
	dead := forgotten(1, "unacked=86/6")
	if r := look(looking, looking, down).on(2, dead).twice().report(); len(r.Unexplained) > 0 {
		t.Errorf("one down, one cut off: %v is said to be unexplained", r.Unexplained[0].Symptom)
	}
	r := look(looking, looking, looking, looking, down).on(2, dead).twice().report()
	if !slices.ContainsFunc(r.Unexplained, func(s report.Symptom) bool { return s.Symptom == QuorumLost }) {
		t.Errorf("three of five reach each other: a lost quorum is not unexplained")
	}
}

// TestDeadLinksFix: of two ends one is restarted, and the same from both hosts.
func TestDeadLinksFix(t *testing.T) {
	t.Parallel()
	left := look(looking, looking, down)
	other := left.on(1, unlinked("192.0.2.2"), linked("192.0.2.1:3888 192.0.2.2:40001 unacked=86/6")).from("zk1")
	r := merged(t, other.twice(), left.on(2, forgotten(1, "unacked=86/6")).from("zk2").twice())
	var hosts []string
	for _, f := range r.Findings {
		for _, fix := range f.Fix {
			if f.Code == PeerConnectionDead && strings.HasPrefix(fix.Note, "restart ") {
				hosts = append(hosts, fix.Host)
			}
		}
	}
	if !slices.Equal(hosts, []string{"zk1"}) {
		t.Errorf("to restart: %q, want zk1 alone", hosts)
	}
}
