package thishost

import (
	"io/fs"
	"syscall"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ownerOf is whose a file is, and who may do what with it.
func ownerOf(info fs.FileInfo) snapshot.Owner {
	o := snapshot.Owner{Mode: uint32(info.Mode().Perm())}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		o.UID, o.GID = stat.Uid, stat.Gid
	}
	return o
}
