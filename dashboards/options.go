package dashboards

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Options are how rules and dashboards differ from the usual ones. The zero value is those.
type Options struct {
	// By are the labels that tell ensembles apart beside ensemble: cluster, namespace.
	By []string `yaml:"by"`
	// RunbookURL is where the pages of findings are; empty for the project's own.
	RunbookURL string `yaml:"runbook_url"`
	// Labels are added to every alert.
	Labels map[string]string `yaml:"labels"`
	// Severities are the words for critical and warning.
	Severities map[string]string `yaml:"severities"`
	// Alerts are changes of single alerts, by their names.
	Alerts map[string]AlertOptions `yaml:"alerts"`
}

// AlertOptions are changes of one alert.
type AlertOptions struct {
	// Above is the number beyond which it fires; nil for the usual one.
	Above *float64 `yaml:"above"`
	// For is how long it waits; nil for the usual time.
	For *Wait `yaml:"for"`
	// Severity is the word for its severity; empty for the usual one.
	Severity string `yaml:"severity"`
	// Off leaves it out.
	Off bool `yaml:"off"`
}

// Wait is a time span as Prometheus writes it, 90s or 5m or 7d.
type Wait time.Duration

var (
	labelName  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	waitForm   = regexp.MustCompile(`^([0-9]+)(s|m|h|d)$`)
	labelsHere = []string{
		"ensemble", "server", "code", "severity", "alertname", "instance", "job", "symptom", "reason", "title", "root",
	}
)

// UnmarshalText reads a time span.
func (w *Wait) UnmarshalText(text []byte) error {
	m := waitForm.FindStringSubmatch(string(text))
	if m == nil {
		return fmt.Errorf("%q is no time to wait: write it as 30s, 5m, 1h or 7d", text)
	}
	unit := map[string]string{"s": "s", "m": "m", "h": "h", "d": "h"}[m[2]]
	span, err := time.ParseDuration(m[1] + unit)
	if m[2] == "d" {
		span *= 24
	}
	*w = Wait(span)
	return err
}

// Check reports what of the options cannot be.
func (o *Options) Check() error {
	if err := o.checkLabels(); err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(o.Severities)) {
		if word != string(page) && word != string(ticket) {
			return fmt.Errorf("severities: there is no %q, only %s and %s", word, page, ticket)
		}
		if o.Severities[word] == "" {
			return fmt.Errorf("severities: %s has no word", word)
		}
	}
	known := map[string]alert{}
	for _, g := range groups() {
		for _, a := range g.alerts {
			known[a.name] = a
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Alerts)) {
		a, ok := known[name]
		switch {
		case !ok:
			return fmt.Errorf("alerts: there is no %s: docs/alerts.md lists all", name)
		case o.Alerts[name].Above != nil && a.limit == 0:
			return fmt.Errorf("alerts: %s compares with no number, so there is nothing for above", name)
		}
	}
	return o.checkRunbook()
}

func (o *Options) checkLabels() error {
	seen := map[string]bool{}
	for _, label := range o.By {
		switch {
		case !labelName.MatchString(label) || strings.HasPrefix(label, "__"):
			return fmt.Errorf("by: %q is no name of a label", label)
		case slices.Contains(labelsHere, label):
			return fmt.Errorf("by: %s is a label of zkdoctor's own, or of one exporter", label)
		case seen[label]:
			return fmt.Errorf("by: %s is there twice", label)
		}
		seen[label] = true
	}
	for _, label := range slices.Sorted(maps.Keys(o.Labels)) {
		switch {
		case !labelName.MatchString(label) || strings.HasPrefix(label, "__"):
			return fmt.Errorf("labels: %q is no name of a label", label)
		case seen[label] || slices.Contains(labelsHere, label):
			return fmt.Errorf("labels: alerts have the label %s already", label)
		}
	}
	return nil
}

func (o *Options) checkRunbook() error {
	if o.RunbookURL == "" {
		return nil
	}
	u, err := url.Parse(o.RunbookURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("runbook URL: it must begin with http:// or https:// and have a host")
	}
	if u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(o.RunbookURL, " \t\n{}") {
		return errors.New("runbook URL: names of pages are appended to it, so it cannot have blanks, braces, a query or a fragment")
	}
	return nil
}

// MaxOptions bounds a file of options, in bytes.
const MaxOptions = 1 << 20

// ParseOptions reads options from YAML. Unknown keys are errors.
func ParseOptions(text []byte) (Options, error) {
	var o Options
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&o); err != nil && !errors.Is(err, io.EOF) {
		return o, err
	}
	return o, o.Check()
}

// identity are the labels by which an ensemble is known.
func (o *Options) identity() []string { return append(slices.Clone(o.By), "ensemble") }

// grouped finds where an expression keeps or compares the label by which an ensemble or an
// exporter is known: it stands first there.
var grouped = regexp.MustCompile(`\b(by|on) \((ensemble|instance)\b`)

// scoped is an expression in which ensembles are told apart by all labels of the options.
func (o *Options) scoped(expr string) string {
	if len(o.By) == 0 {
		return expr
	}
	return grouped.ReplaceAllString(expr, "$1 ("+strings.Join(o.By, ", ")+", $2")
}

// changed are the groups of alerts as the options want them.
func (o *Options) changed() []alertGroup {
	all := groups()
	for i := range all {
		all[i].alerts = slices.DeleteFunc(all[i].alerts, func(a alert) bool { return o.Alerts[a.name].Off })
		for k := range all[i].alerts {
			a := &all[i].alerts[k]
			change := o.Alerts[a.name]
			if change.Above != nil {
				a.limit = *change.Above
			}
			if change.For != nil {
				a.wait = time.Duration(*change.For)
			}
			if word := o.Severities[string(a.severity)]; word != "" {
				a.severity = severity(word)
			}
			if change.Severity != "" {
				a.severity = severity(change.Severity)
			}
		}
	}
	return slices.DeleteFunc(all, func(g alertGroup) bool { return len(g.alerts) == 0 })
}
