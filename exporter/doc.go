// Package exporter serves what servers report and what zkdoctor concludes of it
// to Prometheus.
//
// Metrics named zookeeper_* are what servers report: base units, one name on
// every ZooKeeper version and with every metrics provider. Metrics named
// zkdoctor_* are what was seen from outside and what is concluded. One table
// (names*.go) holds them all; docs/metrics.md is written from it by
//
//	go test ./exporter -run TestMetricsPage -update
package exporter
