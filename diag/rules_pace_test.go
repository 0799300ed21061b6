package diag

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// summed sets the count and the sum of a summary.
func summed(name string, count, sum int) func(*snapshot.Server) {
	return counts("zk_cnt_"+name, fmt.Sprint(count), "zk_sum_"+name, fmt.Sprint(sum))
}

// prometheus is summed as Prometheus's provider writes it.
func prometheus(name string, count, sum int) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Mntr = reply(newest, "leader-prometheus", snapshot.WordMntr, snapshot.ParseMntr)
		counts("zk_"+name+"_count", fmt.Sprintf("%d.0", count), "zk_"+name+"_sum", fmt.Sprintf("%d.0", sum))(s)
	}
}

// waiting sets how many requests wait.
func waiting(n int64) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Srvr.Value.Outstanding = n }
}

// third is three servers that serve, the third with changes.
func third(changes ...func(*snapshot.Server)) scene {
	return look(follower, leader, but(follower, changes...))
}

// paceRules are about what happens between two looks.
func paceRules() []rule {
	// A hundred in the 3 s between both looks.
	between := func(name string, ms int) scene {
		return third(summed(name, 200, 1000+100*ms)).after(third(summed(name, 100, 1000)))
	}
	blindTwice := append(blindNetwork(),
		blind{"one look", healthy(), report.SkipOneLook},
		blind{"3.4 has no sums", healthy().as(oldest).twice(), report.SkipNotReported},
		blind{"mntr is not allowed", look(but(follower, whitelisted), but(leader, whitelisted)).twice(), report.SkipNotReported},
	)
	// late is zk3 so many transactions behind zk2.
	late := func(n uint32) scene {
		return look(but(follower, wrote(7, 500000)), but(leader, wrote(7, 500000)), but(follower, wrote(7, 500000-n)))
	}
	// leads is zk2 leading in an epoch.
	leads := func(epoch uint32) scene { return look(follower, but(leader, wrote(epoch, 0)), follower) }
	return []rule{
		{
			FsyncSlow,
			[]fire{
				{"200 ms each, and none over 300", third(summed(fsyncTime, 200, 21000), counts("zk_max_fsynctime", "300")).after(third(summed(fsyncTime, 100, 1000))), "warning proven zk3"},
				{"mostly one, as of a machine that stood still", third(summed(fsyncTime, 120, 4000), counts("zk_max_fsynctime", "2800")).after(third(summed(fsyncTime, 100, 1000))), "warning likely zk3"},
				{"200 ms each, as Prometheus's provider tells it", third(prometheus(fsyncTime, 200, 21000)).after(third(prometheus(fsyncTime, 100, 1000))), "warning likely zk3"},
			},
			[]alike{
				{"100 ms each", between(fsyncTime, 100)},
				{"slow long ago", third(summed(fsyncTime, 200, 90100)).after(third(summed(fsyncTime, 100, 90000)))},
				{"slow long ago, and no write since", third(summed(fsyncTime, 100, 90000)).twice()},
				{"one slow sync", third(summed(fsyncTime, 101, 9000)).after(third(summed(fsyncTime, 100, 1000)))},
				{"one look", third(summed(fsyncTime, 100, 90000))},
			},
			append(blindTwice, blind{"restarted in between", third(summed(fsyncTime, 20, 4000)).after(third(summed(fsyncTime, 100, 1000))), report.SkipUndecided}),
		},
		{
			LatencyHigh,
			[]fire{
				{"writes", between(updateLatency, 101), "warning proven zk3"},
				{"reads", between(readLatency, 300), "warning proven zk3"},
				{"a queue in both looks", third(waiting(11)).twice(), "warning proven zk3"},
				{"a queue in both looks, 3.4", third(waiting(11)).as(oldest).twice(), "warning proven zk3"},
				{"a queue in both looks, mntr is not allowed", third(whitelisted, waiting(11)).twice(), "warning proven zk3"},
			},
			[]alike{
				{"slow long ago", third(summed(updateLatency, 200, 90100)).after(third(summed(updateLatency, 100, 90000)))},
				{"one slow request", third(summed(readLatency, 101, 9000)).after(third(summed(readLatency, 100, 1000)))},
				{"a queue that passed", third(waiting(1)).after(third(waiting(500)))},
				{"a queue that comes", third(waiting(500)).after(third(waiting(1)))},
				{"a short queue", third(waiting(10)).twice()},
				{"one look", third(waiting(500))},
			},
			append(blindTwice, blind{"restarted in between", third(summed(readLatency, 20, 4000)).after(third(summed(readLatency, 100, 1000))), report.SkipUndecided}),
		},
		{
			FollowerLagging,
			[]fire{
				{"farther each time", late(5000).after(late(4000)), "warning likely zk3"},
				{"as far", late(5000).twice(), "warning likely zk3"},
				{"no write of this epoch yet, of 5,000", look(but(follower, wrote(7, 5000)), but(leader, wrote(7, 5000)), but(follower, wrote(6, 900000))).twice(), "warning likely zk3"},
				{"an observer", look(but(follower, wrote(7, 9000)), but(leader, wrote(7, 9000)), but(follower, wrote(7, 9000)), but(observer, wrote(7, 10))).observing(4).twice(), "warning likely zk4"},
			},
			[]alike{
				{"it catches up", late(4000).after(late(5000))},
				{"a thousand", late(1000).twice()},
				{"in one look only", late(5000).after(late(1000))},
				{"no write since the election", look(but(follower, wrote(6, 9)), but(leader, wrote(7, 0)), but(follower, wrote(7, 0))).twice()},
				{
					// 1,000,000 a second, and 2 ms in which both are asked: 2,000 are nothing.
					"a leader so fast that one look is behind the other",
					look(but(follower, wrote(7, 4000000)), but(leader, wrote(7, 4000000)), but(follower, wrote(7, 3997500))).
						after(look(but(follower, wrote(7, 1000000)), but(leader, wrote(7, 1000000)), but(follower, wrote(7, 997500)))),
				},
				{"alone", look(standalone).twice()},
			},
			append(blindNetwork(),
				blind{"one look", late(5000), report.SkipOneLook},
				blind{"the leader was not seen", look(follower, gone, follower).twice(), report.SkipNotReported},
				blind{"of a newer epoch than its leader", look(follower, but(leader, wrote(7, 5)), but(follower, wrote(8, 5))).twice(), report.SkipUndecided},
				blind{"its zxid was not seen before", late(5000).after(look(follower, but(leader, wrote(7, 1)), gone)), report.SkipUndecided},
				blind{"another leader before", late(5000).after(look(leader, follower, follower)), report.SkipUndecided},
			),
		},
		{
			LeaderFlapping,
			[]fire{
				{"two elections in 3 s", leads(9).after(leads(7)), "warning likely zk2"},
				{"and another leader", look(but(leader, wrote(9, 0)), follower, follower).after(leads(7)), "warning likely zk1 zk2"},
			},
			[]alike{
				{"one election", leads(8).after(leads(7))},
				{"none", leads(7).twice()},
				{"two in five minutes", leads(9).after(leads(7)).edit(func(s *snapshot.Snapshot) { s.Started = s.Started.Add(5 * time.Minute) })},
				{"alone", look(standalone).twice()},
			},
			[]blind{
				{"all unreachable", unseen(), report.SkipUnreachable},
				{"one look", leads(9), report.SkipOneLook},
				{"no leader in the first look", leads(9).after(look(looking, looking, looking)), report.SkipNotReported},
				{"no leader now", look(follower, gone, follower).after(leads(9)), report.SkipNotReported},
				{"an older epoch", leads(7).after(leads(9)), report.SkipUndecided},
			},
		},
	}
}

// TestAsksAgain: what is slow or behind in one look is worth another, and a
// healthy ensemble is not.
func TestAsksAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scene scene
		want  bool
	}{
		"healthy":                      {healthy(), false},
		"healthy 3.4":                  {healthy().as(oldest), false},
		"slow syncs, ever":             {third(summed(fsyncTime, 100, 90000)), true},
		"slow writes, ever":            {third(summed(updateLatency, 100, 90000)), true},
		"slow reads, ever":             {third(summed(readLatency, 100, 90000)), true},
		"quick ones":                   {third(summed(readLatency, 100, 9000)), false},
		"a queue":                      {third(waiting(11)), true},
		"a follower behind":            {look(follower, but(leader, wrote(7, 5000)), but(follower, wrote(7, 5))), true},
		"first writes of a new leader": {look(follower, but(leader, wrote(7, 9)), but(follower, wrote(6, 5))), false},
	} {
		if got := c.scene.report().LookAgain; got != c.want {
			t.Errorf("%s: asks again: %t, want %t", name, got, c.want)
		}
	}
}

// TestPaceFolds: a slow disk explains what follows from it.
func TestPaceFolds(t *testing.T) {
	t.Parallel()
	slow := func(n int) scene {
		return third(summed(fsyncTime, 100*n, 30000*n), summed(updateLatency, 100*n, 30000*n))
	}
	runGrid(t, []row{{
		"a slow disk and slow writes", slow(2).after(slow(1)), "serving 1: 3 of 3 by conf, need 2, spare 1",
		findings("root fsync-slow warning likely zk3", "fold latency-high warning proven zk3"),
	}})
}

// TestComparedKeys: a first look of which only these keys are left tells the same.
func TestComparedKeys(t *testing.T) {
	t.Parallel()
	compared := ComparedKeys()
	for name, s := range everyScene() {
		snap := s.snap()
		if snap.Before == nil {
			continue
		}
		want := digest(Diagnose(snap, Options{}))
		for i := range snap.Before.Servers {
			mntr := &snap.Before.Servers[i].Mntr.Value
			mntr.Keys = slices.DeleteFunc(mntr.Keys, func(p snapshot.Pair) bool { return !slices.Contains(compared, p.Key) })
		}
		if diff := cmp.Diff(want, digest(Diagnose(snap, Options{}))); diff != "" {
			t.Errorf("%s: -whole +slim\n%s", name, diff)
		}
	}
}
