//go:build !linux

package hostfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Processes are looked at on Linux only: elsewhere there is no other root, and no other
// rights, to look with.

func openRoot(path string) (*os.File, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: errors.ErrUnsupported}
}

func isMainThread() bool { return false }

func (*Rights) take() error { return ErrRights }

func (*FS) hold(path string, follow bool) (handle *os.File, info fs.FileInfo, err error) {
	if !follow {
		info, err = os.Lstat(path)
	} else {
		info, err = os.Stat(path)
	}
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return nil, info, err
	}
	handle, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	return handle, info, err
}

func reopen(handle *os.File, _ bool) (*os.File, error) { return os.Open(handle.Name()) }

// Real is what path leads to once all links are followed.
func (*FS) Real(path string) (string, error) { return filepath.EvalSymlinks(path) }
