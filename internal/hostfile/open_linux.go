package hostfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	securejoin "github.com/cyphar/filepath-securejoin"
	"golang.org/x/sys/unix"
)

// openRoot opens the directory that is to be seen as /; "" is ours.
func openRoot(path string) (*os.File, error) {
	if path == "" {
		path = "/"
	}
	fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(fd), path), nil
}

// hold takes hold of what path leads to, and looks at it: nothing is opened by that, so no
// pipe and no device notices, and no lease is broken (open(2), O_PATH).
func (f *FS) hold(path string, follow bool) (*os.File, fs.FileInfo, error) {
	flags := unix.O_PATH | unix.O_CLOEXEC
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := f.find(path, flags)
	if err != nil {
		return nil, nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	handle := os.NewFile(uintptr(fd), path)
	info, err := handle.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, handle.Close())
	}
	return handle, info, nil
}

// find opens a path, links followed inside the root. A link that the kernel makes up
// (/proc/self/fd/3) is followed only for zkdoctor itself: it would lead around the
// directories that another user may not pass.
func (f *FS) find(path string, flags int) (int, error) {
	if f.root == nil {
		return again(func() (int, error) { return unix.Open(path, flags, 0) })
	}
	fd, err := again(func() (int, error) {
		return unix.Openat2(int(f.root.Fd()), path, &unix.OpenHow{
			Flags: uint64(flags), Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS, //nolint:gosec // flags
		})
	})
	// Linux before 5.6 has no openat2, and some sandboxes forbid it.
	if !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EPERM) {
		return fd, err
	}
	return f.findByName(path, flags)
}

// findByName does that in steps. What changes the links meanwhile may lead it out of the
// root; the rights stay those of the look.
func (f *FS) findByName(path string, flags int) (int, error) {
	root := held(f.root)
	if flags&unix.O_NOFOLLOW != 0 {
		dir, err := securejoin.SecureJoin(root, filepath.Dir(path))
		if err != nil {
			return -1, err
		}
		return again(func() (int, error) { return unix.Open(filepath.Join(dir, filepath.Base(path)), flags, 0) })
	}
	joined, err := securejoin.SecureJoin(root, path)
	if err != nil {
		return -1, err
	}
	if joined != root { // what is left to follow is new
		flags |= unix.O_NOFOLLOW
	}
	return again(func() (int, error) { return unix.Open(joined, flags, 0) })
}

// again repeats a call that a signal, or a change of the directories, has interrupted.
func again(call func() (int, error)) (int, error) {
	const most = 100 // a directory that changes all the time is no configuration's
	for range most {
		fd, err := call()
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return fd, err
		}
	}
	return -1, unix.EAGAIN
}

// held is a name for an open file. /proc/self would not do on Linux before 4.4: a thread
// may see its own files there alone.
func held(file *os.File) string {
	return fmt.Sprintf("/proc/self/task/%d/fd/%d", unix.Gettid(), file.Fd())
}

// reopen opens for reading what is held, and nothing that could have come into its place.
// A file that another process has a lease on is not waited for (fcntl(2), F_SETLEASE).
func reopen(handle *os.File, directory bool) (*os.File, error) {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(handle.Fd()), &s); err != nil {
		return nil, &fs.PathError{Op: "statfs", Path: handle.Name(), Err: err}
	}
	if slices.Contains(madeUp(), uint32(s.Type)) { //nolint:gosec // magic numbers have 32 bits
		return nil, &fs.PathError{Op: "open", Path: handle.Name(), Err: ErrKernel}
	}
	flags := unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	if directory {
		flags |= unix.O_DIRECTORY
	}
	fd, err := unix.Open(held(handle), flags, 0)
	for errors.Is(err, unix.EINTR) {
		fd, err = unix.Open(held(handle), flags, 0)
	}
	if errors.Is(err, unix.EAGAIN) {
		err = ErrLease
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: handle.Name(), Err: err}
	}
	return os.NewFile(uintptr(fd), handle.Name()), nil
}

// madeUp are the file systems whose files have no content but what the kernel, or a driver,
// makes of a read: it may block, or change something.
func madeUp() []uint32 {
	return []uint32{
		unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC,
		unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC, unix.BPF_FS_MAGIC, unix.PSTOREFS_MAGIC,
		unix.DEVPTS_SUPER_MAGIC, unix.EFIVARFS_MAGIC, unix.SELINUX_MAGIC, unix.SMACK_MAGIC, unix.BINFMTFS_MAGIC,
		unix.NSFS_MAGIC, unix.RDTGROUP_SUPER_MAGIC, unix.XENFS_SUPER_MAGIC, unix.OPENPROM_SUPER_MAGIC,
		unix.USBDEVICE_SUPER_MAGIC, unix.AAFS_MAGIC, unix.BINDERFS_SUPER_MAGIC, unix.DAXFS_MAGIC,
	}
}

// Real is what path leads to once all links are followed, as seen from the root.
func (f *FS) Real(path string) (string, error) {
	handle, _, err := f.hold(path, true)
	if err != nil {
		return "", err
	}
	defer handle.Close() //nolint:errcheck // only looked at
	name, err := os.Readlink(held(handle))
	if err != nil || f.root == nil {
		return name, err
	}
	// A root that is no root of a mount is above it.
	root, err := os.Readlink(held(f.root))
	if err != nil {
		return "", err
	}
	inside, err := filepath.Rel(root, name)
	return filepath.Join("/", inside), err
}

// Statfs is the file system that path is on.
func (f *FS) Statfs(path string) (unix.Statfs_t, error) {
	var s unix.Statfs_t
	handle, _, err := f.hold(path, true)
	if err != nil {
		return s, err
	}
	defer handle.Close() //nolint:errcheck // only looked at
	if err := unix.Fstatfs(int(handle.Fd()), &s); err != nil {
		return s, &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	return s, nil
}
