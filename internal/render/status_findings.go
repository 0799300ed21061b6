package render

import (
	"regexp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// How much of a report the page shows; zkdoctor check --all has the rest.
const (
	maxPageFindings = 30
	maxPageFacts    = 12
	maxSteps        = 30
	maxReasons      = 40
)

func (p *phrases) findingsView() findingsView {
	var v findingsView
	title, full, also, script, notes := p.sorted()
	notes = slices.Concat(script, notes)
	rest := max(0, len(full)-maxPageFindings) + max(0, len(also)+len(notes)-maxPageFindings)
	if rest > 0 {
		v.More = plural(rest, "more finding")
	}
	for i, f := range full[:min(len(full), maxPageFindings)] {
		v.Findings = append(v.Findings, p.findingView(title+" "+itoa(i+1), f))
	}
	for i, f := range slices.Concat(also, notes) {
		if i == maxPageFindings {
			break
		}
		label := ""
		if i < len(also) {
			label = "Also"
		}
		v.Also = append(v.Also, p.findingView(label, f))
	}
	v.Unexplained = p.unexplainedViews()
	v.Explained = p.explained()
	v.Counts, _ = p.counts()
	for _, g := range skipGroups(p.r.Checks.Skips) {
		v.Skips = append(v.Skips, skipView{g.head(), strings.Join(g.checks, ", ")})
	}
	v.Skips = v.Skips[:min(len(v.Skips), maxReasons)]
	if len(v.Skips) > 0 {
		v.Skipped = "Not checked: " + itoa(p.r.Checks.Skipped) + ", and why"
	}
	v.Silent = p.gaveNothing()
	v.Silent = v.Silent[:min(len(v.Silent), maxReasons)]
	return v
}

// pageName is what the page of a finding can be called.
var pageName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

func (p *phrases) findingView(label string, f *report.Finding) findingView {
	v := findingView{
		mark: findingMark(f), Label: label, Code: slug(f.Code), Certainty: certaintyText(f), Servers: p.capServers(f.Servers),
		Title: p.names.prose(f.Title), Why: p.names.prose(f.Summary), Rounds: p.roundViews(f.Fix),
	}
	if strings.HasPrefix(f.Docs, "https://") && len(f.Docs) <= maxValue && !strings.ContainsAny(f.Docs, " \"'<>") {
		v.Docs = f.Docs
	}
	if v.Docs != "" && pageName.MatchString(string(f.Code)) {
		v.Docs = p.pages + string(f.Code)
	}
	p.factTable(&v, f.Evidence)
	return v
}

// factTable makes the table of evidence. Columns without a value are left out.
func (p *phrases) factTable(v *findingView, all []report.Evidence) {
	list := joined(all)
	if n := len(list) - maxPageFacts; n > 0 {
		v.MoreFacts = plural(n, "more fact")
		list = list[:maxPageFacts]
	}
	facts := p.facts(list)
	v.Facts = make([][]statusCell, len(facts))
	for _, c := range []struct {
		head, class string
		text        func(*fact) string
	}{
		{"server", "name", func(f *fact) string { return f.server }},
		{"seen in", "", func(f *fact) string { return f.place }},
		{"what", "", func(f *fact) string { return f.key }},
		{"found", "found", func(f *fact) string { return f.value }},
		{"wanted", "", func(f *fact) string { return f.wanted }},
	} {
		if !slices.ContainsFunc(facts, func(f fact) bool { return c.text(&f) != "" }) {
			continue
		}
		v.FactHeads = append(v.FactHeads, c.head)
		for i := range facts {
			v.Facts[i] = append(v.Facts[i], statusCell{Label: c.head, Text: c.text(&facts[i]), Class: c.class})
		}
	}
}

// roundViews are the steps of a fix, grouped and numbered.
func (p *phrases) roundViews(steps []report.Fix) []roundView {
	var out []roundView
	start := 1
	for i, r := range rounds(steps[:min(len(steps), maxSteps)]) {
		v := roundView{Where: p.where(i, r.hosts), Advice: advice(i, r.hosts), Start: start}
		for k := range r.steps {
			command, warning := commandText(r.steps[k].Command)
			v.Steps = append(v.Steps, stepView{p.stepText(&r.steps[k]), command, warning})
		}
		if !v.Advice {
			start += len(v.Steps)
		}
		out = append(out, v)
	}
	return out
}

// unexplainedViews are the same on the status page.
func (p *phrases) unexplainedViews() []findingView {
	var out []findingView
	for i := range p.r.Unexplained[:min(len(p.r.Unexplained), maxPageFindings)] {
		s := &p.r.Unexplained[i]
		v := p.findingView("Not explained", asFinding(s))
		for _, cause := range s.RuledOut {
			v.RuledOut = append(v.RuledOut, p.names.prose(cause))
		}
		out = append(out, v)
	}
	return out
}
