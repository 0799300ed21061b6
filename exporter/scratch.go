package exporter

import "math"

// stat is what one key says of its metric.
type stat uint8

const (
	statValue stat = iota
	statCount
	statSum
	// statIgnored is a key that says nothing new: the average is sum by count,
	// and the shortest time is next to always 0.
	statIgnored
	// statQuantile is the first of the quantiles.
	statQuantile
)

// quantiles are those of both providers: the default one has 0.5, 0.95, 0.99
// and 0.999, the Prometheus one 0.5, 0.9 and 0.99 (AvgMinMaxPercentileCounter,
// PrometheusMetricsProvider).
var quantiles = [...]struct {
	value float64
	text  string
}{{0.5, "0.5"}, {0.9, "0.9"}, {0.95, "0.95"}, {0.99, "0.99"}, {0.999, "0.999"}}

// statPrefixes are how the default provider begins the keys of a summary.
var statPrefixes = map[string]stat{
	"avg": statIgnored, "min": statIgnored, "max": statIgnored, "cnt": statCount, "sum": statSum,
	"p50": statQuantile, "p95": statQuantile + 2, "p99": statQuantile + 3, "p999": statQuantile + 4,
}

// cell gathers what one server says of one metric, or of one label value of it.
type cell struct {
	value, count, sum float64
	quantile          [len(quantiles)]float64
	// seen has a bit for every stat.
	seen uint16
}

func (c *cell) put(s stat, value float64) {
	switch s {
	case statValue:
		c.value = value
	case statCount:
		c.count = value
	case statSum:
		c.sum = value
	case statIgnored:
		return
	default:
		c.quantile[s-statQuantile] = value
	}
	c.seen |= 1 << s
}

func (c *cell) read(value float64, ok bool) {
	if ok {
		c.put(statValue, value)
	}
}

func (c *cell) has(s stat) bool { return c.seen&(1<<s) != 0 }

// whole reports whether a summary has its count and its sum.
func (c *cell) whole() bool {
	return c.has(statCount) && c.has(statSum) && c.count >= 0 && c.count <= 1<<53 && c.count == math.Trunc(c.count)
}

// keyedCell is the cell of one label value, or of several joined by labelSeparator.
type keyedCell struct {
	row   *row
	label string
	cell
}

// scratch is what one reading of mntr gathers. It is used again.
type scratch struct {
	flat   []cell
	keyed  []keyedCell
	lookup map[keyedRef]int
	// passed are unknown keys, by what they are called in the end.
	passed map[string]bool
	pass   []passedValue
	// peerState is the text of zk_peer_state.
	peerState string
	labels    []label
}

type keyedRef struct {
	index int
	label string
}

type passedValue struct {
	*passed
	value float64
}

func newScratch(rows int) *scratch {
	return &scratch{flat: make([]cell, rows), lookup: map[keyedRef]int{}, passed: map[string]bool{}}
}

// reset makes g fit for the next reading, and lets go of the reply.
func (g *scratch) reset() {
	clear(g.flat)
	clear(g.lookup)
	clear(g.passed)
	clear(g.keyed)
	clear(g.pass)
	clear(g.labels[:cap(g.labels)])
	g.keyed, g.pass, g.peerState = g.keyed[:0], g.pass[:0], ""
}

// keyedCell is the cell of one label value of a row.
func (g *scratch) keyedCell(r *row, label string) *cell {
	// The lines of one label value stand together.
	if n := len(g.keyed); n > 0 && g.keyed[n-1].row == r && g.keyed[n-1].label == label {
		return &g.keyed[n-1].cell
	}
	at, known := g.lookup[keyedRef{r.index, label}]
	if !known {
		at = len(g.keyed)
		g.lookup[keyedRef{r.index, label}] = at
		g.keyed = append(g.keyed, keyedCell{row: r, label: label})
	}
	return &g.keyed[at].cell
}
