// Package dashboards holds the alert rules for Prometheus, which the binary brings
// with it.
//
// The rules are made from one table (alerts.go) by
//
//	go test ./dashboards -update
//
// which writes rules/*.yml and docs/alerts.md. Each has a test for promtool
// (rules/tests.yml): it fires in time, and stays silent on what only resembles it.
package dashboards
