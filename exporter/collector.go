package exporter

import (
	"time"
)

// collector serves the looks of one request. A nil look is an ensemble that could
// not be looked at: its question made no sense, or the scraper's time was over.
type collector struct {
	table    *table
	watchers []*watcher
	looks    []*look
	compat   *compat // nil for none
}

// send sends every ensemble's metrics.
func (c *collector) send(to sink) {
	for i, w := range c.watchers {
		own := c.table.sender(to, pair("ensemble", w.name))
		ok := 0.0
		if l := c.looks[i]; l != nil {
			ok = 1
			c.ensemble(own, w, l)
		} else {
			c.unknown(to, w)
		}
		own.sample(probeOK, own.common, ok)
	}
}

var (
	probeOK = newFamily("zkdoctor_probe_success",
		"Whether the ensemble could be probed: 1, or 0 and zookeeper_up of its servers is NaN, not known.", kindGauge, "ensemble")
	probeSeconds = newFamily("zkdoctor_probe_duration_seconds",
		"How long it took to probe all servers of the ensemble.", kindGauge, "ensemble")
	confAge = newFamily("zkdoctor_conf_age_seconds",
		"Age of what the servers reported to conf, which are their settings and the members: it is asked every minute, and when a server starts or a leader is elected.", kindGauge, "ensemble")
	slowAge = newFamily("zkdoctor_slow_evidence_age_seconds",
		"Age of the evidence that is renewed every 5 minutes or when a server changes: peer ports, this host's files and processes.", kindGauge, "ensemble")
)

func (c *collector) ensemble(own *sender, w *watcher, l *look) {
	to := own.to
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
		c.table.server(to, w.name, name, s, l.report.Servers[i])
		if c.compat != nil {
			c.compat.server(to, name, s, l.report.Servers[i])
		}
	}
	own.sample(probeSeconds, own.common, l.snap.Took.Seconds())
	if age, reported := l.confAge(); reported {
		own.sample(confAge, own.common, age.Seconds())
	}
	if !l.slowAt.IsZero() {
		own.sample(slowAge, own.common, time.Since(l.slowAt).Seconds())
	}
	if !w.single {
		c.table.conclusions(to, w.name, l.report, labels, partial)
	}
}

// unknown sends that nothing is known of the servers of an ensemble.
func (c *collector) unknown(to sink, w *watcher) {
	seen := map[string]bool{}
	for _, t := range w.members().spelled {
		if name := t.Address(); !seen[name] {
			seen[name] = true
			c.table.sender(to, pair("ensemble", w.name), pair("server", name)).set("zookeeper_up", unknown())
			if c.compat != nil {
				c.compat.unknown(to, name)
			}
		}
	}
}
