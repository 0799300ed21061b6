package exporter

import (
	"math"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

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

// keyRef is where the value of a key goes.
type keyRef struct {
	row  *row
	stat stat
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

// labelSeparator cannot be in UTF-8.
const labelSeparator = "\xff"

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

// readMntr gathers what mntr says.
func (t *table) readMntr(g *scratch, m *snapshot.Mntr) {
	for i := range m.Keys {
		key, ours := strings.CutPrefix(m.Keys[i].Key, "zk_")
		if !ours {
			continue
		}
		ref, known := t.keys[key]
		if !known || len(ref.row.labels) > 0 {
			t.readOdd(g, key, m.Keys[i].Value)
			continue
		}
		if ref.stat == statIgnored || ref.row.off {
			continue
		}
		if value, ok := number(m.Keys[i].Value); ok {
			g.flat[ref.row.index].put(ref.stat, value)
		}
	}
}

// number reads what is a number, and nothing that Go takes for one besides.
func number(text string) (float64, bool) {
	if text == "" || text[0] > '9' || text == "-Infinity" {
		return 0, false // NaN, Infinity, null, words
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && !math.IsInf(value, 0)
}

// readOdd reads a key with labels, of a set, with text, or unknown.
func (t *table) readOdd(g *scratch, key, text string) {
	if key == "peer_state" {
		g.peerState = text
		return
	}
	value, ok := number(text)
	if !ok {
		return // version and server_state among them
	}
	ref, label, known := t.findKeyed(g, key)
	if !known {
		t.pass(g, t.unknown, key, value)
		return
	}
	if ref.stat != statIgnored && !ref.row.off {
		g.keyedCell(ref.row, label).put(ref.stat, value)
	}
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

// findKeyed finds the row of a key that names its label values.
func (t *table) findKeyed(g *scratch, key string) (ref keyRef, values string, known bool) {
	name, rest, labelled := strings.Cut(key, "{")
	if !labelled {
		return t.findSet(key)
	}
	ref, known = t.keys[name]
	if !known {
		return keyRef{}, "", false
	}
	var ok bool
	if g.labels, ok = parseLabels(g.labels[:0], rest); !ok {
		return keyRef{}, "", false
	}
	labels := g.labels
	if ref.row.kind == kindSummary && ref.stat == statValue {
		ref.stat = statIgnored
		if labels, ref.stat = cutQuantile(labels); ref.stat == statValue {
			return keyRef{}, "", false
		}
	}
	if values, ok = ref.row.values(labels); !ok {
		return keyRef{}, "", false
	}
	return ref, values, true
}

// cutQuantile takes the label quantile out; statValue means that it is not there,
// statIgnored that it is one which the table does not have.
func cutQuantile(labels []label) ([]label, stat) {
	for i := range labels {
		if labels[i].name != "quantile" {
			continue
		}
		s := statIgnored
		for j, q := range quantiles {
			if q.text == labels[i].value {
				s = statQuantile + stat(j)
			}
		}
		return append(labels[:i], labels[i+1:]...), s
	}
	return labels, statValue
}

// values are the values of the row's labels, joined; ok is false when the labels
// are others.
func (r *row) values(labels []label) (joined string, ok bool) {
	switch {
	case len(labels) != len(r.labels):
		return "", false
	case r.isSet:
		return strings.ToValidUTF8(labels[0].value, "?"), labels[0].name == "key"
	case len(labels) == 1:
		return strings.ToValidUTF8(labels[0].value, "?"), labels[0].name == r.labels[0]
	}
	values := make([]string, len(r.labels))
	for i, name := range r.labels {
		value, found := labelValue(labels, name)
		if !found {
			return "", false
		}
		values[i] = strings.ToValidUTF8(value, "?")
	}
	return strings.Join(values, labelSeparator), true
}

// findSet finds the row of a key in which the default provider put a server id
// or the name of a znode: zk_avg_<it>_x of a summary, zk_<it>_x of the others.
func (t *table) findSet(key string) (ref keyRef, value string, known bool) {
	for _, r := range t.sets {
		for _, name := range r.keys {
			stem, cut := strings.CutSuffix(key, name)
			if !cut || len(stem) == 0 || stem[len(stem)-1] != '_' {
				continue
			}
			stem = stem[:len(stem)-1]
			s := statValue
			if r.kind == kindSummary {
				prefix, rest, _ := strings.Cut(stem, "_")
				if s, cut = statPrefixes[prefix]; !cut || len(prefix) == len(stem) {
					continue
				}
				stem = rest
			}
			if r.labels[0] == "server_id" && !isID(stem) {
				continue
			}
			return keyRef{r, s}, strings.ToValidUTF8(stem, "?"), true
		}
	}
	return keyRef{}, "", false
}

// isID reports whether text is a server's id; learners without one get -1, -2 ...
func isID(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}
