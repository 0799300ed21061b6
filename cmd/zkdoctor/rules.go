package main

import "github.com/zkdoctor/zkdoctor/dashboards"

type rulesCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Where to write them; what is there under the same names is replaced."`
}

// Help is shown under the usage line.
func (*rulesCmd) Help() string {
	return `Examples:
  zkdoctor rules --out /etc/prometheus/rules
  promtool check rules /etc/prometheus/rules/alerts.yml`
}

// Run writes the rules that the program brings with it.
func (c *rulesCmd) Run(t terminal) error { return writeFiles(t, dashboards.RuleFiles(), c.Out) }
