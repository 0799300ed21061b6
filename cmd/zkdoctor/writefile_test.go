package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWriteFile: a file is written whole, with its own mode; what is no regular file stays
// as it is, and nothing waits for a reader.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.WriteFile(in("open"), []byte("old, and longer than the new"), 0o666))
	must(t, os.Chmod(in("open"), 0o666))
	must(t, os.WriteFile(in("theirs"), []byte("theirs"), 0o600))
	must(t, os.Symlink(in("theirs"), in("link")))
	must(t, os.Symlink(in("nowhere"), in("loose")))
	must(t, syscall.Mkfifo(in("pipe"), 0o600))
	for name, refused := range map[string]string{
		"new": "", "open": "", "link": "a symbolic link", "loose": "a symbolic link", "pipe": "a pipe", ".": "a directory",
	} {
		err := writeFile(in(name), []byte("new"), 0o600)
		if refused != "" {
			if err == nil || !strings.Contains(err.Error(), refused) {
				t.Errorf("%s: %v, want %q", name, err, refused)
			}
			continue
		}
		must(t, err)
		text, err := os.ReadFile(in(name))
		must(t, err)
		info, err := os.Stat(in(name))
		must(t, err)
		if string(text) != "new" || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %q, mode %v", name, text, info.Mode())
		}
	}
	if text, err := os.ReadFile(in("theirs")); err != nil || string(text) != "theirs" {
		t.Errorf("the file behind the link: %q, %v", text, err)
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 6 {
		t.Errorf("left behind: %v", left)
	}
	if err := writeFile(in("no/such/dir"), nil, 0o600); err == nil {
		t.Error("a directory that is not there")
	}
	// As SECURITY.md says: a link among the directories is followed.
	must(t, os.Mkdir(in("dir"), 0o755))
	must(t, os.Symlink(in("dir"), in("to-dir")))
	must(t, writeFile(in("to-dir/new"), []byte("new"), 0o600))
	if text, err := os.ReadFile(in("dir/new")); err != nil || string(text) != "new" {
		t.Errorf("through a directory's link: %q, %v", text, err)
	}
}
