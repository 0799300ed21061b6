package diag

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What a server's own log says since its last start. It supports what sockets and
// files show, and never stands alone: a line may be an hour old and fixed since.

// fatalSigns are what a server writes when it ends.
var fatalSigns = []logline.Sign{
	logline.MyIDMissing, logline.MyIDMalformed, logline.MyIDNotListed, logline.NoSpace, logline.OutOfMemory,
	logline.RecordTooLong, logline.EpochOld, logline.NoSnapshot, logline.DataDamaged, logline.LogGap, logline.DataDenied,
	logline.AddressForeign, logline.AddressInUse, logline.DatabaseUnloaded, logline.AdminEnd, logline.MetricsPort,
	logline.ConfigInvalid, logline.JavaVersion, logline.JavaClass,
	logline.JavaOptions, logline.JavaMissing, logline.Unrecoverable, logline.Exit,
}

// maxLogEvidence is how many lines of a log a finding shows.
const maxLogEvidence = 2

// logEvidences is what the log of a host's server says of that kind: the special before the
// general, as the list has it. nil host, unread log: nothing.
func logEvidences(h *model.Host, signs []logline.Sign) []report.Evidence {
	if h == nil || !h.Log.Seen() {
		return nil
	}
	lines, _ := logLines(h, signs, func(snapshot.LogLine) bool { return true })
	var out []report.Evidence
	for _, line := range lines[:min(len(lines), maxLogEvidence)] {
		out = append(out, lineEvidence(h, line))
	}
	return out
}

func lineEvidence(h *model.Host, line snapshot.LogLine) report.Evidence {
	return report.Evidence{Source: "log", Server: nameOf(h), Key: line.At, Value: line.Text, File: h.Log.Value.Path}
}

// lately is how long ago a line may be for what it tells of to be going on. A server
// without a quorum calls its peers once a minute at least
// (FastLeaderElection.maxNotificationInterval, 60 s), and so do those that miss one.
const lately = 2 * time.Minute

// saysLately are the lines of these kinds that a running server has written within the
// last two minutes, and how many in all.
func saysLately(h *model.Host, signs ...logline.Sign) (lines []snapshot.LogLine, count int, reason string) {
	return saysWithin(h, lately, signs...)
}

// saysWithin is that for another time. reason says why it cannot be told: a line of an
// earlier run, or fixed since, must count for nothing.
func saysWithin(
	h *model.Host, span time.Duration, signs ...logline.Sign,
) (lines []snapshot.LogLine, count int, reason string) {
	if !h.Log.Seen() {
		return nil, 0, noLog(h)
	}
	tail := &h.Log.Value
	last, err := time.Parse(time.DateTime, tail.Last)
	if err != nil {
		return nil, 0, "its log has no times that zkdoctor can read"
	}
	if h.Looked.Sub(tail.Modified) > span {
		return nil, 0, ""
	}
	lines, count = logLines(h, signs, func(l snapshot.LogLine) bool {
		at, err := time.Parse(time.DateTime, l.At)
		return err == nil && last.Sub(at) <= span
	})
	return lines, count, ""
}

// saysSinceStart are the lines of these kinds since the last start of the server, and
// how many in all.
func saysSinceStart(h *model.Host, signs ...logline.Sign) (lines []snapshot.LogLine, count int, reason string) {
	switch tail := &h.Log.Value; {
	case !h.Log.Seen():
		return nil, 0, noLog(h)
	case !tail.Begins:
		return nil, 0, "its last start is not in the part of its log that was read"
	case h.Process != nil && tail.Modified.Before(h.Process.Started):
		return nil, 0, "its log is older than its process"
	}
	lines, count = logLines(h, signs, func(snapshot.LogLine) bool { return true })
	return lines, count, ""
}

func noLog(h *model.Host) string {
	return "its log was not read: " + reasonOf(h.Log, "zkdoctor did not search for it")
}

// logLines are those of these kinds that count, in the order of the kinds.
func logLines(
	h *model.Host, signs []logline.Sign, counts func(snapshot.LogLine) bool,
) (lines []snapshot.LogLine, n int) {
	for _, sign := range signs {
		i := slices.IndexFunc(h.Log.Value.Lines, func(l snapshot.LogLine) bool { return l.Sign == sign })
		if i >= 0 && counts(h.Log.Value.Lines[i]) {
			lines = append(lines, h.Log.Value.Lines[i])
			n += h.Log.Value.Lines[i].Count
		}
	}
	return lines, n
}

// repeated is how many lines are more than a moment's.
const repeated = 2

// logAge is how old a line of a log is. The log's own times have no zone; the newest of
// them is of when the file was last written to.
func logAge(tail snapshot.LogTail, at string, now time.Time) (age time.Duration, ok bool) {
	then, err := time.Parse(time.DateTime, at)
	last, bad := time.Parse(time.DateTime, tail.Last)
	if err != nil || bad != nil || tail.Modified.IsZero() {
		return 0, false
	}
	return last.Sub(then) + now.Sub(tail.Modified), true
}
