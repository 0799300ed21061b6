package diag

import (
	"cmp"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Options are the reader's wishes. The zero value shows everything.
type Options struct {
	// Only keeps these findings, Ignore drops those; empty keeps all.
	Only, Ignore []Code
	// FailOn is Critical to make warnings and a degraded ensemble exit with 0;
	// empty means Warning.
	FailOn Severity
	// Version is the program's own, for the report.
	Version string
}

// Diagnose applies every rule to the snapshot. It never fails: a rule that
// crashes is counted as crashed, and the others still speak.
func Diagnose(snap *snapshot.Snapshot, o Options) *Report {
	e := newEnsemble(snap)
	r := &Report{
		SchemaVersion: SchemaVersion,
		Tool:          Tool{Name: "zkdoctor", Version: o.Version},
		GeneratedAt:   snap.Started.Truncate(time.Second),
		TookMs:        took(snap),
		Incomplete:    snap.Incomplete,
		Vantage:       Vantage{Host: snap.Vantage.Host, LocalServer: e.localServer(), Unverified: snap.Plan.Unverified},
		Verdict:       e.verdict,
		Servers:       e.serverViews(),
		Processes:     e.processViews(),
		LookAgain:     e.lookAgain,
		Reach:         e.reach(),
	}
	r.Verdict.Summary = e.summary()
	var raw []Finding
	for _, c := range Catalogue() {
		out, crashed := run(c, e)
		r.Checks.count(c.Code, out, crashed)
		r.LookAgain = r.LookAgain || out.lookAgain
		raw = append(raw, out.findings...)
	}
	if snap.Before != nil {
		r.LookAgain = false
	}
	raw = slices.DeleteFunc(raw, func(f Finding) bool {
		return slices.Contains(o.Ignore, f.Code) || len(o.Only) > 0 && !slices.Contains(o.Only, f.Code)
	})
	r.Findings, r.Folded = fold(raw, kinds(), e)
	r.Verdict.ExitCode = exitCode(e, slices.Concat(r.Findings, r.Folded), o.FailOn)
	return r
}

// took is the time from the beginning of the run's first look to the end of its last.
func took(snap *snapshot.Snapshot) int64 {
	started := snap.Started
	if snap.Before != nil && !snap.EarlierRun {
		started = snap.Before.Started
	}
	return snap.Started.Add(snap.Took).Sub(started).Milliseconds()
}

func run(c Rule, e *ensemble) (out result, crashed bool) {
	defer func() {
		if recover() != nil {
			out, crashed = result{}, true
		}
	}()
	out = c.Eval(e)
	for i := range out.findings {
		out.findings[i].complete(c)
	}
	for i := range out.skips {
		out.skips[i].Check = c.Code
	}
	return out, false
}

// complete fills what follows from the rule, so that no rule has to.
func (f *Finding) complete(c Rule) {
	f.Code = c.Code
	f.Title = cmp.Or(f.Title, c.Title)
	f.Docs = docsURL(c.Code)
	// A finding that is only possible never alarms.
	if f.Certainty == Possible {
		f.Severity = Info
	}
	f.Servers = orEmpty(f.Servers)
	f.Evidence = orEmpty(f.Evidence)
	f.Fix = orEmpty(f.Fix)
	f.Explains = []string{}
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func docsURL(code Code) string {
	return "https://github.com/zkdoctor/zkdoctor/blob/main/docs/findings/" + string(code) + ".md"
}

func (c *Checks) count(code Code, out result, crashed bool) {
	c.Total++
	switch {
	case crashed:
		c.Crashed++
	case len(out.findings) > 0:
		c.Finding++
	case len(out.skips) > 0:
		c.Skipped++
	default:
		c.Passed++
		c.PassedCodes = append(c.PassedCodes, code)
	}
	c.Skips = append(c.Skips, out.skips...)
	c.PassedCodes, c.Skips = orEmpty(c.PassedCodes), orEmpty(c.Skips)
}

// Exit codes are those of the monitoring plugins.
const (
	ExitOK       = 0
	ExitWarning  = 1
	ExitCritical = 2
	// ExitUnknown is also that of wrong usage and internal errors, so that a typo
	// never looks like an outage.
	ExitUnknown = 3
)

func exitCode(e *ensemble, findings []Finding, failOn Severity) int {
	state := e.verdict.State
	has := func(s Severity) bool {
		return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == s })
	}
	switch {
	case state == Split, state == Down, has(Critical):
		return ExitCritical
	case state == Unknown:
		return ExitUnknown
	case failOn == Critical:
		return ExitOK
	case state == Degraded, has(Warning), len(e.verdict.Unseen) > 0:
		// A voter that could not be judged is no reason to say that all is well.
		return ExitWarning
	}
	return ExitOK
}
