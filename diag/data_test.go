package diag

import (
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What a server keeps on disk, in good health unless changed: epoch 3, a snapshot
// from within it, and the log after that, two hours old.

const (
	mib = 1 << 20
	gib = 1 << 30
)

func healthyData() snapshot.Data {
	d := snapshot.DataDir{
		Path: "/var/lib/zookeeper", Real: "/var/lib/zookeeper",
		Owner:    snapshot.Saw(snapshot.Owner{UID: 1000, GID: 1000, Mode: 0o755}, quick),
		Version2: snapshot.Saw(snapshot.Owner{UID: 1000, GID: 1000, Mode: 0o755}, quick),
		Volume: snapshot.Saw(snapshot.Volume{
			Mount: "/", Type: "ext4", Bytes: 100 * gib, FreeBytes: 50 * gib, ReservedBytes: 5 * gib, Inodes: 1e6, FreeInodes: 9e5,
		}, quick),
		Snapshots:    snapshot.Saw(snapshot.DataFiles{Total: 2, Newest: []snapshot.DataFile{snapFile(0x300000010, mib), snapFile(0x200000001, mib)}}, quick),
		Logs:         snapshot.Saw(snapshot.DataFiles{Total: 1, Newest: []snapshot.DataFile{txnlog(0x300000011)}}, quick),
		CurrentEpoch: epochFile("3"), AcceptedEpoch: epochFile("3"),
	}
	return snapshot.Data{Dir: d}
}

func epochFile(text string) snapshot.Obs[snapshot.EpochFile] {
	return snapshot.Saw(snapshot.EpochFile{Bytes: []byte(text)}, quick)
}

func snapFile(zxid snapshot.Zxid, size int64) snapshot.DataFile {
	return snapshot.DataFile{
		Name: fmt.Sprintf("snapshot.%x", uint64(zxid)), Zxid: zxid, Size: size, Allocated: size, Modified: now().Add(-2 * time.Hour),
		Content: snapshot.Saw(snapshot.FileContent{Head: []byte("ZKSN"), Whole: true}, quick),
	}
}

func txnlog(zxid snapshot.Zxid) snapshot.DataFile {
	return snapshot.DataFile{
		Name: fmt.Sprintf("log.%x", uint64(zxid)), Zxid: zxid, Size: 64 * mib, Allocated: mib, Modified: now().Add(-2 * time.Hour),
		Content: snapshot.Saw(snapshot.FileContent{Head: []byte("ZKLG\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"), Whole: true, First: zxid, HasFirst: true}, quick),
	}
}

// keeps changes what is on the disk.
func keeps(changes ...func(*snapshot.Data)) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		for _, change := range changes {
			change(&l.Data.Value)
		}
	}
}

// dataUnseen fails the look at the disk; "" is one that was not made.
func dataUnseen(kind snapshot.FailureKind) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Data = snapshot.Obs[snapshot.Data]{}
		if kind != "" {
			l.Data = snapshot.Failed[snapshot.Data](&snapshot.Failure{Kind: kind, Text: "/var/lib/zookeeper: " + string(kind)}, quick)
		}
	}
}

// closed is a version-2 that may not be looked into.
func closed(d *snapshot.Data) {
	d.Dir.Version2 = noPart[snapshot.Owner](snapshot.Denied)
	empty(&d.Dir)
}

// fresh is a dataDir before the first start.
func fresh(d *snapshot.Data) { d.Dir.Version2 = noPart[snapshot.Owner](snapshot.Absent); empty(&d.Dir) }

func empty(d *snapshot.DataDir) {
	d.Snapshots, d.Logs = snapshot.Obs[snapshot.DataFiles]{}, snapshot.Obs[snapshot.DataFiles]{}
	d.CurrentEpoch, d.AcceptedEpoch = snapshot.Obs[snapshot.EpochFile]{}, snapshot.Obs[snapshot.EpochFile]{}
}

func noPart[T any](kind snapshot.FailureKind) snapshot.Obs[T] {
	return snapshot.Failed[T](&snapshot.Failure{Kind: kind, Text: "/var/lib/zookeeper/version-2: " + string(kind)}, quick)
}

// volume changes the file system of dataDir.
func volume(change func(*snapshot.Volume)) func(*snapshot.Data) {
	return func(d *snapshot.Data) { change(&d.Dir.Volume.Value) }
}

func free(bytes uint64) func(*snapshot.Data) {
	return volume(func(v *snapshot.Volume) { v.FreeBytes, v.ReservedBytes = bytes, 0 })
}

// logsElsewhere gives the logs a directory and a file system of their own.
func logsElsewhere(change func(*snapshot.DataDir)) func(*snapshot.Data) {
	return func(d *snapshot.Data) {
		dir := healthyData().Dir
		dir.Path, dir.Real, dir.Volume.Value.Mount = "/var/log/zookeeper", "/var/log/zookeeper", "/var/log"
		dir.Snapshots.Value = snapshot.DataFiles{}
		d.Dir.Logs.Value = snapshot.DataFiles{}
		change(&dir)
		d.LogDir = &dir
	}
}

// newestLog changes the newest log.
func newestLog(change func(*snapshot.DataFile)) func(*snapshot.Data) {
	return func(d *snapshot.Data) { change(&d.Logs().Logs.Value.Newest[0]) }
}

// headless is a log of that size without a header.
func headless(size int64) func(*snapshot.Data) {
	return newestLog(func(f *snapshot.DataFile) {
		f.Size, f.Content.Value = size, snapshot.FileContent{Head: make([]byte, min(size, 16))}
	})
}

// justNow is a newest log that was changed a second before the look.
func justNow(d *snapshot.Data) {
	newestLog(func(f *snapshot.DataFile) { f.Modified = now().Add(-time.Second) })(d)
}

// snapshots sets what there is of them.
func snapshots(total int, newest ...snapshot.DataFile) func(*snapshot.Data) {
	return func(d *snapshot.Data) { d.Dir.Snapshots.Value = snapshot.DataFiles{Total: total, Newest: newest} }
}

// cut is a snapshot without its end.
func cut(f snapshot.DataFile) snapshot.DataFile { f.Content.Value.Whole = false; return f }

// aged is a snapshot of another day.
func aged(f snapshot.DataFile, daysAgo int) snapshot.DataFile {
	f.Modified = now().Add(-time.Duration(daysAgo) * 24 * time.Hour)
	return f
}

func epochs(current, accepted string) func(*snapshot.Data) {
	return func(d *snapshot.Data) {
		d.Dir.CurrentEpoch, d.Dir.AcceptedEpoch = epochFile(current), epochFile(accepted)
	}
}

// version2 sets whose version-2 is.
func version2(uid, gid, mode uint32) func(*snapshot.Data) {
	return func(d *snapshot.Data) { d.Dir.Version2.Value = snapshot.Owner{UID: uid, GID: gid, Mode: mode} }
}

// runsAs sets whose the process is.
func runsAs(uid uint32, writesAll bool, groups ...uint32) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Process.Credentials = snapshot.Saw(snapshot.Credentials{UID: uid, Groups: groups, WritesAll: writesAll}, quick)
	}
}
