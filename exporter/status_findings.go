package exporter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// How much of a report the page shows; zkdoctor check --all has the rest.
const (
	maxFindings = 30
	maxFacts    = 12
	maxSteps    = 30
	maxNames    = 12
	maxReasons  = 40
)

// findingsView is what a report found, as the template has it.
type findingsView struct {
	// Findings are shown in full, Also with their details closed.
	Findings, Also []findingView
	// More is how many findings are left out.
	More int
	// Folded are the consequences of the root causes.
	Folded string
	// Counts says how many rules passed, were skipped, and so on.
	Counts string
	Skips  []skipView
	Silent []string
	// Skipped heads the list of what was skipped.
	Skipped string
}

// findingView is one finding.
type findingView struct {
	mark
	Label, Code, Certainty, Servers, Title, Why, Docs string
	FactHeads                                         []string
	Facts                                             [][]pageCell
	MoreFacts                                         int
	Rounds                                            []roundView
}

// roundView is what to do on one host, or on several one after the other.
type roundView struct {
	Where string
	// Advice is set where the steps have no order.
	Advice bool
	Start  int
	Steps  []stepView
}

type stepView struct {
	Text, Command string
	// Odd is set when the command holds bytes that were written out.
	Odd bool
}

type skipView struct {
	Reason string
	Checks string
	Count  int
}

func findingsOf(r *diag.Report) findingsView {
	var v findingsView
	var full, also []*diag.Finding
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Root && f.Severity != diag.Info {
			full = append(full, f)
		} else {
			also = append(also, f)
		}
	}
	label := "Root cause"
	if len(full) == 0 {
		label = "Finding"
		full = slices.DeleteFunc(slices.Clone(also), isNote)
		also = slices.DeleteFunc(also, func(f *diag.Finding) bool { return !isNote(f) })
	}
	v.More = max(0, len(full)-maxFindings) + max(0, len(also)-maxFindings)
	for i, f := range full[:min(len(full), maxFindings)] {
		v.Findings = append(v.Findings, findingOf(label+" "+strconv.Itoa(i+1), f))
	}
	for _, f := range also[:min(len(also), maxFindings)] {
		label := "Also"
		if isNote(f) {
			label = ""
		}
		v.Also = append(v.Also, findingOf(label, f))
	}
	v.Folded = folded(r.Folded)
	v.Counts = counts(r)
	v.skips(r)
	return v
}

func isNote(f *diag.Finding) bool { return f.Severity == diag.Info }

func findingOf(label string, f *diag.Finding) findingView {
	v := findingView{
		mark: severityMark(f.Severity), Label: label, Code: visible(string(f.Code), maxWord),
		Certainty: visible(string(f.Certainty), maxWord), Servers: nameList(f.Servers),
		Title: visible(f.Title, maxProse), Why: visible(f.Summary, maxProse), Rounds: rounds(f.Fix),
	}
	if strings.HasPrefix(f.Docs, "https://") && len(f.Docs) <= maxValue && !strings.ContainsAny(f.Docs, " \"'<>") {
		v.Docs = f.Docs
	}
	v.facts(f.Evidence)
	return v
}

// nameList lists servers, not more than can be read.
func nameList(names []string) string {
	var out []string
	for _, n := range names[:min(len(names), maxNames)] {
		out = append(out, visible(n, maxValue))
	}
	text := strings.Join(out, ", ")
	if n := len(names) - len(out); n > 0 {
		text += " and " + strconv.Itoa(n) + " more"
	}
	return text
}

// facts makes the table of evidence. Facts that differ only in their key, as the
// ports of a server that are all refused, share a row; columns without a value
// are left out.
func (v *findingView) facts(all []diag.Evidence) {
	var list []diag.Evidence
	for _, e := range all {
		e.Key = visible(e.Key, maxWord)
		if n := len(list); n > 0 && list[n-1].Key != "" && e.Key != "" && len(list[n-1].Key) < maxWord {
			last := list[n-1]
			last.Key = e.Key
			if last == e {
				list[n-1].Key += ", " + e.Key
				continue
			}
		}
		list = append(list, e)
	}
	v.MoreFacts = max(0, len(list)-maxFacts)
	list = list[:min(len(list), maxFacts)]
	columns := []struct {
		head, class string
		text        func(*diag.Evidence) string
	}{
		{"server", "name", func(e *diag.Evidence) string { return visible(e.Server, maxValue) }},
		{"seen in", "", place},
		{"what", "", func(e *diag.Evidence) string { return e.Key }},
		{"found", "found", func(e *diag.Evidence) string {
			if e.Value == "" {
				return "(empty)"
			}
			return visible(e.Value, maxValue)
		}},
		{"wanted", "", func(e *diag.Evidence) string { return visible(e.Wanted, maxValue) }},
	}
	v.Facts = make([][]pageCell, len(list))
	for _, c := range columns {
		if !slices.ContainsFunc(list, func(e diag.Evidence) bool { return c.text(&e) != "" }) {
			continue
		}
		v.FactHeads = append(v.FactHeads, c.head)
		for i := range list {
			v.Facts[i] = append(v.Facts[i], pageCell{Label: c.head, Text: c.text(&list[i]), Class: c.class})
		}
	}
}

// place says where a fact was seen: file:line, or the way of looking.
func place(e *diag.Evidence) string {
	switch {
	case e.File == "":
		return visible(e.Source, maxWord)
	case e.Line > 0:
		return visible(e.File, maxValue) + ":" + strconv.Itoa(e.Line)
	}
	return visible(e.File, maxValue)
}

// rounds groups the steps of a fix by host. Hosts on which the same is to be done
// share a round, in which one host is finished before the next is begun.
func rounds(steps []diag.Fix) []roundView {
	type round struct {
		hosts []string
		steps []diag.Fix
	}
	var list []round
	for _, s := range steps[:min(len(steps), maxSteps)] {
		host := s.Host
		s.Host = ""
		if n := len(list); n > 0 && list[n-1].hosts[0] == host {
			list[n-1].steps = append(list[n-1].steps, s)
			continue
		}
		list = append(list, round{[]string{host}, []diag.Fix{s}})
	}
	for i := 0; i < len(list); i++ {
		for k := i + 1; k < len(list); k++ {
			if list[i].hosts[0] != "" && list[k].hosts[0] != "" && slices.Equal(list[i].steps, list[k].steps) {
				list[i].hosts = append(list[i].hosts, list[k].hosts...)
				list = slices.Delete(list, k, k+1)
				k--
			}
		}
	}
	var out []roundView
	start := 1
	for i, r := range list {
		v := roundView{Advice: i > 0 && r.hosts[0] == "", Start: start}
		if r.hosts[0] != "" {
			on := make([]string, len(r.hosts))
			for k, h := range r.hosts {
				on[k] = "on " + visible(h, maxValue)
			}
			v.Where = strings.Join(on, ", then ")
		}
		for k := range r.steps {
			v.Steps = append(v.Steps, stepOf(&r.steps[k]))
		}
		if !v.Advice {
			start += len(v.Steps)
		}
		out = append(out, v)
	}
	return out
}

// stepOf is what a step is for, what it can cost, and its command.
func stepOf(s *diag.Fix) stepView {
	text := visible(s.Note, maxProse)
	risk := strings.TrimSuffix(visible(s.Risk, maxProse), ".")
	switch why, none := strings.CutPrefix(risk, "none: "); {
	case risk == "" || risk == "none":
	case none:
		text = strings.TrimSpace(text + " (no risk: " + why + ")")
	default:
		text = strings.TrimSpace(text + " (risk: " + risk + ")")
	}
	if text == "" {
		text = "run"
	}
	command := visible(s.Command, maxCommand)
	return stepView{Text: text, Command: command, Odd: command != s.Command}
}
