package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about the file systems of dataDir and dataLogDir.

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

const DiskFull report.Code = "disk-full"

var diskFullRule = Rule{
	Code: DiskFull, Title: "data disk is full", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true, AlwaysShown: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"txnlog-corrupt", "epoch-mismatch", "sync-too-slow"}),
	Eval:     perHost(checkDiskFull),
}

func checkDiskFull(_ *model.Ensemble, h *model.Host) Outcome {
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	disks, reason := disks(data)
	var full, nearly []report.Finding
	for _, d := range disks {
		free, least, ample := d.free(h), max(largestTxn, d.next), logStep+2*d.next
		noInodes := d.Inodes > 0 && d.FreeInodes == 0
		switch {
		case d.Bytes == 0 || d.ReadOnly: // nothing is ever written there
		case noInodes || free < least:
			full = append(full, diskFull(h, data, d, least, noInodes))
		case free < ample:
			f := diskFull(h, data, d, ample, false)
			f.Title, f.Severity, f.Later = "data disk is nearly full", report.Warning, true
			f.Summary = fmt.Sprintf("%s are free on %s: less than two snapshots and one more transaction log file. When it is full, this server leaves the quorum.", size(free), d.place())
			nearly = append(nearly, f)
		}
	}
	// Two of a server are shown as one, under the name of the first.
	return found(append(full, nearly...)...).and(undecided(reason))
}

// diskFull is a file system without room; wanted are the bytes that should be free.
func diskFull(h *model.Host, data *snapshot.Data, d disk, wanted uint64, noInodes bool) report.Finding {
	what := report.Evidence{
		Source: "disk", Key: "free", File: d.dir,
		Value: fmt.Sprintf("%s of %s on %s", size(d.free(h)), size(d.Bytes), d.place()), Wanted: size(wanted) + " at least",
	}
	summary := fmt.Sprintf("%s are free on %s: the next transaction or the next snapshot may not fit. Each failed write takes this server out of the quorum; the process keeps running, rejoins and fails again.", size(d.free(h)), d.place())
	if noInodes {
		what = report.Evidence{
			Source: "disk", Key: "free inodes", File: d.dir,
			Value: fmt.Sprintf("0 of %d on %s", d.Inodes, d.place()), Wanted: "some",
		}
		summary = fmt.Sprintf("no inode is free on %s: no file can be created there, so no log and no snapshot, even if df shows free space.", d.place())
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   summary, Evidence: []report.Evidence{what},
		Fix: []report.Fix{
			inspect(nameOf(h), "sudo du -xhd 2 "+shellWord(cmp.Or(d.Mount, d.dir))+" | sort -h | tail -20",
				"find out what uses the space"),
			step(nameOf(h), "free space OUTSIDE version-2 (old program logs, heap dumps, other files), or enlarge the file system. Remove nothing from version-2 by hand: the oldest log may still be needed"),
			step(nameOf(h), "wait until it follows and has written a new snapshot; only then run zkCleanup.sh, which removes old ones"),
		},
	}
	if h.Process == nil && !h.MayRun {
		f.Fix = slices.Insert(f.Fix, 2, startIt(h, ""))
	}
	if said := logEvidences(h, []logline.Sign{logline.NoSpace}); remote(d.Type) {
		addEvidence(&f, said...)
		if said == nil {
			f.Certainty = report.Likely
			f.Summary += fmt.Sprintf(" Less likely: the server of this file system (%s) grants more than it reports.", d.Type)
		}
	}
	if d.next > 0 {
		addEvidence(&f, dataEvidence("newest snapshot", size(d.next), "", data.Dir.Path+"/version-2"))
	}
	if n := data.Dir.Snapshots.Value.Total; n > manySnapshots && purgeOff(h) {
		value := fmt.Sprintf("%d, and none is ever removed", n)
		addEvidence(&f, dataEvidence("snapshots", value, "autopurge.purgeInterval above 0", h.Settings.Path))
	}
	return f
}

// remote reports whether a file system of that type is another machine's, which may report another
// number than it grants.
func remote(fsType string) bool {
	base, _, _ := strings.Cut(fsType, ".")
	return slices.Contains([]string{
		"nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "virtiofs", "lustre", "gpfs", "afs", "fuse",
	}, base)
}

const DataDirInTmp report.Code = "datadir-in-tmp"

var dataDirInTmpRule = Rule{
	Code: DataDirInTmp, Title: "dataDir is under a temporary directory", Needs: "a server's own files",
	Eval: perHost(checkDataDirInTmp),
}

func checkDataDirInTmp(_ *model.Ensemble, h *model.Host) Outcome {
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	var inTmp []report.Finding
	for i, d := range dataDirs(data) {
		if !d.Owner.Seen() {
			reason = unseenData(d.Owner)
			continue
		}
		tmp := cleaned(d)
		if tmp == "" {
			continue
		}
		key, set := "dataDir", h.Settings.DataDir
		if i > 0 {
			key, set = "dataLogDir", h.Settings.DataLogDir
		}
		inTmp = append(inTmp, report.Finding{
			Severity: report.Warning, Certainty: report.Proven, Title: key + " is under a temporary directory",
			Summary: fmt.Sprintf("%s is below %s, %s. A server that restarts without its data no longer has what it acknowledged; if two of three do so at the same time, all data is lost.", key, tmp, emptied(tmp, d.Volume.Value.Type)),
			Evidence: []report.Evidence{
				settingEvidence(h, key, set, "a directory that survives a reboot"),
			},
			Fix: moveData(h, d.Path, key),
		})
	}
	return found(inTmp...).and(undecided(reason))
}

// moveData are the steps that take a directory of data to where it stays.
func moveData(h *model.Host, path, key string) []report.Fix {
	what := "myid and version-2 together"
	if key == "dataLogDir" {
		what = "its version-2"
	}
	move := risky(nameOf(h), fmt.Sprintf("MOVE all of %s there, %s, with the same owner; set %s in zoo.cfg", path, what, key),
		"a server that starts with an empty directory no longer has what it acknowledged")
	if h.Process == nil && !h.MayRun {
		return []report.Fix{step(nameOf(h), "choose a directory on a separate disk. The server does not run: do this before it starts again"), move, startIt(h, "")}
	}
	return []report.Fix{
		step(nameOf(h), "choose a directory on a separate disk, and do the following on one server at a time; wait each time until it follows again"),
		stopIt(h, mayBeOutage),
		move,
		startIt(h, ""),
	}
}

// cleaned is the directory that a dataDir is below and that does not keep its files;
// empty when it is below none, or is on a disk of its own there, which nobody empties.
func cleaned(d *snapshot.DataDir) string {
	tmp, volume := lint.Volatile(cmp.Or(d.Real, d.Path)), d.Volume.Value
	switch own := volume.Mount != tmp && lint.Volatile(volume.Mount) == tmp; {
	case own && volume.Type == "tmpfs": // as /run/user/1000
		return volume.Mount
	case own:
		return ""
	}
	return tmp
}

// emptied is what takes files from a directory: memory loses them, and what is for temporary files is
// mostly cleared; whether this host does so was not checked.
func emptied(tmp, fsType string) string {
	const unseen = "unless this host is set not to, which was not checked"
	switch {
	case fsType == "tmpfs" || tmp != "/tmp" && tmp != "/var/tmp":
		return "which is memory: a reboot empties it"
	case tmp == "/tmp":
		return "from which systemd-tmpfiles removes files after 10 days, and many systems all files at boot, " + unseen
	}
	return "from which systemd-tmpfiles removes files after 30 days, " + unseen
}
