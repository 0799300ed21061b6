package hostfile

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// in makes a look that the test waits for.
func in[T any](t *testing.T, as As, look func(*FS) (T, error)) (T, error) {
	t.Helper()
	return Look(t.Context(), new(Door), as, look)
}

// read reads 100 bytes of a file.
func read(t *testing.T, as As, path string) (string, error) {
	t.Helper()
	data, err := in(t, as, func(f *FS) ([]byte, error) { return f.ReadFile(path, 100) })
	return string(data), err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fileHome is a directory that other users get to, too.
func fileHome(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	for name, text := range files {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// TestReadFile: what is read is a file, whatever the path leads to.
func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := fileHome(t, map[string]string{"file": "text", "full": strings.Repeat("x", 100), "large": strings.Repeat("x", 101), "sub/file": "inner"})
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	must(t, os.Symlink("pipe", filepath.Join(dir, "to-pipe")))
	must(t, os.Symlink("file", filepath.Join(dir, "to-file")))
	must(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	must(t, os.Truncate(filepath.Join(dir, "large"), 1<<40))
	socket, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, "socket"))
	must(t, err)
	defer socket.Close()
	for path, c := range map[string]struct {
		text string
		err  error
	}{
		"file": {text: "text"}, "full": {text: strings.Repeat("x", 100)}, "to-file": {text: "text"}, "sub/../file": {text: "text"},
		"large": {err: ErrTooLarge}, "none": {err: fs.ErrNotExist}, ".": {err: ErrDirectory}, "loop": {err: unix.ELOOP},
		"pipe": {err: ErrNotRegular}, "to-pipe": {err: ErrNotRegular}, "socket": {err: ErrNotRegular},
		"/dev/zero": {err: ErrNotRegular}, "/dev/tty": {err: ErrNotRegular}, "/proc/self/fd/0": {err: ErrNotRegular},
		"/proc/kmsg": {err: ErrKernel}, "/proc/self/mem": {err: ErrKernel}, "/sys/kernel/uevent_seqnum": {err: ErrKernel},
	} {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		text, err := read(t, As{}, path)
		if text != c.text || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v, want %v", path, text, err, c.err)
		}
	}
}

// TestLease: a lease that another process has on a file is not waited for, and a look
// without reading does not break it.
func TestLease(t *testing.T) {
	t.Parallel()
	dir := fileHome(t, map[string]string{"file": "text"})
	path := filepath.Join(dir, "file")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	if _, err := unix.FcntlInt(file.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skipf("no leases here: %v", err)
	}
	if _, err := in(t, As{}, func(f *FS) (fs.FileInfo, error) { return f.Stat(path) }); err != nil {
		t.Error(err)
	}
	if _, err := read(t, As{}, path); !errors.Is(err, ErrLease) {
		t.Errorf("leased: %v", err)
	}
	must(t, file.Close())
	if text, err := read(t, As{}, path); text != "text" {
		t.Errorf("no more: %v", err)
	}
}

// TestRoot: in another root, links lead inside it, and nothing leads out.
func TestRoot(t *testing.T) {
	t.Parallel()
	dir := fileHome(t, map[string]string{"secret": "secret", "root/file": "text", "root/sub/x": "", "root/secret": "theirs"})
	root := filepath.Join(dir, "root")
	for name, to := range map[string]string{"absolute": "/file", "out": "../../../secret", "magic": "/proc/self/root/file", "fd": "/proc/self/cwd"} {
		must(t, os.Symlink(to, filepath.Join(root, "sub", name)))
	}
	as := As{Root: root}
	for path, want := range map[string]string{"/file": "text", "file": "text", "/sub/absolute": "text", "/sub/out": "theirs", "/../../secret": "theirs", "/sub/magic": "", "/sub/fd": "", "/sub/none": ""} {
		if text, err := read(t, as, path); text != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", path, text, err, want)
		}
		byName, err := in(t, as, func(f *FS) (string, error) {
			fd, err := f.findByName(path, unix.O_RDONLY|unix.O_CLOEXEC)
			if err != nil {
				return "", err
			}
			file := os.NewFile(uintptr(fd), path)
			defer file.Close()
			text := make([]byte, 100)
			n, err := file.Read(text)
			return string(text[:n]), err
		})
		if byName != want {
			t.Errorf("%s, in steps: %q, %v, want %q", path, byName, err, want)
		}
	}
	inside, err := in(t, as, func(f *FS) (string, error) { return f.Real("/sub/absolute") })
	if inside != "/file" || err != nil {
		t.Errorf("real: %q, %v", inside, err)
	}
	// What is a magic link to zkdoctor itself is none to a process.
	as = As{Root: "/"}
	if _, err := read(t, as, "/proc/self/cwd/fs.go"); !errors.Is(err, unix.ELOOP) {
		t.Errorf("through a link of the kernel's: %v", err)
	}
	if _, err := read(t, As{}, "/proc/self/cwd/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("by zkdoctor itself: %v", err)
	}
}

// TestEntries: a directory has as many names as were asked for, and is none that the kernel
// makes up.
func TestEntries(t *testing.T) {
	t.Parallel()
	dir := fileHome(t, map[string]string{"a": "", "b": "", "c": ""})
	for most, want := range map[int]bool{2: true, 3: true, 4: false} {
		more, err := in(t, As{}, func(f *FS) (bool, error) {
			entries, more, err := f.Entries(dir, most)
			if len(entries) != min(most, 3) {
				t.Errorf("%d: %v", most, entries)
			}
			return more, err
		})
		if err != nil || more != want {
			t.Errorf("%d: %v, %t", most, err, more)
		}
	}
	for _, path := range []string{"/proc/self", filepath.Join(dir, "a"), filepath.Join(dir, "none")} {
		if _, err := in(t, As{}, func(f *FS) (bool, error) { _, more, err := f.Entries(path, 1); return more, err }); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	_, err := in(t, As{}, func(f *FS) (bool, error) {
		tree, name := f.Tree(), strings.TrimPrefix(dir, "/")
		if text, err := fs.ReadFile(tree, name+"/a"); err != nil || len(text) > 0 {
			t.Errorf("file of a tree: %q, %v", text, err)
		}
		if entries, err := fs.ReadDir(tree, name); err != nil || len(entries) != 3 {
			t.Errorf("directory of a tree: %v, %v", entries, err)
		}
		if info, err := fs.Stat(tree, name); err != nil || !info.IsDir() {
			t.Errorf("%v, %v", info, err)
		}
		_, err := tree.Open(name)
		return false, err
	})
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a file of a tree: %v", err)
	}
}

// TestEnds: both ends of a file, and where they are the same; and no link, where none is
// wanted.
func TestEnds(t *testing.T) {
	t.Parallel()
	dir := fileHome(t, map[string]string{"file": "0123456789"})
	before := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(filepath.Join(dir, "file"), before, before))
	for _, c := range []struct {
		head, tail         int64
		wantHead, wantTail string
	}{{3, 0, "012", ""}, {0, 4, "", "6789"}, {100, 100, "0123456789", "0123456789"}} {
		got, err := in(t, As{}, func(f *FS) (Ends, error) { return f.Ends(filepath.Join(dir, "file"), Part{Head: c.head, Tail: c.tail}) })
		if err != nil || string(got.Head) != c.wantHead || string(got.Tail) != c.wantTail || got.Info.Size() != 10 || !got.Info.ModTime().Equal(before) {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
	must(t, os.Symlink("file", filepath.Join(dir, "link")))
	for _, as := range []As{{}, {Root: "/"}} {
		if _, err := in(t, as, func(f *FS) (Ends, error) { return f.Ends(filepath.Join(dir, "link"), Part{Head: 1, NoLink: true}) }); !errors.Is(err, ErrNotRegular) {
			t.Errorf("a link: %v", err)
		}
	}
}

// TestOneThread: the files that a look holds are named by its thread, so it stays there: another one ends with the
// look at which it had other rights.
func TestOneThread(t *testing.T) {
	t.Parallel()
	others, end := make(chan struct{}), make(chan struct{})
	defer close(end)
	for range 8 { // that wake each other, and want a thread each time
		go func() {
			for {
				select {
				case others <- struct{}{}:
				case <-others:
				case <-end:
					return
				}
			}
		}()
	}
	moved, err := in(t, As{}, func(*FS) (int, error) {
		first, moved := unix.Gettid(), 0
		for range 1000 {
			select {
			case others <- struct{}{}:
			case <-others:
			}
			if _, err := os.Stat("/"); err != nil {
				return 0, err
			}
			if unix.Gettid() != first {
				moved++
			}
		}
		return moved, nil
	})
	if err != nil || moved > 0 {
		t.Errorf("%v, on another thread %d times", err, moved)
	}
}
