// Package dashboards holds what Prometheus, Alertmanager and Grafana need to show
// what the exporter serves; the binary brings it with it.
//
// Alert rules are made from one table (alerts.go), dashboards from another
// (fleet.go, ensemble.go, server.go, in the terms of board.go), by
//
//	go test ./dashboards -update
//
// which writes rules/*.yml, grafana/*.json and docs/alerts.md. Each alert is tried
// with promtool: it fires in time, and stays silent on what only resembles it.
// Every expression is parsed, and may ask only for what the exporter serves.
package dashboards
