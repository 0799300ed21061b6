package diag

import (
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

// What a server keeps on disk, in good health unless changed: epoch 3, a snapshot
// from within it, and the log after that, two hours old.

const (
	mib = 1 << 20
	gib = 1 << 30
)

func healthyData() probe.Data {
	d := probe.DataDir{
		Path: "/var/lib/zookeeper", Real: "/var/lib/zookeeper",
		Owner:    probe.Saw(probe.Owner{UID: 1000, GID: 1000, Mode: 0o755}, quick),
		Version2: probe.Saw(probe.Owner{UID: 1000, GID: 1000, Mode: 0o755}, quick),
		Volume: probe.Saw(probe.Volume{
			Mount: "/", Type: "ext4", Bytes: 100 * gib, FreeBytes: 50 * gib, ReservedBytes: 5 * gib, Inodes: 1e6, FreeInodes: 9e5,
		}, quick),
		Snapshots:    probe.Saw(probe.DataFiles{Total: 2, Newest: []probe.DataFile{snapshot(0x300000010, mib), snapshot(0x200000001, mib)}}, quick),
		Logs:         probe.Saw(probe.DataFiles{Total: 1, Newest: []probe.DataFile{txnlog(0x300000011)}}, quick),
		CurrentEpoch: epochFile("3"), AcceptedEpoch: epochFile("3"),
	}
	return probe.Data{Dir: d}
}

func epochFile(text string) probe.Obs[probe.EpochFile] {
	return probe.Saw(probe.EpochFile{Bytes: []byte(text)}, quick)
}

func snapshot(zxid probe.Zxid, size int64) probe.DataFile {
	return probe.DataFile{
		Name: fmt.Sprintf("snapshot.%x", uint64(zxid)), Zxid: zxid, Size: size, Allocated: size, Modified: now().Add(-2 * time.Hour),
		Content: probe.Saw(probe.FileContent{Head: []byte("ZKSN"), Whole: true}, quick),
	}
}

func txnlog(zxid probe.Zxid) probe.DataFile {
	return probe.DataFile{
		Name: fmt.Sprintf("log.%x", uint64(zxid)), Zxid: zxid, Size: 64 * mib, Allocated: mib, Modified: now().Add(-2 * time.Hour),
		Content: probe.Saw(probe.FileContent{Head: []byte("ZKLG\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"), Whole: true, First: zxid, HasFirst: true}, quick),
	}
}

// keeps changes what is on the disk.
func keeps(changes ...func(*probe.Data)) func(*probe.Local) {
	return func(l *probe.Local) {
		for _, change := range changes {
			change(&l.Data.Value)
		}
	}
}

// dataUnseen fails the look at the disk; "" is one that was not made.
func dataUnseen(kind probe.FailureKind) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Data = probe.Obs[probe.Data]{}
		if kind != "" {
			l.Data = probe.Failed[probe.Data](&probe.Failure{Kind: kind, Text: "/var/lib/zookeeper: " + string(kind)}, quick)
		}
	}
}

// closed is a version-2 that may not be looked into.
func closed(d *probe.Data) { d.Dir.Version2 = noPart[probe.Owner](probe.Denied); empty(&d.Dir) }

// fresh is a dataDir before the first start.
func fresh(d *probe.Data) { d.Dir.Version2 = noPart[probe.Owner](probe.Absent); empty(&d.Dir) }

func empty(d *probe.DataDir) {
	d.Snapshots, d.Logs = probe.Obs[probe.DataFiles]{}, probe.Obs[probe.DataFiles]{}
	d.CurrentEpoch, d.AcceptedEpoch = probe.Obs[probe.EpochFile]{}, probe.Obs[probe.EpochFile]{}
}

func noPart[T any](kind probe.FailureKind) probe.Obs[T] {
	return probe.Failed[T](&probe.Failure{Kind: kind, Text: "/var/lib/zookeeper/version-2: " + string(kind)}, quick)
}

// volume changes the file system of dataDir.
func volume(change func(*probe.Volume)) func(*probe.Data) {
	return func(d *probe.Data) { change(&d.Dir.Volume.Value) }
}

func free(bytes uint64) func(*probe.Data) {
	return volume(func(v *probe.Volume) { v.FreeBytes, v.ReservedBytes = bytes, 0 })
}

// logsElsewhere gives the logs a directory and a file system of their own.
func logsElsewhere(change func(*probe.DataDir)) func(*probe.Data) {
	return func(d *probe.Data) {
		dir := healthyData().Dir
		dir.Path, dir.Real, dir.Volume.Value.Mount = "/var/log/zookeeper", "/var/log/zookeeper", "/var/log"
		dir.Snapshots.Value = probe.DataFiles{}
		d.Dir.Logs.Value = probe.DataFiles{}
		change(&dir)
		d.LogDir = &dir
	}
}

// newestLog changes the newest log.
func newestLog(change func(*probe.DataFile)) func(*probe.Data) {
	return func(d *probe.Data) { change(&d.Logs().Logs.Value.Newest[0]) }
}

// headless is a log of that size without a header.
func headless(size int64) func(*probe.Data) {
	return newestLog(func(f *probe.DataFile) {
		f.Size, f.Content.Value = size, probe.FileContent{Head: make([]byte, min(size, 16))}
	})
}

// justNow is a newest log that was changed a second before the look.
func justNow(d *probe.Data) {
	newestLog(func(f *probe.DataFile) { f.Modified = now().Add(-time.Second) })(d)
}

// snapshots sets what there is of them.
func snapshots(total int, newest ...probe.DataFile) func(*probe.Data) {
	return func(d *probe.Data) { d.Dir.Snapshots.Value = probe.DataFiles{Total: total, Newest: newest} }
}

// cut is a snapshot without its end.
func cut(f probe.DataFile) probe.DataFile { f.Content.Value.Whole = false; return f }

// aged is a snapshot of another day.
func aged(f probe.DataFile, daysAgo int) probe.DataFile {
	f.Modified = now().Add(-time.Duration(daysAgo) * 24 * time.Hour)
	return f
}

func epochs(current, accepted string) func(*probe.Data) {
	return func(d *probe.Data) { d.Dir.CurrentEpoch, d.Dir.AcceptedEpoch = epochFile(current), epochFile(accepted) }
}

// version2 sets whose version-2 is.
func version2(uid, gid, mode uint32) func(*probe.Data) {
	return func(d *probe.Data) { d.Dir.Version2.Value = probe.Owner{UID: uid, GID: gid, Mode: mode} }
}

// runsAs sets whose the process is.
func runsAs(uid uint32, writesAll bool, groups ...uint32) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Process.Credentials = probe.Saw(probe.Credentials{UID: uid, Groups: groups, WritesAll: writesAll}, quick)
	}
}
