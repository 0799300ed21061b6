package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/zkdoctor/zkdoctor/dashboards"
)

type dashboardsCmd struct {
	Out        string   `required:"" placeholder:"DIR" help:"Where to write them; files there with the same names are replaced."`
	By         []string `placeholder:"LABEL" help:"Labels that identify an ensemble beside ensemble, as in --by cluster,namespace."`
	RunbookURL string   `name:"runbook-url" placeholder:"BASE" help:"Link findings to their pages there: http://EXPORTER:12189/findings, or a copy made by explain --all."`
}

// Help is shown under the usage line.
func (*dashboardsCmd) Help() string {
	return `Import the files in Grafana, or have it read the directory:
docs/examples/grafana-dashboards.yml.

Examples:
  zkdoctor dashboards --out /var/lib/grafana/dashboards/zookeeper
  zkdoctor dashboards --out dashboards --by cluster,namespace`
}

// Run writes the dashboards.
func (c *dashboardsCmd) Run(t terminal) error {
	files, err := dashboards.DashboardFiles(dashboards.Options{By: c.By, RunbookURL: c.RunbookURL})
	if err != nil {
		return err
	}
	return writeFiles(t, files, c.Out)
}

// writeFiles writes all files into the directory, which it makes, and prints their paths.
func writeFiles(t terminal, files map[string][]byte, dir string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		//nolint:gosec // Prometheus or Grafana, another user, must read them
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeFile(path, files[name], 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(t.out, path); err != nil {
			return err
		}
	}
	return nil
}
