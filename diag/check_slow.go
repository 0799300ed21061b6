package diag

import (
	"fmt"
	"strconv"
	"time"
)

// mayWait is the number of requests that may wait. A healthy server has a handful, for
// moments.
const mayWait = 10

// slowFsync and slowRequests are means past which the syncs of the transaction log, and
// reads and writes, are slow; others warn there too. A healthy disk takes under 10 ms.
// ZooKeeper itself logs a sync from 1,000 on (fsync.warningthresholdms).
const slowFsync, slowRequests = 100 * time.Millisecond, 100 * time.Millisecond

// samplesNeeded is how many a mean must be of: one slow request is none.
const samplesNeeded = 10

// Rules about how long things take, between both looks.

// The summaries of mntr (ServerMetrics, 3.6+), in milliseconds.
const (
	fsyncTime     = "fsynctime"
	readLatency   = "readlatency"
	updateLatency = "updatelatency"
)

// took is the evidence that a mean between both looks is.
func (e *ensemble) took(s *server, name string, m mean, limit time.Duration) Evidence {
	return Evidence{
		Source: s.mntrFrom, Server: s.Name, Key: "zk_sum_" + name + " / zk_cnt_" + name,
		Value:  fmt.Sprintf("%d ms each, of %d in %s", m.each.Milliseconds(), m.count, seconds(e.between())),
		Wanted: fmt.Sprintf("up to %d ms", limit.Milliseconds()),
	}
}

var fsyncSlowRule = Rule{
	Code: FsyncSlow, Title: "its disk is slow to sync the log", Needs: "mntr of 3.6 and later, twice",
	Explains: []Code{SyncTooSlow, LeaderFlapping, FollowerLagging, LatencyHigh},
	Eval:     checkFsyncSlow,
}

func checkFsyncSlow(e *ensemble) result {
	again := false
	out := e.each(func(s *server) *Skip { return e.inTwoLooks(s, fsyncTime) }, func(s *server, out *result) {
		m, _ := e.meanSince(s, fsyncTime)
		if m.count < samplesNeeded || m.each <= slowFsync {
			return
		}
		out.findings = append(out.findings, Finding{
			Severity: Warning, Certainty: Proven, Servers: []string{s.Name},
			Summary:  "every write waits until the disks of a majority have it: a slow one slows all clients, and past syncLimit it throws its server out.",
			Evidence: []Evidence{e.took(s, fsyncTime, m, slowFsync)},
			Fix: []Fix{
				{Host: s.Name, Command: "iostat -x 2 5", Note: "see which disk is busy, and who writes to it (pidstat -d 2 5)", Risk: "none"},
				{
					Host: s.Name, Note: "give dataLogDir a disk of its own: stop the server, MOVE the log.* files of version-2 there, set dataLogDir, start it",
					Risk: "with no spare voter it is an outage; log.* and snapshot.* must stay in two different folders for good",
				},
			},
		})
	})
	for _, s := range e.servers {
		again = again || meanEver(s, fsyncTime) > slowFsync
	}
	out.lookAgain = again
	return out
}

var latencyHighRule = Rule{
	Code: LatencyHigh, Title: "clients wait long for answers", Needs: "srvr and mntr, twice",
	Eval: checkLatencyHigh,
}

func checkLatencyHigh(e *ensemble) result {
	slow := func(s *server) []Evidence {
		var evidence []Evidence
		for _, name := range []string{readLatency, updateLatency} {
			if m, ok := e.meanSince(s, name); ok && m.count >= samplesNeeded && m.each > slowRequests {
				evidence = append(evidence, e.took(s, name, m, slowRequests))
			}
		}
		if queued := func(s *server) bool { return s.Srvr.Value.Outstanding > mayWait }; e.twice(s, queued) {
			evidence = append(evidence, Evidence{
				Source: "srvr", Server: s.Name, Key: "Outstanding",
				Value:  fmt.Sprintf("%d, then %d", e.earlier(s).Srvr.Value.Outstanding, s.Srvr.Value.Outstanding),
				Wanted: "up to " + strconv.FormatInt(mayWait, 10) + " in one of both looks",
			})
		}
		return evidence
	}
	canJudge := func(s *server) *Skip {
		if len(slow(s)) > 0 {
			return nil
		}
		if why := e.inTwoLooks(s, readLatency); why != nil {
			return why
		}
		return e.inTwoLooks(s, updateLatency)
	}
	out := e.each(canJudge, func(s *server, out *result) {
		evidence := slow(s)
		if len(evidence) == 0 {
			return
		}
		out.findings = append(out.findings, Finding{
			Severity: Warning, Certainty: Proven, Servers: []string{s.Name},
			Summary:  "its clients wait for their answers now, and not only since some bad hour long ago: this was counted between two looks.",
			Evidence: evidence,
			Fix: []Fix{
				{Host: s.Name, Command: "top -b -n 1 | head -15", Note: "see whether the host is short of CPU or memory, and whether java waits for a disk", Risk: "none"},
				{Note: "where all servers are slow at writes only, look at the disk and the network of the leader and of its quickest followers"},
				{Note: "where one is slow at reads too, look at its garbage collections, and at clients that ask for much"},
			},
		})
	})
	for _, s := range e.servers {
		out.lookAgain = out.lookAgain || s.Srvr.Value.Outstanding > mayWait ||
			max(meanEver(s, readLatency), meanEver(s, updateLatency)) > slowRequests
	}
	return out
}
