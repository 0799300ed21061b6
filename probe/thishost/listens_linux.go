package thishost

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/procfs"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// listenerTable are the listening sockets of one network namespace.
type listenerTable struct {
	sockets []socket
	// all are their addresses, for all processes of the namespace: nobody may change it.
	all     []netip.AddrPort
	failure *snapshot.Failure
	took    time.Duration
}

// listenerTables are those of the namespaces looked at so far, by the kernel's name for
// each: many processes share one, and its table may be long.
type listenerTables map[string]listenerTable

// of is the table of the namespace that a process is in.
func (t listenerTables) of(ctx context.Context, pid int) listenerTable {
	proc := procOf(pid)
	name, err := os.Readlink(filepath.Join(proc, "ns", "net"))
	if err != nil {
		return readListeners(ctx, proc) // its namespace has no name for us
	}
	if table, read := t[name]; read {
		return table
	}
	table := readListeners(ctx, proc)
	if table.failure == nil {
		t[name] = table // of another process it may be read where one has just ended
	}
	return table
}

func readListeners(ctx context.Context, proc string) listenerTable {
	started := time.Now()
	var table listenerTable
	err := eachSocket(ctx, proc, func(s socket) {
		if s.state == tcpListen {
			table.sockets = append(table.sockets, s)
		}
	})
	if err != nil {
		table.failure = fileFailure(proc+"/net/tcp", err)
	}
	table.all = addrsOfSockets(table.sockets)
	table.took = time.Since(started)
	return table
}

// listenersOf are the listening sockets of the network namespace of a process. Anybody may
// read them; who owns one is root's to know.
func listenersOf(ctx context.Context, proc string) snapshot.Obs[[]netip.AddrPort] {
	return readListeners(ctx, proc).addrs()
}

func (t listenerTable) addrs() snapshot.Obs[[]netip.AddrPort] {
	if t.failure != nil {
		return snapshot.Failed[[]netip.AddrPort](t.failure, t.took)
	}
	return snapshot.Saw(t.all, t.took)
}

func addrsOfSockets(sockets []socket) []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, s := range sockets {
		addrs = append(addrs, s.local)
	}
	slices.SortFunc(addrs, netip.AddrPort.Compare)
	return slices.Compact(addrs)
}

// look fills in the listeners of a process's namespace, and which of them are its own.
func (t listenerTables) look(ctx context.Context, h Host, l *snapshot.Local) {
	table := t.of(ctx, l.Process.PID)
	l.Listeners = table.addrs()
	if table.failure != nil {
		return
	}
	started := time.Now()
	own, failure := h.ownListeners(ctx, l.Process.PID, table.sockets)
	if failure == nil {
		l.Process.Listens = snapshot.Saw(addrsOfSockets(own), time.Since(started))
		return
	}
	l.Process.Listens = snapshot.Failed[[]netip.AddrPort](failure, time.Since(started))
	l.Process.UserListens = addrsOfSockets(userListeners(l.Process.PID, table.sockets))
}

// ofProcess are where a process listens, or where that cannot be seen its user.
func (t listenerTables) ofProcess(ctx context.Context, h Host, pid int) []netip.AddrPort {
	sockets := t.of(ctx, pid).sockets
	own, failure := h.ownListeners(ctx, pid, sockets)
	if failure != nil {
		own = userListeners(pid, sockets)
	}
	return addrsOfSockets(own)
}

// ownListeners are those of the sockets that a process has open.
func (h Host) ownListeners(ctx context.Context, pid int, sockets []socket) ([]socket, *snapshot.Failure) {
	found, err := h.counted().listening(ctx, pid)
	if err != nil {
		return nil, fileFailure(fdOf(pid), err)
	}
	var own []socket
	for _, s := range sockets {
		if found.inodes[s.inode] {
			own = append(own, s)
		}
	}
	if found.more && len(own) == 0 {
		return nil, fileFailure(fdOf(pid), errManyFiles)
	}
	return own, nil
}

// counted is what counts the open files that are looked through.
func (h Host) counted() *descriptors {
	if h.descriptors == nil {
		return newDescriptors()
	}
	return h.descriptors
}

// userListeners are those of the sockets that belong to the user of a process.
func userListeners(pid int, sockets []socket) []socket {
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return nil
	}
	status, err := proc.NewStatus()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(sockets), func(s socket) bool { return s.uid != status.UIDs[1] })
}
