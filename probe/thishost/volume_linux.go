package thishost

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// volume is the file system that a directory is on, as its server has mounted it.
func (f hostFiles) volume(path string) snapshot.Obs[snapshot.Volume] {
	s, err := f.fs.Statfs(path)
	if err != nil {
		return snapshot.Failed[snapshot.Volume](f.failure(path, err), 0)
	}
	block := uint64(s.Bsize) //nolint:gosec // a size
	v := snapshot.Volume{
		Bytes: s.Blocks * block, FreeBytes: s.Bavail * block, Inodes: s.Files, FreeInodes: s.Ffree,
		ReadOnly: s.Flags&unix.ST_RDONLY != 0,
	}
	if s.Bfree > s.Bavail {
		v.ReservedBytes = (s.Bfree - s.Bavail) * block
	}
	if m := f.mount(path); m != nil {
		v.Mount, v.Type = m.MountPoint, m.FSType
	}
	return snapshot.Saw(v, 0)
}

// mount finds the mount that a directory is on; nil when it cannot be told.
func (f hostFiles) mount(path string) *procfs.MountInfo {
	resolved, _ := f.fs.Real(path) // then its place is not told
	var mounts []*procfs.MountInfo
	if f.root == "" {
		mounts, _ = procfs.GetMounts() // without them its place is not told
	} else if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f.root))); err == nil {
		mounts, _ = procfs.GetProcMounts(pid)
	}
	if resolved == "" {
		return nil
	}
	var best *procfs.MountInfo
	for _, m := range mounts {
		under := m.MountPoint == "/" || resolved == m.MountPoint || strings.HasPrefix(resolved, m.MountPoint+"/")
		// Of two at one place the later one hides the earlier.
		if under && (best == nil || len(m.MountPoint) >= len(best.MountPoint)) {
			best = m
		}
	}
	return best
}
