package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zkdoctor/zkdoctor/dashboards"
)

type rulesCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Where to write them; what is there under the same names is replaced." env:"ZKDOCTOR_OUT"`
}

// Help is shown under the usage line.
func (*rulesCmd) Help() string {
	return `Examples:
  zkdoctor rules --out /etc/prometheus/rules
  promtool check rules /etc/prometheus/rules/alerts.yml`
}

// Run writes the rules that the program brings with it.
func (c *rulesCmd) Run(t terminal) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil { //nolint:gosec // Prometheus, another user, must read them
		return err
	}
	files := dashboards.RuleFiles()
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			return err
		}
		path := filepath.Join(c.Out, entry.Name())
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // likewise
			return err
		}
		if _, err := fmt.Fprintln(t.out, path); err != nil {
			return err
		}
	}
	return nil
}
