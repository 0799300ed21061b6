package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about the file systems of dataDir and dataLogDir.

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
func (h *host) disks(data *snapshot.Data) (all []disk, reason string) {
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
func (d disk) free(h *host) uint64 {
	if h.Process != nil && h.Process.Credentials.Seen() && h.Process.Credentials.Value.UID == 0 {
		return d.FreeBytes + d.ReservedBytes
	}
	return d.FreeBytes
}

// place is how the file system is called in texts.
func (d disk) place() string {
	if d.Mount == "" {
		return "the file system of " + d.dir
	}
	return d.Mount
}

const (
	// largestTxn is the largest transaction that a server takes: jute.maxbuffer is
	// 1 MiB less a byte by default. With less than that free the next may fail.
	largestTxn = 1 << 20
	// logStep is the length by which a server lengthens its log (preAllocSize). It
	// takes no space until it is written to, and is written to sooner or later.
	logStep = 64 << 20
)

var diskFullRule = Rule{
	Code: DiskFull, Title: "the disk of its data is full", Needs: "a server's own files",
	Traits:   Traits{AlwaysShown: true},
	Explains: slices.Concat(keptOut, startless, []Code{TxnlogCorrupt, EpochMismatch, SyncTooSlow}),
	Eval:     checkDiskFull,
}

func checkDiskFull(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		disks, reason := h.disks(data)
		var found []Finding
		for _, d := range disks {
			free, least, ample := d.free(h), max(largestTxn, d.next), logStep+2*d.next
			noInodes := d.Inodes > 0 && d.FreeInodes == 0
			switch {
			case d.Bytes == 0 || d.ReadOnly: // nothing is ever written there
			case noInodes || free < least:
				found = append(found, e.diskFull(h, data, d, least, noInodes))
			case free < ample:
				f := e.diskFull(h, data, d, ample, false)
				f.Title, f.Severity, f.Later = "the disk of its data is nearly full", Warning, true
				f.Summary = fmt.Sprintf("%s are left on %s. That is room for less than two snapshots and one more stretch of log. Once it is full this server is out.", size(free), d.place())
				found = append(found, f)
			}
		}
		// Two of a server are shown as one, under the name of the first.
		slices.SortStableFunc(found, func(a, b Finding) int { return compareBool(a.Later, b.Later) })
		return found, reason
	})
}

// diskFull is a file system without room; wanted are the bytes that should be free.
func (e *ensemble) diskFull(h *host, data *snapshot.Data, d disk, wanted uint64, noInodes bool) Finding {
	what := Evidence{
		Source: "disk", Server: h.name(), Key: "free", File: d.dir,
		Value: fmt.Sprintf("%s of %s on %s", size(d.free(h)), size(d.Bytes), d.place()), Wanted: size(wanted) + " at least",
	}
	summary := fmt.Sprintf("%s are left on %s: the next transaction may not fit into its log, nor the next snapshot beside the others. Each write that fails throws this server out of the quorum; its process lives on, joins again and fails again.", size(d.free(h)), d.place())
	if noInodes {
		what = Evidence{
			Source: "disk", Server: h.name(), Key: "free inodes", File: d.dir,
			Value: fmt.Sprintf("0 of %d on %s", d.Inodes, d.place()), Wanted: "some",
		}
		summary = fmt.Sprintf("no inode is left on %s: whatever df says, no file can be made there, so no log and no snapshot.", d.place())
	}
	f := Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(), Summary: summary, Evidence: []Evidence{what},
		Fix: []Fix{
			{Host: h.name(), Command: "df -h " + shellWord(d.dir) + "; df -i " + shellWord(d.dir), Note: "see it yourself", Risk: "none"},
			{Host: h.name(), Note: "free space OUTSIDE version-2 (old program logs, heap dumps, other programs' files), or enlarge the file system. Remove nothing from version-2 by hand: the oldest log may still be needed"},
			{Host: h.name(), Note: "start it if it has ended; wait until it follows and has written a new snapshot; only then let ZooKeeper's own zkCleanup.sh remove old ones"},
		},
	}
	if d.next > 0 {
		f.Evidence = append(f.Evidence, Evidence{Source: "data", Server: h.name(), Key: "newest snapshot", Value: size(d.next), File: data.Dir.Path + "/version-2"})
	}
	if n := data.Dir.Snapshots.Value.Total; n > manySnapshots && purgeOff(h) {
		f.Evidence = append(f.Evidence, Evidence{Source: "data", Server: h.name(), Key: "snapshots", Value: fmt.Sprintf("%d, and none is ever removed", n), Wanted: "autopurge.purgeInterval above 0", File: h.config.Path})
	}
	return f
}

var dataDirInTmpRule = Rule{
	Code: DataDirInTmp, Title: "its data is where files are cleared away", Needs: "a server's own files",
	Eval: checkDataDirInTmp,
}

func checkDataDirInTmp(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		var found []Finding
		for i, d := range dataDirs(data) {
			if !d.Owner.Seen() {
				reason = unseenData(d.Owner)
				continue
			}
			tmp := cleaned(d)
			if tmp == "" {
				continue
			}
			key, set := "dataDir", h.config.DataDir
			if i > 0 {
				key, set = "dataLogDir", h.config.DataLogDir
			}
			found = append(found, Finding{
				Severity: Warning, Certainty: Proven, Servers: h.servers(),
				Summary: fmt.Sprintf("%s is below %s, which is emptied at a reboot or by systemd-tmpfiles, %s. This server then comes back without its data; two of three such at a time are the loss of all.", key, tmp, emptied(tmp)),
				Evidence: []Evidence{
					{Source: "zoo.cfg", Server: h.name(), Key: key, Value: set.Value, Wanted: "a directory that outlives a reboot", File: set.File, Line: set.Line},
				},
				Fix: []Fix{
					{Host: h.name(), Note: "choose a directory on a disk of its own, and do the following on one server at a time, each time waiting until it follows again"},
					{Host: h.name(), Note: "stop it", Risk: "with no spare voter that is an outage: look at \"Can lose\" first"},
					{Host: h.name(), Note: fmt.Sprintf("MOVE the whole of %s there, myid and version-2 together, with its owner; set %s in zoo.cfg; start it", d.Path, key), Risk: "a server that starts with an empty directory has forgotten what it agreed to"},
				},
			})
		}
		return found, reason
	})
}

// cleaned is the directory for temporary files that a dataDir is below; empty when
// it is below none, or is a file system of its own, which nobody empties.
func cleaned(d *snapshot.DataDir) string {
	path := d.Real
	if path == "" {
		path = d.Path
	}
	for _, tmp := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		mount := d.Volume.Value.Mount
		if isBelow(path, tmp) && (mount == tmp || !isBelow(mount, tmp)) {
			return tmp
		}
	}
	return ""
}

func emptied(tmp string) string {
	switch tmp {
	case "/tmp":
		return "by default of what is 10 days old"
	case "/var/tmp":
		return "by default of what is 30 days old"
	}
	return "for it is memory"
}
