package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What the rules about a server's data have in common.

// dataOf is what the host's disk holds; nil, and why, when that is not known.
func dataOf(h *model.Host) (data *snapshot.Data, reason string) {
	switch {
	case h.Data.Seen():
		return &h.Data.Value, ""
	case h.Data.Tried:
		return nil, h.Data.Failure.Text
	case !h.Settings.DataDir.IsSet():
		return nil, "its data directory is not known: dataDir is not set"
	}
	return nil, "its data was not checked"
}

// dataDirs are dataDir and, where that is another one, dataLogDir.
func dataDirs(d *snapshot.Data) []*snapshot.DataDir {
	if d.LogDir == nil {
		return []*snapshot.DataDir{&d.Dir}
	}
	return []*snapshot.DataDir{&d.Dir, d.LogDir}
}

// holdsData reports whether files of ZooKeeper were seen in the version-2 of a directory.
func holdsData(d *snapshot.DataDir) bool {
	return d.Snapshots.Value.Total+d.Logs.Value.Total > 0 || d.CurrentEpoch.Seen() || d.AcceptedEpoch.Seen()
}

// unseenData is the reason for which nothing can be said about a part of the data;
// empty when it was seen, or is not there at all.
func unseenData[T any](o snapshot.Obs[T]) string {
	if o.Seen() || o.FailedAs(snapshot.Absent) {
		return ""
	}
	return reasonOf(o, "its data was not checked")
}

// disk is one file system that a server writes to.
type disk struct {
	snapshot.Volume
	// dir is a directory of the server on it.
	dir string
	// next is the size of the next snapshot to be written to it; 0 where none goes
	// there, or none was written yet.
	next uint64
}

// disks are the file systems of a server's data: one, where dataLogDir is on that
// of dataDir. reason says why one was not seen.
func disks(data *snapshot.Data) (all []disk, reason string) {
	for i, d := range dataDirs(data) {
		if !d.Volume.Seen() {
			reason = unseenData(d.Volume)
			continue
		}
		v := disk{Volume: d.Volume.Value, dir: d.Path}
		if i == 0 {
			v.next = uint64(newestSnapshot(d)) //nolint:gosec // a size
		} else if len(all) > 0 && all[0].Mount == v.Mount && all[0].Bytes == v.Bytes && all[0].Inodes == v.Inodes {
			continue
		}
		all = append(all, v)
	}
	return all, reason
}

// free is what the server itself may still write.
func (d disk) free(h *model.Host) uint64 {
	if h.Process != nil && h.Process.Credentials.Seen() && h.Process.Credentials.Value.UID == 0 {
		return d.FreeBytes + d.ReservedBytes
	}
	return d.FreeBytes
}

// manySnapshots is more than anybody keeps on purpose: autopurge keeps 3 by
// default, zkCleanup.sh likewise.
const manySnapshots = 10

// purgeOff reports whether the server itself never removes an old snapshot.
func purgeOff(h *model.Host) bool { return lint.NeverPurges(h.Settings) }

// unseenOr is why the content of a version-2 was not seen; empty when there is none.
func unseenOr[T any](version2 snapshot.Obs[snapshot.Owner], content snapshot.Obs[T]) string {
	if !version2.Seen() {
		return unseenData(version2)
	}
	return unseenData(content)
}

// fileIn is the path of a file in a version-2.
func fileIn(d *snapshot.DataDir, name string) string { return d.Path + "/version-2/" + name }

// newestSnapshot is the size of the newest whole snapshot, which the next one will
// be about as large as; 0 for none.
func newestSnapshot(d *snapshot.DataDir) int64 {
	for _, f := range d.Snapshots.Value.Newest {
		if f.Content.Value.Whole {
			return f.Size
		}
	}
	return 0
}
