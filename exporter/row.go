package exporter

import (
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// row is one metric: what it is called, what it means, and where it is read.
type row struct {
	name, help string
	kind       kind
	// labels are those beside ensemble and server, in ascending order.
	labels []string
	// perEnsemble is set for metrics without the label server.
	perEnsemble bool
	// source is where the value comes from: mntr, srvr, conf, look, conclusion.
	source string
	// since is the first ZooKeeper version that reports it.
	since string
	// keys are those of mntr, without zk_; for a summary its name.
	keys []string
	// perSecond is how much of the reported unit makes one of the metric's: 1000
	// for milliseconds; 0 means 1.
	perSecond float64
	// negativeIsNone is set where a value below 0 means that there is none.
	negativeIsNone bool
	// isSet is set where the default provider writes the one label into the key;
	// the Prometheus provider has it as the label "key".
	isSet bool
	// line is the line of srvr, or the key of conf, that srvr and conf read.
	line string
	srvr func(*snapshot.Srvr) (float64, bool)
	conf func(*snapshot.Conf) (float64, bool)

	// What follows newTable makes.
	index  int
	family *family
	// off is set when the user does not want the metric.
	off bool
}

func gauge(name, since, help string, keys ...string) row {
	return row{name: name, since: since, help: help, keys: keys, kind: kindGauge, source: "mntr"}
}

func counter(name, since, help string, keys ...string) row {
	return gauge(name, since, help, keys...).of(kindCounter)
}

func summary(name, since, help string, keys ...string) row {
	return gauge(name, since, help, keys...).of(kindSummary)
}

func verdict(name, help string, labels ...string) row {
	return row{
		name: name, since: "3.4", help: help, labels: labels, kind: kindGauge, source: "conclusion", perEnsemble: true,
	}
}

func (r row) of(k kind) row { r.kind = k; return r }

// ms marks a time that is reported in milliseconds.
func (r row) ms() row { r.perSecond = 1000; return r }

// orNone marks a value below 0 as none.
func (r row) orNone() row { r.negativeIsNone = true; return r }

// with adds labels, which must be in ascending order.
func (r row) with(labels ...string) row { r.labels = labels; return r }

// set marks a set: one metric for every server id or top-level znode.
func (r row) set(label string) row { r.labels, r.isSet = []string{label}, true; return r }

// from names the source.
func (r row) from(source string) row { r.source = source; return r }

// srvrLine reads the value from srvr where mntr does not have it.
func (r row) srvrLine(line string, read func(*snapshot.Srvr) (float64, bool)) row {
	r.source = "srvr"
	if len(r.keys) > 0 {
		r.source = "mntr, srvr"
	}
	r.line, r.srvr = line, read
	return r
}

// confKey reads the value from conf.
func (r row) confKey(key string, read func(*snapshot.Conf) (float64, bool)) row {
	r.source, r.line, r.conf = "conf", key, read
	return r
}

// base is the value in the metric's own unit; ok is false when it means none.
func (r *row) base(value float64) (based float64, ok bool) {
	if r.perSecond != 0 {
		value /= r.perSecond // exact for whole milliseconds, unlike times 0.001
	}
	return value, !r.negativeIsNone || value >= 0
}
