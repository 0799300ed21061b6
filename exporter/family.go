package exporter

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// kind is the type of a metric.
type kind string

const (
	kindGauge   kind = "gauge"
	kindCounter kind = "counter"
	kindSummary kind = "summary"
	kindUntyped kind = "untyped"
)

// family is a metric: what all its samples share.
type family struct {
	name, help string
	kind       kind
	desc       *prometheus.Desc
	// index is the family's place in the table; -1 for those that are not in it.
	index int
	// text and open are the lines before its samples, in the text format and in OpenMetrics.
	text, open string
}

func newFamily(name, help string, k kind, labels ...string) *family {
	f := &family{name: name, help: help, kind: k, index: -1, desc: prometheus.NewDesc(name, help, labels, nil)}
	f.text = "# HELP " + name + " " + helpEscapes.Replace(help) + "\n# TYPE " + name + " " + string(k) + "\n"
	if k == kindUntyped {
		k = "unknown"
	}
	open := strings.TrimSuffix(name, "_total")
	if k != kindCounter {
		open = name
	}
	f.open = "# HELP " + open + " " + labelEscapes.Replace(help) + "\n# TYPE " + open + " " + string(k) + "\n"
	return f
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// labelSet are the labels of a sample, sorted by name.
type labelSet struct {
	pairs []label
	// text is how they are written, without the braces.
	text string
}

// newLabelSet sorts the labels.
func newLabelSet(pairs []label) *labelSet {
	slices.SortFunc(pairs, byName)
	size := 0
	for i := range pairs {
		size += len(pairs[i].name) + len(pairs[i].value) + len(`="",`)
	}
	text := make([]byte, 0, size)
	for i := range pairs {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, pairs[i].name...), `="`...)
		if strings.ContainsAny(pairs[i].value, "\\\n\"") {
			text = append(text, labelEscapes.Replace(pairs[i].value)...)
		} else {
			text = append(text, pairs[i].value...)
		}
		text = append(text, '"')
	}
	return &labelSet{pairs, string(text)}
}

// compare orders the samples of a family as prometheus.Registry does.
func (l *labelSet) compare(other *labelSet) int {
	if l == other {
		return 0
	}
	if more := len(l.pairs) - len(other.pairs); more != 0 {
		return more
	}
	for i := range l.pairs {
		if c := strings.Compare(l.pairs[i].value, other.pairs[i].value); c != 0 {
			return c
		}
	}
	return 0
}

// protocol are the labels as the library has them.
func (l *labelSet) protocol() []*dto.LabelPair {
	pairs := make([]*dto.LabelPair, len(l.pairs))
	for i := range l.pairs {
		pairs[i] = &dto.LabelPair{Name: &l.pairs[i].name, Value: &l.pairs[i].value}
	}
	return pairs
}

// protocol is the kind as the library has it.
func (k kind) protocol() *dto.MetricType {
	t := dto.MetricType(dto.MetricType_value[strings.ToUpper(string(k))])
	return &t
}
