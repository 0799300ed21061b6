package hostfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRights: a look has the rights that it was given, and no others; the next one has ours.
func TestRights(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		if _, err := read(t, As{Rights: &Rights{UID: uint32(os.Getuid()) + 1}}, "/etc/hostname"); !errors.Is(err, ErrRights) {
			t.Errorf("another user's rights: %v", err)
		}
		t.Skip("only root can take on another user's rights")
	}
	dir := fileHome(t, map[string]string{"open": "open", "closed": "closed", "group": "group", "inner/file": "inner"})
	must(t, os.Chmod(filepath.Join(dir, "closed"), 0o600))
	must(t, os.Chmod(filepath.Join(dir, "group"), 0o640))
	must(t, os.Chown(filepath.Join(dir, "group"), 0, 12345))
	must(t, os.Chmod(filepath.Join(dir, "inner"), 0o700))
	must(t, os.Symlink("closed", filepath.Join(dir, "link")))
	const everything = 1<<41 - 1
	nobody := Rights{UID: 65534, GID: 65534}
	member := Rights{UID: 65534, GID: 65534, Groups: []uint32{12345}}
	byGroup := Rights{UID: 65534, GID: 12345}
	for name, c := range map[string]struct {
		rights *Rights
		denied []string
	}{
		"ours":                        {nil, nil},
		"nobody":                      {&nobody, []string{"closed", "link", "group", "inner/file"}},
		"a member of the group":       {&member, []string{"closed", "link", "inner/file"}},
		"by its own group":            {&byGroup, []string{"closed", "link", "inner/file"}},
		"a user with capabilities":    {&Rights{UID: 65534, GID: 65534, Capabilities: everything}, []string{"closed", "link", "group", "inner/file"}},
		"root":                        {&Rights{Capabilities: everything}, nil},
		"root of a namespace of user": {&Rights{}, []string{}},
	} {
		for _, file := range []string{"open", "closed", "link", "group", "inner/file"} {
			text, err := read(t, As{Rights: c.rights}, filepath.Join(dir, file))
			denied := false
			for _, d := range c.denied {
				denied = denied || d == file
			}
			if name == "root of a namespace of user" && file == "group" {
				continue // it is the owner
			}
			if denied != errors.Is(err, fs.ErrPermission) || denied != (text == "") {
				t.Errorf("%s, %s: %q, %v", name, file, text, err)
			}
		}
	}
	// Others see zkdoctor's own rights, whichever threads there were.
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || !strings.Contains(string(status), "\nUid:\t0\t0\t0\t0\n") {
		t.Errorf("its own: %s, %v", status, err)
	}
	// No capability is left: that to look into other processes leads to files too.
	left, err := in(t, As{Rights: &nobody}, func(*FS) (uint32, error) {
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var data [2]unix.CapUserData
		err := unix.Capget(&header, &data[0])
		return data[0].Effective | data[1].Effective, err
	})
	if left != 0 || err != nil {
		t.Errorf("capabilities %x, %v", left, err)
	}
	// Through a directory that only root may enter, for its own root is below it.
	must(t, os.Chmod(filepath.Join(dir, "inner"), 0o755))
	must(t, os.Chmod(dir, 0o700))
	if text, err := read(t, As{Root: filepath.Join(dir, "inner"), Rights: &nobody}, "/file"); text != "inner" {
		t.Errorf("in its root: %v", err)
	}
	if _, err := read(t, As{Root: filepath.Join(dir, "none"), Rights: &nobody}, "/file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a root that is gone: %v", err)
	}
}
