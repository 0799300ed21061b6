package thishost

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// readAccess looks at a file and at the directories on the way to it, links followed. It
// is not made in a container: its users are not ours.
func (h Host) readAccess(ctx context.Context, f hostFiles, path string) snapshot.Obs[snapshot.Access] {
	if f.root != "" || f.denied != nil || !filepath.IsAbs(f.absolute(path)) {
		return snapshot.Obs[snapshot.Access]{}
	}
	return observe(ctx, h, f, path, func(f hostFiles) snapshot.Obs[snapshot.Access] { return readAccess(f, path) })
}

func readAccess(f hostFiles, path string) snapshot.Obs[snapshot.Access] {
	path = f.absolute(path)
	resolved, err := f.fs.Real(path)
	if err != nil {
		return snapshot.Failed[snapshot.Access](f.failure(path, err), 0)
	}
	var steps snapshot.Access
	for _, path := range append(above(filepath.Dir(path), filepath.Dir(resolved)), resolved) {
		info, err := f.fs.Stat(path)
		if err != nil {
			return snapshot.Failed[snapshot.Access](f.failure(path, err), 0)
		}
		steps = append(steps, snapshot.AccessStep{Path: path, Owner: ownerOf(info)})
	}
	return snapshot.Saw(steps, 0)
}

// above are directories and all that they lie in, each once, the outer first.
func above(dirs ...string) []string {
	var all []string
	for _, dir := range dirs {
		for ; !slices.Contains(all, dir); dir = filepath.Dir(dir) {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return all
}

// ownerOf is whose a file is, and who may do what with it.
func ownerOf(info fs.FileInfo) snapshot.Owner {
	o := snapshot.Owner{Mode: uint32(info.Mode().Perm())}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		o.UID, o.GID = stat.Uid, stat.Gid
	}
	return o
}
