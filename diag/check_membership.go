package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about who is a member, and who was asked about.

// arithmetic is the part of a list that decides who forms a quorum: ids, roles,
// groups and weights. Addresses are left out, for each server may well write
// them differently (names, NAT, 0.0.0.0 for itself).
func arithmetic(m zoocfg.Membership) string {
	var b strings.Builder
	for _, s := range m.Servers {
		fmt.Fprintf(&b, "%d%c ", s.ID, s.Role[0])
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "group %d:%v ", g.ID, g.Members)
	}
	for _, s := range m.Servers {
		if w, ok := m.Weights[s.ID]; ok && w != 1 {
			fmt.Fprintf(&b, "weight %d:%d ", s.ID, w)
		}
	}
	return b.String()
}

// idList is "1,2,3", with observers marked.
func idList(m zoocfg.Membership) string {
	ids := make([]string, 0, len(m.Servers))
	for _, s := range m.Servers {
		id := strconv.FormatInt(s.ID, 10)
		if s.Role == zoocfg.Observer {
			id += " (observer)"
		}
		ids = append(ids, id)
	}
	return strings.Join(ids, ",")
}

// ownList is the list that a server runs with, and what told it.
type ownList struct {
	zoocfg.Membership
	source     string
	votersOnly bool
}

// ownList is what the server says, or its own file when its process runs and it says
// nothing (before 3.5, or without a quorum).
func (s *server) ownList() (l ownList, ok bool) {
	if m := s.runsWith; m != nil {
		return ownList{m.Membership, string(m.By), m.VotersOnly()}, true
	}
	if h := s.host; h != nil && h.Process != nil && h.config != nil && len(h.config.Servers) > 0 {
		return ownList{Membership: h.config.Membership, source: "zoo.cfg"}, true
	}
	return ownList{}, false
}

// voters are the ids that vote: all that an AdminServer's list can be compared by.
func (l *ownList) voters() string {
	var ids []int64
	for _, s := range l.Voters() {
		ids = append(ids, s.ID)
	}
	return fmt.Sprint(ids)
}

// ownLists are the lists that servers run with, each with its server.
func (e *ensemble) ownLists() (told []*server, lists []ownList) {
	for _, s := range e.servers {
		if l, ok := s.ownList(); ok && s.role != Standalone {
			told, lists = append(told, s), append(lists, l)
		}
	}
	return told, lists
}

// different is how many different lists there are at least.
func different(lists ...ownList) int {
	byVoters := slices.ContainsFunc(lists, func(l ownList) bool { return l.votersOnly })
	whole, voters := map[string]bool{}, map[string]bool{}
	for i := range lists {
		if byVoters {
			voters[lists[i].voters()] = true
		}
		if !lists[i].votersOnly {
			whole[arithmetic(lists[i].Membership)] = true
		}
	}
	return max(len(whole), len(voters))
}

// agreeing reports whether the lists of this look differ as they do for a moment while
// a reconfiguration reaches one server after the other (3.5+: such lists have versions).
func (e *ensemble) agreeing(lists []ownList) bool {
	moving := slices.ContainsFunc(lists, func(l ownList) bool { return l.Version > 0 })
	if !moving || e.before == nil {
		return moving
	}
	_, before := e.before.ownLists()
	return different(before...) < 2
}

var membershipDivergentRule = Rule{
	Code: MembershipDivergent, Title: "servers have different lists of members", Needs: "what two servers say, or their files",
	Traits:   Traits{DataAtRisk: true},
	Explains: slices.Concat(keptOut, []Code{SplitBrain}),
	Eval:     checkMembershipDivergent,
}

func checkMembershipDivergent(e *ensemble) result {
	if e.mixed {
		return skip(SkipUndecided, "the servers that were named are of different ensembles")
	}
	out := e.compareLists()
	out.findings = append(out.findings, e.editedLists()...)
	return out
}

// editedLists are servers whose own file has other members than they run with: it was
// edited since they were started. A dynamic file is ZooKeeper's own.
func (e *ensemble) editedLists() []Finding {
	var out []Finding
	for _, h := range e.hosts {
		if h.server == nil || h.config == nil || h.config.Dynamic != "" || len(h.config.Servers) == 0 || !e.lives(h) {
			continue
		}
		runs := h.server.runsWith
		if runs == nil {
			continue
		}
		own, _ := h.server.ownList()
		if different(ownList{Membership: h.config.Membership}, own) < 2 {
			continue
		}
		out = append(out, Finding{
			Severity: Warning, Certainty: Proven, Servers: h.servers(), Later: true,
			Title:   "its file has other members than it runs with",
			Summary: "its configuration was changed since it was started: at its next start it has another list than the one it runs with, and than the others may have.",
			Evidence: []Evidence{
				{Source: string(runs.By), Server: h.name(), Key: "servers", Value: idList(runs.Membership)},
				{Source: "zoo.cfg", Server: h.name(), Key: "servers", Value: idList(h.config.Membership), Wanted: "the same, or soon the same on all", File: h.config.Path, Line: h.config.Servers[0].Line},
			},
			Fix: []Fix{
				{Note: "is a change going on? Write the new list to all hosts before the first of them is restarted"},
				{Host: h.name(), Note: "else take the change back: the running list is the one to keep", Risk: "none: no restart is needed"},
			},
		})
	}
	return out
}

// compareLists compares the lists that different servers run with.
func (e *ensemble) compareLists() result {
	told, lists := e.ownLists()
	n := different(lists...)
	switch {
	case len(told) < 2:
		return skip(SkipNotTold, "fewer than two servers told their list of members")
	case n < 2:
		return result{}
	case e.agreeing(lists):
		out := skip(SkipOneLook, "the lists differ in one look, as for a moment in every reconfiguration")
		out.lookAgain = e.before == nil
		return out
	}
	f := Finding{
		Severity: Critical, Certainty: Proven, Servers: names(told),
		Summary: fmt.Sprintf("%d different lists are in use. A majority of one need not meet a majority of another, so two leaders can be elected.", n),
	}
	for i, s := range told {
		f.Evidence = append(f.Evidence, Evidence{Source: lists[i].source, Server: s.Name, Key: "servers", Value: idList(lists[i].Membership)})
	}
	f.Fix = []Fix{
		{Note: "give every server the same server.N lines (or the same dynamic file)"},
		{Note: "restart one server at a time, followers first, each after the one before serves again", Risk: "with no spare voter each restart is an outage"},
	}
	if e.verdict.State == Split || len(e.verdict.Leaders) > 1 {
		f.Fix = []Fix{{Note: "two leaders serve: first decide whose data you keep (zkdoctor explain split-brain), then give all servers one list"}}
	}
	return result{findings: []Finding{f}}
}

var targetsIncompleteRule = Rule{
	Code: TargetsIncomplete, Title: "not all servers were named", Needs: "conf or a configuration",
	Eval: checkTargetsIncomplete,
}

func checkTargetsIncomplete(e *ensemble) result {
	if !e.list.proven() {
		return skip(SkipNotTold, "no server told its list of members")
	}
	var f Finding
	for i := range e.list.Servers {
		m := &e.list.Servers[i]
		if e.row(m.ID) != nil {
			continue
		}
		f.Evidence = append(f.Evidence, Evidence{
			Source: e.list.source, Key: fmt.Sprintf("server.%d", m.ID),
			Value: m.Addresses[0].Host, Wanted: "among the targets", File: m.File, Line: m.Line,
		})
	}
	if len(f.Evidence) == 0 {
		return result{}
	}
	f.Severity, f.Certainty = Info, Proven
	f.Summary = fmt.Sprintf("the ensemble has %s, and %d of them were not looked at.", plural(len(e.list.Servers), "server"), len(f.Evidence))
	f.Fix = []Fix{{Note: "name them too, or let the others be found: --discover, or -c zoo.cfg"}}
	return result{findings: []Finding{f}}
}

var targetDuplicateRule = Rule{
	Code: TargetDuplicate, Title: "one server was named twice", Needs: "addresses",
	Eval: checkTargetDuplicate,
}

func checkTargetDuplicate(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if s.Resolve.Seen() {
			return nil
		}
		return &Skip{Kind: SkipUnreachable, Reason: "its address is not known"}
	}
	return e.each(canJudge, func(s *server, out *result) {
		first := s.twin
		if first == nil {
			return
		}
		f := Finding{
			Severity: Info, Certainty: Proven, Servers: slices.Compact([]string{first.Name, s.Name}),
			Summary: "both targets are one server; it is counted once.",
			Fix:     []Fix{{Note: "name it once"}},
		}
		for _, t := range []*server{first, s} {
			value := t.Name
			if t.Client.Seen() {
				value = t.Client.Value.Remote.String()
			}
			f.Evidence = append(f.Evidence, Evidence{Source: "tcp", Server: t.Name, Key: "address", Value: value})
		}
		out.findings = append(out.findings, f)
	})
}
