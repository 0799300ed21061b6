package zktest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockFile takes the lock on the file, waiting for it while ctx lasts. The
// kernel gives the lock back when the process ends, however it ends.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	err = poll(ctx, "lock on "+path, func() bool {
		return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}

// runDir makes a directory for one ensemble below cache/run. It holds the lock
// on the directory's file "lock" until release, by which sweep knows that the
// owner lives.
func runDir(cache string) (dir string, release func(), err error) {
	parent := filepath.Join(cache, "run")
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", nil, err
	}
	// Against a sweep between MkdirTemp and the lock.
	unlock, err := lockFile(context.Background(), filepath.Join(cache, "run.lock"))
	if err != nil {
		return "", nil, err
	}
	defer unlock()
	sweep(parent)
	if dir, err = os.MkdirTemp(parent, "ensemble-"); err != nil {
		return "", nil, err
	}
	// Servers may run as another user.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", nil, err
	}
	release, err = lockFile(context.Background(), filepath.Join(dir, "lock"))
	return dir, release, err
}

// sweep removes the directories of ensembles whose owner is dead.
func sweep(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, "ensemble-*"))
	for _, dir := range dirs {
		f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(dir) // best effort: the next Start tries again
		}
		f.Close()
	}
}

// loopbackBlock finds a free block of loopback addresses, 127.77.n.0/24, and
// returns its prefix "127.77.n.". A block is taken while its owner listens on
// an abstract Unix socket: those belong to the machine's network namespace, as
// the addresses do, and vanish with their process.
func loopbackBlock() (prefix string, release func(), err error) {
	for n := 1; n < 255; n++ {
		l, err := net.Listen("unix", fmt.Sprintf("@zkdoctor-zktest-127.77.%d", n))
		switch {
		case err == nil:
			return fmt.Sprintf("127.77.%d.", n), func() { l.Close() }, nil
		case !errors.Is(err, syscall.EADDRINUSE):
			return "", nil, err
		}
	}
	return "", nil, errors.New("all 254 blocks of loopback addresses 127.77.n are taken")
}

// tail returns the last n lines of s.
func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
