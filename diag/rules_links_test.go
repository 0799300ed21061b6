package diag

import (
	"slices"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// called has a log that tells of a call to zk3 in vain, so long ago.
func called(address string, ago time.Duration) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		logs(logline.PeerUnreached)(l)
		log := &l.Log.Value
		log.Lines[0].At, log.Lines[0].Text = "2026-11-22 03:04:05", "Cannot open channel to 3 at election address "+address+":3888"
		log.Lines[0].Fields = logline.Capture(logline.PeerUnreached, log.Lines[0].Text)
		log.Last, log.Modified = "2026-11-22 03:04:15", now().Add(10*time.Second-ago) // in the server's own zone
	}
}

// linkRules are about the connections on and to peer ports. zk1 looks; 192.0.2.50 is
// nobody's address.
func linkRules() []rule {
	const nonMember = "192.0.2.1:3888 192.0.2.50:50001"
	all := look(follower, leader, follower)
	two := look(follower, leader, looking)
	held := linked(nonMember, "192.0.2.1:3888 192.0.2.50:50002 waiting")
	queued := linked("192.0.2.1:3888 192.0.2.3:40009 waiting")
	const old = "192.0.2.1:40008 192.0.2.53:3888"
	stale := linked(old + " calling")
	moved := unlinked("192.0.2.3")
	known := func(text string) scene { return all.onWith(1, zoo(3), held).membership(text).twice() }
	return []rule{
		{
			ElectionPortHeld,
			[]fire{
				{"one waits behind one", all.on(1, held).twice(), "warning likely zk1"},
				{"a member waits behind it", two.on(1, unlinked("192.0.2.3"), held, queued).twice(), "warning likely zk1 zk3"},
				{"it costs the quorum", look(looking, down, looking).on(1, unlinked("192.0.2.3"), unlinked("192.0.2.2"), held, queued).twice(), "critical likely zk1 zk3"},
				{"alone, and nothing waits", all.on(1, linked(nonMember)).twice(), "info possible zk1"},
				{"alone, and the log tells of one", all.on(1, linked(nonMember), logs(logline.ChallengeTimeout)).twice(), "warning likely zk1"},
				{"the one that is missing is down", look(follower, leader, down).on(1, unlinked("192.0.2.3"), held).twice(), "warning likely zk1"},
				{"another connection each time", all.on(1, linked(nonMember)).after(all.on(1, linked("192.0.2.1:3888 192.0.2.50:60001"))), "info likely zk1"},
				{"from far behind the queue", all.on(1, linked(nonMember)).after(all.on(1, linked(nonMember+" waiting"))), "info possible zk1"},
			},
			[]alike{
				{"members only", all.on(1).twice()},
				{"a port that was probed and closed", all.on(1).after(all.on(1, held))},
				{"a connection of another host each time", all.on(1, linked(nonMember)).after(all.on(1, linked("192.0.2.1:3888 192.0.2.51:60001")))},
				{"a client of the host itself", all.on(1, linked("192.0.2.1:3888 192.0.2.1:50001")).twice()},
				{"by a second name of a member", all.on(1, resolves(3, "192.0.2.3", "192.0.2.50"), held).twice()},
				{"on the quorum port", all.on(1, linked("192.0.2.1:2888 192.0.2.50:50001", "192.0.2.1:2888 192.0.2.50:50002")).twice()},
				{"quorum SASL, where threads wait", all.onWith(1, zoo(3, "quorum.auth.enableSasl=true"), held).twice()},
				{"it calls out itself", all.on(1, linked("192.0.2.1:50001 192.0.2.50:3888")).twice()},
			},
			[]blind{
				{"no own files", all, report.SkipLocalFiles},
				{"one look", all.on(1, held), report.SkipOneLook},
				{"looks minutes apart", all.on(1, held).after(all.on(1, held, func(l *snapshot.Local) { l.Looked = l.Looked.Add(-5 * linksApart) })), report.SkipOneLook},
				{"it may be a member behind NAT", all.on(1, unlinked("192.0.2.3"), linked(nonMember)).twice(), report.SkipUndecided},
				{"it may be a member behind NAT that connects again", all.on(1, unlinked("192.0.2.3"), linked(nonMember)).after(all.on(1, linked("192.0.2.1:3888 192.0.2.50:60001"))), report.SkipUndecided},
				{"two of them", all.on(1, unlinked("192.0.2.3"), unlinked("192.0.2.2"), held).twice(), report.SkipUndecided},
				{"connections not to be seen", all.on(1, held, unseenLinks).twice(), report.SkipUndecided},
				{"more than were looked at", all.on(1, held, func(l *snapshot.Local) { l.Links.Value.Total = 1000 }).twice(), report.SkipUndecided},
				{"a member on loopback", all.on(1, resolves(3, "127.0.0.1"), held).twice(), report.SkipUndecided},
				{"a member's name means nothing", all.on(1, meansNothing(3), held).twice(), report.SkipUndecided},
				{"a container's names", all.on(1, unresolved, held).twice(), report.SkipUndecided},
				{"a member that its file does not have", known("server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\nserver.4=elsewhere:2888:3888"), report.SkipUndecided},
				{"it may be a server that joins", look(follower, but(leader, counts(model.NonVotingFollowers, "1")), follower).on(1, linked(nonMember)).twice(), report.SkipUndecided},
				{"process is stopped", all.on(1, held, func(l *snapshot.Local) { l.Process.State = "T" }).twice(), report.SkipUndecided},
				{"no process", all.on(1, stopped, held).twice(), report.SkipUndecided},
				{"its id is not known", all.on(1, held, unreadMyid).twice(), report.SkipUndecided},
				denied(),
			},
		},
		{
			PeerAddrStale,
			[]fire{
				{"it calls where the member was", two.on(1, moved, stale).twice(), "warning likely zk3"},
				{"it is connected there", two.on(1, moved, linked(old)).twice(), "warning likely zk3"},
				{"to the quorum port", two.on(1, moved, linked("192.0.2.1:40008 192.0.2.53:2888")).twice(), "warning likely zk3"},
				{"from another port each time", two.on(1, moved, stale).after(two.on(1, moved, linked("192.0.2.1:40007 192.0.2.53:3888 calling"))), "warning likely zk3"},
				{"it costs the quorum", look(looking, down, looking).on(1, unlinked("192.0.2.2"), moved, stale).twice(), "critical likely zk3"},
				{"a call was refused, says its log", two.on(1, moved, called("zk3/192.0.2.53", 40*time.Second)), "warning likely zk3"},
				{"a call in one look, and its log", two.on(1, moved, stale, called("zk3/192.0.2.53", time.Second)), "warning likely zk3"},
				{"a call in the second look, and its log", two.on(1, moved, stale, called("zk3/192.0.2.53", time.Second)).after(two.on(1, moved)), "warning likely zk3"},
				{"whose it is cannot be seen", two.on(1, moved, stale, ownersDenied).twice(), "info possible zk3"},
				{"the name means a host without ZooKeeper", look(follower, leader, down).on(1, moved, linked(old)).twice(), "info possible zk3"},
				{"two are not connected", two.on(1, moved, unlinked("192.0.2.2"), stale).twice(), "info possible zk2 zk3"},
				{"it serves nevertheless", all.on(1, moved, stale).twice(), "info possible zk3"},
			},
			[]alike{
				{"all where they are", all.on(1).twice()},
				{"a call of long ago", two.on(1, moved, called("zk3/192.0.2.53", 3*time.Minute))},
				{"a call where it is", two.on(1, moved, called("zk3/192.0.2.3", time.Second))},
				{"a call, and it is connected now", two.on(1, called("zk3/192.0.2.53", time.Second))},
				{"a call, and it serves", all.on(1, moved, called("zk3/192.0.2.53", time.Second))},
				{"a call, and it is down", look(follower, leader, down).on(1, moved, called("zk3/192.0.2.53", time.Second))},
				{"a call to a name without an address", two.on(1, moved, called("zk3/<unresolved>", time.Second))},
				{"once", two.on(1, moved).after(two.on(1, moved, stale))},
				{"who serves has another address too", all.on(1, moved, linked(old)).twice()},
				{"all are connected", all.on(1, stale).twice()},
				{"zkdoctor of another ensemble", two.on(1, moved, linked(old+" calling foreign")).twice()},
				{"who is connected to it", two.on(1, moved, linked("192.0.2.1:3888 192.0.2.53:50001", "192.0.2.1:2888 192.0.2.53:50002")).twice()},
				{"a client of something else", two.on(1, moved, linked("192.0.2.1:40008 192.0.2.53:443")).twice()},
			},
			[]blind{
				{"no own files", two, report.SkipLocalFiles},
				{"one look", two.on(1, moved, stale), report.SkipOneLook},
				{"a member's name means nothing", two.on(1, meansNothing(3), moved, stale).twice(), report.SkipUndecided},
				{"a container's names", two.on(1, unresolved, moved, stale).twice(), report.SkipUndecided},
				{"its id is not known", two.on(1, moved, stale, unreadMyid).twice(), report.SkipUndecided},
				{"connections not to be seen", two.on(1, stale, unseenLinks).twice(), report.SkipUndecided},
				denied(),
			},
		},
	}
}

// TestMergedLinks: of several hosts each has its own two looks.
func TestMergedLinks(t *testing.T) {
	t.Parallel()
	held := linked("192.0.2.1:3888 192.0.2.50:50001", "192.0.2.1:3888 192.0.2.50:50002 waiting")
	all := look(follower, leader, follower)
	r := merged(t, all.on(1, held).from("zk1").twice(), all.on(3).from("zk3").twice())
	if got := concluded(r, ElectionPortHeld); !slices.Equal(got, []string{"warning likely zk1"}) {
		t.Errorf("got %q", got)
	}
}
