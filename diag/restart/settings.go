package restart

import (
	"fmt"
	"path"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// settings: the file on disk against what the server reports that it runs with. A restart that
// moves its data or its port is one that somebody has to mean.
func settings(s *subject) []Check {
	h := s.host()
	switch {
	case h == nil || h.Settings == nil || h.Process == nil:
		return nil
	case !s.s.Conf.Seen() && h.Edited():
		return notKnown("its file was changed since it was started, and what it runs with was not reported",
			do(s.s.Name, "compare the file with a backup; or allow conf (4lw.commands.whitelist) or the AdminServer"))
	case !s.s.Conf.Seen():
		return ok("its file was not changed since it was started")
	}
	moved, other := changes(h.Settings, s.s.Conf.Value)
	switch {
	case len(moved) > 0:
		return []Check{{
			Result: NotOK, Text: "its file was changed since it was started, and a restart changes where its data is, or its port", Evidence: moved,
			Do: []report.Fix{do(s.s.Name, "take the change back; if it is meant, leave this check out: --ignore settings")},
		}}
	case len(other) > 0:
		return []Check{{Result: OK, Text: "a restart changes settings", Evidence: other}}
	}
	return ok("it runs with the settings that are on disk")
}

// changes are what a restart changes: where its data and its port are, and other settings.
func changes(file *zoocfg.Config, runs snapshot.Conf) (moved, other []report.Evidence) {
	add := func(to *[]report.Evidence, key, now, then string, where string, line int) {
		if now != "" && then != "" && now != then {
			*to = append(*to, report.Evidence{
				Source: "zoo.cfg", Key: key, Value: then, Wanted: now + ", as it runs", File: where, Line: line,
			})
		}
	}
	data, logs, client := file.DataDir, file.DataLogDir, file.ClientPort
	add(&moved, "dataDir", dirOf(runs.DataDir), path.Clean(data.Value), data.File, data.Line)
	add(&moved, "dataLogDir", dirOf(runs.DataLogDir), path.Clean(logs.Value), logs.File, logs.Line)
	if p := runs.ClientPort; p != nil && *p > 0 && client.IsSet() && client.Value > 0 {
		add(&moved, "clientPort", strconv.Itoa(*p), strconv.Itoa(client.Value), client.File, client.Line)
	}
	for _, n := range []struct {
		key  string
		runs *int
		file zoocfg.Setting[int]
	}{
		{"tickTime", runs.TickTime, file.TickTime},
		{"initLimit", runs.InitLimit, file.InitLimit},
		{"syncLimit", runs.SyncLimit, file.SyncLimit},
		{"maxClientCnxns", runs.MaxClientCnxns, file.MaxClientCnxns},
	} {
		if n.runs != nil && n.file.IsSet() {
			add(&other, n.key, strconv.Itoa(*n.runs), strconv.Itoa(n.file.Value), n.file.File, n.file.Line)
		}
	}
	return moved, other
}

// dirOf is the directory of a version-2; empty where none was printed, or one that is relative
// to where the server was started.
func dirOf(version2 string) string {
	if !path.IsAbs(version2) {
		return ""
	}
	if path.Base(version2) == "version-2" {
		return path.Dir(version2)
	}
	return path.Clean(version2)
}

// oldSnapshots: 3.4 may run for long with logs and no snapshot, and 3.5 and later do not start
// with that (ZOOKEEPER-3056, FileTxnSnapLog.restore).
func oldSnapshots(s *subject) []Check {
	h := s.host()
	from, known := s.s.Version()
	if s.q.ZooKeeper == "" || h == nil {
		return nil
	}
	switch {
	case !known:
		return notKnown("which release it runs was not reported", do("", "allow srvr there (4lw.commands.whitelist)"))
	case from.AtLeast(3, 5, 0) || zoocfg.Concerns("3.4", s.q.ZooKeeper):
		return nil
	case !h.Data.Seen() || !h.Data.Value.Dir.Snapshots.Seen():
		return notKnown("whether it has a snapshot was not seen", do(s.s.Name, "run it as root on that host"))
	case h.Data.Value.Dir.Snapshots.Value.Total == 0:
		return s.logsAlone(h)
	}
	return ok("it has a snapshot that %s can read", s.q.ZooKeeper)
}

// logsAlone: a server of 3.4 writes a snapshot when it begins to lead, and else once in 50,000 to
// 100,000 transactions. A later release starts without one where that is asked for (3.5.6+).
func (s *subject) logsAlone(h *model.Host) []Check {
	knows := zoocfg.Concerns("3.5.6+", s.q.ZooKeeper)
	if _, trusts := lint.TrustsEmpty(h.Settings); trusts && knows {
		return ok("it has no snapshot yet, and its file has snapshot.trust.empty=true: take that out afterwards")
	}
	fix := do(s.s.Name, "add snapshot.trust.empty=true to its zoo.cfg for the upgrade, and take it out afterwards "+
		"(docs/upgrade.md); 3.4 itself writes a snapshot when it begins to lead, or after up to 100,000 transactions")
	if !knows {
		fix.Note = "upgrade to 3.5.6 or later, which starts with logs alone if asked to: docs/upgrade.md, From 3.4"
	}
	return notOK(fmt.Sprintf("it has no snapshot yet, and ZooKeeper %s does not start with logs alone", s.q.ZooKeeper), fix)
}
