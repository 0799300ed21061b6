package diag

import (
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// slowRate is how fast data must go, in bytes a second, for the time to be what is
// short: any network and any disk can do less.
const slowRate = 1 << 20

const SyncTooSlow report.Code = "sync-too-slow"

var syncTooSlowRule = Rule{
	Code: SyncTooSlow, Title: "sync takes longer than initLimit allows", Needs: "a server's own log, twice",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, []report.Code{"leader-flapping"}),
	Eval:     perHost(checkSyncTooSlow),
}

// checkSyncTooSlow reports followers that do not have their leader's data within
// initLimit ticks (Leader.waitForNewLeaderAck, LearnerHandler): they begin again and
// again.
func checkSyncTooSlow(e *model.Ensemble, h *model.Host) Outcome {
	limit := syncTime(h)
	if !h.Distributed() || h.Process == nil || limit <= 0 {
		return Outcome{}
	}
	if why, out := staysOut(e, h); !out {
		return why
	}
	// What drops a follower for another reason does not take its time over it.
	other, _, _ := saysLately(h, logline.RecordTooLong, logline.EpochAhead, logline.NoSpace, logline.PeerTLS)
	if len(other) > 0 {
		return Outcome{}
	}
	lines, count, reason := saysWithin(h, max(lately, 3*limit), logline.SyncGaveUp, logline.SnapshotFetched)
	if reason != "" || count < repeated {
		return undecided(reason)
	}
	age, ok := h.Age(e.Snap.Started)
	for _, line := range lines {
		if ok && time.Duration(line.Count-1)*limit > age {
			return Outcome{} // it fails before the time is up
		}
	}
	return found(syncTooSlow(e, h, limit, lines))
}

// syncTime is how long a follower may take until it has the leader's data; 0 when the
// configuration does not say.
func syncTime(h *model.Host) time.Duration {
	return lint.Ticks(h.Settings, h.Settings.InitLimit.Value)
}

// dataSize is how much a follower has to fetch, in bytes: what the leader tells, or else
// the newest snapshot of this host, of an own that waits to lead.
func dataSize(e *model.Ensemble, h *model.Host) (bytes int64, shown report.Evidence) {
	if leaders := e.Leaders(); len(leaders) == 1 {
		if n, ok := leaders[0].Mntr.Value.Count("zk_approximate_data_size"); ok {
			return n, report.Evidence{
				Source: leaders[0].MntrFrom, Server: leaders[0].Name, Key: "zk_approximate_data_size",
				Value: fmt.Sprint(n),
			}
		}
	}
	if data, _ := dataOf(h); data != nil {
		n := written(data)
		return n, report.Evidence{
			Source: "data", Server: nameOf(h), Key: "newest snapshot, and the logs after it",
			Value: size(uint64(n)), //nolint:gosec // sizes
			File:  data.Dir.Path + "/version-2",
		}
	}
	return 0, report.Evidence{}
}

// written is the size of the newest whole snapshot and of the logs after it, which 3.4
// may go on with for long: as much as a follower may have to fetch.
func written(data *snapshot.Data) (bytes int64) {
	var last snapshot.Zxid
	for _, f := range data.Dir.Snapshots.Value.Newest {
		if f.Content.Value.Whole {
			bytes, last = f.Size, f.Zxid
			break
		}
	}
	for _, f := range data.Logs().Logs.Value.Newest {
		if f.Zxid > last {
			bytes += f.Allocated
		}
	}
	return bytes
}

func syncTooSlow(e *model.Ensemble, h *model.Host, limit time.Duration, lines []snapshot.LogLine) report.Finding {
	ticks := 3 * h.Settings.InitLimit.Value
	f := report.Finding{
		Certainty: report.Possible, Servers: serversOf(h),
		Summary: fmt.Sprintf("a follower must receive all of the leader's data within initLimit ticks, %s here, or the sync starts again; this happened several times in a row.", seconds(limit)),
		Evidence: []report.Evidence{
			settingEvidence(h, "initLimit", h.Settings.InitLimit, ""),
			settingEvidence(h, "tickTime", h.Settings.TickTime, ""),
		},
		Fix: []report.Fix{
			{Note: "until this is fixed, start no server with an emptied data directory: two of them may elect each other, and the data is lost"},
			risky("", fmt.Sprintf("raise initLimit in zoo.cfg on every server, to %d at first, and restart those that do not serve. The leader's value decides: if a leader serves, restart it last, at a quiet time", ticks),
				"an election, once a leader serves"),
			{Note: "find out why it takes so long: the network between the two (tc, iperf), or the disk of the follower, which writes a snapshot before it reports that it is done"},
		},
	}
	if n, shown := dataSize(e, h); n > 0 {
		rate := float64(n) / limit.Seconds()
		shown.Wanted = fmt.Sprintf("less than the network and the disk transfer in %s", seconds(limit))
		addEvidence(&f, shown)
		f.Summary += fmt.Sprintf(" %s in that time are %s per second.", size(uint64(n)), size(uint64(rate)))
		if rate >= slowRate {
			f.Certainty = report.Likely
		}
	}
	for _, line := range lines {
		addEvidence(&f, lineEvidence(h, line))
		if line.Sign == logline.SyncGaveUp && len(e.Leaders()) == 0 {
			f.Servers = model.Names(e.Filter(func(s *model.Server) bool { return s.Voter() && s.NotServing() }))
		}
	}
	return f
}
