package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const ObserverCounted report.Code = "observer-counted"

var observerCountedRule = Rule{
	Code: ObserverCounted, Title: "observers do not count for the quorum", Needs: "a list of members, and their roles",
	Eval: checkObserverCounted,
}

// checkObserverCounted reports observers that are up and have no vote, where whoever
// counts servers that are up would think that there is a majority, or one to spare.
func checkObserverCounted(e *model.Ensemble) Outcome {
	voters := e.List.Quorums.Voters()
	observers := e.Filter(func(s *model.Server) bool {
		return s.Line != nil && s.Line.Role == zoocfg.Observer && s.DuplicateOf == nil
	})
	switch {
	case e.LoneStandalone():
		return Outcome{}
	case !e.List.Proven():
		return skip(report.SkipNotReported, "which members are observers is not known")
	case len(observers) == 0:
		return Outcome{}
	case e.List.Quorums.Hierarchical():
		return undecided("groups and weights decide, not the number of voters")
	case e.Verdict.Spare == nil:
		return undecided("how many voters it can lose is not known")
	}
	spare := *e.Verdict.Spare
	up := e.Filter(func(s *model.Server) bool { return s.DuplicateOf == nil && isUp(s) && s.Line != nil })
	var running []*model.Server
	for _, s := range observers {
		if isUp(s) {
			running = append(running, s)
		}
	}
	// Counted together there would be a majority, though there is none; or it would
	// survive a loss that it does not.
	all := len(voters) + len(observers)
	if needed := all/2 + 1; spare > 0 || len(running) == 0 || len(up)-(spare+1) < needed {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven, Servers: model.Names(running),
		Summary: fmt.Sprintf("%d of %d servers are up, but that is not a majority: %s have no vote. %[5]d of the %[4]d voters must serve.",
			len(up), all, plural(len(running), "observer"), len(voters), e.List.Quorums.Needed()),
		Evidence: []report.Evidence{{
			Source: e.List.Source, Key: "voters up",
			Value: strconv.Itoa(len(up) - len(running)), Wanted: fmt.Sprintf("%d of %d", e.List.Quorums.Needed(), len(voters)),
		}},
		Fix: advice("start voters: an observer does not replace a voter, and without a quorum of voters it stops serving too"),
	}
	if spare == 0 {
		f.Summary = fmt.Sprintf("%d of %d servers are up, but the ensemble can lose 0 more: %s have no vote. %[5]d of the %[4]d voters must serve.",
			len(up), all, plural(len(running), "observer"), len(voters), e.List.Quorums.Needed())
	}
	for _, s := range running {
		addEvidence(&f, report.Evidence{
			Source: e.List.Source, Server: s.Name, Key: fmt.Sprintf("server.%d", s.Line.ID),
			Value: "observer", File: s.Line.File, Line: s.Line.Line,
		})
	}
	return found(f)
}

// isUp reports whether a server is known to run, serving or not.
func isUp(s *model.Server) bool {
	return s.Role != report.RoleDown && s.Role != report.RoleUnknown && s.Role != report.Standalone
}
