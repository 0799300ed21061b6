package diag

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// The rule about a server that has the id of another's line.

const MyidWrongServer report.Code = "myid-wrong-server"

var myidWrongServerRule = Rule{
	Code: MyidWrongServer, Title: "myid belongs to another server", Needs: "a server's own files, or conf",
	Traits: theory.Traits{BreaksStart: true},
	Explains: slices.Concat(startless, []report.Code{
		"self-addr-not-local", "process-without-listener", "server-not-serving", "read-only-mode", "quorum-lost",
	}),
	Eval: checkMyidWrongServer,
}

func checkMyidWrongServer(e *model.Ensemble) Outcome {
	if listedOtherwise(e) || len(contradicted(e)) > 0 {
		// Then a list is wrong, and to write its number would make two servers with one id.
		return undecided("the member lists disagree on which host has which id")
	}
	out := perHost(wrongByFiles)(e)
	over, judged := wrongOverNetwork(e, out)
	if judged && len(e.Hosts) == 0 {
		out = over // its own files are not needed
	} else {
		out = out.and(over)
	}
	changeTogether(e, out.findings)
	return out
}

// confirmed reports whether more than the host's own file says that the id is another server's:
// a second list that has both hosts as this one has them, or a second server with the id.
func confirmed(e *model.Ensemble, h *model.Host) bool {
	for _, s := range e.Servers {
		id, source, ok := s.Claimed()
		if ok && s != h.Server && id == h.ID && (model.FromServer(source) || source == "myid") {
			return true
		}
		if l := s.OwnList(); l != nil && s != h.Server && sameLines(l.Find, h) {
			return true
		}
	}
	return slices.ContainsFunc(e.Hosts, func(o *model.Host) bool {
		return o != h && o.Settings != nil && sameLines(o.Settings.Find, h)
	})
}

// sameLines reports whether a list has the lines of both ids that a host may have where the
// host's own list has them.
func sameLines(find func(int64) *zoocfg.Server, h *model.Host) bool {
	if len(h.OwnLines) == 0 {
		return false
	}
	for _, id := range []int64{h.ID, h.OwnLines[0]} {
		own, other := h.Settings.Find(id), find(id)
		if own == nil || other == nil || !strings.EqualFold(own.Addresses[0].Host, other.Addresses[0].Host) {
			return false
		}
	}
	return true
}

// wrongByFiles judges a server by its own files.
func wrongByFiles(e *model.Ensemble, h *model.Host) Outcome {
	switch {
	case !h.Distributed():
		return Outcome{}
	case !h.HasID:
		return undecided(noID(h))
	case !h.AddressesDecide:
		return undecided("more than one server.N address is local to this host, as in a test setup on loopback")
	case len(h.OwnLines) != 1 || h.OwnLines[0] == h.ID || h.Settings.Find(h.ID) == nil:
		return Outcome{}
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("myid is %d, but by its addresses this host is server %d.", h.ID, h.OwnLines[0]),
		Evidence: []report.Evidence{
			myidEvidence(h, fmt.Sprint(h.OwnLines[0])),
			memberEvidence(h, h.ID, "  not an address of this host"),
			memberEvidence(h, h.OwnLines[0], "  is an address of this host"),
		},
		Fix: writeID(e, h),
	}
	if !confirmed(e, h) {
		f.Certainty = report.Likely
		f.Summary += " Less likely: its list has two hosts swapped; no other list was available to compare."
		f.Fix = append(compareLines(nameOf(h)), f.Fix...)
	}
	if other := e.ByLine(h.ID); other != nil {
		f.KeepsOut = []string{other.Name} // their connections to the others push each other out
	}
	return found(f)
}

// wrongOverNetwork finds servers at the address of one line that say they are another,
// and not those that are judged by their own files already. judged is set where any server
// could be.
func wrongOverNetwork(e *model.Ensemble, byFiles Outcome) (out Outcome, judged bool) {
	for _, s := range e.Servers {
		id, source, ok := s.Claimed()
		if !ok || !model.FromServer(source) || s.Line == nil || s.Line.ID < 0 || !s.AtLineHost {
			continue
		}
		judged = true
		if id == s.Line.ID || hasFinding(byFiles.findings, s.Name) {
			continue
		}
		out = out.and(found(report.Finding{
			Severity: severityOf(e, s), Certainty: report.Likely, Servers: []string{s.Name},
			Summary: fmt.Sprintf("it has the address of server %d and reports id %d. This works as long as all servers listen on all addresses, but the ids do not match the list.", s.Line.ID, id),
			Evidence: []report.Evidence{
				{
					Source: source, Server: s.Name, Key: "serverId",
					Value: fmt.Sprint(id), Wanted: fmt.Sprint(s.Line.ID),
				},
				{
					Source: e.List.Source, Key: fmt.Sprintf("server.%d", s.Line.ID),
					Value: s.Line.Addresses[0].Host, File: s.Line.File, Line: s.Line.Line,
				},
			},
			Fix: slices.Concat(compareLines(""), writeIDThere(e, s)),
		}))
	}
	return out, judged
}

// changeTogether gives findings whose servers have each other's ids one list of steps: changed one
// after the other, two of them would have one id meanwhile.
func changeTogether(e *model.Ensemble, findings []report.Finding) {
	has := map[int64]bool{}
	for _, f := range findings {
		id, _ := idsOf(e, f)
		has[id] = true
	}
	var names []string
	var write []report.Fix
	var swapped []int
	for i, f := range findings {
		_, right := idsOf(e, f)
		if len(f.Servers) != 1 || !has[right] {
			continue
		}
		swapped = append(swapped, i)
		names = append(names, f.Servers[0])
		one := step(f.Servers[0], fmt.Sprintf("write only %d into its myid", right))
		for _, own := range f.Fix {
			if strings.HasPrefix(own.Command, "echo ") {
				one = own
			}
		}
		write = append(write, one)
	}
	all := strings.Join(names, ", ")
	for _, i := range swapped {
		findings[i].Fix = slices.Concat(
			compareLines(""), stopTogether(e, names), write, []report.Fix{step(all, "start them")})
	}
}

// stopTogether are the steps that stop servers which have each other's ids.
func stopTogether(e *model.Ensemble, names []string) (steps []report.Fix) {
	var out []string
	for _, name := range e.Verdict.Out {
		if !slices.Contains(names, name) {
			out = append(out, name)
		}
	}
	if len(out) > 0 {
		steps = append(steps, report.Fix{Note: "first bring back " + strings.Join(out, ", ") + ", by the steps of its own finding: with it fewer are missing"})
	}
	left := maps.Clone(e.Votes.Serving)
	for _, s := range e.Servers {
		switch {
		case s.Line == nil:
		case slices.Contains(names, s.Name):
			delete(left, s.Line.ID)
		case slices.Contains(out, s.Name):
			left[s.Line.ID] = true // by then
		}
	}
	risk := "without them the others are no quorum: no client can write until they are back. Stopped one at a time, two servers have the same id"
	if e.List.Quorums.Contains(left) {
		risk = "the others are a quorum without them, as long as no other fails. Stopped one at a time, two servers have the same id"
	}
	return append(steps, risky(strings.Join(names, ", "), "they have each other's ids: stop all of them before any of them gets its own", risk))
}

// idsOf are the id that the server of a finding has and that of its line; -1 where it is no row.
func idsOf(e *model.Ensemble, f report.Finding) (has, right int64) {
	if len(f.Servers) != 1 {
		return -1, -1
	}
	s := e.ByName(f.Servers[0])
	if s == nil || s.Line == nil {
		return -1, -1
	}
	if h := s.Local; h != nil && h.HasID && len(h.OwnLines) == 1 {
		return h.ID, h.OwnLines[0]
	}
	has, _, _ = s.Claimed()
	return has, s.Line.ID
}

// listedOtherwise reports whether the lists that were seen contradict each other in which host
// has which id: those that servers run with, and those of the files of this and other hosts.
func listedOtherwise(e *model.Ensemble) bool {
	_, lists := e.OwnLists()
	for _, h := range e.Hosts {
		if h.Settings != nil && len(h.Settings.Servers) > 0 {
			lists = append(lists, model.NewOwnList(h.Settings.Membership, "zoo.cfg"))
		}
	}
	return len(model.Displaced(lists...)) > 0
}
