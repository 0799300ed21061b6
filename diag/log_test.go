package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

// logged is a log whose newest line is of this moment, with its last start in it.
func logged(lines ...probe.LogLine) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Log = probe.Saw(probe.LogTail{
			Path: "/var/log/zookeeper/zookeeper.log", Size: mib, Read: mib / 4, Modified: now(), Begins: true, Last: "2026-11-22 04:04:05", Lines: lines,
		}, quick)
	}
}

// line is one of a few seconds ago, in the server's own time zone.
func line(sign probe.LogSign, text string, count int) probe.LogLine {
	return probe.LogLine{Sign: sign, At: "2026-11-22 04:03:58", Text: text, Count: count}
}

// agoLine is one of an hour ago.
func agoLine(sign probe.LogSign, text string, count int) probe.LogLine {
	return probe.LogLine{Sign: sign, At: "2026-11-22 03:04:05", Text: text, Count: count}
}

// tailed changes the log.
func tailed(change func(*probe.LogTail)) func(*probe.Local) {
	return func(l *probe.Local) { change(&l.Log.Value) }
}

// still is a log that nobody has written to for an hour.
func still(t *probe.LogTail) { t.Modified = now().Add(-time.Hour) }

// timeless is a log of a layout whose times zkdoctor does not read.
func timeless(t *probe.LogTail) { t.Last = "" }

// unlogged is a server whose log was not found.
func unlogged(l *probe.Local) {
	l.Log = probe.Failed[probe.LogTail](&probe.Failure{Kind: probe.Absent, Text: "no log was found"}, quick)
}
