package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const ForeignData report.Code = "foreign-data"

var foreignDataRule = Rule{
	Code: ForeignData, Title: "data belongs to another ensemble", Needs: "a server's own files, and the leader, twice",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, []report.Code{"conn-limit-reached"}),
	Eval:     perHost(checkForeignData),
}

// checkForeignData compares the epoch that a server has accepted with that of the
// leader: it follows none of an earlier one (Learner.registerWithLeader, all versions).
func checkForeignData(e *model.Ensemble, h *model.Host) Outcome {
	if !h.Distributed() || h.Process == nil {
		return Outcome{} // what it would meet is not known before it runs
	}
	if why, out := staysOut(e, h); !out {
		return why
	}
	accepted, reason := acceptedEpoch(h)
	if reason != "" {
		return undecided(reason)
	}
	leader, epoch, ok := steadyLeader(e)
	switch {
	case !ok:
		return undecided("no leader with a constant epoch in two checks")
	case leader == h.Server || accepted <= epoch:
		return Outcome{}
	}
	if b := e.Earlier(h.Server); b.Local == nil || !b.Local.Data.Seen() {
		return undecided("its data was checked only once")
	} else if then, reason := acceptedEpoch(b.Local); reason != "" || then != accepted {
		return undecided("its epoch changed between the checks")
	}
	return found(foreignFinding(e, h, leader, accepted, epoch))
}

// acceptedEpoch is what a server's file says.
func acceptedEpoch(h *model.Host) (epoch int64, reason string) {
	data, reason := dataOf(h)
	if data == nil {
		return 0, reason
	}
	if !data.Dir.AcceptedEpoch.Seen() {
		return 0, reasonOf(data.Dir.AcceptedEpoch, "its acceptedEpoch was not checked")
	}
	epoch, has, _ := epochOf(&data.Dir, "acceptedEpoch", data.Dir.AcceptedEpoch)
	if !has {
		return 0, "its acceptedEpoch holds no number"
	}
	return epoch, ""
}

// steadyLeader is the one leader of both looks, whose epoch is the same in both.
func steadyLeader(e *model.Ensemble) (leader *model.Server, epoch int64, ok bool) {
	leaders := e.Leaders()
	if len(leaders) != 1 || !leaders[0].Srvr.Seen() {
		return nil, 0, false
	}
	leader = leaders[0]
	b := e.Earlier(leader)
	zxid := leader.Srvr.Value.Zxid
	if b == nil || b.Role != report.Leader || !b.Srvr.Seen() || b.Srvr.Value.Zxid.Epoch() != zxid.Epoch() {
		return nil, 0, false
	}
	return leader, int64(zxid.Epoch()), true
}

func foreignFinding(e *model.Ensemble, h *model.Host, leader *model.Server, accepted, epoch int64) report.Finding {
	data, _ := dataOf(h)
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   fmt.Sprintf("it has accepted epoch %d and the ensemble is in epoch %d: a server does not follow a leader of an earlier epoch. Its data is of another ensemble, or of an earlier installation of this one. Restart no other server before this is fixed: in an election it may win with that data.", accepted, epoch),
		Evidence: []report.Evidence{
			epochEvidence(&data.Dir, "acceptedEpoch", accepted, fmt.Sprintf("%d or less", epoch)),
			{
				Source: "srvr", Server: leader.Name, Key: "Zxid",
				Value: leader.Srvr.Value.Zxid.String() + ", epoch " + fmt.Sprint(epoch),
			},
		},
		Fix: steps(nameOf(h), "find out first where this data comes from: a wrong volume, a copy or a backup, an ensemble that was reinstalled around it"),
	}
	if newest := highestZxid(data); newest > leader.Srvr.Value.Zxid {
		// The others may have begun without data: then theirs must not replace this.
		addEvidence(&f, dataEvidence(
			"newest zxid in its files", newest.String(), "no more than the leader's", data.Dir.Path+"/version-2"))
		f.Fix = append(steps(nameOf(h), "this may be the only copy of data that the others lost: move and delete nothing, and copy both directories elsewhere first"), f.Fix...)
	} else {
		f.Fix[0].Note += ". If the others are the new ones, this may be the only copy of the old data"
		f.Fix = append(f.Fix, refill(e, h)...)
	}
	if lines, _, _ := saysLately(h, logline.EpochAhead); len(lines) > 0 {
		addEvidence(&f, lineEvidence(h, lines[0])) // that it is ahead, and not whose data it is
	}
	return f
}

// highestZxid is the highest in the names of a server's files; 0 where there are none.
func highestZxid(data *snapshot.Data) (newest snapshot.Zxid) {
	for _, files := range []snapshot.DataFiles{data.Dir.Snapshots.Value, data.Logs().Logs.Value} {
		for _, f := range files.Newest {
			newest = max(newest, f.Zxid)
		}
	}
	return newest
}
