package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Which host has which id: where the list of one server contradicts what others run with, or
// what they say of themselves.

// contradicted are servers that are out and whose file gives others that serve, and report their
// id but not their list (3.4), ids that these do not have.
func contradicted(e *model.Ensemble) []report.Finding {
	var out []report.Finding
	for _, h := range e.Hosts {
		if h.Server == nil || h.Settings == nil || h.Server.Serving != model.No {
			continue
		}
		var evidence []report.Evidence
		var names []string
		for _, s := range e.Servers {
			id, source, ok := s.Claimed()
			if !ok || !model.FromServer(source) || s == h.Server || s.RunsWith != nil ||
				s.Serving != model.Yes || h.Settings.Find(id) == nil {
				continue
			}
			line := lineAt(e, h, s)
			if line == nil || line.ID == id {
				continue
			}
			names = append(names, s.Name)
			evidence = append(evidence,
				report.Evidence{
					Source: source, Server: s.Name, Key: "serverId", Value: fmt.Sprint(id), Wanted: fmt.Sprint(line.ID),
				},
				memberEvidence(h, line.ID, ""))
		}
		if len(names) == 0 {
			continue
		}
		out = append(out, report.Finding{
			Severity: severityOf(e, h.Server), Certainty: report.Likely, Servers: serversOf(h), Evidence: evidence,
			Title:   "member list and servers disagree on ids",
			Summary: fmt.Sprintf("its list has other ids for %s than they report, and they serve: it connects to the wrong host for an id, and cannot follow a leader there. Less likely: its list is right, and the ids of those servers are swapped.", enumerate(names)),
			Fix: append(compareLines(nameOf(h)),
				risky(nameOf(h), "if its own file differs, copy the server.N lines of the others into it, and restart only this server", "none: it does not serve clients now")),
		})
	}
	return out
}

// lineAt is the only line of a host's file that is at a server; nil where several are, or none.
func lineAt(e *model.Ensemble, h *model.Host, s *model.Server) *zoocfg.Server {
	var found *zoocfg.Server
	for i := range h.Settings.Servers {
		if m := &h.Settings.Servers[i]; model.IsAt(e, m, s) {
			if found != nil {
				return nil
			}
			found = m
		}
	}
	return found
}

// stoppedLists are servers that do not run and whose file gives hosts other ids than the lists
// that others run with.
func stoppedLists(e *model.Ensemble) []report.Finding {
	servers, lists := e.OwnLists()
	var out []report.Finding
	for _, h := range e.Hosts {
		if h.Process != nil || h.Settings == nil || len(h.Settings.Servers) == 0 || h.Hidden() {
			continue
		}
		file := model.NewOwnList(h.Settings.Membership, "zoo.cfg")
		for i, l := range lists {
			if displaced := model.Displaced(file, l); len(displaced) > 0 {
				f := stoppedList(h, l, addressesOf(displaced))
				f.Severity, f.Servers = severityAt(e, h), serversOf(h)
				f.Evidence[0].Server = servers[i].Name
				out = append(out, f)
				break
			}
		}
	}
	return out
}

func stoppedList(h *model.Host, runs *model.OwnList, hosts string) report.Finding {
	f := report.Finding{
		Certainty: report.Proven, Later: true,
		Title:   "member list and servers disagree on ids",
		Summary: fmt.Sprintf("its file has other ids for %s than the list that the others run with.", hosts),
		Evidence: []report.Evidence{
			{Source: runs.Source, Key: "servers", Value: hostsOfIDs(runs.Membership)},
			{
				Source: "zoo.cfg", Server: nameOf(h), Key: "servers",
				Value: hostsOfIDs(h.Settings.Membership), Wanted: "the same on all",
				File: h.Settings.Path, Line: h.Settings.Servers[0].Line,
			},
		},
		Fix: []report.Fix{
			step(nameOf(h), "copy the server.N lines of the others into its file, and do not change myid"),
			startIt(h, ""),
		},
	}
	if h.HasID && !slices.Contains(h.OwnLines, h.ID) {
		f.Later, f.Certainty = false, report.Likely
		f.Summary += " By this list its own address is that of another host, where it cannot listen: 3.5.6 and later exit with code 14."
		said := logEvidences(h, []logline.Sign{logline.AddressForeign})
		if len(said) > 0 || h.EndedWith(14) {
			f.Certainty = report.Proven
		}
		f.Evidence = slices.Concat(f.Evidence, said, serviceEvidence(h))
	}
	return f
}

// movedMembers are members for whose id two lists have hosts without a common address, where the
// one that has such a list, or that member, is out. One with two networks looks the same; while
// all serve it is taken for that.
func movedMembers(e *model.Ensemble) []report.Finding {
	servers, lists := e.OwnLists()
	if len(lists) == 0 || len(model.Displaced(lists...)) > 0 {
		return nil
	}
	var out []report.Finding
	// What most of them say is not known: each is compared with one, whatever their order.
	by := slices.IndexFunc(servers, func(s *model.Server) bool {
		return !slices.ContainsFunc(servers, func(o *model.Server) bool { return o.Name < s.Name })
	})
	with, first := servers[by], lists[by]
	for i, s := range servers {
		if lists[i] == first {
			continue
		}
		if f := sharedServer(e, with, s); f != nil {
			return []report.Finding{*f}
		}
		for _, m := range lists[i].Servers {
			o := first.Find(m.ID)
			if o == nil || !isOut(with, s, e.ByLine(m.ID)) || !elsewhere(e, m.Addresses[0].Host, o.Addresses[0].Host) {
				continue
			}
			out = append(out, movedMember(e, m.ID, []*model.Server{with, s},
				[]string{o.Addresses[0].Host, m.Addresses[0].Host}, []string{first.Source, lists[i].Source}))
		}
	}
	return out
}

// isOut reports whether any of the servers is known not to serve; nil is none.
func isOut(servers ...*model.Server) bool {
	return slices.ContainsFunc(servers, func(s *model.Server) bool { return s != nil && s.Serving == model.No })
}

func movedMember(e *model.Ensemble, id int64, servers []*model.Server, hosts, sources []string) report.Finding {
	f := report.Finding{
		Severity: severityOf(e, servers...), Certainty: report.Likely, Servers: model.Names(servers),
		Title:   "member lists have different hosts for one id",
		Summary: fmt.Sprintf("%s has server.%d at %s, and %s has it at %s: one of them connects to a wrong address. Less likely: the two addresses are two networks of one host.", servers[0].Name, id, hosts[0], servers[1].Name, hosts[1]),
		Fix: []report.Fix{
			{Note: fmt.Sprintf("find out the address of server.%d, and write it into zoo.cfg on every server", id)},
			{Note: "restart the servers that had the other address, one at a time; wait each time until the server serves again", Risk: "if the ensemble can lose 0 more, each restart is an outage"},
		},
	}
	if m := e.ByLine(id); m != nil {
		f.KeepsOut = []string{m.Name}
	}
	for i, s := range servers {
		addEvidence(&f, report.Evidence{
			Source: sources[i], Server: s.Name, Key: fmt.Sprintf("server.%d", id),
			Value: hosts[i] + "  " + joinAddrs(addressesAt(e, hosts[i])), Wanted: "one host on all",
		})
	}
	return f
}

// elsewhere reports whether two hosts are known to have no address in common.
func elsewhere(e *model.Ensemble, a, b string) bool {
	if strings.EqualFold(a, b) {
		return false
	}
	at, other := addressesAt(e, a), addressesAt(e, b)
	return len(at) > 0 && len(other) > 0 &&
		!slices.ContainsFunc(at, func(addr netip.Addr) bool { return slices.Contains(other, addr) })
}

// sharedServer is the finding about two lists that have other hosts for some ids and the same for others, where two
// lead, or the leader counts fewer in sync than say that they follow. nil where that is not to be seen.
func sharedServer(e *model.Ensemble, a, b *model.Server) *report.Finding {
	two := e.Verdict.State == report.Split
	if !two && !model.FewerFollow(e) {
		return nil
	}
	var apart, shared []string
	lists := [2]*model.OwnList{a.OwnList(), b.OwnList()}
	for _, m := range lists[0].Servers {
		o := lists[1].Find(m.ID)
		switch {
		case o == nil:
		case elsewhere(e, m.Addresses[0].Host, o.Addresses[0].Host):
			apart = append(apart, fmt.Sprintf("server.%d", m.ID))
		case e.ByLine(m.ID) != nil:
			shared = append(shared, e.ByLine(m.ID).Name)
		}
	}
	if len(apart) == 0 || len(shared) == 0 {
		return nil
	}
	others := fmt.Sprintf("The lists of %s and %s have other hosts for %s, and both have %s: ", a.Name, b.Name, enumerate(apart), enumerate(shared))
	f := &report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Servers: shared,
		Title: "two ensembles may have the same server in their lists",
		Fix: []report.Fix{
			{Note: "until this is clear stop no server of either ensemble: this one may have no spare", Risk: "none"},
			{Note: "compare the server.N lines of all servers, and decide which hosts belong to which ensemble"},
			{
				Note: "write the right list on the servers that have the wrong one, and restart these one at a time",
				Risk: "each restart may be an outage. A server that has followed another ensemble holds its data, and may bring it here: before it joins, MOVE its version-2 away and keep it",
			},
		},
	}
	if two {
		f.Severity = report.Critical
		f.Summary = "two servers lead. " + others + "these may be two ensembles, each with its own leader. Less likely: one of the lists is wrong."
	} else {
		lead, synced, following, _ := e.LeaderCount()
		f.Summary = fmt.Sprintf("%d servers say that they follow, and the leader %s counts %d in sync. ", following, lead.Name, synced) +
			others + "it may follow the leader of another ensemble. Less likely: a follower was lost seconds ago."
		addEvidence(f, countEvidence(e))
	}
	for i, s := range []*model.Server{a, b} {
		addEvidence(f, report.Evidence{
			Source: lists[i].Source, Server: s.Name, Key: "servers", Value: hostsOfIDs(lists[i].Membership),
		})
	}
	return f
}

// eachInOwnList reports whether each of the two runs with a list that has its own address for the id, and not that
// of the other.
func eachInOwnList(e *model.Ensemble, a, b model.Claim) bool {
	if a.Server == nil || b.Server == nil || a.Server.RunsWith == nil || b.Server.RunsWith == nil {
		return false
	}
	of := func(c model.Claim) string { return c.Server.RunsWith.Find(c.ID).Addresses[0].Host }
	at := func(c model.Claim) bool { return slices.Contains(addressesAt(e, of(c)), c.Server.At().Addr()) }
	listed := a.Server.RunsWith.Find(a.ID) != nil && b.Server.RunsWith.Find(b.ID) != nil
	return listed && elsewhere(e, of(a), of(b)) && at(a) && at(b)
}
