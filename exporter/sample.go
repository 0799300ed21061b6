package exporter

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// sample is one value of one metric. The library's own constant metrics build
// and sort their labels anew for each of the 500 a server has; here they share.
type sample struct {
	desc   *prometheus.Desc
	kind   kind
	labels []*dto.LabelPair
	value  float64
}

// Desc implements prometheus.Metric.
func (s *sample) Desc() *prometheus.Desc { return s.desc }

// Write implements prometheus.Metric.
func (s *sample) Write(out *dto.Metric) error {
	out.Label = s.labels
	switch s.kind {
	case kindCounter:
		out.Counter = &dto.Counter{Value: &s.value}
	case kindUntyped:
		out.Untyped = &dto.Untyped{Value: &s.value}
	default:
		out.Gauge = &dto.Gauge{Value: &s.value}
	}
	return nil
}

// summarySample is the value of a summary.
type summarySample struct {
	row    *row
	labels []*dto.LabelPair
	count  uint64
	cell   cell
}

// Desc implements prometheus.Metric.
func (s *summarySample) Desc() *prometheus.Desc { return s.row.desc }

// Write implements prometheus.Metric. Without an observation there are no
// quantiles: one provider says 0 then, the other NaN.
func (s *summarySample) Write(out *dto.Metric) error {
	out.Label = s.labels
	out.Summary = &dto.Summary{SampleCount: &s.count, SampleSum: &s.cell.sum}
	if s.count == 0 {
		return nil
	}
	for i := range quantiles {
		if s.cell.has(statQuantile + stat(i)) {
			out.Summary.Quantile = append(out.Summary.Quantile, &dto.Quantile{
				Quantile: &quantiles[i].value, Value: &s.cell.quantile[i],
			})
		}
	}
	return nil
}

// sender sends samples that share their first labels.
type sender struct {
	ch     chan<- prometheus.Metric
	table  *table
	common []*dto.LabelPair
	// room is where the next samples go, not one by one to the heap.
	room []sample
}

func (t *table) sender(ch chan<- prometheus.Metric, common ...*dto.LabelPair) *sender {
	return &sender{ch: ch, table: t, common: common}
}

// set sends the value of a metric of the table that has no unit to be changed;
// values are those of its labels.
func (s *sender) set(name string, value float64, values ...string) {
	if r := s.table.name[name]; !r.off {
		s.sample(sample{r.desc, r.kind, s.labels(r.labels, values), value})
	}
}

// oneIf is 1 for true.
func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s *sender) sample(one sample) {
	const many = 128
	if len(s.room) == cap(s.room) {
		s.room = make([]sample, 0, many)
	}
	s.room = append(s.room, one)
	s.ch <- &s.room[len(s.room)-1]
}

// cell sends what was gathered of a row.
func (s *sender) cell(r *row, c *cell, labels []*dto.LabelPair) {
	if r.kind != kindSummary {
		if value, ok := r.base(c.value); ok && c.has(statValue) {
			s.sample(sample{r.desc, r.kind, labels, value})
		}
		return
	}
	if !c.whole() {
		return
	}
	one := &summarySample{row: r, labels: labels, count: uint64(c.count), cell: *c}
	one.cell.sum, _ = r.base(c.sum)
	for i := range one.cell.quantile {
		one.cell.quantile[i], _ = r.base(c.quantile[i])
	}
	s.ch <- one
}

// labels are the common ones and these, sorted by name as the registry wants them.
func (s *sender) labels(names, values []string) []*dto.LabelPair {
	if len(names) == 0 {
		return s.common
	}
	pairs := make([]*dto.LabelPair, 0, len(s.common)+len(names))
	pairs = append(pairs, s.common...)
	for i, name := range names {
		pairs = append(pairs, pair(name, values[i]))
	}
	slices.SortFunc(pairs, byName)
	return pairs
}

// passed sends a key that the table does not have.
func (s *sender) passed(p passedValue) {
	labels := s.common
	if len(p.labels) > 0 {
		labels = slices.SortedFunc(slices.Values(slices.Concat(s.common, p.labels)), byName)
	}
	s.sample(sample{p.desc, kindUntyped, labels, p.value})
}
