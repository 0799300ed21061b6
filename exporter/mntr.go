package exporter

import (
	"math"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// readMntr gathers what mntr says.
func (t *table) readMntr(g *scratch, m *snapshot.Mntr) {
	t.dropped.Add(float64(m.Dropped))
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
		return serverText(labels[0].value), labels[0].name == "key"
	case len(labels) == 1:
		return serverText(labels[0].value), labels[0].name == r.labels[0]
	}
	values := make([]string, len(r.labels))
	for i, name := range r.labels {
		value, found := labelValue(labels, name)
		if !found {
			return "", false
		}
		values[i] = serverText(value)
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
			return keyRef{r, s}, serverText(stem), true
		}
	}
	return keyRef{}, "", false
}

// isID reports whether text is a server's id; learners without one get -1, -2 ...
func isID(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}

// pass gathers a key that the table does not have.
func (t *table) pass(g *scratch, by *unknownKeys, key string, value float64) {
	p := by.find(key)
	switch {
	case p == nil || g.passed[p.identity]:
	case len(g.pass) >= maxPassed:
		t.dropped.Inc()
	default:
		g.passed[p.identity] = true
		g.pass = append(g.pass, passedValue{p, value})
	}
}
