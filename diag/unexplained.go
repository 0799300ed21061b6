package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What is wrong and follows from nothing that was found: no rule knows this. It is said what it
// cannot be, what tells most, and what to do to know more.

// Symptoms are all that can be said to be unexplained: the codes of findings, and those of what
// no finding states.
func Symptoms() []report.Code {
	all := []report.Code{report.ServerOut, report.ServerUnjudged, report.TwoLeaders}
	for _, r := range Catalogue() {
		if r.Symptom || r.Proximate {
			all = append(all, r.Code)
		}
	}
	return all
}

// unexplained tells what is known of what a theory leaves open: of symptoms, of voters that are out
// and that no finding is about, and of causes of which nothing says why they are there.
func unexplained(e *model.Ensemble, t theory.Theory, kinds map[report.Code]theory.Kind) []report.Symptom {
	var out []report.Symptom
	for _, f := range t.Unexplained {
		s := symptom(e, f, concerned(e, f))
		s.RuledOut = append(notEnough(e, t, kinds, f.Code), s.RuledOut...)
		out = append(out, s)
	}
	about := map[string]bool{}
	for _, f := range slices.Concat(t.Shown, t.Folded) {
		if k := kinds[f.Code]; !f.Later && (f.Severity != report.Info || k.Symptom || len(k.Explains) > 0) {
			for _, name := range slices.Concat(f.Servers, f.KeepsOut) {
				about[name] = true
			}
		}
	}
	isAbout := func(name string) bool { return about[name] }
	for _, name := range firstOf(e.Verdict.Out, isAbout) {
		out = append(out, symptom(e, outFinding(e, name), named(e, name)))
	}
	unjudged := firstOf(e.Verdict.Unseen, func(name string) bool {
		return about[name] || !slices.ContainsFunc(named(e, name), func(s *model.Server) bool {
			return s.Counted != model.Yes && wasLookedAt(s)
		})
	})
	for _, name := range unjudged {
		for _, s := range named(e, name) {
			out = append(out, symptom(e, unjudgedFinding(s), []*model.Server{s}))
		}
	}
	for _, f := range t.Shown {
		if f.Root && kinds[f.Code].Proximate && !f.SaysWhy {
			out = append(out, whyUnknown(e, f, kinds[f.Code])...)
		}
	}
	atRisk := func(f report.Finding) bool { return kinds[f.Code].DataAtRisk }
	if e.Verdict.State == report.Split && !slices.ContainsFunc(t.Shown, atRisk) {
		out = append(out, symptom(e, report.Finding{
			Code: report.TwoLeaders, Severity: report.Critical, Servers: e.Verdict.Leaders,
			Title: "two servers lead", Evidence: roleEvidence(e),
		}, e.Leaders()))
	}
	return out
}

// notEnough says of causes that were found that they do not explain a symptom by themselves.
func notEnough(e *model.Ensemble, t theory.Theory, kinds map[report.Code]theory.Kind, symptom report.Code) []string {
	var out []string
	for _, f := range t.Shown {
		if !f.Root || !slices.Contains(kinds[f.Code].Explains, symptom) {
			continue
		}
		// Not all that it names need be out.
		if without := theory.KeptOut(e, &f); len(without) > 0 {
			out = append(out, fmt.Sprintf("%s alone: without %s the others are still a quorum", f.Code, enumerate(model.Names(without))))
		}
	}
	return out
}

// mostAlone is how many servers are told of one by one. The verdict names them all.
const mostAlone = 20

// firstOf are the first names but for some.
func firstOf(names []string, but func(string) bool) []string {
	names = slices.DeleteFunc(slices.Clone(names), but)
	return names[:min(len(names), mostAlone)]
}

// named are the servers of that name: one, or none for a member that is in no row.
func named(e *model.Ensemble, name string) []*model.Server {
	if s := e.ByName(name); s != nil && s.DuplicateOf == nil {
		return []*model.Server{s}
	}
	return nil
}

func symptom(e *model.Ensemble, f report.Finding, servers []*model.Server) report.Symptom {
	s := report.Symptom{
		Symptom: f.Code, Severity: f.Severity, Servers: f.Servers, Title: f.Title, Summary: f.Summary,
		RuledOut: ruledOut(e, servers), Telling: telling(e, f, servers), Next: nextStep(e, servers),
	}
	for i := range s.Telling {
		if len(servers) == 1 {
			s.Telling[i].Server = cmp.Or(s.Telling[i].Server, servers[0].Name)
		}
	}
	return s
}

// wasLookedAt reports whether a server was asked, and the run did not end before it could
// answer.
func wasLookedAt(s *model.Server) bool {
	return s.Client.Tried && !s.Client.Unmade() && !s.Srvr.Unmade()
}

// outFinding is that a voter is out.
func outFinding(e *model.Ensemble, name string) report.Finding {
	f := report.Finding{
		Code: report.ServerOut, Severity: severityOf(e), Servers: []string{name},
		Title: "not in the quorum, cause not found",
	}
	for _, s := range named(e, name) {
		f.Severity, f.Summary, f.Evidence = severityOf(e, s), note(s), allLooks(s)
	}
	if lead, _, _, ok := e.LeaderCount(); ok && lead != nil {
		f.Evidence = append(f.Evidence, countEvidence(e))
	}
	return f
}

// unjudgedFinding is that what a voter does could not be judged.
func unjudgedFinding(s *model.Server) report.Finding {
	return report.Finding{
		Code: report.ServerUnjudged, Severity: report.Warning, Servers: []string{s.Name},
		Title: "state not known: no usable answer", Summary: note(s), Evidence: allLooks(s),
	}
}

// allLooks is what each look at a server brought that tells something of it.
func allLooks(s *model.Server) []report.Evidence {
	var out []report.Evidence
	if s.Srvr.Seen() {
		out = append(out, report.Evidence{Source: "srvr", Server: s.Name, Key: "Mode", Value: string(s.Mode())})
	} else if s.Srvr.Tried {
		out = append(out, failedWord("srvr", s.Srvr))
	}
	for _, port := range []report.PortView{clientView(s), electionView(s), quorumView(s)} {
		if port.State != report.PortNotProbed && port.State != report.PortNotExpected {
			out = append(out, tcpEvidence(s, port, ""))
		}
	}
	return out
}

// whyUnknown is told of a finding that says what happened and not why: of one about the whole
// ensemble, and of each server whose own host was looked at and does not tell it either.
func whyUnknown(e *model.Ensemble, f report.Finding, kind theory.Kind) []report.Symptom {
	f.Title, f.Summary = "cause not found: "+f.Title, ""
	if kind.EnsembleWide {
		return []report.Symptom{symptom(e, f, concerned(e, f))}
	}
	var out []report.Symptom
	for _, s := range concerned(e, f) {
		if s.Local == nil {
			continue
		}
		if kind.Ended {
			if f.Title = saidOfTheEnd(s.Local); f.Title == "" {
				continue
			}
		}
		f.Servers = []string{s.Name}
		f.Evidence = slices.Concat(serviceEvidence(s.Local), logEvidences(s.Local, fatalSigns))
		out = append(out, symptom(e, f, []*model.Server{s}))
	}
	return out
}

// saidOfTheEnd is what a symptom is called that shows how a process ended: by its log, or by
// systemd; empty where neither tells more than that it was stopped or killed.
func saidOfTheEnd(h *model.Host) string {
	failed := func(e snapshot.LogEvent) bool { return e.Level != "WARN" }
	if slices.ContainsFunc(h.Log.Value.Events, failed) || len(logEvidences(h, fatalSigns)) > 0 {
		return "what its log reports about its end"
	}
	if h.Service.Seen() && !endedByOrder(h.Service.Value) {
		return "what systemd reports about its end"
	}
	return ""
}

// endedByOrder reports whether a process ended as one does that is stopped or killed, or never ran.
func endedByOrder(s snapshot.Service) bool {
	switch s.Code {
	case 0:
		return true
	case model.Exited:
		return slices.Contains([]int32{0, 143, 137}, s.Status)
	}
	return s.Code == model.Killed && (s.Status == 9 || s.Status == 15)
}

// concerned are the servers that a symptom is about, of those that are out: all voters where it
// is about the ensemble.
func concerned(e *model.Ensemble, f report.Finding) []*model.Server {
	about := map[string]bool{}
	for _, name := range f.Servers {
		about[name] = true
	}
	return e.Filter(func(s *model.Server) bool {
		if len(about) == 0 {
			return s.Voter() && s.Role != report.RoleDown && s.DuplicateOf == nil
		}
		return about[s.Name]
	})
}

// ruledOut is what keeps these servers from serving and was seen not to be so here.
func ruledOut(e *model.Ensemble, servers []*model.Server) []string {
	var out []string
	whose, answer := enumerate(model.Names(servers)), "answer"
	if len(servers) == 1 {
		answer = "answers"
	}
	all := func(holds func(*model.Server) bool) bool {
		return len(servers) > 0 && !slices.ContainsFunc(servers, func(s *model.Server) bool { return !holds(s) })
	}
	if all(answers) {
		out = append(out, "a server that does not respond: "+whose+" "+answer+" at once")
	}
	if e.Product == "" && all(func(s *model.Server) bool { return s.ElectionPort == report.PortOpen }) {
		out = append(out, "a closed election port: "+electionPorts(servers)+" is open from here at "+whose)
	}
	if ids := claimedIDs(e); ids != "" {
		out = append(out, "two servers with the same id: the ids are "+ids)
	}
	sameHosts := func(lists []*model.OwnList) bool {
		first := hostsOfIDs(lists[0].Membership)
		return !slices.ContainsFunc(lists, func(l *model.OwnList) bool { return hostsOfIDs(l.Membership) != first })
	}
	if d := e.Divergence(); d.Count == 1 && len(d.Servers) == len(e.Servers) && sameHosts(d.Lists) {
		out = append(out, "different member lists: all have "+idList(d.Lists[0].Membership))
	}
	return out
}

func answers(s *model.Server) bool { return s.Srvr.Seen() || s.NotServing() }

// electionPorts names the election ports of servers, each once.
func electionPorts(servers []*model.Server) string {
	var ports []string
	for _, s := range servers {
		if port := strconv.Itoa(s.Election.Number); !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return strings.Join(ports, ", ")
}

// claimedIDs are the ids that the servers say they have; empty unless all say one, and each
// another.
func claimedIDs(e *model.Ensemble) string {
	var ids []string
	known := map[int64]bool{}
	for _, s := range e.Servers {
		id, _, ok := s.Claimed()
		if !ok || known[id] {
			return ""
		}
		known[id] = true
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	if len(ids) > mostListed {
		return enumerate(ids)
	}
	return strings.Join(ids, ", ")
}

// telling is the evidence of a symptom that tells most: what should not be there, what the
// servers' own logs say, then what the symptom itself rests on.
func telling(e *model.Ensemble, f report.Finding, servers []*model.Server) []report.Evidence {
	var out []report.Evidence
	for _, s := range servers {
		if len(e.Leaders()) == 0 && s.QuorumPort == report.PortOpen && s.NotServing() {
			out = append(out, tcpEvidence(s, quorumView(s), "closed: only a leader has it open"))
		}
	}
	for _, s := range servers {
		out = append(out, eventEvidence(s)...)
	}
	for _, rests := range f.Evidence {
		if !slices.ContainsFunc(out, func(reported report.Evidence) bool { return sameLine(reported, rests) }) {
			out = append(out, rests)
		}
	}
	return out
}

// sameLine reports whether one piece of evidence is an event of a log, and the other a line of it.
func sameLine(event, line report.Evidence) bool {
	return line.Source == "log" && event.Source == "log" && event.File == line.File &&
		strings.Contains(event.Value, line.Value)
}

// reportedEvents is how many events of one log are shown.
const reportedEvents = 2

// eventEvidence is what the log of a server says by itself, be it known to any rule or not: of
// one that has ended what stands last, of one that runs what repeats.
func eventEvidence(s *model.Server) []report.Evidence {
	h := s.Local
	if h == nil || !h.Log.Seen() {
		return nil
	}
	var events []snapshot.LogEvent
	for i, event := range h.Log.Value.Events {
		lastBeforeTheEnd := i == 0 && h.Process == nil && !h.MayRun
		if lastBeforeTheEnd || event.Count >= repeated {
			events = append(events, event)
		}
	}
	if h.Process != nil { // what has a cause tells more than what follows from it, and the more often the more
		slices.SortStableFunc(events, func(a, b snapshot.LogEvent) int {
			return cmp.Or(cmp.Compare(min(1, len(b.Cause)), min(1, len(a.Cause))), cmp.Compare(b.Count, a.Count))
		})
	}
	var out []report.Evidence
	for _, event := range events[:min(len(events), reportedEvents)] {
		value := event.Level + " " + event.Text
		if event.Cause != "" {
			value += ": " + event.Cause
		}
		if event.Count > 1 {
			value = fmt.Sprintf("%d times, since %s: %s", event.Count, event.First, value)
		}
		out = append(out, report.Evidence{
			Source: "log", Server: s.Name, Key: event.Last, Value: value, File: h.Log.Value.Path,
		})
	}
	return out
}

// nextStep is the one step that would tell most: a look from the servers' own hosts, where that
// was not taken; their logs, where they were not read.
func nextStep(e *model.Ensemble, servers []*model.Server) report.Fix {
	if e.Product != "" {
		return step("", "read the log of "+e.Product+" on the servers concerned; "+allowWords(e.Product))
	}
	away := func(s *model.Server) bool { return s.Local == nil }
	if slices.ContainsFunc(servers, away) && len(e.Vantages) == 0 {
		words := []string{"zkdoctor check --via 'ssh {host} --'"}
		for _, s := range e.Servers[:min(len(e.Servers), mostListed)] {
			words = append(words, shellWord(s.AskedAs()))
		}
		return report.Fix{
			Command: strings.Join(words, " "), Risk: "none",
			Note: "check from the servers' own hosts: which ports each of them reaches, its files and its log",
		}
	}
	for _, s := range servers {
		if s.Local != nil && !s.Local.Log.Seen() {
			return report.Fix{
				Host: s.Name, Command: "zkdoctor check --log FILE", Risk: "none",
				Note: noLog(s.Local) + ". Give the log: repeated errors help most",
			}
		}
	}
	return report.Fix{
		Command: "zkdoctor collect --out zkdoctor.json", Risk: "none",
		Note: "no check explains this. Keep the snapshot, and the logs of all servers from before it began, " +
			"for further analysis",
	}
}
