package diag

import (
	"slices"

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
	Eval     func(*model.Ensemble) result
}

// What many causes explain.
var (
	// keptOut is what keeping one server out explains.
	keptOut = []report.Code{report.ServerNotServing, report.ReadOnlyMode, report.DegradedNoSpare, report.QuorumLost, report.LeaderNotCommitting, report.StatusScriptMisleading}
	// startless is what keeping a server from starting explains: it ends each time.
	startless = []report.Code{report.ProcessDown, report.RestartLoop, report.ServerStarting}
)

// result is what a rule concludes: findings, or none of them (passed), or the
// reasons for which it could not judge. A rule may judge some servers and skip
// others.
type result struct {
	findings []report.Finding
	skips    []report.Skip
	// lookAgain asks for a second look, some seconds later.
	lookAgain bool
}

// skip is a rule that could not be judged at all.
func skip(kind report.SkipKind, reason string) result {
	return result{skips: []report.Skip{{Kind: kind, Reason: reason}}}
}

// perHost applies a rule to every server whose own files were looked at, and
// says why it could not be applied elsewhere.
func perHost(e *model.Ensemble, rule func(h *model.Host) ([]report.Finding, string)) result {
	return eachHost(e, func(h *model.Host) ([]report.Finding, *report.Skip) {
		findings, reason := rule(h)
		return findings, undecided(reason)
	})
}

// undecided is a skip for that reason; nil for none.
func undecided(reason string) *report.Skip {
	if reason == "" {
		return nil
	}
	return &report.Skip{Kind: report.SkipUndecided, Reason: reason}
}

// eachHost is perHost for rules whose skips are not all of one kind.
func eachHost(e *model.Ensemble, rule func(h *model.Host) ([]report.Finding, *report.Skip)) result {
	if len(e.Hosts) == 0 {
		return skip(report.SkipLocalFiles, "needs a server's own files: run zkdoctor there")
	}
	var out result
	for _, h := range e.Hosts {
		if h.Settings == nil {
			out.skips = append(out.skips, report.Skip{Kind: report.SkipDenied, Server: nameOf(h), Reason: reasonOf(h.Config.Failure, "no configuration was read")})
			continue
		}
		findings, why := rule(h)
		out.findings = append(out.findings, findings...)
		if why != nil {
			why.Server = nameOf(h)
			out.skips = append(out.skips, *why)
		}
	}
	return out
}

// serversOf is the host's row as the Servers of a finding.
func serversOf(h *model.Host) []string {
	if h.Server == nil {
		return nil
	}
	return []string{h.Server.Name}
}

// severity is that of a fault on this host.
func severityAt(e *model.Ensemble, h *model.Host) report.Severity {
	if h.Server == nil {
		return severityOf(e)
	}
	return severityOf(e, h.Server)
}

func hasFinding(findings []report.Finding, name string) bool {
	return slices.ContainsFunc(findings, func(f report.Finding) bool { return slices.Contains(f.Servers, name) })
}

// perStopped applies a rule to every server that does not run. One that runs has
// started, whatever its files say now.
func perStopped(e *model.Ensemble, rule func(h *model.Host) ([]report.Finding, string)) result {
	return perHost(e, func(h *model.Host) ([]report.Finding, string) {
		if h.Process != nil {
			return nil, ""
		}
		if h.Hidden() {
			return nil, unseenProcess
		}
		return rule(h)
	})
}

// eachServer applies a rule to every server that can be judged; can tells why one
// cannot be, or nil.
func eachServer(e *model.Ensemble, can func(*model.Server) *report.Skip, rule func(*model.Server, *result)) result {
	if len(e.Servers) == 0 {
		return skip(report.SkipNotLooked, "no server was looked at")
	}
	var out result
	for _, s := range e.Servers {
		if why := can(s); why != nil {
			why.Server = s.Name
			out.skips = append(out.skips, *why)
			continue
		}
		rule(s, &out)
	}
	return out
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

// unseenProcess is the reason for which nothing can be said about the start of such a
// server.
const unseenProcess = "it answers, and its process was not seen"
