package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// largestRecord is the length up to which a record counts as one: jute.maxbuffer is
// some MiB where it was raised at all. What is longer is read out of damaged bytes.
const largestRecord = 256 << 20

const DataUnreasonableLength report.Code = "data-unreasonable-length"

var dataUnreasonableLengthRule = Rule{
	Code: DataUnreasonableLength, Title: "a record exceeds this server's jute.maxbuffer", Needs: "a server's own log",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"conn-limit-reached"}),
	Eval:     perHost(checkUnreasonableLength),
}

// checkUnreasonableLength reports a server that meets a record which is longer than its
// jute.maxbuffer allows, in its own data or in its leader's (BinaryInputArchive).
func checkUnreasonableLength(e *model.Ensemble, h *model.Host) Outcome {
	if h.Process == nil {
		return cannotLoad(h)
	}
	if !h.Distributed() {
		return Outcome{} // it runs, so it has read its data
	}
	if why, out := staysOut(e, h); !out {
		return why
	}
	lines, count, reason := saysLately(h, logline.RecordTooLong)
	if reason != "" || count < repeated {
		return undecided(reason)
	}
	return tooLong(h, lines[0], "it runs; each time it joins, the leader sends it a record longer than its jute.maxbuffer allows, and it leaves the quorum again.")
}

// cannotLoad judges a server that has ended.
func cannotLoad(h *model.Host) Outcome {
	if h.Server != nil && h.Server.Serving == model.Yes {
		return Outcome{}
	}
	lines, _, reason := saysSinceStart(h, logline.RecordTooLong)
	ended, _, _ := saysSinceStart(h, logline.DatabaseUnloaded, logline.Exit)
	if len(lines) == 0 || len(ended) == 0 {
		return undecided(reason)
	}
	return tooLong(h, lines[0], "its data has a record longer than its jute.maxbuffer allows, so it exits while it loads its data.")
}

// tooLong is the finding, where the length can be that of a record.
func tooLong(h *model.Host, line snapshot.LogLine, what string) Outcome {
	length := line.Fields.Length
	if length <= 0 || length > largestRecord || !mayHold(h, length) {
		return undecided("the length in its log is not that of a record: its data is damaged, or another protocol is used on its ports")
	}
	enough := int64(1 << 20)
	for enough <= length {
		enough *= 2
	}
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   what + " The setting was lowered, or lost at a restart; the data is not damaged.",
		Evidence:  []report.Evidence{lineEvidence(h, line)},
		Fix: []report.Fix{
			{Host: nameOf(h), Note: fmt.Sprintf("set -Djute.maxbuffer to its earlier value, or to that of the others: at least %d, %d to be safe. Set it in SERVER_JVMFLAGS (conf/java.env, or its systemd unit), the same on all servers and clients; in zoo.cfg it has no effect", length, enough), Risk: "none"},
			restartIt(h, ". Do not delete or move version-2: it is not damaged, and without it the server would only get the same record from the leader", ""),
		},
	}
	if p := h.Process; p != nil {
		value := cmp.Or(p.JuteMaxBuffer, "not given: 1048575")
		addEvidence(&f, optionEvidence("-Djute.maxbuffer", value, fmt.Sprintf("%d or more", length)))
	}
	if p, ok := h.Settings.Property("jute.maxbuffer"); ok {
		addEvidence(&f, report.Evidence{
			Source: "zoo.cfg", Key: "jute.maxbuffer",
			Value: "set, but not readable from here", Wanted: "-D, in SERVER_JVMFLAGS", File: h.Settings.Path, Line: p.Line,
		})
	}
	return found(f)
}

// mayHold reports whether one of its files is long enough to hold a record of that
// length: false only where all were seen, and a server that runs gets it from its
// leader.
func mayHold(h *model.Host, length int64) bool {
	data, _ := dataOf(h)
	if data == nil || h.Process != nil {
		return true
	}
	for _, d := range dataDirs(data) {
		for _, files := range []snapshot.Obs[snapshot.DataFiles]{d.Snapshots, d.Logs} {
			v := files.Value
			if d.Version2.Seen() && !files.Seen() || v.AtLeast || v.Total > len(v.Newest) ||
				slices.ContainsFunc(v.Newest, func(f snapshot.DataFile) bool { return f.Allocated >= length }) {
				return true
			}
		}
	}
	return false
}
