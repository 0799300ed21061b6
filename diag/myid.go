package diag

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about myid: the file, and what the server tells of it.

const MyidMissing report.Code = "myid-missing"

var myidMissingRule = Rule{
	Code: MyidMissing, Title: "myid file is missing", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perStart(checkMyidMissing),
}

func checkMyidMissing(e *model.Ensemble, h *model.Host) Outcome {
	switch {
	case !h.Distributed():
		return Outcome{} // a standalone server needs none
	case !h.MyID.FailedAs(snapshot.Absent):
		return undecided(myidUnseen(h))
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   "the configuration lists an ensemble, and the myid file, which says which of its servers this is, does not exist. It cannot start.",
		Evidence:  []report.Evidence{myidEvidence(h, "the number of its server.N line")},
		Fix:       writeID(e, h),
	}
	if e.Lives(h) {
		f.Summary = "the myid file, which says which server this is, does not exist. The running process read it before, but will not start again."
	}
	if h.DataDir.Seen() && !h.DataDir.Value {
		gone := settingEvidence(h, "dataDir", h.Settings.DataDir, "")
		gone.Value += " does not exist"
		addEvidence(&f, gone)
		f.Fix = slices.Insert(f.Fix, 0, step(nameOf(h), "find out first why dataDir does not exist: a volume that is not mounted, a wrong path"))
		said := logEvidences(h, []logline.Sign{logline.MyIDMissing})
		addEvidence(&f, said...)
		if h.Process == nil && said == nil {
			f.Certainty = report.Likely
			f.Summary += " Less likely: its dataDir is a path in a container that is not running."
		}
	}
	if data, _ := dataOf(h); data != nil && h.DataDir.Value && !slices.ContainsFunc(dataDirs(data), holdsData) {
		f.Fix = slices.Insert(f.Fix, 0, step(nameOf(h), "check first that the disk of dataDir is mounted: no data was seen there"))
	}
	if id, ok := h.RightID(); ok {
		addEvidence(&f, memberEvidence(h, id, " is this host"))
	}
	return found(f)
}

const MyidMalformed report.Code = "myid-malformed"

var myidMalformedRule = Rule{
	Code: MyidMalformed, Title: "myid file does not contain a number", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perStart(checkMyidMalformed),
}

func checkMyidMalformed(e *model.Ensemble, h *model.Host) Outcome {
	if !h.MyID.Seen() || h.HasID {
		return undecided(myidUnseen(h))
	}
	_, err := zoocfg.ParseMyID(h.MyID.Value.Bytes)
	text := strconv.Quote(err.Error())
	if h.MyID.Value.Withheld != "" {
		text = "\"serverid ... is not a number\""
	}
	return found(report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("ZooKeeper reads the first line of the file as a number, byte for byte, and exits with: %s.%s", text, blankAround(h.MyID.Value)),
		Evidence:  []report.Evidence{myidEvidence(h, "the number alone, then a newline")},
		Fix:       writeID(e, h),
	})
}

// blankAround says that only a blank beside the number is wrong with a myid, which no screen shows.
func blankAround(id snapshot.MyID) string {
	line, _, _ := bytes.Cut(id.Bytes, []byte("\n"))
	number := bytes.TrimSpace(line)
	if _, err := strconv.ParseUint(string(number), 10, 63); err != nil || len(number) == len(line) {
		return ""
	}
	return " There is a space, a tab or the like beside the number."
}

const MyidNotInServers report.Code = "myid-not-in-servers"

var myidNotInServersRule = Rule{
	Code: MyidNotInServers, Title: "myid matches no server.N line", Needs: "a server's own files",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perStart(checkMyidNotInServers),
}

func checkMyidNotInServers(e *model.Ensemble, h *model.Host) Outcome {
	switch {
	case !h.Distributed():
		return Outcome{}
	case !h.HasID:
		return undecided(noID(h))
	case h.Settings.Find(h.ID) != nil || e.OutOfItsList(h):
		return Outcome{} // one that joins or leaves has a finding of its own
	}
	f := report.Finding{
		// Named here, because what the list in force has is no evidence of this server's.
		Certainty: report.Proven, Servers: serversOf(h),
		Summary:  fmt.Sprintf("myid is %d, and there is no server.%d line: ZooKeeper exits with \"My id %d not in the peer list\".", h.ID, h.ID, h.ID),
		Evidence: []report.Evidence{myidEvidence(h, "one of "+idList(h.Settings.Membership)), memberEvidence(h, h.ID, "")},
		Fix:      writeID(e, h),
	}
	if e.List.InForce() && e.List.Find(h.ID) != nil {
		addEvidence(&f, report.Evidence{
			Source: e.List.Source, Key: fmt.Sprintf("server.%d", h.ID), Value: "is in the list that the servers run with",
		})
		f.Fix = steps(nameOf(h), "the list in its configuration is outdated: copy the list that the other servers use")
	} else if h.AddressesDecide && len(h.OwnLines) == 0 {
		f.Fix = notAMember(h)
	}
	return found(f)
}

// notAMember are the steps where no line of the list is the host's: then no number is
// right for it, and one that some line has would be another server's.
func notAMember(h *model.Host) []report.Fix {
	if h.Settings.Dynamic != "" {
		return steps(nameOf(h),
			"no line of the list has an address of this host: if it was removed from the ensemble, do not start it",
			fmt.Sprintf("if it must rejoin, add its own server.%d line to %s, start it, and then add the line with reconfig -add", h.ID, h.Settings.Dynamic),
		)
	}
	return []report.Fix{
		step(nameOf(h), "no line of the list has an address of this host: if it is no longer a member, do not start it"),
		{Note: fmt.Sprintf("if it must be a member, add its server.%d line on all servers, then restart one at a time", h.ID), Risk: "if the ensemble can lose 0 more, each restart is an outage"},
	}
}
