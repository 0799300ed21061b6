package hostfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// FS is what a look may read, while it lasts. Paths are those of the file system as seen
// from its root; a relative one begins in zkdoctor's own working directory, or else at that
// root.
type FS struct {
	// root is an open directory; nil for our own root, by its plain name.
	root *os.File
}

func (f *FS) close() {
	if f.root != nil {
		_ = f.root.Close()
	}
}

// ErrLease is why a file was not read for now: another process has a lease on it, and would
// be waited for.
var ErrLease = errors.New("another process has a lease on it, and would be waited for")

// Errors that tell what a file is, where it is none to be read.
var (
	ErrDirectory   = errors.New("is a directory, not a file")
	ErrNoDirectory = errors.New("is no directory")
	ErrNotRegular  = errors.New("is not a regular file")
	ErrKernel      = errors.New("is not a file on a disk: the kernel makes it up")
	ErrTooLarge    = errors.New("is too large")
)

// Ends are the two ends of a regular file.
type Ends struct {
	Info fs.FileInfo
	// Head are its first bytes, and Tail its last, as many as were asked for and it has.
	Head, Tail []byte
}

// Part is what to read of a file: at most so many bytes from its start, and from its end.
type Part struct {
	Head, Tail int64
	// NoLink: where the path leads to a link, that is not followed, and is no regular file.
	NoLink bool
}

// Ends reads the ends of a regular file.
func (f *FS) Ends(path string, part Part) (Ends, error) {
	file, info, err := f.open(path, !part.NoLink)
	if err != nil {
		return Ends{}, err
	}
	defer file.Close() //nolint:errcheck // only read from
	e := Ends{Info: info}
	if part.Head > 0 {
		if e.Head, err = io.ReadAll(io.NewSectionReader(file, 0, part.Head)); err != nil {
			return Ends{}, err
		}
	}
	if part.Tail > 0 {
		from := max(info.Size()-part.Tail, 0)
		if e.Tail, err = io.ReadAll(io.NewSectionReader(file, from, part.Tail)); err != nil {
			return Ends{}, err
		}
	}
	return e, nil
}

// ReadFile reads a regular file of at most limit bytes; a larger one is ErrTooLarge.
func (f *FS) ReadFile(path string, limit int64) ([]byte, error) {
	e, err := f.Ends(path, Part{Head: limit + 1})
	if err == nil && int64(len(e.Head)) > limit {
		err = &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
	}
	if err != nil {
		return nil, err
	}
	return e.Head, nil
}

// ReadFile reads a regular file of at most limit bytes, as zkdoctor itself sees it: one that
// the user of zkdoctor has named.
func (d *Door) ReadFile(ctx context.Context, path string, limit int64) ([]byte, error) {
	data, err := Look(ctx, d, As{}, func(f *FS) ([]byte, error) { return f.ReadFile(path, limit) })
	if _, ok := errors.AsType[*GivenUpError](err); ok {
		err = &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return data, err
}

// open opens a regular file.
func (f *FS) open(path string, follow bool) (*os.File, fs.FileInfo, error) {
	handle, info, err := f.hold(path, follow)
	if err != nil {
		return nil, nil, err
	}
	defer handle.Close() //nolint:errcheck // only looked at
	if info.IsDir() {
		err = ErrDirectory
	} else if !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		return nil, nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	file, err := reopen(handle, false)
	return file, info, err
}

// Stat looks at a file, a directory or whatever else is there, links followed.
func (f *FS) Stat(path string) (fs.FileInfo, error) { return f.look(path, true) }

// Lstat does that with a link itself.
func (f *FS) Lstat(path string) (fs.FileInfo, error) { return f.look(path, false) }

func (f *FS) look(path string, follow bool) (fs.FileInfo, error) {
	handle, info, err := f.hold(path, follow)
	if err != nil {
		return nil, err
	}
	_ = handle.Close()
	return info, nil
}

// Entries are those of a directory, unsorted, at most so many; more tells that there are
// others.
func (f *FS) Entries(path string, most int) (entries []fs.DirEntry, more bool, err error) {
	handle, info, err := f.hold(path, true)
	if err != nil {
		return nil, false, err
	}
	defer handle.Close() //nolint:errcheck // only looked at
	if !info.IsDir() {
		return nil, false, &fs.PathError{Op: "readdir", Path: path, Err: ErrNoDirectory}
	}
	dir, err := reopen(handle, true)
	if err != nil {
		return nil, false, err
	}
	defer dir.Close() //nolint:errcheck // only read from
	entries, err = dir.ReadDir(most)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	return entries, len(entries) == most, nil
}

// Tree is the same file system for those who want an fs.FS: its names have no slash before
// them, and its directories no more than maxTreeEntries entries.
func (f *FS) Tree() fs.FS { return tree{f} }

type tree struct{ files *FS }

// maxTreeFile and maxTreeEntries bound what is read through a Tree: scripts, units and
// settings, and the directories that they lie in.
const (
	maxTreeFile    = 1 << 20
	maxTreeEntries = 10_000
)

// Open is there for the interface: a file by itself is no use that could be bounded.
func (t tree) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// Stat implements fs.StatFS.
func (t tree) Stat(name string) (fs.FileInfo, error) { return t.files.Stat(path.Join("/", name)) }

// ReadFile implements fs.ReadFileFS.
func (t tree) ReadFile(name string) ([]byte, error) {
	return t.files.ReadFile(path.Join("/", name), maxTreeFile)
}

// ReadDir implements fs.ReadDirFS.
func (t tree) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, _, err := t.files.Entries(path.Join("/", name), maxTreeEntries)
	return entries, err
}
