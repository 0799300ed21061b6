package exporter

import (
	"strconv"
	"sync"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxSentence bounds the headline and the titles of findings, in bytes.
const maxSentence = 300

// The closed lists of diag, each value of which is a series.
var (
	states     = [...]report.State{report.Serving, report.Degraded, report.Down, report.Split, report.Unknown}
	severities = [...]report.Severity{report.Critical, report.Warning, report.Info}
	symptoms   = sync.OnceValue(diag.Symptoms)
	skipKinds  = [...]report.SkipKind{
		report.SkipLocalFiles, report.SkipNotLooked, report.SkipUnreachable,
		report.SkipDenied, report.SkipNotReported, report.SkipOneLook, report.SkipUndecided,
		report.SkipNotZooKeeper,
	}
)

// conclusions sends what zkdoctor concludes about one ensemble. The role and the
// ports of its servers are sent by server; labels are theirs, by name. partial is set where zkdoctor could not check a
// server: that none leads is not known then, nor how many serve.
func (t *table) conclusions(
	to sink, ensemble string, r *report.Report, labels map[string]string, partial bool,
) {
	out := t.sender(to, pair("ensemble", ensemble))
	v := &r.Verdict
	if v.State != report.Unknown {
		out.set("zkdoctor_quorum", oneIf(v.State != report.Down))
	}
	if len(v.Leaders) > 0 || !partial {
		out.set("zkdoctor_leaders", float64(len(v.Leaders)))
	}
	if v.Voters > 0 {
		out.set("zkdoctor_voters", float64(v.Voters))
	}
	if v.Voters > 0 && !partial {
		out.set("zkdoctor_voters_serving", float64(v.ServingVoters))
	}
	if v.Spare != nil {
		out.set("zkdoctor_spare_voters", float64(*v.Spare))
	}
	for _, state := range states {
		out.set("zkdoctor_verdict", oneIf(v.State == state), string(state))
	}
	out.set("zkdoctor_verdict_info", 1, snapshot.Printable(v.Summary, maxSentence))
	out.findings(r, labels)
	out.unexplained(r)
	out.skips(r.Checks.Skips)
}

// findings sends every finding, by server, and how many are shown.
func (s *sender) findings(r *report.Report, labels map[string]string) {
	shown := map[report.Severity]int{}
	for i := range r.Findings {
		shown[r.Findings[i].Severity]++
	}
	for _, severity := range severities {
		s.set("zkdoctor_findings", float64(shown[severity]), string(severity))
	}
	sent := map[[5]string]bool{}
	for _, findings := range [][]report.Finding{r.Findings, r.Folded} {
		for i := range findings {
			f := &findings[i]
			servers, title := f.Servers, snapshot.Printable(f.Title, maxSentence)
			if len(servers) == 0 {
				servers = []string{""}
			}
			for _, name := range servers {
				if label, known := labels[name]; known {
					name = label
				}
				one := [5]string{string(f.Code), strconv.FormatBool(f.Root), name, string(f.Severity), title}
				if !sent[one] {
					sent[one] = true
					s.set("zkdoctor_finding", 1, one[:]...)
				}
			}
		}
	}
}

// unexplained sends of each symptom whether it is there and nothing explains it.
func (s *sender) unexplained(r *report.Report) {
	there := map[report.Code]bool{}
	for i := range r.Unexplained {
		there[r.Unexplained[i].Symptom] = true
	}
	for _, code := range symptoms() {
		s.set("zkdoctor_unexplained", oneIf(there[code]), string(code))
	}
}

// skips sends how many checks were skipped for each reason: a check counts once
// for a reason, however many servers it was skipped for.
func (s *sender) skips(skips []report.Skip) {
	type reason struct {
		check report.Code
		kind  report.SkipKind
	}
	seen := map[reason]bool{}
	counts := map[report.SkipKind]int{}
	for _, skip := range skips {
		if r := (reason{skip.Check, skip.Kind}); !seen[r] {
			seen[r] = true
			counts[skip.Kind]++
		}
	}
	for _, kind := range skipKinds {
		s.set("zkdoctor_checks_skipped", float64(counts[kind]), string(kind))
	}
}
