package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// staysOut reports whether the server of a host that runs is out in both looks. why says
// what else is so: it is in, or that cannot be told, or it takes a second look.
func staysOut(e *model.Ensemble, h *model.Host) (why Outcome, out bool) {
	s := h.Server
	switch {
	case s == nil:
		return undecided("which server this host is could not be determined"), false
	case s.Serving == model.Yes:
		return Outcome{}, false
	case !shutOut(s):
		return undecided("whether it serves was not reported"), false
	case e.Before == nil:
		return undecided("it does not serve now; two checks are needed to distinguish this from joining").lookAgain(true), false
	}
	return Outcome{}, e.Twice(s, shutOut)
}

// whyNoMntr tells why the server's mntr cannot be judged; empty when it can.
func whyNoMntr(s *model.Server) Outcome {
	return whyNotReported(s, "mntr", s.Mntr.Seen(), model.KindOf(s.Mntr))
}

// whyNotReported tells why a word that is asked after srvr gave nothing; empty when it did.
func whyNotReported(s *model.Server, word string, seen bool, failure snapshot.FailureKind) Outcome {
	switch {
	case seen:
		return Outcome{}
	case failure == snapshot.NotAllowed:
		return skip(report.SkipNotReported, "it does not allow "+word)
	case s.Srvr.Seen() && (failure == "" || failure == snapshot.Cancelled || failure.Trouble()):
		return skip(report.SkipNotLooked, word+" was not checked")
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	return skip(report.SkipNotReported, "it gave no answer to "+word)
}

// unlessUnseen is passed, or skipped when no server told anything.
func unlessUnseen(e *model.Ensemble) Outcome {
	for _, s := range e.Servers {
		if !whyNoAnswer(s).skipped() {
			return Outcome{}
		}
	}
	return skip(report.SkipUnreachable, "no server gave an answer")
}

// whyNoAnswer tells why the server's client port told nothing; empty when it did,
// be it by refusing.
func whyNoAnswer(s *model.Server) Outcome {
	switch {
	case s.Srvr.Seen(), s.ClientPort == report.PortRefused, s.ClientPort == report.PortSilent,
		s.ClientPort == report.PortOpen && s.Srvr.Tried && !s.Srvr.Unmade():
		return Outcome{}
	case s.Resolve.FailedAs(snapshot.Resolve):
		return skip(report.SkipUnreachable, "its name does not resolve here")
	case model.Blocked(s.ClientPort):
		return skip(report.SkipUnreachable, "it could not be reached from here")
	case s.Port == 0:
		return skip(report.SkipNotReported, "its client port is not known")
	}
	return skip(report.SkipNotLooked, "it was not checked")
}

// whyNotBothPorts tells why the client and the election port cannot both be judged;
// empty when they can.
func whyNotBothPorts(s *model.Server) Outcome {
	if s.Role == report.RoleDown {
		return Outcome{}
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	switch {
	case s.ElectionPort == report.PortNotProbed:
		return skip(report.SkipNotLooked, "its election port was not probed")
	case model.Blocked(s.ElectionPort):
		return undecided("its election port gave no answer")
	}
	return Outcome{}
}

// shutOut reports a server that runs, and either says that it does not serve or closes
// before it has answered, as one does that joins and leaves many times a second.
func shutOut(s *model.Server) bool {
	closes := s.ClientPort == report.PortOpen && s.Cut()
	return s.RunsHere() && s.Serving != model.Yes && (s.NotServing() || closes)
}

// myidUnseen is the reason for which nothing can be said about the content of
// myid; empty when it was read, or is not there at all, which has its own rule.
func myidUnseen(h *model.Host) string {
	if !h.MyID.Tried {
		return "the path of its myid is not known: dataDir is not set"
	}
	if !h.MyID.Seen() && !h.MyID.FailedAs(snapshot.Absent) {
		return h.MyID.Failure.Text
	}
	return ""
}

// noID is the reason for which there is no id to judge.
func noID(h *model.Host) string {
	if reason := myidUnseen(h); reason != "" {
		return reason
	}
	return "its id is not known"
}
