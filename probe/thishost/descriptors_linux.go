package thishost

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

const (
	// maxListenerFiles is how many open files of a process are looked through for its listening
	// sockets. They are opened at its start, and have low numbers.
	maxListenerFiles = 4096
	// maxDescriptors is how many are looked through for its connections: more than a server has
	// clients.
	maxDescriptors = 1 << 16
	// maxUserDescriptors is how many open files of all processes of one user are looked through in
	// a scan, which takes some 0.2 s: another user's crowd leaves a server its time.
	maxUserDescriptors = 1 << 17
	// descriptorsAtOnce is how many are read before the clock is looked at.
	descriptorsAtOnce = 256
)

// descriptors are the open files that were looked through in a scan.
type descriptors struct {
	mu sync.Mutex
	// ofUser counts them, by whose turn it is.
	ofUser map[uint64]int
	// low are the sockets among the first maxListenerFiles of a process, by its number: they are
	// looked for more than once.
	low map[int]foundSockets
}

// foundSockets are inodes of sockets among open files; more is set when there may be others.
type foundSockets struct {
	inodes map[uint64]bool
	more   bool
}

func newDescriptors() *descriptors {
	return &descriptors{ofUser: map[uint64]int{}, low: map[int]foundSockets{}}
}

// listening are the sockets of a process where those are that it listens at.
func (d *descriptors) listening(ctx context.Context, pid int) (foundSockets, error) {
	d.mu.Lock()
	found, known := d.low[pid]
	d.mu.Unlock()
	if known {
		return found, nil
	}
	found, err := d.sockets(ctx, pid, maxListenerFiles)
	if err == nil {
		d.mu.Lock()
		d.low[pid] = found
		d.mu.Unlock()
	}
	return found, err
}

// sockets are those among the first open files of a process, as far as its user has not had
// his share.
func (d *descriptors) sockets(ctx context.Context, pid, limit int) (foundSockets, error) {
	dir, owner := fdOf(pid), procOwner(pid)
	d.mu.Lock()
	left := maxUserDescriptors - d.ofUser[owner]
	d.mu.Unlock()
	if left <= 0 {
		return foundSockets{}, errFilesOfUser
	}
	found, read, err := socketInodes(ctx, dir, limit)
	d.mu.Lock()
	d.ofUser[owner] += read
	d.mu.Unlock()
	return found, err
}

// socketInodes are the inodes of the sockets among the open files of a process, of which dir
// has the first limit looked through; read is how many that were.
func socketInodes(ctx context.Context, dir string, limit int) (found foundSockets, read int, err error) {
	fds, err := os.Open(dir)
	if err != nil {
		return foundSockets{}, 0, err
	}
	defer fds.Close() //nolint:errcheck // only read from
	found.inodes = map[uint64]bool{}
	for read < limit {
		if ctx.Err() != nil {
			return foundSockets{}, read, ctx.Err()
		}
		names, err := fds.Readdirnames(min(descriptorsAtOnce, limit-read))
		if errors.Is(err, io.EOF) {
			return found, read, nil
		}
		if err != nil {
			return foundSockets{}, read, err
		}
		read += len(names)
		for _, name := range names {
			if inode, ok := socketInode(filepath.Join(dir, name)); ok {
				found.inodes[inode] = true
			}
		}
	}
	found.more = true
	return found, read, nil
}

// socketInode is that of a socket that a link of the kernel's leads to.
func socketInode(link string) (inode uint64, ok bool) {
	target, err := os.Readlink(link)
	if err != nil {
		return 0, false // closed meanwhile
	}
	digits, isSocket := strings.CutPrefix(target, "socket:[")
	inode, err = strconv.ParseUint(strings.TrimSuffix(digits, "]"), 10, 64)
	return inode, isSocket && err == nil
}
