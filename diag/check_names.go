package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var peerNameUnresolvableRule = Rule{
	Code: PeerNameUnresolvable, Title: "a member's name has no address there", Needs: "a server's own names",
	Explains: slices.Concat(keptOut, startless, []Code{TargetUnresolvable, ProcessWithoutListener}),
	Eval:     checkPeerName,
}

// checkPeerName reports names of the list of members that mean nothing on the host
// of a member: ZooKeeper looks them up there, whatever they mean elsewhere.
func checkPeerName(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if len(h.Resolved) == 0 {
			return nil, "its names were not looked up: they are a container's own"
		}
		var found []Finding
		for _, r := range h.Resolved {
			if r.Addrs.FailedAs(snapshot.Resolve) {
				found = append(found, e.peerName(h, r))
			}
		}
		return found, ""
	})
}

func (e *ensemble) peerName(h *host, r snapshot.ResolvedHost) Finding {
	f := Finding{
		Severity: Warning, Certainty: Likely,
		Summary: fmt.Sprintf("on the host of %s the name %s has no address, so it cannot call server.%d.", h.name(), r.Host, r.ID),
		Evidence: []Evidence{{
			Source: "dns", Server: h.name(), Key: r.Host, Value: r.Addrs.Failure.Text, Wanted: "an address",
		}},
		Fix: []Fix{
			{Host: h.name(), Command: "getent hosts " + shellWord(r.Host), Note: "what its resolver says; mend DNS or /etc/hosts there", Risk: "none"},
			{Note: "a server calls a peer anew when its name means something again; one whose own name it was has to be started"},
		},
	}
	if m := h.config.Find(r.ID); m != nil {
		f.Evidence[0].File, f.Evidence[0].Line = m.File, m.Line
	}
	if s := e.row(r.ID); s != nil {
		f.Servers, f.Severity = []string{s.Name}, e.severity(s)
	}
	if h.hasID && h.id == r.ID {
		f.Summary = fmt.Sprintf("on its own host the name of %s, %s, has no address: it cannot listen for its peers, and 3.5 and later do not start.", h.name(), r.Host)
	}
	return f
}

var targetsMixedRule = Rule{
	Code: TargetsMixed, Title: "servers of different ensembles were named", Needs: "conf of two servers",
	Eval: checkTargetsMixed,
}

// checkTargetsMixed reports servers of different ensembles in one question.
func checkTargetsMixed(e *ensemble) result {
	if len(e.servers) == 0 {
		return skip(SkipNotLooked, "no server was looked at")
	}
	if e.snap.Plan.Source != snapshot.FromTargets || e.snap.Plan.Config != nil {
		return result{} // a file lists them: they are meant to be one ensemble
	}
	f := Finding{
		Severity: Warning, Certainty: Proven,
		Summary: "their lists of members have no address in common, so nothing can be said of them together.",
		Fix:     []Fix{{Note: "ask about one ensemble at a time: the evidence has the members of each"}},
	}
	told := 0
	for _, s := range e.servers {
		m := s.runsWith
		if m == nil {
			continue
		}
		told++
		var members []string
		for i := range m.Servers {
			members = append(members, m.Servers[i].Addresses[0].Host)
		}
		f.Evidence = append(f.Evidence, Evidence{Source: string(m.By), Server: s.Name, Key: "members", Value: strings.Join(members, " ")})
	}
	switch {
	case told < 2 && told < len(e.servers):
		return skip(SkipNotTold, "fewer than two servers told their list of members")
	case !e.mixed:
		return result{}
	}
	return result{findings: []Finding{f}}
}
