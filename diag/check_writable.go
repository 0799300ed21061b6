package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var dataDirNotWritableRule = Rule{
	Code: DataDirNotWritable, Title: "its data directory cannot be written", Needs: "a server's own files and process",
	Explains: slices.Concat(keptOut, startless),
	Eval:     checkDataDirNotWritable,
}

func checkDataDirNotWritable(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		data, reason := h.data()
		if data == nil {
			return nil, reason
		}
		var found []Finding
		for _, d := range dataDirs(data) {
			f, why := e.notWritable(h, d)
			if f != nil {
				found = append(found, *f)
			}
			if why != "" {
				reason = why
			}
		}
		return found, reason
	})
}

// notWritable judges one directory.
func (e *ensemble) notWritable(h *host, d *snapshot.DataDir) (*Finding, string) {
	target, path := d.Version2, d.Path+"/version-2"
	if target.FailedAs(snapshot.Absent) {
		target, path = d.Owner, d.Path // it will be made there
	}
	if !target.Seen() {
		return nil, unseenData(target)
	}
	if d.Volume.Seen() && d.Volume.Value.ReadOnly {
		return e.readOnlyVolume(h, d), ""
	}
	owner := target.Value
	if h.Process == nil {
		return e.notForOwner(h, d, owner)
	}
	c := h.Process.Credentials
	if !c.Seen() {
		return nil, reasonOf(c.Failure, "whose its process is was not looked at")
	}
	switch may := writes(owner, c.Value.UID, c.Value.Groups); {
	case c.Value.WritesAll, may == yes:
		return nil, ""
	case may == unknown:
		return nil, path + ": its group may write, and an access list may put its user there"
	}
	return &Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(), Later: true,
		Summary: fmt.Sprintf("it runs as %s, who may not make a file in %s. It goes on with the files that it has open, fails at the next snapshot, and does not start again.", h.Process.User, path),
		Evidence: []Evidence{
			ownerEvidence(h, path, owner, "writable for "+h.Process.User),
			{Source: "process", Server: h.name(), Key: "pid " + strconv.Itoa(h.Process.PID), Value: "runs as " + h.Process.User},
		},
		Fix: []Fix{{
			Host: h.name(), Command: fmt.Sprintf("chown -R %d %s", c.Value.UID, shellWord(path)),
			Note: "give all of it to that user, and find out who changed it: a start as root does", Risk: "none: no content changes",
		}},
	}, ""
}

func (e *ensemble) readOnlyVolume(h *host, d *snapshot.DataDir) *Finding {
	mount := d.Volume.Value.Mount
	if mount == "" {
		mount = "its file system"
	}
	return &Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
		Summary:  fmt.Sprintf("%s is mounted read-only, so ZooKeeper can write neither log nor snapshot there. Linux mounts a file system so by itself after an error of its disk.", mount),
		Evidence: []Evidence{{Source: "disk", Server: h.name(), Key: "mount", Value: mount + " is read-only", Wanted: "read and write", File: d.Path}},
		Fix: []Fix{
			{Host: h.name(), Command: "findmnt -T " + shellWord(d.Path) + "; dmesg -T | tail -n 30", Note: "find out why: an error of the disk, or the options of the mount", Risk: "none"},
			{Host: h.name(), Note: "mend the disk or the mount, then start the server. After a disk error do not force it writable: check the file system first", Risk: "writing to a damaged file system can lose what is still there"},
		},
	}
}

// notForOwner judges a directory of a server that does not run. Whom it will run as
// is not known; that dataDir belongs to somebody, and version-2 to root, is what a
// single start as root leaves behind.
func (e *ensemble) notForOwner(h *host, d *snapshot.DataDir, version2 snapshot.Owner) (*Finding, string) {
	above := d.Owner.Value
	if !d.Owner.Seen() || above.UID == 0 || above.UID == version2.UID {
		return nil, ""
	}
	if got := writes(version2, above.UID, []uint32{above.GID}); got != no {
		return nil, ""
	}
	path := d.Path + "/version-2"
	return &Finding{
		Severity: e.hostSeverity(h), Certainty: Likely, Servers: h.servers(),
		Summary: fmt.Sprintf("%s belongs to %s and version-2 in it to %s, and only the latter may write there. One start as root leaves it so; the next one as its own user ends with \"Cannot write to\" and exit code 3 (3.4: 1).", d.Path, userName(above.UID), userName(version2.UID)),
		Evidence: []Evidence{
			ownerEvidence(h, path, version2, "that of "+d.Path),
			ownerEvidence(h, d.Path, above, ""),
		},
		Fix: []Fix{{
			Host: h.name(), Command: fmt.Sprintf("chown -R --reference=%s %s", shellWord(d.Path), shellWord(path)),
			Note: "give it to the owner of dataDir, if that is whom ZooKeeper runs as; then start it as that user", Risk: "none: no content changes",
		}},
	}, ""
}

// writes reports whether permissions let a user make files in a directory.
func writes(o snapshot.Owner, uid uint32, groups []uint32) truth { return permits(o, 2, uid, groups) }

// permits reports whether permissions let a user read (4), write (2) or pass (1). The
// group's bits may be a mask over an access list, so they prove something only
// where they are not set, or where it is the user's own group.
func permits(o snapshot.Owner, what, uid uint32, groups []uint32) truth {
	switch {
	case o.UID == uid:
		return isTrue(o.Mode>>6&what != 0)
	case slices.Contains(groups, o.GID):
		return isTrue(o.Mode>>3&what != 0)
	case o.Mode&what != 0:
		return yes
	case o.Mode>>3&what != 0:
		return unknown
	}
	return no
}

func userName(uid uint32) string {
	if uid == 0 {
		return "root"
	}
	return "user " + strconv.FormatUint(uint64(uid), 10)
}

func ownerEvidence(h *host, path string, o snapshot.Owner, wanted string) Evidence {
	return Evidence{Source: "data", Server: h.name(), Key: "owner", Value: fmt.Sprintf("%s, mode %04o", userName(o.UID), o.Mode), Wanted: wanted, File: path}
}
