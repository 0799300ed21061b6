package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func memoryRules() []rule {
	const heapSpace = "java.lang.OutOfMemoryError: Java heap space"
	still := func(count, sum int) scene { return look(stoodStill(count, sum), leader, follower) }
	unseen := func(l *snapshot.Local) {
		l.Process.Memory = snapshot.Failed[snapshot.Memory](&snapshot.Failure{Kind: snapshot.Denied, Text: "/proc/1003/status: permission denied"}, quick)
	}
	return []rule{
		{
			HeapPressure,
			[]fire{
				{"out of memory, and runs", healthy().on(3, remembers(1000, 0), ranOut(heapSpace)), "warning proven zk3"},
				{"and serves nobody", look(follower, leader, looking).on(3, remembers(1000, 0), ranOut(heapSpace)).twice(), "warning proven zk3"},
				{"and is gone", out().on(3, stopped, ranOut(heapSpace)), "warning likely zk3"},
				{"the kernel killed it", out().on(3, stopped, ended("oom-kill", 2, 9)), "warning proven zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, ranOut(heapSpace)), "critical likely zk3"},
				{"more than its group may have", healthy().on(3, remembers(4000, 1024)), "warning likely zk3"},
				{"more than the host has", healthy().on(3, remembers(20000, 0)), "warning likely zk3"},
				{"a neighbour in its group was killed", healthy().on(3, remembers(1000, 2000, func(m *snapshot.Memory) { m.Group.Value.Kills.Value = 2 })), "warning likely zk3"},
				{"stands still", still(26, 6_500).after(still(20, 5_000)), "warning likely zk1"},
				{"stands still, seen on its host", still(26, 6_500).on(1, remembers(1000, 0)).after(still(20, 5_000).on(1, remembers(1000, 0))), "warning likely zk1"},
			},
			[]alike{
				{"enough", healthy().on(3, remembers(1000, 2000)).twice()},
				{"as much as its group may have", healthy().on(3, remembers(1000, 1000))},
				{"no size given", healthy().on(3, remembers(0, 512))},
				{"a group that is not seen", healthy().on(3, remembers(1000, 1, func(m *snapshot.Memory) {
					m.Group = snapshot.Failed[snapshot.MemoryGroup](&snapshot.Failure{Kind: snapshot.Absent, Text: "not seen"}, quick)
				}))},
				{"too many threads", healthy().on(3, remembers(1000, 0), ranOut("java.lang.OutOfMemoryError: unable to create new native thread"))},
				{"out of memory before the last start", healthy().on(3, remembers(1000, 0), ranOut(heapSpace), func(l *snapshot.Local) { l.Log.Value.Begins = false })},
				{"the log of an earlier process", healthy().on(3, remembers(1000, 0), ranOut(heapSpace), func(l *snapshot.Local) { l.Log.Value.Modified = now().Add(-2 * time.Hour) })},
				{"collects garbage as all do", still(26, 5_030).after(still(20, 5_000))},
				{"stood still last night", still(26, 900_000).after(still(20, 900_000))},
				{"killed by an operator", out().on(3, stopped, ended("signal", 2, 9), logs(logline.Exit), func(l *snapshot.Local) { l.Log.Value.Begins = true })},
			},
			[]blind{
				{"no host, no monitor", healthy(), report.SkipLocalFiles},
				{"no host, one look", still(20, 5_000), report.SkipLocalFiles},
				{"its memory was not seen", healthy().on(3, unseen), report.SkipUndecided},
				{"nothing runs, and no log", out().on(3, stopped), report.SkipUndecided},
			},
		},
		{
			SwapInUse,
			[]fire{{"a part", healthy().on(3, remembers(1000, 0, func(m *snapshot.Memory) { m.Swapped = 200 * mib })), "info proven zk3"}},
			[]alike{
				{"none", healthy().on(3, remembers(1000, 0))},
				{"a few pages of its start", healthy().on(3, remembers(1000, 0, func(m *snapshot.Memory) { m.Swapped = mib }))},
			},
			[]blind{noLocal(), denied(), {"its memory was not seen", healthy().on(3, unseen), report.SkipUndecided}, {"it does not run", out().on(3, stopped), report.SkipUndecided}},
		},
	}
}
