package exporter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector serves the looks of one request. A nil look is an ensemble that could
// not be looked at: its question made no sense, or the scraper's time was over.
type collector struct {
	table    *table
	watchers []*watcher
	looks    []*look
	compat   *compat // nil for none
}

// Describe sends nothing: keys that servers have and the table does not pass
// through, so not all names are known beforehand.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every ensemble's metrics.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for i, w := range c.watchers {
		ok := 0.0
		if l := c.looks[i]; l != nil {
			ok = 1
			c.ensemble(ch, w, l)
		} else {
			c.unknown(ch, w)
		}
		ch <- prometheus.MustNewConstMetric(probeOK, prometheus.GaugeValue, ok, w.name)
	}
}

var (
	probeOK = prometheus.NewDesc("zkdoctor_probe_success",
		"Whether the ensemble could be probed: 1, or 0 and zookeeper_up of its servers is NaN, not known.", []string{"ensemble"}, nil)
	probeSeconds = prometheus.NewDesc("zkdoctor_probe_duration_seconds",
		"How long it took to probe all servers of the ensemble.", []string{"ensemble"}, nil)
	confAge = prometheus.NewDesc("zkdoctor_conf_age_seconds",
		"Age of what the servers reported to conf, which are their settings and the members: it is asked every minute, and when a server starts or a leader is elected.", []string{"ensemble"}, nil)
	slowAge = prometheus.NewDesc("zkdoctor_slow_evidence_age_seconds",
		"Age of the evidence that is renewed every 5 minutes or when a server changes: peer ports, this host's files and processes.", []string{"ensemble"}, nil)
)

func (c *collector) ensemble(ch chan<- prometheus.Metric, w *watcher, l *look) {
	seen, labels, partial := map[string]bool{}, map[string]string{}, false
	for i := range l.snap.Servers {
		s := &l.snap.Servers[i]
		partial = partial || unmade(s)
		name := s.Label()
		labels[s.Name] = name
		if seen[name] {
			continue // an earlier one has the same label
		}
		seen[name] = true
		c.table.server(ch, w.name, name, s, l.report.Servers[i])
		if c.compat != nil {
			c.compat.server(ch, name, s, l.report.Servers[i])
		}
	}
	ch <- prometheus.MustNewConstMetric(probeSeconds, prometheus.GaugeValue, l.snap.Took.Seconds(), w.name)
	if age, told := l.confAge(); told {
		ch <- prometheus.MustNewConstMetric(confAge, prometheus.GaugeValue, age.Seconds(), w.name)
	}
	if !l.slowAt.IsZero() {
		ch <- prometheus.MustNewConstMetric(slowAge, prometheus.GaugeValue, time.Since(l.slowAt).Seconds(), w.name)
	}
	if !w.single {
		c.table.conclusions(ch, w.name, l.report, labels, partial)
	}
}

// unknown sends that nothing is known of the servers of an ensemble.
func (c *collector) unknown(ch chan<- prometheus.Metric, w *watcher) {
	seen := map[string]bool{}
	for _, t := range w.members().spelled {
		if name := t.Address(); !seen[name] {
			seen[name] = true
			c.table.sender(ch, pair("ensemble", w.name), pair("server", name)).set("zookeeper_up", unknown())
			if c.compat != nil {
				c.compat.unknown(ch, name)
			}
		}
	}
}
