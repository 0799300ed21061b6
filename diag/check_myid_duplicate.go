package diag

import (
	"fmt"
	"slices"
	"strconv"
)

// The rule about one id that two servers claim.

// claim is one server's word on its id.
type claim struct {
	id       int64
	server   *server // nil when it is no row of the table
	host     *host   // nil when its files were not seen
	evidence Evidence
}

func (c claim) name() string {
	if c.server != nil {
		return c.server.Name
	}
	return c.host.name()
}

// claimsOfID gathers who says to be whom: conf of every server that answers it,
// and the myid of every server whose files were seen, running or not.
func (e *ensemble) claimsOfID() []claim {
	var out []claim
	for _, s := range e.servers {
		if id, source, ok := s.claimed(); ok && fromServer(source) && s.twin == nil {
			out = append(out, claim{id, s, s.host, Evidence{Source: source, Server: s.Name, Key: "serverId", Value: strconv.FormatInt(id, 10)}})
		}
	}
	for _, h := range e.hosts {
		if !h.hasID || !h.distributed() || slices.ContainsFunc(out, func(c claim) bool { return c.host == h }) {
			continue
		}
		ev := h.myidEvidence("")
		if h.Process != nil {
			ev.Value += fmt.Sprintf("  (pid %d)", h.Process.PID)
		}
		out = append(out, claim{h.id, h.server, h, ev})
	}
	return out
}

var myidDuplicateRule = Rule{
	Code: MyidDuplicate, Title: "two servers have one id", Needs: "conf or the files of two servers",
	Traits:   Traits{AlwaysShown: true, DataAtRisk: true, Apart: true},
	Explains: slices.Concat(startless, []Code{MyidWrongServer, SelfAddrNotLocal, ProcessWithoutListener, ServerNotServing, ReadOnlyMode}),
	Eval:     checkMyidDuplicate,
}

func checkMyidDuplicate(e *ensemble) result {
	if e.mixed {
		return skip(SkipUndecided, "the servers that were named are of different ensembles")
	}
	claims := e.claimsOfID()
	if len(claims) < 2 {
		return skip(SkipNotTold, "fewer than two servers told their id")
	}
	var out result
	for i, a := range claims {
		for _, b := range claims[:i] {
			if a.id != b.id {
				continue
			}
			if a.isWrong() && !b.isWrong() {
				out.findings = append(out.findings, e.duplicate(a, b))
			} else {
				out.findings = append(out.findings, e.duplicate(b, a))
			}
		}
	}
	return out
}

// duplicate is the finding about two claims of one id; the one to mend, where
// that is known, is the first.
func (e *ensemble) duplicate(a, b claim) Finding {
	f := Finding{
		Severity: Critical, Certainty: sameID(a, b), Servers: []string{a.name(), b.name()},
		Summary:  fmt.Sprintf("both say that they are server %d: they count as one vote, and each throws the other's connections out.", a.id),
		Evidence: []Evidence{a.evidence, b.evidence},
	}
	switch {
	case f.Certainty == Possible:
		f.Summary = fmt.Sprintf("two targets say that they are server %d: one server under two names, or two with one id.", a.id)
	case !a.runs() || !b.runs():
		// One of them is stopped, so no vote is counted wrong now.
		f.Severity = e.severity(e.servers...)
		f.Summary = fmt.Sprintf("both have the id %d, and one of them is stopped: it cannot come back like that.", a.id)
	}
	for _, c := range []claim{a, b} {
		f.Fix = append(f.Fix, c.correction()...)
	}
	if len(f.Fix) == 0 {
		f.Fix = []Fix{{Note: fmt.Sprintf("find out which of them is the server.%d of the list; stop the other, write its own number into its myid, start it", a.id)}}
	}
	return f
}

// runs reports whether the one who claims the id is running.
func (c claim) runs() bool {
	return c.host != nil && c.host.Process != nil || c.server != nil && c.server.role != RoleDown && (c.host == nil || c.server.Srvr.Seen())
}

// sameID tells two servers with one id from one server with two names: two
// lines of the list, two processes, or two roles are two servers.
func sameID(a, b claim) Certainty {
	switch {
	case a.host != nil && b.host != nil && a.host != b.host:
		return Proven
	case a.server == nil || b.server == nil:
		return Possible
	case a.server.atLine() && b.server.atLine() && a.server.member != b.server.member:
		return Proven
	case a.server.role != b.server.role && a.server.serving == yes && b.server.serving == yes:
		// Two roles are two servers; that both are of one ensemble is the user's word.
		return Likely
	}
	return Possible
}

// atLine reports whether the server was found at the address of its line, not
// merely by the id that it claims.
func (s *server) atLine() bool {
	return s.member != nil && s.member.ID >= 0 && (s.Member != nil || matchesHost(s.member, s))
}

// isWrong reports whether the id is known not to be that of the server's line.
func (c claim) isWrong() bool { return len(c.correction()) > 0 }

// correction is the remedy for the one whose id is not that of its line.
func (c claim) correction() []Fix {
	if c.host != nil && c.host.config != nil {
		if id, ok := c.host.rightID(); ok && id != c.id {
			return c.host.writeID()
		}
		return nil
	}
	if c.server != nil && c.server.atLine() && c.server.member.ID != c.id {
		return []Fix{{Host: c.server.Name, Note: fmt.Sprintf("stop it, write %d into its myid, start it", c.server.member.ID)}}
	}
	return nil
}
