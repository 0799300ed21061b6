package diag

import (
	"cmp"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// Rule looks for one finding.
type Rule struct {
	Code report.Code
	// Title is the finding in a few words, subject first.
	Title string
	// Needs says in a few words what evidence the rule rests on.
	Needs string
	theory.Traits
	// Explains are the findings that this one hides when it is proven or likely and
	// concerns the same servers. Chains fold: what is hidden still hides. The graph has no
	// cycle, which a test makes sure of.
	Explains []report.Code
	// Compares are the keys of mntr whose values the rule compares with those of an earlier
	// look, beside what the model compares.
	Compares []string
	// Keepers is set where what the rule says holds for a ClickHouse Keeper and a RaftKeeper too.
	Keepers bool
	// Eval looks whether it is so.
	Eval func(*model.Ensemble) Outcome
	// ByTable is Eval with a table of advisories that the program was given; nil for a rule
	// that reads none.
	ByTable func(*model.Ensemble, advisory.Table) Outcome
}

// informed makes the rules go by that table; nil is the one of the program.
func informed(rules []Rule, table advisory.Table) []Rule {
	for i := range rules {
		if judge := rules[i].ByTable; judge != nil && table != nil {
			rules[i].Eval = func(e *model.Ensemble) Outcome { return judge(e, table) }
		}
	}
	return rules
}

// What many causes explain.
var (
	// keptOut is what keeping one server out explains.
	keptOut = []report.Code{
		"server-not-serving", "read-only-mode", "degraded-no-spare",
		"quorum-lost", "leader-not-committing", "status-script-misleading",
	}
	// startless is what keeping a server from starting explains: it ends each time.
	startless = []report.Code{"process-down", "restart-loop", "server-starting"}
)

// Outcome is what a rule concludes: findings, or the reasons for which it could not judge;
// its zero value is that all is well. A rule may judge some servers and skip others.
type Outcome struct {
	findings []report.Finding
	skips    []report.Skip
	// again asks for a second look, some seconds later.
	again bool
}

// found is what was found; nothing is fine too.
func found(findings ...report.Finding) Outcome { return Outcome{findings: findings} }

// skip is that it could not be judged, and why.
func skip(kind report.SkipKind, reason string) Outcome {
	return Outcome{skips: []report.Skip{{Kind: kind, Reason: reason}}}
}

// undecided is a skip for that reason; none where there is no reason.
func undecided(reason string) Outcome {
	if reason == "" {
		return Outcome{}
	}
	return skip(report.SkipUndecided, reason)
}

// skipped reports whether something could not be judged. What asks whether a rule can judge
// at all returns an Outcome that is either this or empty.
func (o Outcome) skipped() bool { return len(o.skips) > 0 }

// and joins two outcomes.
func (o Outcome) and(p Outcome) Outcome {
	o.findings = append(o.findings, p.findings...)
	o.skips = append(o.skips, p.skips...)
	o.again = o.again || p.again
	return o
}

// lookAgain asks for a second look, some seconds later, where that would tell more.
func (o Outcome) lookAgain(when bool) Outcome {
	o.again = o.again || when
	return o
}

// inOneLook is what one look shows and another may not: possible, and no more.
func inOneLook(f report.Finding) Outcome {
	f.Certainty = report.Possible
	return found(f).lookAgain(true)
}

// at fills in which server was judged: a finding that names no servers is about that one,
// and so is each piece of its evidence that does not name another. servers are its row,
// empty where it has none, and severity is that of a fault that keeps it out, which a
// finding is where it does not say another.
func (o Outcome) at(name string, servers []string, severity report.Severity) Outcome {
	for i := range o.skips {
		o.skips[i].Server = name
	}
	for i := range o.findings {
		f := &o.findings[i]
		f.Severity = cmp.Or(f.Severity, severity)
		if f.Servers != nil {
			continue
		}
		f.Servers = servers
		for j := range f.Evidence {
			f.Evidence[j].Server = cmp.Or(f.Evidence[j].Server, name)
		}
	}
	return o
}

// perServer is a rule that judges every server by itself, unless something says why it
// cannot.
func perServer(
	judge func(*model.Ensemble, *model.Server) Outcome, whyNot ...func(*model.Server) Outcome,
) func(*model.Ensemble) Outcome {
	return func(e *model.Ensemble) Outcome {
		return eachServer(e, func(s *model.Server) Outcome {
			for _, f := range whyNot {
				if why := f(s); why.skipped() {
					return why
				}
			}
			return judge(e, s)
		})
	}
}

// eachServer is what is concluded of every server.
func eachServer(e *model.Ensemble, judge func(*model.Server) Outcome) Outcome {
	if len(e.Servers) == 0 {
		return skip(report.SkipNotLooked, "no server was checked")
	}
	var out Outcome
	for _, s := range e.Servers {
		out = out.and(judge(s).at(s.Name, []string{s.Name}, severityOf(e, s)))
	}
	return out
}

// perHost is a rule that judges every server whose own files were looked at.
func perHost(judge func(*model.Ensemble, *model.Host) Outcome) func(*model.Ensemble) Outcome {
	return perAnyHost(func(e *model.Ensemble, h *model.Host) Outcome {
		if h.Settings == nil {
			return skip(report.SkipDenied, reasonOf(h.Config, "no configuration was read"))
		}
		return judge(e, h)
	})
}

// perStart is perHost for what a start would end with. A server that answers has started: files that
// say otherwise, and whose process was not seen, may be those of another.
func perStart(judge func(*model.Ensemble, *model.Host) Outcome) func(*model.Ensemble) Outcome {
	return perHost(func(e *model.Ensemble, h *model.Host) Outcome {
		if h.Hidden() {
			return undecided(unseenProcess)
		}
		return judge(e, h)
	})
}

// perAnyHost is perHost for what needs no configuration.
func perAnyHost(judge func(*model.Ensemble, *model.Host) Outcome) func(*model.Ensemble) Outcome {
	return func(e *model.Ensemble) Outcome {
		if len(e.Hosts) == 0 {
			return skip(report.SkipLocalFiles, "needs a server's own files: run zkdoctor there")
		}
		var out Outcome
		for _, h := range e.Hosts {
			out = out.and(judge(e, h).at(nameOf(h), serversOf(h), severityAt(e, h)))
		}
		return out
	}
}

// serversOf is the host's row as the Servers of a finding; empty and not nil where it has none.
func serversOf(h *model.Host) []string {
	if h.Server == nil {
		return []string{}
	}
	return []string{h.Server.Name}
}

// severityAt is that of a fault on this host.
func severityAt(e *model.Ensemble, h *model.Host) report.Severity {
	if h.Server == nil {
		return severityOf(e)
	}
	return severityOf(e, h.Server)
}

func hasFinding(findings []report.Finding, name string) bool {
	return slices.ContainsFunc(findings, func(f report.Finding) bool { return slices.Contains(f.Servers, name) })
}

// severityOf is that of a fault that keeps a voter out: a warning while the
// quorum holds without it, critical once the quorum is lost.
func severityOf(e *model.Ensemble, servers ...*model.Server) report.Severity {
	for _, s := range servers {
		if e.Verdict.State == report.Down && s.Voter() {
			return report.Critical
		}
	}
	return report.Warning
}

// nameOf is how the host's server is called in texts.
func nameOf(h *model.Host) string {
	if h.Server != nil {
		return h.Server.Name
	}
	return "this host"
}

func addEvidence(f *report.Finding, more ...report.Evidence) {
	f.Evidence = append(f.Evidence, more...)
}

// step is a thing to do on a host, and risky one that can cost something.
func step(host, note string) report.Fix { return report.Fix{Host: host, Note: note} }

func risky(host, note, risk string) report.Fix { return report.Fix{Host: host, Note: note, Risk: risk} }

// steps are things to do on a host, one after the other.
func steps(host string, notes ...string) []report.Fix {
	var all []report.Fix
	for _, note := range notes {
		all = append(all, step(host, note))
	}
	return all
}

// advice is what to do wherever it has to be done.
func advice(notes ...string) []report.Fix { return steps("", notes...) }

// inspect is the step of a command that shows something and changes nothing.
func inspect(host, command, note string) report.Fix {
	return report.Fix{Host: host, Command: command, Note: note, Risk: "none"}
}

// topNow prints the second sample of top: the first one may have the averages since boot.
const topNow = "top -b -d 2 -n 2 | awk '/^top -/ {n++} n == 2' | head -15"

// How a server is stopped and started, as far as that was seen on its host.

// unitName is the unit of systemd whose command leads to the configuration of a host's server, and in
// which it runs, if it does; empty where none was found. Any other service that a process is in, as
// that of ssh or cron, must not be stopped.
func unitName(h *model.Host) string {
	u := h.Unit
	if h.Process != nil {
		u = nil
		if h.Next != nil && h.Next.Unit != nil && h.Next.Unit.Name == h.Process.Unit {
			u = h.Next.Unit
		}
	}
	if u == nil || u.Config == "" || u.Config != h.ConfigPath && (h.Settings == nil || u.Config != h.Settings.Path) {
		return ""
	}
	return u.Name
}

// viaUnit gives a step the command of systemd for it; where no unit is known, the step says how instead.
func viaUnit(h *model.Host, verb, then, risk string) report.Fix {
	fix := report.Fix{Host: nameOf(h), Note: verb + " it" + then, Risk: risk}
	if unit := unitName(h); unit != "" {
		fix.Command = "sudo systemctl " + verb + " " + shellWord(unit)
		return fix
	}
	fix.Note = verb + " it" + usualWay(h, verb) + then
	return fix
}

// usualWay is how a server without a known unit is started and stopped.
func usualWay(h *model.Host, verb string) string {
	switch p := h.Process; {
	case p != nil && p.Container:
		return " with what runs its container"
	case p != nil && p.User != "":
		return " with the script or unit that started it, as user " + p.User
	}
	return byAnyWay(verb, ownerOfData(h))
}

// anyWay is how any server is started or stopped of which nothing more is known.
func anyWay(verb string) string { return byAnyWay(verb, "") }

func byAnyWay(verb, owner string) string {
	return ": systemctl " + verb + " UNIT, or zkServer.sh " + verb + " as the owner of dataDir" + owner
}

// ownerOfData is whose the data of a server is that does not run: mostly its own user's.
func ownerOfData(h *model.Host) string {
	data := h.Data
	if !data.Seen() || !data.Value.Dir.Owner.Seen() || data.Value.Dir.Owner.Value.UID == 0 {
		return ""
	}
	return " (" + userName(data.Value.Dir.Owner.Value.UID) + ")"
}

// startIt is the step that starts the server of a host; then is what follows it, with its comma.
func startIt(h *model.Host, then string) report.Fix { return viaUnit(h, "start", then, "") }

// stopIt is the step that stops the server of a host, and its risk.
func stopIt(h *model.Host, risk string) report.Fix { return viaUnit(h, "stop", "", risk) }

// restartIt is the step that restarts the server of a host; then is what is said of it.
func restartIt(h *model.Host, then, risk string) report.Fix { return viaUnit(h, "restart", then, risk) }

// stopThere and startThere are these steps of a server whose host was not seen.
func stopThere(e *model.Ensemble, s *model.Server) report.Fix {
	return risky(s.Name, "stop it"+anyWay("stop"), stopRisk(e, s))
}

func startThere(s *model.Server) report.Fix { return step(s.Name, "start it"+anyWay("start")) }

// startOf, stopOf and restartOf are these steps of a server, whether its host was seen or not; first is the
// condition, with its comma.
func startOf(s *model.Server) report.Fix {
	if s.Local != nil {
		return startIt(s.Local, "")
	}
	return startThere(s)
}

func stopOf(s *model.Server, risk string) report.Fix {
	if s.Local != nil {
		return stopIt(s.Local, risk)
	}
	return risky(s.Name, "stop it"+anyWay("stop"), risk)
}

func restartOf(s *model.Server, first, risk string) report.Fix {
	fix := risky(s.Name, "restart it", risk)
	if s.Local != nil {
		fix = restartIt(s.Local, "", risk)
	}
	fix.Note = first + fix.Note
	return fix
}

// mayBeOutage is the risk of a stop where it was not seen what would be left.
const mayBeOutage = "if the ensemble can lose 0 more, this is an outage: read \"Can lose\" in the first line"

// stopRisk is what a stop of that server costs, by what serves now; nil is one that is in no row. Of
// two with one id the other keeps the vote.
func stopRisk(e *model.Ensemble, s *model.Server) string {
	switch {
	case s == nil || s.Serving == model.Unknown || !e.List.Proven() || s.DuplicateOf != nil:
		return mayBeOutage
	case s.Serving == model.No:
		return "none: it does not serve clients now"
	}
	left := map[int64]bool{}
	for _, id := range e.List.Quorums.Voters() {
		if o := e.ByLine(id); o != nil && o != s && o.Serving == model.Yes && o.DuplicateOf == nil {
			left[e.Vote(o)] = true
		}
	}
	switch {
	case !e.List.Quorums.Contains(left):
		return "the servers that are seen to serve without it are no quorum: this can be an outage until it serves again"
	case s.Role == report.Leader:
		return "it leads: no client can write until the others have elected another leader, some seconds"
	}
	return "its clients must move to the other servers, which serve as a quorum without it"
}

// unseenProcess is the reason for which nothing can be said about the start of such a
// server.
const unseenProcess = "it answers, and its process was not seen"
