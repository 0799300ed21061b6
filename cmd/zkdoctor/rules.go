package main

import (
	"context"
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/dashboards"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

type rulesCmd struct {
	Out        string   `required:"" placeholder:"DIR" help:"Where to write them; files there with the same names are replaced."`
	By         []string `placeholder:"LABEL" help:"Labels that identify an ensemble beside ensemble, as in --by cluster,namespace."`
	RunbookURL string   `name:"runbook-url" placeholder:"BASE" help:"Link alerts to the pages of findings there: http://EXPORTER:12189/findings, or a copy made by explain --all."`
	Settings   string   `placeholder:"FILE" help:"YAML file with thresholds, times to wait, severities and additional labels."`
}

// Help is shown under the usage line.
func (*rulesCmd) Help() string {
	return `Examples:
  zkdoctor rules --out /etc/prometheus/rules
  zkdoctor rules --out rules --by cluster,namespace --settings rules-settings.yml
  promtool check rules /etc/prometheus/rules/alerts.yml`
}

// mayTake implements bounded: it reads one small file at most.
func (*rulesCmd) mayTake() time.Duration { return 10 * time.Second }

// Run writes the rules.
func (c *rulesCmd) Run(ctx context.Context, t terminal) error {
	options, err := c.options(ctx, t.files)
	if err != nil {
		return err
	}
	files, err := dashboards.RuleFiles(options)
	if err != nil {
		return err
	}
	return writeFiles(t, files, c.Out)
}

// options are those of the file, and in their place those of the command line.
func (c *rulesCmd) options(ctx context.Context, door *hostfile.Door) (dashboards.Options, error) {
	var o dashboards.Options
	if c.Settings != "" {
		text, err := door.ReadFile(ctx, c.Settings, dashboards.MaxOptions)
		if err != nil {
			return o, fmt.Errorf("--settings: %w", err)
		}
		if o, err = dashboards.ParseOptions(text); err != nil {
			return o, fmt.Errorf("--settings %s: %w", c.Settings, err)
		}
	}
	if len(c.By) > 0 {
		o.By = c.By
	}
	if c.RunbookURL != "" {
		o.RunbookURL = c.RunbookURL
	}
	return o, nil
}
