package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Options are the reader's wishes. The zero value shows everything.
type Options struct {
	// Only keeps these findings, Ignore drops those; empty keeps all.
	Only, Ignore []report.Code
	// FailOn is Critical to make warnings and a degraded ensemble exit with 0;
	// empty means Warning.
	FailOn report.Severity
	// Version is the program's own, for the report.
	Version string
	// Advisories are what is known of ZooKeeper's releases; nil is what the program knows.
	Advisories advisory.Table
}

// unwanted reports whether the reader does not want to see a finding.
func (o Options) unwanted(code report.Code) bool {
	return slices.Contains(o.Ignore, code) || len(o.Only) > 0 && !slices.Contains(o.Only, code)
}

// Diagnose applies every rule to the snapshot. It never fails: a rule that
// crashes is reported as crashed, and the others still speak.
func Diagnose(snap *snapshot.Snapshot, o Options) *report.Report {
	return diagnose(snap, o, informed(Catalogue(), o.Advisories))
}

func diagnose(snap *snapshot.Snapshot, o Options, rules []Rule) *report.Report {
	e := model.New(snap)
	r := &report.Report{
		SchemaVersion: report.SchemaVersion,
		Tool:          report.Tool{Name: "zkdoctor", Version: o.Version},
		GeneratedAt:   snap.Started.Truncate(time.Second),
		TookMs:        took(snap),
		Incomplete:    snap.Incomplete,
		Vantage: report.Vantage{
			Host: snap.Vantage.Host, LocalServer: e.LocalServer(), Unverified: snap.Plan.Unverified,
		},
		Verdict:   e.Verdict,
		Servers:   serverViews(e),
		Processes: processViews(e),
		Others:    othersView(e),
		LookAgain: e.LookAgain,
		Reach:     reachViews(e),
	}
	r.Verdict.Summary, r.Verdict.Product = headline(e)+asReported(e), e.Product
	var raw []report.Finding
	for _, c := range rules {
		out, crash := run(c, e)
		countRule(&r.Checks, c.Code, out, crash)
		r.LookAgain = r.LookAgain || out.again
		raw = append(raw, out.findings...)
	}
	if snap.Before != nil {
		r.LookAgain = false
	}
	known := kinds(rules)
	t := theory.Fold(slices.Clone(raw), known, e)
	open := advised(e, unexplained(e, t, known), o.Advisories) // what is not to be shown explains things all the same
	r.Unexplained = slices.DeleteFunc(open, func(s report.Symptom) bool { return o.unwanted(s.Symptom) })
	hidden := func(f report.Finding) bool { return o.unwanted(f.Code) }
	if slices.ContainsFunc(raw, hidden) {
		t = theory.Fold(slices.DeleteFunc(raw, hidden), known, e)
	}
	r.Findings, r.Folded = t.Shown, t.Folded
	r.Verdict.ExitCode = exitCode(e, slices.Concat(r.Findings, r.Folded), o.FailOn)
	if snap.Incomplete != "" && r.Verdict.ExitCode == report.ExitOK {
		r.Verdict.ExitCode = report.ExitUnknown // all is well as far as that was looked at
	}
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

// run applies a rule; crash is nil where it did not crash.
func run(c Rule, e *model.Ensemble) (out Outcome, crash *report.Crash) {
	defer func() {
		if r := recover(); r != nil {
			out, crash = Outcome{}, &report.Crash{Code: c.Code, Text: crashText(r)}
		}
	}()
	if out = whyNotKeepers(e, c); !out.skipped() {
		out = withoutKeepers(e, c, c.Eval(e))
	}
	for i := range out.findings {
		asTrusted(e, &out.findings[i])
		complete(&out.findings[i], c)
	}
	for i := range out.skips {
		out.skips[i].Check = c.Code
	}
	return out, nil
}

// longestCrash is how many characters of a crash are kept: what Go says is far shorter, unless
// something that a server sent is in it.
const longestCrash = 200

// crashText is what a rule crashed with, as one printable line.
func crashText(fault any) string {
	text := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, fmt.Sprint(fault)))
	return string(text[:min(len(text), longestCrash)])
}

// complete fills what follows from the rule, so that no rule has to.
func complete(f *report.Finding, c Rule) {
	f.Code = c.Code
	f.Title = cmp.Or(f.Title, c.Title)
	f.Docs = report.Pages + "findings/" + string(c.Code) + ".md"
	// A finding that is only possible never alarms.
	if f.Certainty == report.Possible {
		f.Severity = report.Info
	}
}

func countRule(c *report.Checks, code report.Code, out Outcome, crash *report.Crash) {
	c.Total++
	switch {
	case crash != nil:
		c.Crashed++
		c.Crashes = append(c.Crashes, *crash)
	case len(out.findings) > 0:
		c.Finding++
	case len(out.skips) > 0:
		c.Skipped++
	default:
		c.Passed++
		c.PassedCodes = append(c.PassedCodes, code)
	}
	c.Skips = append(c.Skips, out.skips...)
}

func exitCode(e *model.Ensemble, findings []report.Finding, failOn report.Severity) int {
	state := e.Verdict.State
	has := func(s report.Severity) bool {
		return slices.ContainsFunc(findings, func(f report.Finding) bool { return f.Severity == s })
	}
	switch {
	case state == report.Split, state == report.Down, has(report.Critical):
		return report.ExitCritical
	case state == report.Unknown:
		return report.ExitUnknown
	case failOn == report.Critical:
		return report.ExitOK
	case state == report.Degraded, has(report.Warning), len(e.Verdict.Unseen) > 0:
		// A voter that could not be judged is no reason to say that all is well.
		return report.ExitWarning
	}
	return report.ExitOK
}
