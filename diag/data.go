package diag

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// quiet is the time after its last change from which a file of a running server counts as
// it is: a server writes a new log's header, and the epoch after a snapshot, within a
// second, on a slow disk within some.
const quiet = 30 * time.Second

// What the rules about a server's data have in common.

// data is what the host's disk holds; nil, and why, when that is not known.
func (h *host) data() (data *snapshot.Data, reason string) {
	switch {
	case h.Data.Seen():
		return &h.Data.Value, ""
	case h.Data.Tried:
		return nil, h.Data.Failure.Text
	case !h.config.DataDir.IsSet():
		return nil, "where its data is cannot be told: dataDir is not set"
	}
	return nil, "its data was not looked at"
}

// dataDirs are dataDir and, where that is another one, dataLogDir.
func dataDirs(d *snapshot.Data) []*snapshot.DataDir {
	if d.LogDir == nil {
		return []*snapshot.DataDir{&d.Dir}
	}
	return []*snapshot.DataDir{&d.Dir, d.LogDir}
}

// unseenData is the reason for which nothing can be said about a part of the data;
// empty when it was seen, or is not there at all.
func unseenData[T any](o snapshot.Obs[T]) string {
	if o.Seen() || o.FailedAs(snapshot.Absent) {
		return ""
	}
	return reasonOf(o.Failure, "its data was not looked at")
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

// versionAt is the version of the host's server: its own word, or else what all
// others that tell agree on, which is likely its own too.
func (e *ensemble) versionAt(h *host) (v snapshot.Version, told, own bool) {
	if h.server != nil {
		if v, ok := h.server.version(); ok {
			return v, true, true
		}
	}
	for _, s := range e.servers {
		other, ok := s.version()
		switch {
		case !ok:
		case told && other.String() != v.String():
			return snapshot.Version{}, false, false
		default:
			v, told = other, true
		}
	}
	return v, told, false
}

// settledFile reports whether a file is as its server left it: nobody runs that
// might be writing it this moment, or it has not changed for a while.
func (h *host) settledFile(f snapshot.DataFile) bool {
	return h.Process == nil || h.Looked.Sub(f.Modified) >= quiet
}

// willNotStart is a fault in a server's data, which only a start finds out: while
// the process runs, it explains nothing that is wrong now.
func (e *ensemble) willNotStart(h *host, summary string, evidence ...Evidence) Finding {
	f := Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
		Summary: summary + " It cannot start.", Evidence: evidence, Fix: e.refill(h),
	}
	if e.lives(h) {
		f.Later = true
		f.Summary = summary + " The running process has read it before or does not need it; it will not start again."
	}
	return f
}

// refill are the steps by which a server gets its data anew from the leader. They
// name the command only where, by what was seen, every other voter has the data.
func (e *ensemble) refill(h *host) []Fix {
	if !h.distributed() {
		return []Fix{{Host: h.name(), Note: "it is the only server and has the only copy: MOVE version-2 of dataDir and dataLogDir away, delete nothing, and restore from a backup"}}
	}
	if why := e.refillForbidden(h); why != "" {
		return []Fix{{
			Note: "leave version-2 alone on every server for now: " + why + ". Bring the others back first; then run zkdoctor check here again",
		}}
	}
	var moves []string
	data, _ := h.data()
	for _, d := range dataDirs(data) {
		if d.Version2.Seen() {
			dir := d.Path + "/version-2"
			moves = append(moves, "mv -nT "+shellWord(dir)+" "+shellWord(dir+".away"))
		}
	}
	steps := []Fix{
		{
			Host: h.name(), Command: strings.Join(moves, " && "),
			Note: "MOVE its data away, all of it; it will fetch the leader's. Never copy it back, and delete it only once this server follows again and has a snapshot of its own",
			Risk: "safe only while a leader serves and every other voter is in sync with it, as now; one server at a time",
		},
		{Host: h.name(), Note: "start it as its own user, and wait until zkdoctor check shows it as a follower, before you touch any other server"},
	}
	if h.Process != nil {
		steps = slices.Insert(steps, 0, Fix{Host: h.name(), Note: "stop it", Risk: "with no spare voter that is an outage: look at \"Can lose\" first"})
	}
	return steps
}

// refillForbidden says why the data of a server must not be moved away now; empty
// when every other voter was seen to serve.
func (e *ensemble) refillForbidden(h *host) string {
	if h.server == nil {
		return "which of the servers this host is was not found out"
	}
	if len(e.leaders()) != 1 || e.leaders()[0] == h.server {
		return "no other server is seen leading"
	}
	for _, id := range e.list.quorum.Voters() {
		switch s := e.row(id); {
		case s == h.server:
		case s == nil:
			return fmt.Sprintf("server.%d, a voter, was not looked at", id)
		case s.serving != yes:
			return s.Name + ", a voter, is not seen serving"
		}
	}
	if !e.list.proven() {
		return "which servers vote is only what you named"
	}
	return ""
}

// size is a number of bytes for people.
func size(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, unit := float64(n), 0
	for x >= 1024 && unit < len(units)-1 {
		x, unit = x/1024, unit+1
	}
	if unit == 0 || x >= 100 {
		return fmt.Sprintf("%.0f %s", x, units[unit])
	}
	return fmt.Sprintf("%.1f %s", x, units[unit])
}

// days is a time for people who plan.
func days(d time.Duration) string { return plural(int(d/(24*time.Hour)), "day") }

// isBelow reports whether a path is a directory or below it.
func isBelow(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
