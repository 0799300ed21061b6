package diag

import (
	"fmt"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// leading is zk2 leading two followers, with changes.
func leading(changes ...func(*snapshot.Server)) scene {
	return look(follower, but(leader, append([]func(*snapshot.Server){wrote(7, 100)}, changes...)...), follower)
}

// counted sets how many writes a leader has proposed, and confirmed.
func counted(proposed, committed int) func(*snapshot.Server) {
	return counts(model.Proposals, fmt.Sprint(proposed), model.Commits, fmt.Sprint(committed))
}

// reads sets how many reads a server has served, and how long they took, in milliseconds.
func reads(n, ms int) func(*snapshot.Server) { return summed(readLatency, n, ms) }

func commitRules() []rule {
	// deaf is zk2 leading followers that do not answer.
	deaf := func(changes ...func(*snapshot.Server)) scene {
		s := leading(changes...)
		s.states = []state{hung, s.states[1], hung}
		return s.membership(three...)
	}
	grouped := []string{
		"server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant", "server.3=zk3:2888:3888:participant",
		"group.1=1:2:3", "weight.1=0", "weight.2=1", "weight.3=0",
	}
	return []rule{{
		LeaderNotCommitting,
		[]fire{
			{"its followers do not answer, and requests wait", deaf(waiting(3)).twice(), "critical likely zk2"},
			{"as 3.4 tells it, by the file", deaf(waiting(3)).as(oldest).file(zoo(3)).twice(), "critical likely zk2"},
			{"too few are in sync", leading(insync(0)).twice(), "critical likely zk2"},
			{"what waits was proposed before the first look", leading(waiting(1), counted(1, 0), reads(0, 0)).twice(), "critical likely zk2"},
			{"clients of a follower wait for it", look(but(follower, waiting(1), reads(0, 0)), but(leader, wrote(7, 100), counted(1, 0)), follower).twice(), "critical likely zk2"},
			{"of five", look(follower, but(leader, wrote(7, 100), insync(1)), follower, follower, follower).twice(), "critical likely zk2"},
			{"it proposes, and confirms nothing", leading(waiting(5), counted(30, 20)).after(leading(waiting(2), counted(25, 20))), "critical likely zk2"},
		},
		[]alike{
			{"nobody writes", leading().twice()},
			{"it writes, with few in sync", leading(insync(0)).after(look(follower, but(leader, wrote(7, 99), insync(0)), follower))},
			{"readers alone", leading(waiting(50), counted(30, 30)).twice()},
			{"a write that never was confirmed, long ago", leading(waiting(1), counted(31, 30), reads(9000, 2000)).after(leading(waiting(1), counted(31, 30), reads(0, 0)))},
			{"a write under way in one of both checks", leading(waiting(1), counted(31, 30)).after(leading(counted(30, 30)))},
			{"it confirms some", leading(waiting(5), counted(40, 31)).after(leading(waiting(5), counted(30, 30)))},
			{"few were in sync once", leading(insync(1)).after(leading(insync(0)))},
			{"its followers do not answer, and nothing waits", deaf().twice()},
			{"they answered a moment ago", deaf(waiting(3)).after(leading(waiting(3)))},
			{"another led", leading(insync(0)).after(look(but(leader, wrote(7, 100), insync(0)), follower, follower))},
			{"what it proposed in an earlier term is open, and nothing waits", leading(counted(40, 39), reads(10, 5)).after(leading(counted(40, 39), reads(0, 0)))},
			{"the same, and reads wait in both", leading(waiting(3), counted(40, 39), reads(9000, 2000)).after(leading(waiting(3), counted(40, 39), reads(0, 0)))},
			{"a slow disk: requests wait, and are served", leading(waiting(30), counted(45, 42), reads(0, 0), wrote(7, 103)).after(leading(waiting(30), counted(42, 40), reads(0, 0)))},
			{"one of three does not answer", look(hung, but(leader, wrote(7, 100), waiting(3)), follower).twice()},
			{"observers do not answer", look(follower, but(leader, wrote(7, 100), waiting(3)), follower, hung, hung).observing(4, 5).twice()},
			{"weights: it has all the votes", leading(insync(0)).membership(grouped...).twice()},
			{"a standalone server", look(but(standalone, waiting(3))).twice()},
			{"one look, and nothing waits", leading()},
		},
		[]blind{
			{"one look", leading(waiting(1)), report.SkipOneLook},
			{"one look, too few in sync", leading(insync(0)), report.SkipOneLook},
			{"no leader seen", look(follower, gone, follower).twice(), report.SkipNotReported},
			{"not looked at", unvisited(), report.SkipNotReported},
			{"how many there are is not known", leading(insync(0)).as(oldest).twice(), report.SkipNotReported},
			{"an oracle votes", leading(insync(0)).onWith(1, zoo(3, "oraclePath=/var/oracle")).twice(), report.SkipUndecided},
			{"an oracle votes, by the file", leading(insync(0)).file(zoo(3, "oraclePath=/var/oracle")).twice(), report.SkipUndecided},
		},
	}}
}

// TestStalled: the verdict says that writes hang, and who is out comes first.
func TestStalled(t *testing.T) {
	t.Parallel()
	s := look(hung, but(leader, wrote(7, 100), waiting(3)), hung).membership(three...).twice()
	runGrid(t, []row{{
		"followers that hang", s, "down 2: 1 of 3 by conf, need 2, spare -1",
		findings("root server-hung critical likely zk1 zk3", "show leader-not-committing critical likely zk2", "fold quorum-lost critical likely"),
	}})
	r := s.report()
	if !slices.Contains(r.Findings[0].Explains, string(LeaderNotCommitting)) {
		t.Errorf("server-hung explains %v", r.Findings[0].Explains)
	}
}
