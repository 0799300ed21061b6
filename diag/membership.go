package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about who is a member, and who was asked about.

const MembershipDivergent report.Code = "membership-divergent"

var membershipDivergentRule = Rule{
	Code: MembershipDivergent, Title: "servers have different member lists",
	Needs:    "what two servers report, or their files",
	Traits:   theory.Traits{Unsettled: true, BreaksStart: true, DataAtRisk: true},
	Explains: slices.Concat(keptOut, startless, []report.Code{"process-without-listener", "split-brain"}),
	Eval:     checkMembershipDivergent,
}

func checkMembershipDivergent(e *model.Ensemble) Outcome {
	if e.Mixed {
		return undecided("the targets are of different ensembles")
	}
	others := slices.Concat(contradicted(e), stoppedLists(e), movedMembers(e), editedLists(e))
	return compareLists(e).and(found(others...))
}

// editedLists are servers whose own file has other members than they run with: it was
// edited since they were started. A dynamic file is ZooKeeper's own.
func editedLists(e *model.Ensemble) []report.Finding {
	var out []report.Finding
	for _, h := range e.Hosts {
		if h.Server == nil || h.Settings == nil || h.Settings.Dynamic != "" || len(h.Settings.Servers) == 0 || !e.Lives(h) {
			continue
		}
		file := model.NewOwnList(h.Settings.Membership, "zoo.cfg")
		with, runs := runsWith(e, h)
		if runs == nil || model.DifferentLists(file, runs) < 2 && len(model.Displaced(file, runs)) == 0 {
			continue
		}
		out = append(out, editedList(h, file, with, runs))
	}
	return out
}

// editedList is a file that has other members than its server runs with: by its own word, or as
// another server has them.
func editedList(h *model.Host, file *model.OwnList, with *model.Server, runs *model.OwnList) report.Finding {
	show := idList
	if len(model.Displaced(file, runs)) > 0 {
		show = hostsOfIDs
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven, Servers: serversOf(h), Later: true,
		Title:   "configuration file and running server list different members",
		Summary: "its configuration was changed since its start: after its next start it has another member list than now, and perhaps than the others.",
		Evidence: []report.Evidence{
			{Source: runs.Source, Server: with.Name, Key: "servers", Value: show(runs.Membership)},
			{
				Source: "zoo.cfg", Server: nameOf(h), Key: "servers",
				Value: show(h.Settings.Membership), Wanted: "the same list on all servers",
				File: h.Settings.Path, Line: h.Settings.Servers[0].Line,
			},
		},
		Fix: []report.Fix{
			{Note: "if a change is in progress, write the new list to all hosts before the first of them is restarted"},
			{Host: nameOf(h), Note: "otherwise undo the change: keep the list that the server runs with", Risk: "none: no restart is needed"},
		},
	}
	if with != h.Server {
		f.Certainty = report.Likely // what it runs with itself was not told
		addEvidence(&f, editedEvidence(h))
	}
	return f
}

// compareLists compares the lists that different servers run with.
func compareLists(e *model.Ensemble) Outcome {
	lists := e.Divergence()
	switch {
	case len(lists.Servers) < 2:
		return skip(report.SkipNotReported, "fewer than two servers reported their member list")
	case lists.Count < 2:
		return Outcome{}
	case lists.Moving:
		return skip(report.SkipOneLook, "the lists differ in one check, as happens for a moment in every reconfiguration").lookAgain(e.Before == nil)
	}
	f := report.Finding{
		Severity: report.Critical, Certainty: report.Proven, Servers: model.Names(lists.Servers),
		Summary: fmt.Sprintf("%d different lists are in use. A majority of one list may share no server with a majority of another, so two leaders can be elected.", lists.Count),
	}
	f.KeepsOut = notOnAll(lists)
	show := idList
	if len(lists.Displaced) > 0 {
		show = hostsOfIDs
		f.Summary = fmt.Sprintf("lists in use have different ids for %s. A server whose list has another host for the leader's id cannot follow it.", addressesOf(lists.Displaced))
	}
	for i, s := range lists.Servers {
		addEvidence(&f, report.Evidence{
			Source: lists.Lists[i].Source, Server: s.Name, Key: "servers", Value: show(lists.Lists[i].Membership),
		})
	}
	f.Fix = []report.Fix{
		{Note: "write the same server.N lines (or the same dynamic file) on every server"},
		{Note: "restart one server at a time, followers first; wait each time until the server serves again", Risk: "if the ensemble can lose 0 more, each restart is an outage"},
	}
	if lacks, leader, id := lackLeader(e, lists); lacks != nil {
		f.Summary = fmt.Sprintf("%s cannot find the leader: server.%d (%s) leads, and is no voter in its list.", lacks.Name, id, leader.Name)
		f.Fix = listLeader(lacks, leader, id)
	}
	if e.Verdict.State == report.Split || len(e.Verdict.Leaders) > 1 {
		f.Fix = advice("do not change a list yet, two leaders serve: follow the steps of split-brain (zkdoctor explain split-brain), which end with one list on all servers")
	}
	return found(f)
}

// lackLeader is a server that is not in the quorum, and whose list lacks the leader: it takes no vote
// of that one, nor one for it (FastLeaderElection: validVoter, in 3.4 getVotingView). nil where
// there is none.
func lackLeader(e *model.Ensemble, lists model.Divergence) (lacks, leader *model.Server, id int64) {
	leader = e.OnlyLeader()
	if leader == nil {
		return nil, nil, 0
	}
	id, _, known := leader.ShownID()
	for i, s := range lists.Servers {
		if known && s.Role == report.NotServing && !lists.Lists[i].HasVoter(id) {
			return s, leader, id
		}
	}
	return nil, nil, 0
}

// listLeader are the two ways out for a server whose list lacks the leader. The leader stays stopped until
// another one leads: a quick restart can be elected again.
func listLeader(lacks, leader *model.Server, id int64) []report.Fix {
	stop := stopOf(leader, "no client can write during the election")
	stop.Note = fmt.Sprintf("if server.%d is to be removed, let another server lead: ", id) + stop.Note
	return []report.Fix{
		{Note: fmt.Sprintf("decide whether server.%d is to be a member", id)},
		step(lacks.Name, fmt.Sprintf("if so, add its server.%d line to the file", id)),
		restartOf(lacks, "then ", "none: it does not serve clients now"),
		stop,
		step("", "wait until another server leads; if none does within a minute, start "+leader.Name+" again and check the others first"),
		startOf(leader),
	}
}

// notOnAll are the members that some lists have and others have not, by their hosts.
func notOnAll(d model.Divergence) []string {
	lists := map[*model.OwnList]bool{}
	on := map[int64]int{} // in how many lists an id is
	for _, l := range d.Lists {
		if lists[l] {
			continue // several servers report it
		}
		lists[l] = true
		for _, m := range l.Servers {
			on[m.ID]++
		}
	}
	var out []string
	known := map[string]bool{}
	for _, l := range d.Lists {
		if !lists[l] {
			continue
		}
		delete(lists, l)
		for _, m := range l.Servers {
			if host := m.Addresses[0].Host; on[m.ID] < len(d.Lists) && !known[host] {
				known[host] = true
				out = append(out, host)
			}
		}
	}
	return out
}

const TargetsIncomplete report.Code = "targets-incomplete"

var targetsIncompleteRule = Rule{
	Code: TargetsIncomplete, Title: "some members are not among the targets", Needs: "conf or a configuration",
	Eval: checkTargetsIncomplete,
}

func checkTargetsIncomplete(e *model.Ensemble) Outcome {
	if left := e.Snap.Plan.Unasked; len(left) > 0 {
		return found(tooManyAddresses(left))
	}
	if !e.List.Proven() {
		return skip(report.SkipNotReported, "no server reported its member list")
	}
	f := report.Finding{Severity: report.Info, Certainty: report.Proven}
	unvisited := map[int64]snapshot.Unvisited{}
	for _, u := range e.Snap.Plan.Unvisited {
		unvisited[u.ID] = u
	}
	missing := 0
	for _, m := range e.List.Servers {
		if e.ByLine(m.ID) != nil {
			continue
		}
		if missing++; missing > mostListed {
			continue
		}
		ev := report.Evidence{
			Source: e.List.Source, Key: fmt.Sprintf("server.%d", m.ID),
			Value:  snapshot.Printable(m.Addresses[0].Host, snapshot.MaxForeign),
			Wanted: "among the targets", File: m.File, Line: m.Line,
		}
		if u, left := unvisited[m.ID]; left {
			ev.Value, ev.Wanted = u.Address+", not checked: "+u.Why, "an address for all hosts"
		}
		addEvidence(&f, ev)
	}
	if missing == 0 {
		return Outcome{}
	}
	f.Summary = fmt.Sprintf("the ensemble has %s, and %d of them were not checked.", plural(len(e.List.Servers), "server"), missing)
	f.Fix = advice("add them to the targets, or use --discover or -c zoo.cfg")
	if len(unvisited) > 0 {
		f.Fix = advice("add the servers that --discover did not check, if they belong to the ensemble and can be reached from here")
	}
	return found(f)
}

// tooManyAddresses is the finding about names with more addresses than are looked at.
func tooManyAddresses(left []snapshot.Unasked) report.Finding {
	f := report.Finding{Severity: report.Info, Certainty: report.Proven}
	for _, u := range left {
		addEvidence(&f, report.Evidence{
			Source: "dns", Key: u.Host, Value: fmt.Sprintf("%d of its addresses were not checked", u.Addresses),
		})
	}
	f.Summary = fmt.Sprintf("%s has more addresses than zkdoctor checks per name.", left[0].Host)
	f.Fix = advice("give the servers themselves as targets, or use -c zoo.cfg")
	return f
}

const TargetDuplicate report.Code = "target-duplicate"

var targetDuplicateRule = Rule{
	Code: TargetDuplicate, Title: "one server is given twice", Needs: "addresses",
	Keepers: true,
	Eval:    perServer(checkTargetDuplicate),
}

func checkTargetDuplicate(e *model.Ensemble, s *model.Server) Outcome {
	if !s.Resolve.Seen() {
		return skip(report.SkipUnreachable, "its address is not known")
	}
	first := s.DuplicateOf
	if first == nil {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven, Servers: slices.Compact([]string{first.Name, s.Name}),
		Summary: "both targets are the same server; it is counted once.",
		Fix:     advice("give it once"),
	}
	if m := otherLineAt(e, s); m != nil {
		f.Severity, f.Certainty = report.Warning, report.Likely // peers may be led elsewhere than this host
		f.Title = "two member addresses lead to one server"
		f.Summary = fmt.Sprintf("from here, %[2]s answers at the address of server.%[1]d: that member is not there.", m.ID, first.Name)
		f.Fix = advice(fmt.Sprintf("find out which host has the address of server.%d, and correct DNS, the address of the host, or the list", m.ID))
	}
	for _, t := range []*model.Server{first, s} {
		value := t.Name
		if t.Client.Seen() {
			value = t.Client.Value.Remote.String()
		}
		addEvidence(&f, report.Evidence{Source: "tcp", Server: t.Name, Key: "address", Value: value})
	}
	return found(f)
}

// otherLineAt is the line at whose host a target was reached that is the server of another line;
// nil where the list has none there.
func otherLineAt(e *model.Ensemble, s *model.Server) *zoocfg.Server {
	first := s.DuplicateOf
	if first.Line == nil || !e.List.Proven() || s.At().Addr() == first.At().Addr() {
		return nil
	}
	i := slices.IndexFunc(e.List.Servers, func(m zoocfg.Server) bool {
		there := func(a zoocfg.Address) bool { return a.Host == s.Host || a.Host == s.At().Addr().String() }
		own := s.Member != nil && s.Member.ID == m.ID
		return m.ID != first.Line.ID && (own || slices.ContainsFunc(m.Addresses, there))
	})
	if i < 0 {
		return nil
	}
	return &e.List.Servers[i]
}

// runsWith is what the server of a host runs with, where its file may say something else: by its own
// word, or where that is not told and the file was edited, as another server has it. nil for neither.
func runsWith(e *model.Ensemble, h *model.Host) (by *model.Server, runs *model.OwnList) {
	switch {
	case h.Server == nil:
		return nil, nil
	case h.Server.RunsWith != nil:
		return h.Server, h.Server.OwnList()
	case h.Edited():
		if servers, lists := e.OwnLists(); len(lists) > 0 {
			return servers[0], lists[0]
		}
	}
	return nil, nil
}
