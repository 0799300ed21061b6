package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

type watchCmd struct {
	targetArgs
	lookFlags

	// Via is refused with a reason: see check.
	Via string `hidden:"" placeholder:"COMMAND" help:"A flag of check, collect and ok-to-restart only."`

	From string `placeholder:"FILE" group:"what" help:"Replay this record, and connect to nothing."`

	Interval duration `group:"how" default:"2s" help:"Time between two checks."`

	Until  string `group:"say" enum:",serving" default:"" placeholder:"STATE" help:"End when the ensemble has this state in two checks: serving."`
	Record string `placeholder:"FILE" group:"say" help:"Write snapshots of what changes into this file, at most 32 MiB: for watch --from."`
	Output string `short:"o" enum:"text,json" default:"text" group:"say" help:"text: a screen on a terminal, otherwise one line per change. json: one line per change." env:"ZKDOCTOR_WATCH_OUTPUT"`
	Color  string `group:"say" enum:"auto,always,never" default:"auto" help:"auto, always or never."`
}

// Help is shown under the usage line.
func (*watchCmd) Help() string {
	return `It checks repeatedly and shows changes: servers lost and back, leader,
epoch, releases, members, configuration, findings. Each check asks every server
three words; peer ports are probed at the first check, and again when a server
changes its state. It checks only from here, and logs in to no host (--via): when
something changes, run check --via. Ctrl-C ends it.

The exit code is that of the last check.

Examples:
  zkdoctor watch zk1 zk2 zk3                  a screen that stays
  zkdoctor watch zk1 zk2 zk3 | tee watch.log  a line a change
  zkdoctor watch --until serving zk1 zk2 zk3  through an outage
  zkdoctor watch --record night.jsonl zk1 zk2 zk3
  zkdoctor watch --from night.jsonl           what changed, afterwards`
}

// leastInterval keeps a watch from being the load that it looks at.
const leastInterval = 500 * time.Millisecond

// mayTake implements bounded: a watch lasts as long as it likes; each check has its deadline.
func (*watchCmd) mayTake() time.Duration { return 0 }

// check judges the flags.
func (c *watchCmd) check() error {
	switch {
	case time.Duration(c.Interval) < leastInterval:
		return fmt.Errorf("--interval %s is less than %s: each check asks every server", time.Duration(c.Interval), leastInterval)
	case c.Window > 0:
		return errors.New("--window is of check: watch compares each check with the one before, --interval is the time between")
	case c.Via != "":
		return errors.New("--via is of check: watch would log in to each host and read its files and log at every check, 30 times a minute; run check --via when watch shows a change")
	case c.Session:
		return errors.New("--session opens a session, and watch would do so at every check: give it to check")
	case c.QuorumHello:
		return errors.New("--quorum-tls-hello is for one check, and watch makes many: give it to check")
	case c.From != "" && (len(c.Targets) > 0 || c.Config != ""):
		return errors.New("--from and targets exclude each other: use one")
	case c.From != "" && c.Record != "":
		return errors.New("--from and --record exclude each other: use one")
	}
	return nil
}

// Run looks, until it is told to end.
func (c *watchCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	c.Targets = c.Given
	if err := c.check(); err != nil {
		return err
	}
	if c.From != "" {
		return c.replay(ctx, t)
	}
	question, err := c.question(ctx, t, log, diag.Options{})
	if err != nil {
		return err
	}
	w := newWatcher(question, time.Duration(c.Deadline), log)
	var tape *recorder
	if c.Record != "" {
		if tape, err = newRecorder(c.Record); err != nil {
			return err
		}
		defer tape.close()
	}
	view := c.view(t)
	defer view.close()
	code, again := report.ExitUnknown, 0
	for ctx.Err() == nil {
		started := time.Now()
		now, err := w.next(ctx)
		switch {
		case err != nil && w.checks == 0:
			return err
		case err != nil:
			now = &watched{trouble: err.Error()}
		case ctx.Err() != nil:
			return exitError(code) // it was cut short: what it shows is no change
		default:
			code = now.report.Verdict.ExitCode
			now.trouble = tape.keep(now)
		}
		if err := view.show(now); err != nil {
			return fmt.Errorf("writing what changed: %w", err)
		}
		if now.report != nil && now.report.Verdict.State == report.Serving {
			again++
		} else {
			again = 0
		}
		if c.Until != "" && again == 2 {
			break
		}
		view.wait(ctx, started.Add(time.Duration(c.Interval)))
	}
	return exitError(code)
}
