package thishost

import (
	"bytes"
	"os"
	"path/filepath"
)

// otherNamespace reports whether a process lives in another namespace of that
// kind than we do. Without the right to know, a container is taken for one that
// does.
func otherNamespace(pid int, kind string, container bool) bool {
	theirs, err := os.Readlink(filepath.Join(procOf(pid), "ns", kind))
	if err != nil {
		return container
	}
	ours, err := os.Readlink(filepath.Join(ourselves, "ns", kind))
	return err != nil || theirs != ours
}

// otherRoot reports whether a process sees other files than we do at the same paths: it lives in another
// mount namespace, or after a chroot in ours. known is false where only its user and root may see which.
func otherRoot(pid int, container bool) (other, known bool) {
	if otherNamespace(pid, "mnt", container) {
		return true, true
	}
	root := filepath.Join(procOf(pid), "root")
	switch link, err := os.Readlink(root); {
	case err != nil:
		return false, false
	case link != "/":
		return true, true // it is not asked anything: it may be on a file system of its user's that hangs
	}
	// Ours, or that of the host where we ourselves have another.
	theirs, err := os.Stat(root)
	if err != nil {
		return false, false
	}
	ours, err := os.Stat("/")
	return err == nil && !os.SameFile(theirs, ours), err == nil
}

// otherUsers reports whether a process lives in another user namespace than we do, by how
// that maps its users (user_namespaces(7)): anyone may read it, which the namespace's name
// is not to be by all.
func otherUsers(pid int) bool {
	theirs, err := os.ReadFile(filepath.Join(procOf(pid), "uid_map"))
	if err != nil {
		return false
	}
	ours, err := os.ReadFile(filepath.Join(ourselves, "uid_map"))
	return err != nil || !bytes.Equal(theirs, ours)
}
