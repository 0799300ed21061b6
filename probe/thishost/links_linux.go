package thishost

import (
	"context"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// linksOf are the connections on and to these ports in the network namespace of a
// process.
func (h Host) linksOf(ctx context.Context, pid int, ports []uint16) snapshot.Obs[snapshot.Links] {
	if len(ports) == 0 {
		return snapshot.Obs[snapshot.Links]{}
	}
	started := time.Now()
	proc := procOf(pid)
	var links snapshot.Links
	var inodes []uint64
	err := eachSocket(ctx, proc, func(s socket) {
		if s.state != tcpEstablished && s.state != tcpSynSent ||
			!slices.Contains(ports, s.local.Port()) && !slices.Contains(ports, s.remote.Port()) {
			return
		}
		links.Total++
		if len(links.Sockets) == maxLinks {
			return
		}
		// A connection that was not accepted is no file yet (net/ipv4/tcp_ipv4.c,
		// get_tcp4_sock): its inode is 0.
		links.Sockets = append(links.Sockets, snapshot.Link{
			Local: s.local, Remote: s.remote, Calling: s.state == tcpSynSent, Waiting: s.inode == 0,
			Unacked: s.unacked, Retries: s.retries,
		})
		inodes = append(inodes, s.inode)
	})
	if err != nil {
		return snapshot.Failed[snapshot.Links](fileFailure(proc+"/net/tcp", err), time.Since(started))
	}
	links.Owners = h.findOwn(ctx, &links, pid, inodes)
	slices.SortFunc(links.Sockets, snapshot.Link.Compare)
	return snapshot.Saw(links, time.Since(started))
}

// clientsOf counts the connections on these ports in the network namespace of a process that
// it has accepted.
func clientsOf(ctx context.Context, pid int, ports []uint16) snapshot.Obs[int] {
	started := time.Now()
	proc := procOf(pid)
	n := 0
	err := eachSocket(ctx, proc, func(s socket) {
		if s.state == tcpEstablished && s.inode != 0 && slices.Contains(ports, s.local.Port()) {
			n++
		}
	})
	if err != nil {
		return snapshot.Failed[int](fileFailure(proc+"/net/tcp", err), time.Since(started))
	}
	return snapshot.Saw(n, time.Since(started))
}

// findOwn finds out which of the sockets, which have these inodes, a process has open.
func (h Host) findOwn(ctx context.Context, l *snapshot.Links, pid int, inodes []uint64) snapshot.Obs[bool] {
	if len(inodes) == 0 {
		return snapshot.Saw(true, 0)
	}
	started := time.Now()
	own, err := h.counted().sockets(ctx, pid, maxDescriptors)
	switch {
	case err != nil:
		return snapshot.Failed[bool](fileFailure(fdOf(pid), err), time.Since(started))
	case own.more:
		return snapshot.Failed[bool](fileFailure(fdOf(pid), errManyFiles), time.Since(started))
	}
	for i, inode := range inodes {
		l.Sockets[i].Own = own.inodes[inode]
	}
	return snapshot.Saw(true, time.Since(started))
}
