package thishost

import (
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v3/process"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// lookAtOwners finds the processes that listen where the server would. Where none does, which is
// as it should be, no process is looked at.
func (h Host) lookAtOwners(ctx context.Context, l *snapshot.Local) {
	wanted := l.NotOwn()
	if len(wanted) == 0 {
		return
	}
	proc := ourselves
	if l.Process != nil {
		proc = procOf(l.Process.PID)
	}
	until := time.Now().Add(scanTime(ctx))
	l.Owners = observe(ctx, h, hostFiles{}, "who listens there", func(hostFiles) snapshot.Obs[[]snapshot.SocketOwner] {
		return h.ownersOf(ctx, proc, wanted, until)
	})
}

// ownersOf are the processes that have the listening sockets of a namespace at these addresses,
// of several with one the oldest. Only root may see those of all users.
func (h Host) ownersOf(
	ctx context.Context, proc string, wanted []netip.AddrPort, until time.Time,
) snapshot.Obs[[]snapshot.SocketOwner] {
	started := time.Now()
	table := readListeners(proc)
	left := map[uint64]netip.AddrPort{}
	for _, s := range table.sockets {
		if slices.Contains(wanted, s.local) {
			left[s.inode] = s.local
		}
	}
	if table.failure != nil {
		return snapshot.Failed[[]snapshot.SocketOwner](table.failure, time.Since(started))
	}
	pids, err := process.PidsWithContext(ctx)
	if err != nil {
		return snapshot.Failed[[]snapshot.SocketOwner](fileFailure("/proc", err), time.Since(started))
	}
	slices.Sort(pids)
	var owners []snapshot.SocketOwner
	why := &snapshot.Failure{Kind: snapshot.Absent, Text: "no process of this host has the socket"}
	for _, pid := range pids {
		if len(left) == 0 || time.Now().After(until) {
			break
		}
		inodes, _, failure := socketInodes(filepath.Join(procOf(int(pid)), "fd"), maxListenerFiles)
		if failure != nil && failure.Kind == snapshot.Denied {
			why = &snapshot.Failure{Kind: snapshot.Denied, Text: "only root may see which program listens there"}
		}
		for inode, at := range left {
			if inodes[inode] {
				owners = append(owners, h.ownerOfSocket(ctx, pid, at))
				delete(left, inode)
			}
		}
	}
	if len(owners) == 0 {
		return snapshot.Failed[[]snapshot.SocketOwner](why, time.Since(started))
	}
	slices.SortFunc(owners, func(a, b snapshot.SocketOwner) int { return a.Addr.Compare(b.Addr) })
	return snapshot.Saw(owners, time.Since(started))
}

func (h Host) ownerOfSocket(ctx context.Context, pid int32, at netip.AddrPort) snapshot.SocketOwner {
	o := snapshot.SocketOwner{Addr: at, PID: int(pid), User: userOf(ctx, pid), Started: startOf(ctx, pid)}
	program, jvm, err := h.programOf(ctx, owned{int(pid), procOwner(int(pid))})
	if err == nil {
		o.Program, o.JVM = program.Value, jvm
	}
	return o
}
