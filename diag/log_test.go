package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// logged is a log whose newest line is of this moment, with its last start in it.
func logged(lines ...snapshot.LogLine) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{
			Path: "/var/log/zookeeper/zookeeper.log", Size: mib, Read: mib / 4, Modified: now(), Begins: true, Last: "2026-11-22 04:04:05", Lines: lines,
		}, quick)
	}
}

// line is one of a few seconds ago, in the server's own time zone.
func line(sign logline.Sign, text string, count int) snapshot.LogLine {
	return snapshot.LogLine{Sign: sign, At: "2026-11-22 04:03:58", Text: text, Fields: logline.Capture(sign, text), Count: count}
}

// agoLine is one of an hour ago.
func agoLine(sign logline.Sign, text string, count int) snapshot.LogLine {
	return snapshot.LogLine{Sign: sign, At: "2026-11-22 03:04:05", Text: text, Fields: logline.Capture(sign, text), Count: count}
}

// tailed changes the log.
func tailed(change func(*snapshot.LogTail)) func(*snapshot.Local) {
	return func(l *snapshot.Local) { change(&l.Log.Value) }
}

// still is a log that nobody has written to for an hour.
func still(t *snapshot.LogTail) { t.Modified = now().Add(-time.Hour) }

// timeless is a log of a layout whose times zkdoctor does not read.
func timeless(t *snapshot.LogTail) { t.Last = "" }

// unlogged is a server whose log was not found.
func unlogged(l *snapshot.Local) {
	l.Log = snapshot.Failed[snapshot.LogTail](&snapshot.Failure{Kind: snapshot.Absent, Text: "no log was found"}, quick)
}
