package diag

import (
	"fmt"
	"math"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// descriptorsHigh is the share of the file descriptors past which few are left.
const descriptorsHigh = 0.85

// zxidCounterHigh is the number of transactions of an epoch past which its end is near:
// 94 % of 2^32, which leaves 3 days at 1,000 writes a second.
const zxidCounterHigh uint32 = 0xF0000000

// Rules about what runs out: the numbers of an epoch, file descriptors.

const ZxidRolloverNear report.Code = "zxid-rollover-near"

var zxidRolloverNearRule = Rule{
	Code: ZxidRolloverNear, Title: "zxid counter nears rollover", Needs: "srvr of the leader",
	Eval: checkZxidRollover,
}

// checkZxidRollover looks at the newest zxid: the lower half counts the
// transactions of an epoch, and when it is used up the leader steps down
// (ZooKeeperServer and Leader, "zxid lower 32 bits have rolled over"). A
// standalone server has no leader to lose.
func checkZxidRollover(e *model.Ensemble) Outcome {
	if e.LoneStandalone() {
		return Outcome{}
	}
	newest := newestZxid(e)
	if newest == nil {
		return skip(report.SkipNotReported, "no server of a quorum reported its zxid")
	}
	zxid := newest.Srvr.Value.Zxid
	if zxid.Counter() <= zxidCounterHigh {
		return Outcome{}
	}
	left := uint64(math.MaxUint32 - zxid.Counter())
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven, Servers: []string{newest.Name},
		Summary: fmt.Sprintf("%d of 4294967295 transactions are left in this epoch. At the end the leader steps down and the ensemble elects a new leader, at an unplanned time.", left),
		Evidence: []report.Evidence{
			{
				Source: "srvr", Server: newest.Name, Key: "Zxid",
				Value: zxid.String(), Wanted: fmt.Sprintf("a lower half up to 0x%x", zxidCounterHigh),
			},
		},
		Fix: []report.Fix{risky(newest.Name, "restart the leader at a quiet time, while all others serve: the next leader starts its counter at 0",
			"an election: some seconds without writes; if the ensemble can lose 0 more, an outage")},
	}
	if newest.Role != report.Leader {
		// The leader was not seen; after an election without a write the others still
		// show the epoch before it.
		f.Certainty = report.Likely
	}
	if perSecond := e.ZxidRate(newest); perSecond > 0 {
		addEvidence(&f, report.Evidence{
			Source: "srvr", Server: newest.Name, Key: "Zxid, between both checks",
			Value: fmt.Sprintf("%.0f transactions a second: used up in %s", perSecond, longTime(float64(left)/perSecond)),
		})
	}
	return found(f)
}

// noData is the zxid of a server that has no data yet (db.autocreate=false): -1.
const noData = snapshot.Zxid(math.MaxUint64)

// newestZxid is the server of a quorum with the highest zxid, the leader where
// several show it; nil when none told.
func newestZxid(e *model.Ensemble) *model.Server {
	var newest *model.Server
	for _, s := range e.Servers {
		if !s.Srvr.Seen() || !s.Srvr.Value.Mode.InQuorum() || s.DuplicateOf != nil || s.Srvr.Value.Zxid == noData {
			continue
		}
		if newest == nil || s.Srvr.Value.Zxid > newest.Srvr.Value.Zxid ||
			s.Srvr.Value.Zxid == newest.Srvr.Value.Zxid && s.Role == report.Leader {
			newest = s
		}
	}
	return newest
}

// longTime is a span of hours or days, for people.
func longTime(seconds float64) string {
	switch hours := seconds / 3600; {
	case hours < 1:
		return "less than an hour"
	case hours < 48:
		return fmt.Sprintf("%.0f hours", hours)
	default:
		return fmt.Sprintf("%.0f days", hours/24)
	}
}

const FDLimitNear report.Code = "fd-limit-near"

var fdLimitNearRule = Rule{
	Code: FDLimitNear, Title: "file descriptors nearly used up", Needs: "mntr",
	Eval: perServer(checkFDLimit, whyNoMntr),
}

func checkFDLimit(_ *model.Ensemble, s *model.Server) Outcome {
	open, limit, ok := descriptorsOf(s)
	if !ok || limit <= 0 { // -1 where Java cannot tell; both are missing off Unix
		return skip(report.SkipNotReported, "its mntr reports no limit of file descriptors")
	}
	share := float64(open) / float64(limit)
	if share <= descriptorsHigh {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: fmt.Sprintf("%.0f %% of its file descriptors are in use. Each connection needs one; with none left the server accepts no connection and cannot open a log or a snapshot.", 100*share),
		Evidence: []report.Evidence{
			{
				Source: s.MntrFrom, Key: "zk_open_file_descriptor_count", Value: fmt.Sprint(open),
				Wanted: fmt.Sprintf("up to %.0f %% of %d", 100*descriptorsHigh, limit),
			},
			{Source: s.MntrFrom, Key: "zk_max_file_descriptor_count", Value: fmt.Sprint(limit)},
		},
		Fix: []report.Fix{
			inspect(s.Name, fmt.Sprintf("ss -tn state established '( sport = :%d )' | awk 'NR > 1 {sub(/:[0-9]+$/, \"\", $4); print $4}' | sort | uniq -c | sort -n | tail", s.Port), "find out which clients hold how many connections"),
			risky(s.Name, "raise the limit in its systemd unit (LimitNOFILE=) or start script, then restart it",
				"if the ensemble can lose 0 more, a restart is an outage"),
		},
	}
	if s.RunsHere() {
		f.Fix = slices.Insert(f.Fix, 1, raiseFiles(s.Local)...)
	}
	if n, ok := s.Mntr.Value.Count("zk_num_alive_connections"); ok {
		addEvidence(&f, report.Evidence{
			Source: s.MntrFrom, Key: "zk_num_alive_connections", Value: fmt.Sprint(n),
		})
	}
	return found(f)
}

// raiseFiles raises the limit of the running process, where that is known and not yet
// what the guides say, and names the unit to change for good.
func raiseFiles(h *model.Host) []report.Fix {
	const enough = 65536
	var steps []report.Fix
	if m := h.Process.Memory; m.Seen() && m.Value.Files > 0 && m.Value.Files < enough {
		steps = append(steps, report.Fix{
			Host: nameOf(h), Command: fmt.Sprintf("prlimit --pid %d --nofile=%d:%d", h.Process.PID, enough, enough),
			Note: fmt.Sprintf("raise the limit of the running process, %d, now; it applies until the next start", m.Value.Files), Risk: "none",
		})
	}
	if h.Process.Unit != "" {
		steps = append(steps, report.Fix{
			Host: nameOf(h), Command: "systemctl edit " + shellWord(h.Process.Unit),
			Note: fmt.Sprintf("and permanently: under [Service], set LimitNOFILE=%d", enough),
			Risk: "none: it takes effect at the next start",
		})
	}
	return steps
}

// descriptorsOf are the open file descriptors of the server and their limit.
func descriptorsOf(s *model.Server) (open, limit int64, ok bool) {
	open, reported := s.Mntr.Value.Count("zk_open_file_descriptor_count")
	limit, both := s.Mntr.Value.Count("zk_max_file_descriptor_count")
	return open, limit, reported && both
}
