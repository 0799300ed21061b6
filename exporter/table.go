package exporter

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// keyRef is where the value of a key goes.
type keyRef struct {
	row  *row
	stat stat
}

// table holds every metric that is made from servers and reports. It is built
// once and serves any number of goroutines.
type table struct {
	rows []*row
	// sorted are the rows by the names of their metrics.
	sorted []*row
	// name finds a row by the name of its metric, keys by a key of mntr.
	name map[string]*row
	keys map[string]keyRef
	// sets are the rows whose label the default provider writes into the key.
	sets []*row
	// fromSrvr and fromConf are the rows that read srvr and conf.
	fromSrvr, fromConf []*row
	wanted             func(name string) bool
	unknown            *unknownKeys
	// dropped counts the label values that were left out; register it once.
	dropped prometheus.Counter
	scratch sync.Pool
}

// newTable makes the table. A metric is served when its name matches one of
// include, or there is none, and none of exclude. A name that stands twice is a
// broken table, which the tests find first.
func newTable(include, exclude []*regexp.Regexp) *table {
	t := &table{name: map[string]*row{}, keys: map[string]keyRef{}, wanted: func(name string) bool {
		matches := func(p *regexp.Regexp) bool { return p.MatchString(name) }
		return (len(include) == 0 || slices.ContainsFunc(include, matches)) && !slices.ContainsFunc(exclude, matches)
	}}
	for _, group := range metricGroups() {
		for i := range group.rows {
			t.add(&group.rows[i])
		}
	}
	t.sorted = slices.SortedFunc(slices.Values(t.rows), func(a, b *row) int { return strings.Compare(a.name, b.name) })
	// Summaries last: their min, max and avg are dropped where no row reads them.
	for _, r := range t.rows {
		if r.kind == kindSummary {
			t.summaryKeys(r)
		}
	}
	t.unknown = &unknownKeys{
		prefix: "zookeeper_", labels: []string{"ensemble", "server"},
		taken: t.isTaken, wanted: t.wanted, known: map[string]*passed{},
		help: "What the server reports in mntr under this name, which zkdoctor does not know.",
	}
	t.dropped = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "zkdoctor_label_values_dropped_total",
		Help: "Label values (znode names, learners, unknown keys) beyond what one server may have in a metric; they were not served.",
	})
	t.scratch.New = func() any { return newScratch(len(t.rows)) }
	return t
}

func (t *table) add(r *row) {
	if t.name[r.name] != nil {
		panic("two metrics named " + r.name)
	}
	labels := append([]string{"ensemble", "server"}, r.labels...)
	if r.perEnsemble {
		labels = append([]string{"ensemble"}, r.labels...)
	}
	r.index, r.off = len(t.rows), !t.wanted(r.name)
	r.family = newFamily(r.name, r.help, r.kind, labels...)
	r.family.index = r.index
	t.rows, t.name[r.name] = append(t.rows, r), r
	if r.srvr != nil {
		t.fromSrvr = append(t.fromSrvr, r)
	}
	if r.conf != nil {
		t.fromConf = append(t.fromConf, r)
	}
	if r.isSet {
		t.sets = append(t.sets, r)
	}
	for _, key := range r.keys {
		if r.kind == kindSummary {
			continue
		}
		t.addKey(key, keyRef{r, statValue})
		// Client library 1.x of the Prometheus provider, after 3.9.
		if r.kind == kindCounter && !strings.HasSuffix(key, "_total") {
			t.addKey(key+"_total", keyRef{r, statValue})
		}
	}
}

func (t *table) addKey(key string, ref keyRef) {
	if _, taken := t.keys[key]; taken {
		panic("two metrics read the key " + key)
	}
	t.keys[key] = ref
}

// summaryKeys adds the keys of a summary, in the forms of both providers.
func (t *table) summaryKeys(r *row) {
	for _, key := range r.keys {
		t.addKey(key+"_count", keyRef{r, statCount})
		t.addKey(key+"_sum", keyRef{r, statSum})
		t.addKey(key+"_avg", keyRef{r, statIgnored})
		if len(r.labels) > 0 {
			t.addKey(key, keyRef{r, statValue}) // its labels tell the quantile
			continue
		}
		for i, q := range quantiles {
			t.addKey(key+`{quantile="`+q.text+`"}`, keyRef{r, statQuantile + stat(i)})
		}
		for prefix, stat := range statPrefixes {
			if _, read := t.keys[prefix+"_"+key]; !read {
				t.addKey(prefix+"_"+key, keyRef{r, stat})
			}
		}
	}
}

// isTaken reports whether a name is one of the table's, or of what a summary of
// the table adds to its name.
func (t *table) isTaken(name string) bool {
	if t.name[name] != nil {
		return true
	}
	for _, suffix := range []string{"_count", "_sum", "_bucket"} {
		if stem, cut := strings.CutSuffix(name, suffix); cut && t.name[stem] != nil {
			return true
		}
	}
	return false
}

// Describe sends the descriptions of all metrics of the table. Keys that the
// table does not have pass through all the same, so a collector that serves
// them must stay unchecked.
func (t *table) Describe(ch chan<- *prometheus.Desc) {
	for _, r := range t.rows {
		ch <- r.family.desc
	}
}
