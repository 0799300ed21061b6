package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// staysOut reports whether the server of a host that runs is out in both looks. reason
// says why that cannot be told; wait, that it takes a second look.
func staysOut(e *model.Ensemble, h *model.Host) (out, wait bool, reason string) {
	s := h.Server
	switch {
	case s == nil:
		return false, false, "which of the servers this host is was not found out"
	case s.Serving == model.Yes:
		return false, false, ""
	case !shutOut(s):
		return false, false, "whether it serves was not told"
	case e.Before == nil:
		return false, true, "it does not serve this moment, and takes two looks to tell from joining"
	}
	return e.Twice(s, shutOut), false, ""
}

// whyNoMntr tells why the server's mntr cannot be judged; nil when it can.
func whyNoMntr(s *model.Server) *report.Skip {
	return whyNotTold(s, "mntr", s.Mntr.Seen(), model.KindOf(s.Mntr))
}

// whyNotTold tells why a word that is asked after srvr gave nothing; nil when it did.
func whyNotTold(s *model.Server, word string, seen bool, failure snapshot.FailureKind) *report.Skip {
	switch {
	case seen:
		return nil
	case failure == snapshot.NotAllowed:
		return &report.Skip{Kind: report.SkipNotTold, Reason: "it does not allow " + word}
	case s.Srvr.Seen() && (failure == "" || failure == snapshot.Cancelled):
		return &report.Skip{Kind: report.SkipNotLooked, Reason: word + " was not looked at"}
	}
	if why := whyNoAnswer(s); why != nil {
		return why
	}
	return &report.Skip{Kind: report.SkipNotTold, Reason: "it gave no answer to " + word}
}

// unlessUnseen is passed, or skipped when no server told anything.
func unlessUnseen(e *model.Ensemble) result {
	for _, s := range e.Servers {
		if whyNoAnswer(s) == nil {
			return result{}
		}
	}
	return skip(report.SkipUnreachable, "no server gave an answer")
}

// whyNoAnswer tells why the server's client port told nothing; nil when it did,
// be it by refusing.
func whyNoAnswer(s *model.Server) *report.Skip {
	switch {
	case s.Srvr.Seen(), hostRefuses(s), s.ClientPort == report.PortOpen && s.Srvr.Tried && !s.Srvr.FailedAs(snapshot.Cancelled), s.ClientPort == report.PortSilent:
		return nil
	case s.Resolve.FailedAs(snapshot.Resolve):
		return &report.Skip{Kind: report.SkipUnreachable, Reason: "its name has no address here"}
	case model.Blocked(s.ClientPort):
		return &report.Skip{Kind: report.SkipUnreachable, Reason: "it could not be reached from here"}
	case s.Port == 0:
		return &report.Skip{Kind: report.SkipNotTold, Reason: "its client port is not known"}
	}
	return &report.Skip{Kind: report.SkipNotLooked, Reason: "it was not looked at"}
}

// hostRefuses reports whether the host itself refused the client port.
func hostRefuses(s *model.Server) bool { return s.ClientPort == report.PortRefused }

// whyNotBothPorts tells why the client and the election port cannot both be judged;
// nil when they can.
func whyNotBothPorts(s *model.Server) *report.Skip {
	if s.Role == report.RoleDown {
		return nil
	}
	if why := whyNoAnswer(s); why != nil {
		return why
	}
	switch {
	case s.ElectionPort == report.PortNotProbed:
		return &report.Skip{Kind: report.SkipNotLooked, Reason: "its election port was not probed"}
	case model.Blocked(s.ElectionPort):
		return &report.Skip{Kind: report.SkipUndecided, Reason: "its election port gave no answer"}
	}
	return nil
}

// shutOut reports a server that runs, and either says that it does not serve or closes
// before it has answered, as one does that joins and leaves many times a second.
func shutOut(s *model.Server) bool {
	closes := s.ClientPort == report.PortOpen && s.Cut()
	return s.RunsHere() && s.Serving != model.Yes && (s.NotServing() || closes)
}
