package thishost

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/procfs"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxListenerFiles is how many open files of a process are looked through for its listening
// sockets. They are opened at its start, and have low numbers.
const maxListenerFiles = 4096

// listenerTable are the listening sockets of one network namespace.
type listenerTable struct {
	sockets []socket
	failure *snapshot.Failure
	took    time.Duration
}

// listenerTables are those of the namespaces looked at so far, by the kernel's name for
// each: many processes share one, and its table may be long.
type listenerTables map[string]listenerTable

// of is the table of the namespace that a process is in.
func (t listenerTables) of(pid int) listenerTable {
	proc := procOf(pid)
	name, err := os.Readlink(filepath.Join(proc, "ns", "net"))
	if err != nil {
		return readListeners(proc) // its namespace has no name for us
	}
	if table, read := t[name]; read {
		return table
	}
	table := readListeners(proc)
	if table.failure == nil {
		t[name] = table // of another process it may be read where one has just ended
	}
	return table
}

func readListeners(proc string) listenerTable {
	started := time.Now()
	var table listenerTable
	err := eachSocket(proc, func(s socket) {
		if s.state == tcpListen {
			table.sockets = append(table.sockets, s)
		}
	})
	if err != nil {
		table.failure = fileFailure(proc+"/net/tcp", err)
	}
	table.took = time.Since(started)
	return table
}

// listenersOf are the listening sockets of the network namespace of a process. Anybody may
// read them; who owns one is root's to know.
func listenersOf(proc string) snapshot.Obs[[]netip.AddrPort] { return readListeners(proc).addrs() }

func (t listenerTable) addrs() snapshot.Obs[[]netip.AddrPort] {
	if t.failure != nil {
		return snapshot.Failed[[]netip.AddrPort](t.failure, t.took)
	}
	return snapshot.Saw(addrsOfSockets(t.sockets), t.took)
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
func (t listenerTables) look(l *snapshot.Local) {
	table := t.of(l.Process.PID)
	l.Listeners = table.addrs()
	if table.failure != nil {
		return
	}
	started := time.Now()
	own, failure := ownListeners(l.Process.PID, table.sockets)
	if failure == nil {
		l.Process.Listens = snapshot.Saw(addrsOfSockets(own), time.Since(started))
		return
	}
	l.Process.Listens = snapshot.Failed[[]netip.AddrPort](failure, time.Since(started))
	l.Process.UserListens = addrsOfSockets(userListeners(l.Process.PID, table.sockets))
}

// ofProcess are where a process listens, or where that cannot be seen its user.
func (t listenerTables) ofProcess(pid int) []netip.AddrPort {
	sockets := t.of(pid).sockets
	own, failure := ownListeners(pid, sockets)
	if failure != nil {
		own = userListeners(pid, sockets)
	}
	return addrsOfSockets(own)
}

// ownListeners are those of the sockets that a process has open.
func ownListeners(pid int, sockets []socket) ([]socket, *snapshot.Failure) {
	dir := filepath.Join(procOf(pid), "fd")
	inodes, more, failure := socketInodes(dir, maxListenerFiles)
	if failure != nil {
		return nil, failure
	}
	var own []socket
	for _, s := range sockets {
		if inodes[s.inode] {
			own = append(own, s)
		}
	}
	if more && len(own) == 0 {
		return nil, tooManyFiles(dir)
	}
	return own, nil
}

// socketInodes are the inodes of the sockets among the open files of a process, of which dir
// has the first limit looked through; more is set when there may be others.
func socketInodes(dir string, limit int) (inodes map[uint64]bool, more bool, failure *snapshot.Failure) {
	fds, err := os.Open(dir)
	if err != nil {
		return nil, false, fileFailure(dir, err)
	}
	defer fds.Close() //nolint:errcheck // only read from
	names, err := fds.Readdirnames(limit)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fileFailure(dir, err)
	}
	inodes = map[uint64]bool{}
	for _, name := range names {
		target, err := os.Readlink(filepath.Join(dir, name))
		if err != nil {
			continue // closed meanwhile
		}
		digits, isSocket := strings.CutPrefix(target, "socket:[")
		inode, err := strconv.ParseUint(strings.TrimSuffix(digits, "]"), 10, 64)
		if isSocket && err == nil {
			inodes[inode] = true
		}
	}
	return inodes, len(names) == limit, nil
}

func tooManyFiles(dir string) *snapshot.Failure {
	return &snapshot.Failure{Kind: snapshot.TooLarge, Text: dir + ": the process has too many open files"}
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
