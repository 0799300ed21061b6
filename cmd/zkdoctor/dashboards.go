package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zkdoctor/zkdoctor/dashboards"
)

type dashboardsCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Where to write them; what is there under the same names is replaced."`
}

// Help is shown under the usage line.
func (*dashboardsCmd) Help() string {
	return `Import the files in Grafana, or have it read the directory:
docs/examples/grafana-dashboards.yml.

Example:
  zkdoctor dashboards --out /var/lib/grafana/dashboards/zookeeper`
}

// Run writes the dashboards that the program brings with it.
func (c *dashboardsCmd) Run(t terminal) error {
	return writeFiles(t, dashboards.DashboardFiles(), c.Out)
}

// writeFiles writes all files, and prints their paths.
func writeFiles(t terminal, files fs.FS, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // Prometheus or Grafana, another user, must read them
		return err
	}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return err
		}
		path := filepath.Join(dir, entry.Name())
		if err := writeFile(path, text, 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(t.out, path); err != nil {
			return err
		}
	}
	return nil
}
