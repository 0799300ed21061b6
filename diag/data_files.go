package diag

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about what a start would find in version-2 (FileTxnSnapLog,
// QuorumPeer.loadDataBase).

const TxnlogCorrupt report.Code = "txnlog-corrupt"

var txnlogCorruptRule = Rule{
	Code: TxnlogCorrupt, Title: "newest transaction log is corrupt", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true, AlwaysShown: true},
	Explains: startless,
	Eval:     perStart(checkTxnlogCorrupt),
}

func checkTxnlogCorrupt(e *model.Ensemble, h *model.Host) Outcome {
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	dir := data.Logs()
	if reason := unseenOr(dir.Version2, dir.Logs); reason != "" || len(dir.Logs.Value.Newest) == 0 {
		return undecided(reason)
	}
	log := dir.Logs.Value.Newest[0]
	switch {
	case dir.Logs.Value.AtLeast:
		return undecided("its directory has too many files: the newest log was not determined")
	case !log.Content.Seen():
		return undecided(unseenData(log.Content))
	case log.Content.Value.Whole:
		return gapInLogs(e, h, dir)
	case !settledFile(h, log):
		return undecided("its newest log was created during the check")
	}
	value := fmt.Sprintf("%d bytes", log.Size)
	if log.Size >= 16 {
		value = "begins with " + hex.EncodeToString(log.Content.Value.Head[:min(4, len(log.Content.Value.Head))])
	}
	f := willNotStart(e, h, fmt.Sprintf("its newest transaction log, %s, has no header: ZooKeeper exits while it loads its data. A full disk or a power failure leaves such a file.", log.Name),
		dataEvidence(log.Name, value, "16 bytes or more, the first four 5a4b4c47 (ZKLG)", fileIn(dir, log.Name)))
	if log.Size == 0 {
		// From 3.9.3 on a server removes an empty newest log itself (FileTxnLog).
		switch v, reported, own := versionAt(e, h); {
		case reported && v.AtLeast(3, 9, 3):
			return Outcome{}
		case !own:
			f.Certainty = report.Likely
			f.Summary += " (3.9.3 and later remove an empty log themselves; this server's version was not reported.)"
		}
	}
	return found(f)
}

// gapInLogs is what a server says that has ended while it loaded its data (3.9.4+): the logs are not
// looked into here. One that runs may say so of what its leader sent.
func gapInLogs(e *model.Ensemble, h *model.Host, dir *snapshot.DataDir) Outcome {
	lines, _, _ := saysSinceStart(h, logline.LogGap)
	if h.Process != nil || h.MayRun || len(lines) == 0 {
		return Outcome{}
	}
	f := willNotStart(e, h, "its log reports missing transactions between two files in "+dir.Path+
		"/version-2: a transaction log is damaged in the middle, or missing.", lineEvidence(h, lines[0]))
	f.Title, f.Certainty = "transactions are missing from the logs", report.Likely
	return found(f)
}

const NoSnapshot report.Code = "no-snapshot"

var noSnapshotRule = Rule{
	Code: NoSnapshot, Title: "transaction logs without a complete snapshot", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perStart(checkNoSnapshot),
}

func checkNoSnapshot(e *model.Ensemble, h *model.Host) Outcome {
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	dir, logs := &data.Dir, data.Logs()
	if reason := unseenOr(dir.Version2, dir.Snapshots); reason != "" {
		return undecided(reason)
	}
	if reason := unseenOr(logs.Version2, logs.Logs); reason != "" || logs.Logs.Value.Total == 0 {
		return undecided(reason)
	}
	if !dir.Version2.Seen() {
		// dataDir lost its version-2 or never had one, and there are logs.
		if !dir.Owner.Seen() {
			return undecided("its dataDir does not exist")
		}
	} else if none, reason := noneWhole(dir.Snapshots.Value); !none {
		return undecided(reason)
	}
	if setToTrustEmpty(h) {
		return Outcome{}
	}
	v, reported, own := versionAt(e, h)
	if reported && !v.AtLeast(3, 5, 3) {
		return Outcome{} // it starts from its logs alone
	}
	f := willNotStart(e, h, "there are transaction logs and no complete snapshot: ZooKeeper 3.5.3 and later treat this as lost data.",
		dataEvidence("snapshots", snapshotsOf(dir), "at least one", dir.Path+"/version-2"),
		dataEvidence("logs", strconv.Itoa(logs.Logs.Value.Total), "", logs.Path+"/version-2"))
	if dir.Snapshots.Value.Total == 0 {
		f.Fix = slices.Insert(f.Fix, 0, whichCase(h))
	}
	switch {
	case !reported:
		f.Certainty = report.Possible
		f.Summary += " Versions before 3.5.3 start from their logs alone; this server's version was not reported."
	case !own:
		f.Certainty = report.Likely
	}
	return found(f)
}

// whichCase is the step before those for a server that lost its snapshots: one that never had any, as
// 3.4 begins, needs others.
func whichCase(h *model.Host) report.Fix {
	return step(nameOf(h), "find out first whether snapshots were lost here. If the whole ensemble is being upgraded from 3.4 "+
		"and no server ever had one, do nothing that follows here: the steps for that case are in zkdoctor explain no-snapshot")
}

// noneWhole reports whether there is no snapshot that a start would use. Only the
// newest were looked at.
func noneWhole(files snapshot.DataFiles) (none bool, reason string) {
	for _, f := range files.Newest {
		if !f.Content.Seen() {
			return false, unseenData(f.Content)
		}
		if f.Content.Value.Whole {
			return false, ""
		}
	}
	if files.AtLeast || files.Total > len(files.Newest) {
		return false, fmt.Sprintf("the newest %d of %d snapshots are incomplete; the others were not checked", len(files.Newest), files.Total)
	}
	return true, ""
}

func snapshotsOf(dir *snapshot.DataDir) string {
	if !dir.Version2.Seen() {
		return "no version-2"
	}
	if files := dir.Snapshots.Value; files.Total > 0 {
		return fmt.Sprintf("%d, none complete", files.Total)
	}
	return "none"
}

// setToTrustEmpty reports whether the server was told to start without a snapshot.
// Boolean.getBoolean takes any case.
func setToTrustEmpty(h *model.Host) bool {
	if h.Process != nil && strings.EqualFold(h.Process.TrustEmpty, "true") {
		return true
	}
	return h.Sets("snapshot.trust.empty")
}

const EpochMismatch report.Code = "epoch-mismatch"

var epochMismatchRule = Rule{
	Code: EpochMismatch, Title: "epoch files contradict the data", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true, AlwaysShown: true},
	Explains: startless,
	Eval:     perStart(checkEpochMismatch),
}

func checkEpochMismatch(e *model.Ensemble, h *model.Host) Outcome {
	if !h.Distributed() {
		return Outcome{} // a standalone server has none
	}
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	dir := &data.Dir
	if !dir.Version2.Seen() {
		return undecided(unseenData(dir.Version2))
	}
	for _, file := range []snapshot.Obs[snapshot.EpochFile]{dir.CurrentEpoch, dir.AcceptedEpoch} {
		if reason := unseenData(file); reason != "" {
			return undecided(reason)
		}
	}
	current, hasCurrent, bad := epochOf(dir, "currentEpoch", dir.CurrentEpoch)
	accepted, hasAccepted, badToo := epochOf(dir, "acceptedEpoch", dir.AcceptedEpoch)
	switch {
	case bad != nil || badToo != nil:
		f := willNotStart(e, h, "an epoch file holds no number, and ZooKeeper exits with \"Found ... in\" and its path. A full disk, or a kill during a write, leaves such a file.")
		for _, b := range []*report.Evidence{bad, badToo} {
			if b != nil {
				addEvidence(&f, *b)
			}
		}
		return found(f)
	case hasCurrent && hasAccepted && accepted < current:
		return found(willNotStart(e, h, fmt.Sprintf("acceptedEpoch is %d and currentEpoch is %d, which is higher: ZooKeeper exits with \"The accepted epoch ... is less than the current epoch\".", accepted, current),
			epochEvidence(dir, "acceptedEpoch", accepted, fmt.Sprintf("%d or more", current)),
			epochEvidence(dir, "currentEpoch", current, "")))
	case hasCurrent && !dir.Repairs:
		return dataAhead(e, h, data, current)
	}
	return Outcome{}
}

// dataAhead compares currentEpoch with the epochs of the data.
func dataAhead(e *model.Ensemble, h *model.Host, data *snapshot.Data, current int64) Outcome {
	if reason := unseenData(data.Logs().Version2); reason != "" {
		return undecided(reason)
	}
	if logs := data.Logs().Logs; len(logs.Value.Newest) > 0 {
		log := logs.Value.Newest[0]
		if c := log.Content.Value; c.HasFirst && int64(c.First.Epoch()) > current {
			if !settledFile(h, log) {
				return undecided("its epoch changed during the check")
			}
			return found(aheadFinding(e, h, data, current, int64(c.First.Epoch()), report.Proven,
				dataEvidence("first transaction", c.First.String(), "", fileIn(data.Logs(), log.Name))))
		}
	}
	for _, s := range data.Dir.Snapshots.Value.Newest {
		if !s.Content.Value.Whole || int64(s.Zxid.Epoch()) <= current {
			continue
		}
		if !settledFile(h, s) {
			return undecided("its epoch changed during the check")
		}
		// Its checksum was not checked: a damaged one is passed over.
		return found(aheadFinding(e, h, data, current, int64(s.Zxid.Epoch()), report.Likely,
			dataEvidence("snapshot", s.Name, "", fileIn(&data.Dir, s.Name))))
	}
	return Outcome{}
}

func aheadFinding(
	e *model.Ensemble, h *model.Host, data *snapshot.Data, current, of int64, c report.Certainty, shown report.Evidence,
) report.Finding {
	f := willNotStart(e, h, fmt.Sprintf("its data is of epoch %d and currentEpoch is %d: ZooKeeper exits with \"The current epoch ... is older than the last zxid\".", of, current),
		epochEvidence(&data.Dir, "currentEpoch", current, fmt.Sprintf("%d or more", of)), shown)
	f.Certainty = c
	return f
}

// quiet is the time after its last change from which a file of a running server counts as
// it is: a server writes a new log's header, and the epoch after a snapshot, within a
// second, on a slow disk within some.
const quiet = 30 * time.Second

// versionAt is the version of the host's server: its own word, or else what all
// others that tell agree on, which is likely its own too.
func versionAt(e *model.Ensemble, h *model.Host) (v snapshot.Version, reported, own bool) {
	if h.Server != nil {
		if v, ok := h.Server.Version(); ok {
			return v, true, true
		}
	}
	for _, s := range e.Servers {
		other, ok := s.Version()
		switch {
		case !ok:
		case reported && other.String() != v.String():
			return snapshot.Version{}, false, false
		default:
			v, reported = other, true
		}
	}
	return v, reported, false
}

// settledFile reports whether a file is as its server left it: nobody runs that
// might be writing it this moment, or it has not changed for a while.
func settledFile(h *model.Host, f snapshot.DataFile) bool {
	return h.Process == nil || h.Looked.Sub(f.Modified) >= quiet
}

// willNotStart is a fault in a server's data, which only a start finds out: while
// the process runs, it explains nothing that is wrong now.
func willNotStart(e *model.Ensemble, h *model.Host, summary string, evidence ...report.Evidence) report.Finding {
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   summary + " It cannot start.", Evidence: evidence, Fix: refill(e, h),
	}
	if e.Lives(h) {
		f.Later = true
		f.Summary = summary + " The running process read it before or does not need it, but will not start again."
	}
	return f
}
