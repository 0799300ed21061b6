package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

var observerCountedRule = Rule{
	Code: ObserverCounted, Title: "observers are up, and have no vote", Needs: "a list of members, and their roles",
	Eval: checkObserverCounted,
}

// checkObserverCounted reports observers that are up and have no vote, where whoever
// counts servers that are up would think that there is a majority, or one to spare.
func checkObserverCounted(e *ensemble) result {
	voters := e.list.quorum.Voters()
	observers := e.filter(func(s *server) bool { return s.member != nil && s.member.Role == zoocfg.Observer && s.twin == nil })
	switch {
	case e.loneStandalone():
		return result{}
	case !e.list.proven():
		return skip(SkipNotTold, "which members are observers is not known")
	case len(observers) == 0:
		return result{}
	case e.list.quorum.Hierarchical():
		return skip(SkipUndecided, "groups and weights decide, not the number of voters")
	case e.verdict.Spare == nil:
		return skip(SkipUndecided, "how many voters may be lost is not known")
	}
	spare := *e.verdict.Spare
	up := e.filter(func(s *server) bool { return s.twin == nil && isUp(s) && s.member != nil })
	var running []*server
	for _, s := range observers {
		if isUp(s) {
			running = append(running, s)
		}
	}
	// Counted together there would be a majority, though there is none; or it would
	// survive a loss that it does not.
	all := len(voters) + len(observers)
	if needed := all/2 + 1; spare > 0 || len(running) == 0 || len(up)-(spare+1) < needed {
		return result{}
	}
	f := Finding{
		Severity: Info, Certainty: Proven, Servers: names(running),
		Summary: fmt.Sprintf("%d of %d servers are up, and that is no majority: %s have no vote. Of the %d voters %d must serve.",
			len(up), all, plural(len(running), "observer"), len(voters), e.list.quorum.Needed()),
		Evidence: []Evidence{{Source: e.list.source, Key: "voters up", Value: strconv.Itoa(len(up) - len(running)), Wanted: fmt.Sprintf("%d of %d", e.list.quorum.Needed(), len(voters))}},
		Fix:      []Fix{{Note: "bring voters back: an observer stands in for none of them, and without a quorum of voters it stops serving too"}},
	}
	if spare == 0 {
		f.Summary = fmt.Sprintf("%d of %d servers are up, and none may be lost all the same: %s have no vote. Of the %d voters %d must serve.",
			len(up), all, plural(len(running), "observer"), len(voters), e.list.quorum.Needed())
	}
	for _, s := range running {
		f.Evidence = append(f.Evidence, Evidence{Source: e.list.source, Server: s.Name, Key: fmt.Sprintf("server.%d", s.member.ID), Value: "observer", File: s.member.File, Line: s.member.Line})
	}
	return result{findings: []Finding{f}}
}

// isUp reports whether a server is known to run, serving or not.
func isUp(s *server) bool { return s.role != RoleDown && s.role != RoleUnknown && s.role != Standalone }
