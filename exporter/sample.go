package exporter

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// sample is what one metric is for one set of labels.
type sample struct {
	of     *family
	labels *labelSet
	value  float64
	// summary is the value of a summary; nil for others.
	summary *cell
}

// Desc implements prometheus.Metric.
func (s *sample) Desc() *prometheus.Desc { return s.of.desc }

// Write implements prometheus.Metric.
func (s *sample) Write(out *dto.Metric) error {
	out.Label = s.labels.protocol()
	switch s.of.kind {
	case kindCounter:
		out.Counter = &dto.Counter{Value: &s.value}
	case kindUntyped:
		out.Untyped = &dto.Untyped{Value: &s.value}
	case kindSummary:
		count := uint64(s.summary.count)
		out.Summary = &dto.Summary{SampleCount: &count, SampleSum: &s.summary.sum}
		for i := range s.summary.quantiles() {
			out.Summary.Quantile = append(out.Summary.Quantile, &dto.Quantile{
				Quantile: &quantiles[i].value, Value: &s.summary.quantile[i],
			})
		}
	default:
		out.Gauge = &dto.Gauge{Value: &s.value}
	}
	return nil
}

// quantiles are the numbers of those that a summary has. Without an observation there are
// none: one provider says 0 then, the other NaN.
func (c *cell) quantiles() func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range quantiles {
			if c.count > 0 && c.has(statQuantile+stat(i)) && !yield(i) {
				return
			}
		}
	}
}

// sink takes samples.
type sink interface{ add(one sample) }

// sender sends samples that share their first labels.
type sender struct {
	to     sink
	table  *table
	common *labelSet
	// room is where the next summaries go, not one by one to the heap.
	room []cell
}

func (t *table) sender(to sink, common ...label) *sender {
	return &sender{to: to, table: t, common: newLabelSet(common)}
}

// set sends the value of a metric of the table that has no unit to be changed;
// values are those of its labels.
func (s *sender) set(name string, value float64, values ...string) {
	if r := s.table.name[name]; !r.off {
		s.sample(r.family, s.labels(r.labels, values), value)
	}
}

// oneIf is 1 for true.
func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s *sender) sample(of *family, labels *labelSet, value float64) {
	s.to.add(sample{of: of, labels: labels, value: value})
}

// cell sends what was gathered of a row.
func (s *sender) cell(r *row, c *cell, labels *labelSet) {
	if r.kind != kindSummary {
		if value, ok := r.base(c.value); ok && c.has(statValue) {
			s.sample(r.family, labels, value)
		}
		return
	}
	if !c.whole() {
		return
	}
	const many = 32
	if len(s.room) == cap(s.room) {
		s.room = make([]cell, 0, many)
	}
	s.room = append(s.room, *c)
	one := &s.room[len(s.room)-1]
	one.sum, _ = r.base(c.sum)
	for i := range one.quantile {
		one.quantile[i], _ = r.base(c.quantile[i])
	}
	s.to.add(sample{of: r.family, labels: labels, summary: one})
}

// labels are the common ones and these.
func (s *sender) labels(names, values []string) *labelSet {
	if len(names) == 0 {
		return s.common
	}
	pairs := make([]label, 0, len(s.common.pairs)+len(names))
	pairs = append(pairs, s.common.pairs...)
	for i, name := range names {
		pairs = append(pairs, pair(name, values[i]))
	}
	return newLabelSet(pairs)
}

// passed sends a key that the table does not have.
func (s *sender) passed(p passedValue) {
	labels := s.common
	if len(p.labels) > 0 {
		labels = newLabelSet(slices.Concat(s.common.pairs, p.labels))
	}
	s.sample(p.family, labels, p.value)
}
