package theory

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// set is what findings that are joined into one have in common.
type set struct {
	code      report.Code
	severity  report.Severity
	certainty report.Certainty
	root      bool
	// apart is the place of one that is never joined, counted from 1; 0 for others.
	apart int
}

// setOf is the set of the finding at a place.
func setOf(f *report.Finding, at int, kinds map[report.Code]Kind) set {
	of := set{code: f.Code, severity: f.Severity, certainty: f.Certainty, root: f.Root}
	if kinds[f.Code].Apart {
		of.apart = at + 1
	}
	return of
}

// merge joins findings that say the same of several servers into one.
func merge(findings []report.Finding, kinds map[report.Code]Kind) []report.Finding {
	var out []*joined
	first := map[set]*joined{}
	for i := range findings {
		f := &findings[i]
		of := setOf(f, i, kinds)
		if j := first[of]; j != nil {
			j.join(f)
			continue
		}
		first[of] = &joined{Finding: *f}
		out = append(out, first[of])
	}
	var merged []report.Finding
	for _, j := range out {
		merged = append(merged, j.whole())
	}
	return merged
}

// joined is a finding to which others are joined. What it has of each kind is noted with
// the first of them.
type joined struct {
	report.Finding
	servers   map[string]bool
	evidence  map[report.Evidence]bool
	summaries []saying
	plans     []plan
	steps     map[report.Fix]bool
}

func (j *joined) join(f *report.Finding) {
	if j.servers == nil {
		j.servers, j.evidence = seen(j.Servers), seen(j.Evidence)
		j.summaries = []saying{{j.Summary, slices.Clone(j.Servers)}}
		j.steps = map[report.Fix]bool{}
		j.Servers, j.Evidence = slices.Clip(j.Servers), slices.Clip(j.Evidence)
		j.addPlan(j.Fix)
	}
	// One that both share is kept; of two that speak of different servers both are.
	if !slices.Equal(j.Servers, f.Servers) {
		j.say(f)
	}
	j.Servers = appendNew(j.Servers, f.Servers, j.servers)
	j.Evidence = appendNew(j.Evidence, f.Evidence, j.evidence)
	j.addPlan(f.Fix)
}

// addPlan joins steps that are the same on another host, all of them, to those; others come after
// all that were there, so that they go host by host. What is known already is left out.
func (j *joined) addPlan(steps []report.Fix) {
	for i := range j.plans {
		if j.plans[i].takes(steps) {
			return
		}
	}
	own := slices.DeleteFunc(slices.Clone(steps), func(s report.Fix) bool { return j.steps[s] })
	for _, s := range own {
		j.steps[s] = true
	}
	if len(own) > 0 {
		p := plan{whole: steps, steps: own}
		for _, s := range own {
			p.hosts = append(p.hosts, []string{s.Host})
		}
		j.plans = append(j.plans, p)
	}
}

// whole is the finding with all that was joined to it.
func (j *joined) whole() report.Finding {
	if j.servers == nil {
		j.Summary = saying{j.Summary, j.Servers}.whole()
		return j.Finding
	}
	texts := make([]string, len(j.summaries))
	for i, s := range j.summaries {
		texts[i] = s.whole()
	}
	j.Summary = strings.Join(texts, " ")
	j.Fix = together(j.plans)
	return j.Finding
}

// saying is a summary, and the servers that it is about.
type saying struct {
	text    string
	servers []string
}

// say adds the summary of another finding.
func (j *joined) say(f *report.Finding) {
	for i := range j.summaries {
		if s := &j.summaries[i]; s.text == f.Summary {
			s.servers = append(s.servers, f.Servers...)
			return
		}
	}
	j.summaries = append(j.summaries, saying{f.Summary, slices.Clone(f.Servers)})
}

// whole is the text with the server's name where it begins with "it" or "its": rules say so of the server
// that they judge.
func (s saying) whole() string {
	rest, it := strings.CutPrefix(s.text, "it ")
	if !it {
		rest, it = strings.CutPrefix(s.text, "its ")
		switch {
		case !it || len(s.servers) == 0:
			return s.text
		case len(s.servers) > 1:
			return "each of these servers: " + s.text
		}
		return s.servers[0] + "'s " + rest
	}
	switch len(s.servers) {
	case 0:
		return s.text
	case 1:
		return s.servers[0] + " " + rest
	}
	return "each of these servers " + rest
}

func seen[T comparable](all []T) map[T]bool {
	out := make(map[T]bool, len(all))
	for _, v := range all {
		out[v] = true
	}
	return out
}

// appendNew appends what is not there yet, as there says.
func appendNew[T comparable](to, from []T, there map[T]bool) []T {
	for _, v := range from {
		if !there[v] {
			there[v] = true
			to = append(to, v)
		}
	}
	return to
}
