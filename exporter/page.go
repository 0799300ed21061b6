package exporter

import (
	"errors"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// page gathers the samples of a scrape by their families: a prometheus.Registry for those who
// know that what they add is consistent (the tests have a real one check it). It is used again.
type page struct {
	table *table
	// rows are the samples of the table's families, by index; others those of further ones, by name.
	rows   [][]sample
	others map[string][]sample
}

func newPage(t *table) *page {
	return &page{table: t, rows: make([][]sample, len(t.rows)), others: map[string][]sample{}}
}

// reset makes the page fit for the next scrape, and lets go of what the samples hold.
func (p *page) reset() {
	for i, samples := range p.rows {
		clear(samples)
		p.rows[i] = samples[:0]
	}
	clear(p.others)
}

// add implements sink.
func (p *page) add(one sample) {
	if i := one.of.index; i >= 0 {
		p.rows[i] = append(p.rows[i], one)
		return
	}
	p.others[one.of.name] = append(p.others[one.of.name], one)
}

// families calls use with the samples of each family that has any, in the order of a registry.
func (p *page) families(use func(samples []sample)) {
	others := make([]string, 0, len(p.others))
	for name := range p.others {
		others = append(others, name)
	}
	slices.Sort(others)
	before := func(name string) {
		for len(others) > 0 && (name == "" || others[0] < name) {
			use(inOrder(p.others[others[0]]))
			others = others[1:]
		}
	}
	for _, r := range p.table.sorted {
		if samples := p.rows[r.index]; len(samples) > 0 {
			before(r.name)
			use(inOrder(samples))
		}
	}
	before("")
}

func inOrder(samples []sample) []sample {
	byLabels := func(a, b sample) int { return a.labels.compare(b.labels) }
	if !slices.IsSortedFunc(samples, byLabels) {
		slices.SortFunc(samples, byLabels)
	}
	return samples
}

// Gather implements prometheus.Gatherer.
func (p *page) Gather() ([]*dto.MetricFamily, error) {
	var all []*dto.MetricFamily
	var failed error
	p.families(func(samples []sample) {
		of := samples[0].of
		made := &dto.MetricFamily{Name: &of.name, Help: &of.help, Type: of.kind.protocol()}
		for i := range samples {
			one := &dto.Metric{}
			failed = errors.Join(failed, samples[i].Write(one))
			made.Metric = append(made.Metric, one)
		}
		all = append(all, made)
	})
	return all, failed
}
