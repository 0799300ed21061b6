package thishost

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"syscall"
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
	table := readListeners(ctx, proc)
	left, users := map[uint64]netip.AddrPort{}, map[uint64]bool{}
	for _, s := range table.sockets {
		if slices.Contains(wanted, s.local) {
			left[s.inode], users[s.uid] = s.local, true
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
	pids = usersFirst(pids, users)
	var owners []snapshot.SocketOwner
	why := &snapshot.Failure{Kind: snapshot.Absent, Text: "no process of this host has the socket"}
	for _, pid := range pids {
		if len(left) == 0 {
			break
		}
		if ctx.Err() != nil || time.Now().After(until) {
			why = &snapshot.Failure{Kind: snapshot.Cancelled, Text: "the time to search for it was over"}
			break
		}
		found, err := h.counted().listening(ctx, int(pid))
		switch {
		case errors.Is(err, fs.ErrPermission):
			why = &snapshot.Failure{Kind: snapshot.Denied, Text: "only root may see which program listens there"}
		case errors.Is(err, errFilesOfUser):
			why = fileFailure(fdOf(int(pid)), err)
		case found.more:
			why = fileFailure(fdOf(int(pid)), errManyFiles)
		}
		for inode, at := range left {
			if found.inodes[inode] {
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

// usersFirst puts the processes of these users before others: whoever opened a socket has it, or
// a process that he left it to.
func usersFirst(pids []int32, users map[uint64]bool) []int32 {
	var theirs, others []int32
	for _, pid := range pids {
		var stat syscall.Stat_t
		if syscall.Stat(procOf(int(pid)), &stat) == nil && users[uint64(stat.Uid)] {
			theirs = append(theirs, pid)
		} else {
			others = append(others, pid)
		}
	}
	return slices.Concat(theirs, others)
}

func (h Host) ownerOfSocket(ctx context.Context, pid int32, at netip.AddrPort) snapshot.SocketOwner {
	o := snapshot.SocketOwner{Addr: at, PID: int(pid), User: userOf(ctx, pid), Started: startOf(ctx, pid)}
	program, jvm, err := h.programOf(ctx, owned{int(pid), procOwner(int(pid))})
	if err == nil {
		o.Program, o.JVM = program.Value, jvm
	}
	return o
}
