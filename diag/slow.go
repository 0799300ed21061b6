package diag

import (
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
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
	readLatency   = model.ReadLatency
	updateLatency = "updatelatency"
)

// tookEvidence is the evidence that a mean between both looks is.
func tookEvidence(e *model.Ensemble, s *model.Server, name string, m model.Mean, limit time.Duration) report.Evidence {
	return report.Evidence{
		Source: s.MntrFrom, Key: "zk_sum_" + name + " / zk_cnt_" + name,
		Value:  fmt.Sprintf("%d ms each, of %d in %s", m.Each.Milliseconds(), m.Count, seconds(e.Between())),
		Wanted: fmt.Sprintf("up to %d ms", limit.Milliseconds()),
	}
}

const FsyncSlow report.Code = "fsync-slow"

var fsyncSlowRule = Rule{
	Code: FsyncSlow, Title: "slow fsync of the transaction log", Needs: "mntr of 3.6 and later, twice",
	Explains: []report.Code{"sync-too-slow", "leader-flapping", "follower-lagging", LatencyHigh},
	Compares: model.SummaryKeys(fsyncTime),
	Eval:     perServer(checkFsyncSlow),
}

func checkFsyncSlow(e *model.Ensemble, s *model.Server) Outcome {
	if why := whyNoMean(e, s, fsyncTime); why.skipped() {
		return why.lookAgain(meanEver(s, fsyncTime) > slowFsync)
	}
	m, _ := e.MeanSince(s, fsyncTime)
	if m.Count < samplesNeeded || m.Each <= slowFsync {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary:  "every write waits until the disks of a majority have it: a slow disk slows all clients, and after more than syncLimit its server leaves the quorum.",
		Evidence: []report.Evidence{tookEvidence(e, s, fsyncTime, m, slowFsync)},
		Fix: []report.Fix{
			inspect(s.Name, "iostat -xy 2 5", "find out which disk is busy now"),
			inspect(s.Name, "pidstat -d 2 5", "find out which processes write to it"),
			risky(s.Name, "use a separate disk for dataLogDir: stop the server, MOVE the log.* files of version-2 to version-2 of the new directory, set dataLogDir, start it",
				stopRisk(e, s)+". From then on log.* and snapshot.* stay in two different directories"),
		},
	}
	if !severalSlow(s, m) {
		f.Certainty = report.Likely
		f.Summary += " Less likely: its whole machine paused once in that time (migration, steal), and one sync with it."
		f.Fix = append([]report.Fix{inspect(s.Name, "vmstat 2 5", "check the share of steal (st), and of waiting for a disk (wa); leave out the first line, which has the averages since boot")}, f.Fix...)
	}
	return found(f)
}

// slowNeeded is how many syncs must have been slow: a machine that stands still makes one so.
const slowNeeded = 5

// severalSlow reports whether so many syncs were slow: all of them together took longer than fewer
// can have taken, by the longest ever (zk_max_, which Prometheus's provider does not tell).
func severalSlow(s *model.Server, m model.Mean) bool {
	longest, ok := s.Mntr.Value.Float("zk_max_" + fsyncTime)
	all := float64(m.Count) * float64(m.Each) / float64(time.Millisecond)
	return ok && longest > 0 && all >= slowNeeded*longest
}

const LatencyHigh report.Code = "latency-high"

var latencyHighRule = Rule{
	Code: LatencyHigh, Title: "request latency is high", Needs: "srvr and mntr, twice",
	Compares: slices.Concat(model.SummaryKeys(readLatency), model.SummaryKeys(updateLatency)),
	Eval:     perServer(checkLatencyHigh),
}

func checkLatencyHigh(e *model.Ensemble, s *model.Server) Outcome {
	evidence := clientsWait(e, s)
	if len(evidence) == 0 {
		why := whyNoMean(e, s, readLatency)
		if !why.skipped() {
			why = whyNoMean(e, s, updateLatency)
		}
		return why.lookAgain(queued(s) || max(meanEver(s, readLatency), meanEver(s, updateLatency)) > slowRequests)
	}
	return found(report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary:  "its requests take long now: this was measured between two checks, not since the start of the server.",
		Evidence: evidence,
		Fix: []report.Fix{
			inspect(s.Name, topNow, "check whether the host lacks CPU or memory now, and whether java waits for a disk"),
			{Note: "if all servers are slow for writes only, check the disk and the network of the leader and of its fastest followers"},
			{Note: "if one server is slow for reads too, check its garbage collections, and clients that request much data"},
		},
	})
}

// clientsWait shows that the clients of a server wait for long; nothing where they do not,
// or that cannot be told.
func clientsWait(e *model.Ensemble, s *model.Server) []report.Evidence {
	var evidence []report.Evidence
	for _, name := range []string{readLatency, updateLatency} {
		if m, ok := e.MeanSince(s, name); ok && m.Count >= samplesNeeded && m.Each > slowRequests {
			evidence = append(evidence, tookEvidence(e, s, name, m, slowRequests))
		}
	}
	if e.Twice(s, queued) {
		evidence = append(evidence, report.Evidence{
			Source: "srvr", Key: "Outstanding",
			Value:  fmt.Sprintf("%d, then %d", e.Earlier(s).Srvr.Value.Outstanding, s.Srvr.Value.Outstanding),
			Wanted: "up to " + fmt.Sprint(mayWait) + " in one of both checks",
		})
	}
	return evidence
}

// queued reports whether more requests wait in a server than may.
func queued(s *model.Server) bool { return s.Srvr.Value.Outstanding > mayWait }

// meanEver is the mean of a summary since the process started. It only decides
// whether a second look is worth its time.
func meanEver(s *model.Server, name string) time.Duration {
	if !s.Mntr.Seen() {
		return 0
	}
	count, sum, ok := model.Summary(&s.Mntr.Value, name)
	if !ok || count < 1 {
		return 0
	}
	return time.Duration(sum / count * float64(time.Millisecond))
}

// whyNoMean tells why there is no mean of a summary, which takes mntr in both looks; empty
// when there is.
func whyNoMean(e *model.Ensemble, s *model.Server, name string) Outcome {
	if why := whyNoMntr(s); why.skipped() {
		return why
	}
	if _, _, ok := model.Summary(&s.Mntr.Value, name); !ok {
		return skip(report.SkipNotReported, "its mntr has no sums to compute a mean from (3.6 and later do)")
	}
	if e.Before == nil {
		return skip(report.SkipOneLook, "it needs two checks (check --window 10s)")
	}
	if _, ok := e.MeanSince(s, name); !ok {
		return undecided("it reported no sums in the first check, or was restarted since")
	}
	return Outcome{}
}
