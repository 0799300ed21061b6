// Package draw shows the dashboards of zkdoctor without Grafana: a page for each,
// drawn from a Prometheus by what their JSON says. "make monitor" serves it, and
// whoever changes a dashboard looks at it.
//
// It reads as much of Grafana's format as those dashboards use, and nothing more:
// rows, numbers, graphs, timelines and tables.
package draw
