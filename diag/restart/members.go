package restart

import (
	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// A change of the members by rolling restarts: the servers have different lists until the last was
// restarted. Who means that leaves these two checks out, and nothing else.

// sameMembers: all servers run with one list of members.
func sameMembers(s *subject) []Check {
	if out := s.divergent(false); out != nil {
		return out
	}
	return ok("no server was seen that runs with another list of members")
}

// newMembers: its file has the members that it runs with.
func newMembers(s *subject) []Check {
	if h := s.host(); h == nil || h.Settings == nil {
		return nil
	}
	if out := s.divergent(true); out != nil {
		return out
	}
	return ok("its file was not seen to have other members than it runs with")
}

// divergent are the findings about lists that differ: now, or from a start on.
func (s *subject) divergent(later bool) []Check {
	var out []Check
	for _, f := range s.findings() {
		switch {
		case f.Code != diag.MembershipDivergent, f.Later != later, later && !s.concerns(f):
		case f.Certainty == report.Possible:
			out = append(out, fromFinding(NotKnown, f))
		default:
			out = append(out, fromFinding(NotOK, f))
		}
	}
	return out
}
