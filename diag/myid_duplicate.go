package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// The rule about one id that two servers claim.

func claimName(c model.Claim) string {
	if c.Server != nil {
		return c.Server.Name
	}
	return nameOf(c.Host)
}

// claimsOfID gathers who says to be whom: conf of every server that answers it,
// and the myid of every server whose files were seen, running or not.
func claimsOfID(e *model.Ensemble) []model.Claim {
	var out []model.Claim
	for _, s := range e.Servers {
		if id, source, ok := s.Claimed(); ok && model.FromServer(source) && s.DuplicateOf == nil {
			out = append(out, model.Claim{
				ID: id, Server: s, Host: s.Local,
				Evidence: report.Evidence{Source: source, Server: s.Name, Key: "serverId", Value: fmt.Sprint(id)},
			})
		}
	}
	for _, h := range e.Hosts {
		if !h.HasID || !h.Distributed() || slices.ContainsFunc(out, func(c model.Claim) bool { return c.Host == h }) {
			continue
		}
		ev := myidEvidence(h, "")
		if h.Process != nil {
			ev.Value += fmt.Sprintf("  (pid %d)", h.Process.PID)
		}
		out = append(out, model.Claim{ID: h.ID, Server: h.Server, Host: h, Evidence: ev})
	}
	return out
}

const MyidDuplicate report.Code = "myid-duplicate"

var myidDuplicateRule = Rule{
	Code: MyidDuplicate, Title: "two servers use the same id", Needs: "conf or the files of two servers",
	Traits: theory.Traits{BreaksStart: true, AlwaysShown: true, DataAtRisk: true, Apart: true},
	Explains: slices.Concat(startless, []report.Code{
		"myid-wrong-server", "self-addr-not-local", "process-without-listener", "server-not-serving", "read-only-mode",
	}),
	Eval: checkMyidDuplicate,
}

func checkMyidDuplicate(e *model.Ensemble) Outcome {
	if e.Mixed {
		return undecided("the targets are of different ensembles")
	}
	claims := claimsOfID(e)
	if len(claims) < 2 {
		return skip(report.SkipNotReported, "fewer than two servers reported their id")
	}
	byID := map[int64][]model.Claim{}
	for _, c := range claims {
		byID[c.ID] = append(byID[c.ID], c)
	}
	var out Outcome
	earlier := map[int64][]model.Claim{}
	for _, c := range claims {
		claimants := earlier[c.ID]
		earlier[c.ID] = append(claimants, c)
		switch same := byID[c.ID]; {
		case len(same) <= mostClaimants:
			out = out.and(found(duplicates(e, c, claimants)...))
		case len(claimants) == 0:
			out = out.and(found(manyClaimants(e, same)))
		}
	}
	return out
}

// mostClaimants is how many may claim one id and be compared, each with each.
const mostClaimants = 8

// duplicates are the findings about a claim and the earlier ones of the same id.
func duplicates(e *model.Ensemble, c model.Claim, claimants []model.Claim) []report.Finding {
	var out []report.Finding
	for _, o := range claimants {
		if isWrong(e, c) && !isWrong(e, o) {
			out = append(out, duplicateFinding(e, c, o))
		} else {
			out = append(out, duplicateFinding(e, o, c))
		}
	}
	return out
}

// manyClaimants is the one finding about many claims of one id, as when all targets lead to one
// server. How sure it is, the first of them show.
func manyClaimants(e *model.Ensemble, same []model.Claim) report.Finding {
	f := duplicates(e, same[0], same[1:2])[0]
	for i := 2; i <= mostClaimants && f.Certainty == report.Possible; i++ {
		for _, surer := range duplicates(e, same[i], same[:i]) {
			if surer.Certainty != report.Possible {
				f = surer
			}
		}
	}
	f.Summary = fmt.Sprintf("%d targets report server id %d, and they are not all the same server: those that run count as one vote.", len(same), same[0].ID)
	if f.Certainty == report.Possible {
		f.Summary = fmt.Sprintf("%d targets report server id %d: one server under many names, or several servers with one id.", len(same), same[0].ID)
	}
	f.Servers, f.Evidence = nil, nil
	for _, c := range same {
		f.Servers, f.Evidence = append(f.Servers, claimName(c)), append(f.Evidence, c.Evidence)
	}
	return f
}

// sureOfTwo is how sure it is that two claims are two servers'. A balancer may have led each
// question to another server, the id of one and the role of another: it shows by an election port
// that refuses where a server serves.
func sureOfTwo(a, b model.Claim) report.Certainty {
	if balanced(a.Server) || balanced(b.Server) {
		return report.Possible
	}
	return model.SameID(a, b)
}

func balanced(s *model.Server) bool {
	return s != nil && s.Serving == model.Yes && !s.AtLine() && s.ElectionPort == report.PortRefused && !s.Election.Assumed
}

// duplicateFinding is the finding about two claims of one id; the one to repair, where
// that is known, is the first.
func duplicateFinding(e *model.Ensemble, a, b model.Claim) report.Finding {
	f := report.Finding{
		Severity: report.Critical, Certainty: sureOfTwo(a, b), Servers: []string{claimName(a), claimName(b)},
		Summary:  fmt.Sprintf("both report server id %d: they count as one vote, and each closes the other's connections to the peers.", a.ID),
		Evidence: []report.Evidence{a.Evidence, b.Evidence},
	}
	for i, m := range apartBy(a, b) {
		f.Evidence = append(f.Evidence, report.Evidence{Source: m.By, Server: f.Servers[i], Key: m.Key, Value: m.Value})
	}
	switch {
	case f.Certainty == report.Possible:
		f.Summary = fmt.Sprintf("two targets report server id %d: one server under two names, or two servers with one id.", a.ID)
	case !claimRuns(a) || !claimRuns(b):
		// One of them is stopped, so no vote is counted wrong now.
		f.Severity = severityOf(e, e.Servers...)
		f.Summary = fmt.Sprintf("both have id %d, and one of them is stopped: it cannot rejoin with this id.", a.ID)
	}
	for _, c := range []model.Claim{a, b} {
		f.Fix = append(f.Fix, correction(e, c)...)
	}
	switch {
	case eachInOwnList(e, a, b):
		if f.Certainty == report.Proven {
			f.Certainty = report.Likely // that two have it is, and not that this is wrong
		}
		f.Summary = fmt.Sprintf("both report server id %d, and the list of each has its own address there: they are of two ensembles, or one of the lists is wrong.", a.ID)
		f.Fix = []report.Fix{
			{Note: "compare the server.N lines of both, and change no myid: each is that of its own list", Risk: "none"},
			{Note: "if they are of two ensembles, check each ensemble by itself; if not, write one list on all servers"},
		}
	case len(f.Fix) == 0:
		f.Fix = ofOneOfTwo(e, a, b)
	case isWrong(e, a) && !isWrong(e, b) && f.Certainty != report.Possible:
		f.Title = "two servers use the same id: by the list, " + claimName(a) + " has the wrong one"
	}
	return f
}

// apartBy are the marks by which the servers of two claims are two.
func apartBy(a, b model.Claim) []snapshot.Mark {
	if a.Server == nil || b.Server == nil {
		return nil
	}
	return snapshot.Apart(a.Server.Server, b.Server.Server)
}

// claimRuns reports whether the one who claims the id is running.
func claimRuns(c model.Claim) bool {
	return c.Host != nil && c.Host.Process != nil ||
		c.Server != nil && c.Server.Role != report.RoleDown && (c.Host == nil || c.Server.Srvr.Seen())
}

// ofOneOfTwo are the steps where it is not known which of two has the wrong id.
func ofOneOfTwo(e *model.Ensemble, a, b model.Claim) []report.Fix {
	risk := mayBeOutage
	if a.Server != nil && b.Server != nil && stopRisk(e, a.Server) == stopRisk(e, b.Server) {
		risk = stopRisk(e, a.Server)
	}
	return []report.Fix{
		{Note: fmt.Sprintf("find out which of them has the address in the server.%d line: it keeps this id, and the other one has to change", a.ID)},
		{Note: "make sure that no running server uses the number of the other one's own line"},
		{Note: "stop the other one", Risk: risk},
		{Note: "write the number of its own line into its myid, and nothing else"},
		{Note: "start it" + anyWay("start")},
	}
}

// isWrong reports whether the id is known not to be that of the server's line.
func isWrong(e *model.Ensemble, c model.Claim) bool { return len(correction(e, c)) > 0 }

// correction is the remedy for the one whose id is not that of its line.
func correction(e *model.Ensemble, c model.Claim) []report.Fix {
	if c.Host != nil && c.Host.Settings != nil {
		if id, ok := c.Host.RightID(); ok && id != c.ID {
			return writeID(e, c.Host)
		}
		return nil
	}
	if c.Server != nil && c.Server.AtLine() && c.Server.Line.ID != c.ID {
		return writeIDThere(e, c.Server)
	}
	return nil
}
