package main

import (
	"context"
	"fmt"
	"io"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

type checkCmd struct {
	targetArgs
	evidenceFlags

	advisoryFlag

	Out    string   `placeholder:"FILE" group:"say" help:"Also write the snapshot to this file, as collect does, for check --from."`
	Output string   `short:"o" enum:"text,json,nagios,markdown" default:"text" group:"say" help:"text, json, nagios or markdown."`
	All    bool     `group:"say" help:"Also show folded findings, and passed and skipped checks."`
	Only   []string `group:"say" placeholder:"FINDING" help:"Show only these findings."`
	Ignore []string `group:"say" placeholder:"FINDING" help:"Do not show these findings."`
	FailOn string   `group:"say" enum:"warning,critical" default:"warning" help:"Lowest severity that gives an exit code other than 0: warning or critical."`
	Color  string   `group:"say" enum:"auto,always,never" default:"auto" help:"auto, always or never."`
}

// Help is shown under the usage line.
func (*checkCmd) Help() string {
	return `Examples:
  zkdoctor check                      on a server of the ensemble: no options needed
  zkdoctor check zk1 zk2 zk3          from anywhere
  zkdoctor check zk1:2181,zk2:2181/chroot
  zkdoctor check -c zoo.cfg -o json   the servers that a configuration lists
  zkdoctor check -o markdown          for a ticket or a chat
  zkdoctor check --from zk1.json      a snapshot of collect, on any machine
  zkdoctor check --from zk*.json      of all servers: which ports each server can reach
  zkdoctor check --via 'ssh {host} --' zk1 zk2 zk3
                                      the same, from here`
}

// brief is the help on a screen of 24 lines.
func (*checkCmd) brief() string {
	return `Usage: zkdoctor check [TARGET ...] [FLAGS]

Diagnose an ensemble. Without targets: the ensemble of this host.

  zkdoctor check                     on a server of the ensemble
  zkdoctor check zk1 zk2 zk3         from anywhere: host, host:port, [v6]:port
  zkdoctor check -c zoo.cfg          the servers of a configuration
  zkdoctor check --from zk*.json     what collect wrote on the servers
  zkdoctor check --via 'ssh {host} --' zk1 zk2 zk3

  -c, --config FILE     take the servers from this zoo.cfg
      --discover        add the members that the servers report
      --from FILE ...   judge snapshots of collect, and connect to nothing
      --via COMMAND     check from the host of each server too
      --timeout 2s      limit of one check of a server
  -o, --output FORMAT   text, json, nagios or markdown
      --all             show what is folded, passed and skipped too
      --out FILE        write a snapshot too

Exit codes: 0 fine, 1 warning or degraded, 2 critical or down, 3 unknown.
All flags, as those of TLS: zkdoctor check --help-all
`
}

func (c *checkCmd) options() (diag.Options, error) {
	o := diag.Options{Version: versionNumber(), FailOn: report.Severity(c.FailOn)}
	var err error
	if o.Only, err = codes("--only", c.Only); err != nil {
		return o, err
	}
	if o.Ignore, err = codes("--ignore", c.Ignore); err != nil {
		return o, err
	}
	if len(o.Only) > 0 && len(o.Ignore) > 0 {
		return o, fmt.Errorf("--only and --ignore exclude each other: use one")
	}
	return o, nil
}

func codes(flag string, words []string) ([]report.Code, error) {
	var out []report.Code
	for _, word := range words {
		if !known(word) {
			return nil, fmt.Errorf("%s: %s", flag, noSuchFinding(word))
		}
		out = append(out, report.Code(word))
	}
	return out, nil
}

// Run looks, thinks and says. Its error is an exitError once there is a report.
func (c *checkCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	if options.Advisories, err = c.table(ctx, t.files); err != nil {
		return err
	}
	if c.Out != "" {
		if err := mayWrite(c.Out); err != nil {
			return err
		}
	}
	if c.Targets = c.Given; len(c.From) > 0 {
		// check --from *.json: the shell makes the others arguments.
		c.From, c.Targets = append(c.From, c.Given...), nil
	}
	snap, err := c.snapshot(ctx, t, log, options)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := writeSnapshot(c.Out, snap); err != nil {
			return err
		}
	}
	report := diag.Diagnose(snap, options)
	if err := c.render(t.out, t, report); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return exitError(report.Verdict.ExitCode)
}

func (c *checkCmd) render(w io.Writer, t terminal, r *report.Report) error {
	switch c.Output {
	case "json":
		return render.JSON(w, r)
	case "nagios":
		return render.Nagios(w, r)
	case "markdown":
		return render.Markdown(w, r, render.Options{All: c.All})
	}
	return render.Text(w, r, render.Options{Width: t.width(), Color: t.color(c.Color), All: c.All})
}
