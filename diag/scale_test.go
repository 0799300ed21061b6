//go:build linux

package diag

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// manyMembers are snapshots of n members, as an ensemble may show them and as they may be made up.
func manyMembers(n int) map[string]*snapshot.Snapshot {
	few := look(follower, leader, follower).edit(func(s *snapshot.Snapshot) {
		text := memberLines(n) + "\nversion=0" // of more than 1,000 no parser of conf would take
		list, err := zoocfg.ParseMembership(text)
		if err != nil {
			panic(err)
		}
		for i := range s.Servers {
			s.Servers[i].Conf.Value.Membership, s.Servers[i].Conf.Value.MembershipText = &list, text
		}
	})
	return map[string]*snapshot.Snapshot{
		"healthy":      few.grown(n),
		"file":         look(follower, leader, follower).file(zoo(n)).grown(n),
		"twice":        few.twice().grown(n),
		"3.4":          look(leader, follower, follower).as(oldest).file(zoo(n)).grown(n),
		"targets":      look(leader, follower, follower).as(oldest).grown(n),
		"down":         look(down, down, down).file(zoo(n)).grown(n),
		"half down":    look(leader, follower, down).file(zoo(n)).grown(n),
		"not serving":  look(looking, looking, looking).file(zoo(n)).twice().grown(n),
		"many leaders": look(leader, leader, leader).twice().grown(n),
		"one id":       look(leader, follower, follower).as(oldest).file(zoo(n)).grownAs(n, 1),
		"hung":         look(leader, follower, hung).file(zoo(n)).twice().grown(n),
		"unreachable":  look(gone, gone, gone).file(zoo(n)).twice().grown(n),
		"three report": few.snap(),
	}
}

// grown is the scene with n servers, the last of its own again and again, each at an address
// of its own. They share the list that they report.
func (s scene) grown(n int) *snapshot.Snapshot { return s.grownAs(n, 0) }

// grownAs is grown, with servers that all say to have that id; 0 for their own.
func (s scene) grownAs(n int, id int64) *snapshot.Snapshot {
	snap := s.snap()
	grow(snap, n, id)
	return snap
}

func grow(snap *snapshot.Snapshot, n int, as int64) {
	if snap.Before != nil {
		grow(snap.Before, n, as)
	}
	kinds := len(snap.Servers)
	for i := kinds; i < n; i++ {
		server := snap.Servers[i%kinds]
		if server.Srvr.Value.Mode == snapshot.ModeLeader {
			server = snap.Servers[kinds-1]
		}
		id := i + 1
		server.Name, server.Host = name(id), name(id)
		server.Resolve = snapshot.Saw([]netip.Addr{addrOf(id)}, quick)
		server.Client.Value.Remote = netip.AddrPortFrom(addrOf(id), 2181)
		if server.Conf.Seen() && server.Conf.Value.ServerID != nil {
			server.Conf.Value.ServerID = new(cmp.Or(as, int64(id)))
		}
		if c := snap.Plan.Config; c != nil {
			server.Member = c.Find(int64(id))
		}
		snap.Servers = append(snap.Servers, server)
		snap.Plan.Targets = append(snap.Plan.Targets, server.Target)
	}
}

// TestManyMembers: 3,000 members are diagnosed like three, in whatever state they are. The
// bound is a hundred times what it takes; with a walk through all servers for each
// pair of them it would be minutes.
func TestManyMembers(t *testing.T) {
	const n, bound = 3000, 10 * time.Second
	for name, snap := range manyMembers(n) {
		t.Run(name, func(t *testing.T) {
			started := cpu(t)
			r := Diagnose(snap, Options{})
			if took := cpu(t) - started; took > bound { // of tests that run beside it too
				t.Errorf("took %v", took)
			}
			if len(r.Servers) != len(snap.Servers) || r.Checks.Crashed > 0 {
				t.Errorf("%d servers, %v", len(r.Servers), r.Checks.Crashes)
			}
		})
	}
}

// BenchmarkManyMembers diagnoses 1,000 members, and says how many times as long 2,000 take,
// by the CPU of this process: the machine may be busy.
func BenchmarkManyMembers(b *testing.B) {
	few, many := manyMembers(1000), manyMembers(2000)
	for _, name := range slices.Sorted(maps.Keys(few)) {
		b.Run(name, func(b *testing.B) {
			started := cpu(b)
			benchmark(b, few[name])
			short := cpu(b) - started
			b.StopTimer()
			started = cpu(b)
			for range b.N {
				Diagnose(many[name], Options{})
			}
			b.ReportMetric(float64(short.Milliseconds())/float64(b.N), "ms-CPU")
			b.ReportMetric(float64(cpu(b)-started)/float64(short), "times-for-2000")
		})
	}
}

// cpu is what this process has had of the CPU.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
