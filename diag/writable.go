package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const DataDirNotWritable report.Code = "datadir-not-writable"

var dataDirNotWritableRule = Rule{
	Code: DataDirNotWritable, Title: "data directory is not writable", Needs: "a server's own files and process",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, startless),
	Eval:     perStart(checkDataDirNotWritable),
}

func checkDataDirNotWritable(_ *model.Ensemble, h *model.Host) Outcome {
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	var bad []report.Finding
	for _, d := range dataDirs(data) {
		f, why := notWritable(h, d)
		if f != nil {
			bad = append(bad, *f)
		}
		if why != "" {
			reason = why
		}
	}
	if len(bad) == 0 {
		return undecided(reason)
	}
	return found(asOne(h, bad)...).and(undecided(reason))
}

// asOne joins what is the same of both directories, with the start of a server that does not run at the
// end of all steps.
func asOne(h *model.Host, bad []report.Finding) []report.Finding {
	out := bad[:1:1]
	for _, other := range bad[1:] {
		f := &out[0]
		if other.Certainty != f.Certainty || other.Later != f.Later {
			out = append(out, other)
			continue
		}
		f.Evidence = append(f.Evidence, other.Evidence...)
		if other.Summary != f.Summary { // else both are on one volume
			f.Fix = append(f.Fix, other.Fix...)
		}
	}
	if last := &out[len(out)-1]; h.Process == nil && !h.MayRun {
		last.Fix = append(last.Fix, startIt(h, ""))
	}
	return out
}

// notWritable judges one directory; why it cannot, where that is so.
func notWritable(h *model.Host, d *snapshot.DataDir) (*report.Finding, string) {
	target, path := d.Version2, d.Path+"/version-2"
	if target.FailedAs(snapshot.Absent) {
		target, path = d.Owner, d.Path // it will be made there
	}
	if !target.Seen() {
		return nil, unseenData(target)
	}
	if d.Volume.Seen() && d.Volume.Value.ReadOnly {
		return readOnlyVolume(h, d), ""
	}
	owner := target.Value
	if h.Process == nil {
		return notForOwner(h, d, owner)
	}
	c := h.Process.Credentials
	if !c.Seen() {
		return nil, reasonOf(c, "the user of its process was not checked")
	}
	switch may := writes(owner, c.Value.UID, c.Value.Groups); {
	case c.Value.WritesAll, may == model.Yes:
		return nil, ""
	case may == model.Unknown:
		return nil, path + ": its group may write, and an access list may include its user"
	}
	return &report.Finding{
		Certainty: report.Proven, Later: true,
		Summary: fmt.Sprintf("it runs as %s, who may not create a file in %s. It continues with its open files, fails at the next snapshot, and does not start again.", h.Process.User, path),
		Evidence: []report.Evidence{
			ownerEvidence(path, owner, "writable for "+h.Process.User),
			processEvidence(h, "runs as "+h.Process.User, ""),
		},
		Fix: []report.Fix{giveTo(h, d, c.Value.UID)},
	}, ""
}

// giveTo is the step that lets the user of the process write in a directory. The command is
// for what is ZooKeeper's without a doubt: a version-2 with its files, in a directory of that
// user, or a directory with its myid, that alone. Any other path is only what a configuration
// says, and may be the system's or another server's.
func giveTo(h *model.Host, d *snapshot.DataDir, uid uint32) report.Fix {
	fix := report.Fix{
		Host: nameOf(h), Note: "change the owner to that user, and find out what changed it: a start as root does this",
		Risk: "none: no content changes",
	}
	path := d.Path + "/version-2"
	switch {
	case d.Version2.Seen() && !holdsData(d), !d.Version2.Seen() && !holdsMyID(h, d):
		fix.Note = fmt.Sprintf("find out whether %s is its data directory: none of ZooKeeper's files was seen there. Then change the owner to that user", d.Path)
		fix.Risk = "changing the owner of another program's directory can break that program"
	case !d.Version2.Seen():
		fix.Command = fmt.Sprintf("chown %d %s", uid, shellWord(d.Path))
	case d.Version2.Value.UID == uid:
		fix.Command = "chmod u+rwx " + shellWord(path)
		fix.Note = "restore its write permission, and find out what changed it"
	case d.Owner.Value.UID == uid:
		fix.Command = fmt.Sprintf("chown -R %d %s", uid, shellWord(path))
		fix.Note = "change the owner of all files to that user, and find out what changed it: a start as root does this"
	default:
		fix.Note = fmt.Sprintf("find out which is wrong: the owner of %s and its files, or the user of the server; then make them the same", d.Path)
	}
	return fix
}

// holdsMyID reports whether the server's myid was seen in a directory.
func holdsMyID(h *model.Host, d *snapshot.DataDir) bool {
	return h.HasID && d == &h.Data.Value.Dir
}

func readOnlyVolume(h *model.Host, d *snapshot.DataDir) *report.Finding {
	mount := d.Volume.Value.Mount
	if mount == "" {
		mount = "its file system"
	}
	return &report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("%s is mounted read-only, so ZooKeeper can write neither log nor snapshot there. Linux remounts a file system read-only after a disk error.", mount),
		Evidence: []report.Evidence{{
			Source: "disk", Key: "mount",
			Value: mount + " is read-only", Wanted: "read and write", File: d.Path,
		}},
		Fix: []report.Fix{
			inspect(nameOf(h), "findmnt -T "+shellWord(d.Path)+"; dmesg -T | tail -n 30",
				"find out why it is read-only: a disk error, or the mount options"),
			risky(nameOf(h), "fix the disk or the mount. After a disk error do not remount it read-write by force: check the file system first",
				"writing to a damaged file system can lose what is still there"),
		},
	}
}

// notForOwner judges a directory of a server that does not run. Whom it will run as
// is not known; that dataDir belongs to somebody, and version-2 to root, is what a
// single start as root leaves behind.
func notForOwner(h *model.Host, d *snapshot.DataDir, version2 snapshot.Owner) (*report.Finding, string) {
	above := d.Owner.Value
	if !d.Owner.Seen() || above.UID == 0 || above.UID == version2.UID {
		return nil, ""
	}
	if got := writes(version2, above.UID, []uint32{above.GID}); got != model.No {
		return nil, ""
	}
	path := d.Path + "/version-2"
	fix := report.Fix{
		Host: nameOf(h), Command: fmt.Sprintf("chown -R --reference=%s %s", shellWord(d.Path), shellWord(path)),
		Note: "change the owner to that of the directory above it, if ZooKeeper runs as that user", Risk: "none: no content changes",
	}
	if !holdsData(d) {
		fix.Command = "" // it may be anything
	}
	return &report.Finding{
		Certainty: report.Likely,
		Summary:   fmt.Sprintf("%s belongs to %s and version-2 in it to %s, and only the latter may write there. One start as root causes this; the next start as its own user exits with \"Cannot write to\" and code 3 (3.4: 1).", d.Path, userName(above.UID), userName(version2.UID)),
		Evidence: []report.Evidence{
			ownerEvidence(path, version2, "that of "+d.Path),
			ownerEvidence(d.Path, above, ""),
		},
		Fix: []report.Fix{fix},
	}, ""
}

// writes reports whether permissions let a user make files in a directory.
func writes(o snapshot.Owner, uid uint32, groups []uint32) model.Truth {
	return model.Permits(o, 2, uid, groups)
}

func ownerEvidence(path string, o snapshot.Owner, wanted string) report.Evidence {
	return dataEvidence("owner", fmt.Sprintf("%s, mode %04o", userName(o.UID), o.Mode), wanted, path)
}
