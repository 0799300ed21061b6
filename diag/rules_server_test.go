package diag

import (
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func serverRules() []rule {
	stuck := func(l *snapshot.Local) { l.Process.State = "T" }
	quiet := but(hung, peers("-", "-"))
	return []rule{
		{
			ProcessDown,
			[]fire{
				{"both ports refuse", look(follower, leader, down), "warning likely zk3"},
				{"and no process runs there", look(follower, leader, down).on(3, stopped), "warning proven zk3"},
				{"it costs the quorum", look(down, down, looking), "critical likely zk1 zk2"},
			},
			[]alike{
				{"the election port is open", look(follower, leader, otherPort)},
				{"nothing answers", look(follower, leader, gone)},
				{"it is loading its data", look(follower, leader, starting)},
				{"it answers, without a listener", look(follower, leader, noListener)},
				{"its process was seen: something rejects", look(follower, leader, down).on(3)},
				{"its peer port is filtered", look(follower, leader, but(down, peers(snapshot.Filtered, snapshot.Filtered)))},
			},
			[]blind{
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"peer ports not probed", look(follower, leader, but(down, peers("-", "-"))), report.SkipNotLooked},
				{"not looked at", unvisited(), report.SkipNotLooked},
				{"refused, and the election port filtered", look(follower, leader, but(down, peers(snapshot.Filtered, snapshot.Filtered))), report.SkipUndecided},
			},
		},
		{
			ServerNotServing,
			[]fire{
				{"one look", look(follower, leader, looking), "info possible zk3"},
				{"two looks", look(follower, leader, looking).twice(), "warning proven zk3"},
				{"no quorum", look(looking, looking, looking).twice(), "critical proven zk1 zk2 zk3"},
				{"it may lead those that were not seen", look(gone, secretLeader, gone).twice(), "warning likely zk2"},
				{"its closed port shows that it does not lead", look(gone, looking, gone).twice(), "warning proven zk2"},
			},
			[]alike{
				{"leaderServes=no", look(follower, secretLeader, follower)},
				{"hung", look(follower, leader, hung)},
				{"read-only", look(readOnly, down, down)},
				{"serves clients, answers no word", look(follower, leader, silentServer)},
			},
			[]blind{
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"not looked at", unvisited(), report.SkipNotLooked},
				{"cut short", look(follower, leader, cancelled), report.SkipNotLooked},
				{"closes without a word", look(follower, leader, closing), report.SkipUndecided},
			},
		},
		{
			ServerStarting,
			[]fire{
				{"silent, no listener yet", look(follower, leader, starting), "info likely zk3"},
				{"for a minute", look(follower, leader, starting).on(3, young(time.Minute)), "info likely zk3"},
				{"for six minutes", look(follower, leader, starting).on(3, young(6*time.Minute)), "warning likely zk3"},
			},
			[]alike{
				{"hung: its listener is there", look(follower, leader, hung)},
				{"down", look(follower, leader, down)},
				{"no listener, and answers", look(follower, leader, noListener)},
				{"its sockets listen: something rejects in its name", look(follower, leader, down).on(3)},
			},
			[]blind{
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"election port not probed", look(follower, leader, quiet), report.SkipUndecided},
			},
		},
		{
			ServerHung,
			[]fire{
				{"one look", look(follower, leader, hung), "info possible zk3"},
				{"two looks", look(follower, leader, hung).twice(), "warning likely zk3"},
				{"stopped by a signal", look(follower, leader, hung).on(3, stuck), "warning proven zk3"},
				{"it costs the quorum", look(down, looking, hung).on(3, stuck).twice(), "critical proven zk3"},
				{"its queue is full, one look", look(follower, but(leader, insync(1)), queueFull), "info possible zk3"},
				{"its queue is full, two looks", look(follower, but(leader, insync(1)), queueFull).twice(), "warning likely zk3"},
				{"first silent, then its queue is full", look(follower, but(leader, insync(1)), queueFull).after(look(follower, leader, hung)), "warning likely zk3"},
				{"its queue is full, stopped by a signal", look(follower, leader, queueFull).on(3, stuck), "warning proven zk3"},
			},
			[]alike{
				{"a firewall before its client port: it follows", look(follower, but(leader, insync(2)), queueFull).twice()},
				{"a firewall that says so", look(follower, but(leader, insync(1)), but(queueFull, forbids)).twice()},
				{"an observer in the same state", look(follower, but(leader, insync(1)), queueFull).observing(3).twice()},
				{"loading its data", look(follower, leader, starting)},
				{"slow in the look before", look(follower, leader, follower).after(look(follower, leader, hung))},
				{"closes at once", look(follower, leader, closing)},
			},
			[]blind{
				{"election port not probed", look(follower, leader, quiet), report.SkipUndecided},
				{"election port filtered", look(follower, leader, but(hung, peers(snapshot.Filtered, snapshot.Filtered))), report.SkipUndecided},
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"swallows connections, and nobody counts followers", look(follower, but(leader, whitelisted), queueFull).twice(), report.SkipUndecided},
				{"swallows connections, another follower was not seen", look(but(leader, insync(1)), gone, queueFull).twice(), report.SkipUndecided},
			},
		},
		{
			LeaderServesNo,
			[]fire{
				{"inferred", look(follower, secretLeader, follower).twice(), "info likely zk2"},
				{"inferred from one look", look(follower, secretLeader, follower), "info possible zk2"},
				{"beside one that hangs and has no leader's port", look(follower, secretLeader, hung).twice(), "info likely zk2"},
				{"its file says so", look(follower, secretLeader, follower).onWith(2, zoo(3, "leaderServes=no")).twice(), "info proven zk2"},
				{"its file says so, in one check", look(follower, secretLeader, follower).onWith(2, zoo(3, "leaderServes=no")), "info likely zk2"},
			},
			[]alike{
				{"the quorum port is closed", look(follower, looking, follower)},
				{"another leads", look(leader, secretLeader, follower)},
				{"nobody follows", look(looking, secretLeader, looking)},
				{"one that hangs may lead", look(follower, secretLeader, but(hung, peers("", ""))).twice()},
				{"it led and served a moment ago", look(follower, secretLeader, follower).after(look(follower, leader, follower))},
				{"with its one follower it is no quorum", look(follower, secretLeader, looking, looking, looking).twice()},
			},
			[]blind{
				{"a voter is unseen", look(follower, secretLeader, gone), report.SkipUnreachable},
				{"a voter was not named", look(follower, secretLeader).membership(three...), report.SkipUndecided},
				{"the quorum port was not probed", look(follower, but(looking, peers("-", "-")), follower), report.SkipNotLooked},
			},
		},
		{
			CmdNotWhitelisted,
			[]fire{
				{"srvr alone is allowed", look(but(follower, whitelisted), leader, follower), "info proven zk1"},
				{"recorded", look(follower, leader, but(looking, func(s *snapshot.Server) {
					s.Ruok = reply(newest, "not-whitelisted", snapshot.WordRuok, snapshot.ParseRuok)
				})), "info proven zk3"},
			},
			[]alike{
				{"an empty answer", look(follower, leader, closing)},
				{"not serving", look(follower, leader, looking)},
				{"all words", look(follower, leader, follower)},
			},
			[]blind{
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"the words were cut short", look(but(follower, noWords), but(leader, noWords), but(follower, noWords)), report.SkipNotLooked},
			},
		},
	}
}

// TestSeverityOfFaults: critical when it costs the quorum, a warning else.
func TestSeverityOfFaults(t *testing.T) {
	t.Parallel()
	runGrid(t, []row{
		{
			"one server without myid, quorum held", look(follower, leader, down).on(3, stopped, noMyid(snapshot.Absent)),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root myid-missing warning proven zk3", "fold degraded-no-spare warning proven", "fold process-down warning proven zk3"),
		},
		{
			"one server without myid, quorum lost", look(down, looking, down).on(3, stopped, noMyid(snapshot.Absent)).twice(),
			"down 2: 0 of 3 by file, need 2, spare -1",
			findings("root myid-missing critical proven zk3", "root process-down critical likely zk1", "fold quorum-lost critical proven",
				"fold process-down critical proven zk3", "fold server-not-serving critical proven zk2"),
		},
	})
}
