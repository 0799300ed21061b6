package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const PeerNameUnresolvable report.Code = "peer-name-unresolvable"

var peerNameUnresolvableRule = Rule{
	Code: PeerNameUnresolvable, Title: "a member's host name does not resolve", Needs: "a server's own names",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"target-unresolvable", "process-without-listener"}),
	Eval:     perHost(checkPeerName),
}

// checkPeerName reports names of the list of members that mean nothing on the host
// of a member: ZooKeeper looks them up there, whatever they mean elsewhere.
func checkPeerName(e *model.Ensemble, h *model.Host) Outcome {
	if len(h.Resolved) == 0 {
		return undecided("its names were not resolved: they are a container's own")
	}
	var out Outcome
	for _, r := range h.Resolved {
		if r.Addrs.FailedAs(snapshot.Resolve) {
			out = out.and(found(peerName(e, h, r)))
		}
	}
	return out
}

func peerName(e *model.Ensemble, h *model.Host, r snapshot.ResolvedHost) report.Finding {
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Servers: []string{},
		Summary: fmt.Sprintf("on the host of %s the name %s does not resolve, so it cannot connect to server.%d.", nameOf(h), r.Host, r.ID),
		Evidence: []report.Evidence{{
			Source: "dns", Server: nameOf(h), Key: r.Host, Value: r.Addrs.Failure.Text, Wanted: "an address",
		}},
		Fix: []report.Fix{
			step(nameOf(h), fmt.Sprintf("add the name %s to DNS, or to /etc/hosts there", r.Host)),
			{Note: "a server connects to a peer again when its name resolves; a server whose own name it is must be started"},
		},
	}
	if m := h.Settings.Find(r.ID); m != nil {
		f.Evidence[0].File, f.Evidence[0].Line = m.File, m.Line
	}
	if s := e.ByLine(r.ID); s != nil {
		f.Servers, f.Severity = []string{s.Name}, severityOf(e, s)
	}
	if h.HasID && h.ID == r.ID {
		f.Summary = fmt.Sprintf("on its own host the name of %s, %s, does not resolve: it cannot listen for its peers, and 3.5 and later do not start.", nameOf(h), r.Host)
	}
	return f
}

const TargetsMixed report.Code = "targets-mixed-ensembles"

var targetsMixedRule = Rule{
	Code: TargetsMixed, Title: "targets belong to different ensembles", Needs: "conf of two servers",
	Eval: checkTargetsMixed,
}

// checkTargetsMixed reports servers of different ensembles in one question.
func checkTargetsMixed(e *model.Ensemble) Outcome {
	if len(e.Servers) == 0 {
		return skip(report.SkipNotLooked, "no server was checked")
	}
	if e.Snap.Plan.Source != snapshot.FromTargets || e.Snap.Plan.Config != nil {
		return Outcome{} // a file lists them: they are meant to be one ensemble
	}
	reported := e.Filter(func(s *model.Server) bool { return s.RunsWith != nil })
	switch {
	case len(reported) < 2 && len(reported) < len(e.Servers):
		return skip(report.SkipNotReported, "fewer than two servers reported their member list")
	case !e.Mixed:
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: "their member lists have no address in common, so they cannot be judged together.",
		Fix:     advice("check one ensemble at a time: the evidence has the members of each"),
	}
	for _, s := range reported {
		addEvidence(&f, report.Evidence{
			Source: string(s.RunsWith.By), Server: s.Name, Key: "members", Value: hostList(s.RunsWith.Membership),
		})
	}
	if mayBeOne(reported) {
		f.Certainty = report.Likely
		f.Summary += " Less likely: they are one ensemble whose lists have the addresses of two networks; the ids are the same."
		f.Fix = advice("compare which host has which id; if they are two ensembles, check one at a time: the evidence has the members of each")
	}
	return found(f)
}

// mayBeOne reports whether nothing that servers tell contradicts that they are of one ensemble: their
// lists have the same ids, and no two of them have one id or lead.
func mayBeOne(servers []*model.Server) bool {
	ids, leaders := map[int64]bool{}, 0
	for _, s := range servers {
		id, _, known := s.Claimed()
		if known && ids[id] || idList(s.RunsWith.Membership) != idList(servers[0].RunsWith.Membership) {
			return false
		}
		ids[id] = known
		if s.Role == report.Leader {
			leaders++
		}
	}
	return leaders <= 1
}

// hostList is "zk1 zk2 zk3".
func hostList(m zoocfg.Membership) string {
	var hosts []string
	for i := range m.Servers[:min(len(m.Servers), mostListed)] {
		hosts = append(hosts, snapshot.Printable(m.Servers[i].Addresses[0].Host, snapshot.MaxForeign))
	}
	return strings.Join(hosts, " ") + unlisted(m)
}
