package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// shutOut reports a server that runs, and either says that it does not serve or closes
// before it has answered, as one does that joins and leaves many times a second.
func shutOut(s *server) bool {
	closes := s.client == PortOpen && s.Cut()
	return s.runsHere() && s.serving != yes && (s.notServing() || closes)
}

// staysOut reports whether the server of a host that runs is out in both looks. reason
// says why that cannot be told; wait, that it takes a second look.
func (e *ensemble) staysOut(h *host) (out, wait bool, reason string) {
	s := h.server
	switch {
	case s == nil:
		return false, false, "which of the servers this host is was not found out"
	case s.serving == yes:
		return false, false, ""
	case !shutOut(s):
		return false, false, "whether it serves was not told"
	case e.before == nil:
		return false, true, "it does not serve this moment, and takes two looks to tell from joining"
	}
	return e.twice(s, shutOut), false, ""
}

var foreignDataRule = Rule{
	Code: ForeignData, Title: "its data is of another ensemble", Needs: "a server's own files, and the leader, twice",
	Explains: slices.Concat(keptOut, []Code{ConnLimitReached}),
	Eval:     checkForeignData,
}

// checkForeignData compares the epoch that a server has accepted with that of the
// leader: it follows none of an earlier one (Learner.registerWithLeader, all versions).
func checkForeignData(e *ensemble) result {
	again := false
	out := e.perHost(func(h *host) ([]Finding, string) {
		if !h.distributed() || h.Process == nil {
			return nil, "" // what it would meet is not known before it runs
		}
		out, wait, reason := e.staysOut(h)
		again = again || wait
		if !out {
			return nil, reason
		}
		accepted, reason := h.acceptedEpoch()
		if reason != "" {
			return nil, reason
		}
		leader, epoch, ok := e.steadyLeader()
		switch {
		case !ok:
			return nil, "no leader was seen to keep its epoch"
		case leader == h.server || accepted <= epoch:
			return nil, ""
		}
		if b := e.earlier(h.server); b.host == nil || !b.host.Data.Seen() {
			return nil, "its data was looked at once"
		} else if then, reason := b.host.acceptedEpoch(); reason != "" || then != accepted {
			return nil, "its epoch changes this moment"
		}
		return []Finding{e.foreign(h, leader, accepted, epoch)}, ""
	})
	out.lookAgain = again
	return out
}

// acceptedEpoch is what a server's file says.
func (h *host) acceptedEpoch() (epoch int64, reason string) {
	data, reason := h.data()
	if data == nil {
		return 0, reason
	}
	if !data.Dir.AcceptedEpoch.Seen() {
		return 0, reasonOf(data.Dir.AcceptedEpoch.Failure, "its acceptedEpoch was not looked at")
	}
	epoch, has, _ := h.epoch(&data.Dir, "acceptedEpoch", data.Dir.AcceptedEpoch)
	if !has {
		return 0, "its acceptedEpoch holds no number"
	}
	return epoch, ""
}

// steadyLeader is the one leader of both looks, whose epoch is the same in both.
func (e *ensemble) steadyLeader() (leader *server, epoch int64, ok bool) {
	leaders := e.leaders()
	if len(leaders) != 1 || !leaders[0].Srvr.Seen() {
		return nil, 0, false
	}
	leader = leaders[0]
	b := e.earlier(leader)
	zxid := leader.Srvr.Value.Zxid
	if b == nil || b.role != Leader || !b.Srvr.Seen() || b.Srvr.Value.Zxid.Epoch() != zxid.Epoch() {
		return nil, 0, false
	}
	return leader, int64(zxid.Epoch()), true
}

func (e *ensemble) foreign(h *host, leader *server, accepted, epoch int64) Finding {
	data, _ := h.data()
	f := Finding{
		Severity: e.hostSeverity(h), Certainty: Likely, Servers: h.servers(),
		Summary: fmt.Sprintf("it has accepted epoch %d, and the ensemble is in epoch %d: it follows no leader of an earlier one. Its data is of another ensemble, or of an earlier life of this one. Restart no other server before that is mended: in an election it may win with that data.", accepted, epoch),
		Evidence: []Evidence{
			h.epochEvidence(&data.Dir, "acceptedEpoch", accepted, fmt.Sprintf("%d or less", epoch)),
			{Source: "srvr", Server: leader.Name, Key: "Zxid", Value: leader.Srvr.Value.Zxid.String() + ", epoch " + strconv.FormatInt(epoch, 10)},
		},
		Fix: append([]Fix{{
			Host: h.name(), Note: "find out first whose data that is: a volume that was swapped, a copy or a backup, an ensemble that was set up anew around it. If the others are the new ones, this may be the only copy of the old data",
		}}, e.refill(h)...),
	}
	if lines, _, _ := h.saysLately(logline.EpochAhead); len(lines) > 0 {
		f.Certainty = Proven
		f.Evidence = append(f.Evidence, h.logEvidence(lines[0]))
	}
	return f
}
