package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/change"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

type diffCmd struct {
	Before string `arg:"" optional:"" name:"before" complete:"file" help:"The earlier snapshot, as collect writes it; - is stdin."`
	After  string `arg:"" optional:"" name:"after" complete:"file" help:"The later snapshot."`

	From string `placeholder:"FILE" help:"Compare the first and the last snapshot of this record (watch --record)."`

	Output string `short:"o" enum:"text,markdown,json" default:"text" help:"text, markdown or json." env:"ZKDOCTOR_DIFF_OUTPUT"`
}

// Help is shown under the usage line.
func (*diffCmd) Help() string {
	return `What changed between two snapshots: servers, leader, epoch, versions, members,
configuration, findings, and counters that jumped. It connects to nothing.

Exit codes: 0 nothing that matters changed, 1 something did, 3 not known.

Examples:
  zkdoctor collect --out before.json zk1 zk2 zk3
  zkdoctor collect --out after.json zk1 zk2 zk3     after the restart
  zkdoctor diff before.json after.json
  zkdoctor diff before.json after.json -o markdown  for a ticket
  zkdoctor diff --from night.jsonl                  the begin and end of a record`
}

// mayTake implements bounded: it reads two files.
func (*diffCmd) mayTake() time.Duration { return 20 * time.Second }

// Run compares them.
func (c *diffCmd) Run(ctx context.Context, t terminal) error {
	before, after, err := c.looks(ctx, t)
	if err != nil {
		return err
	}
	changes, err := change.Diff(before, after, report.Tool{Name: "zkdoctor", Version: versionNumber()})
	switch {
	case err != nil && c.From != "":
		return fmt.Errorf("%s: %w", inputName(c.From), err)
	case err != nil:
		return fmt.Errorf("%s and %s: %w", inputName(c.Before), inputName(c.After), err)
	}
	if err := c.render(t.out, t, changes); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	if changes.Changed {
		return exitError(report.ExitWarning)
	}
	return nil
}

// looks reads and judges both.
func (c *diffCmd) looks(ctx context.Context, t terminal) (before, after *change.Look, err error) {
	switch {
	case c.From != "" && c.Before != "":
		return nil, nil, errors.New("--from and the snapshots exclude each other: use one")
	case c.From != "":
		err := eachRecorded(ctx, t, c.From, func(snap *snapshot.Snapshot) error {
			after = judged(snap)
			before = cmp.Or(before, after)
			return nil
		})
		return before, after, err
	case c.After == "":
		return nil, nil, errors.New("diff compares two snapshots: give the earlier one, and the later one")
	case c.Before == "-" && c.After == "-":
		return nil, nil, errors.New("diff - -: stdin has one snapshot: give a file for the other")
	}
	if before, err = c.look(ctx, t, c.Before); err == nil {
		after, err = c.look(ctx, t, c.After)
	}
	return before, after, err
}

// look reads and judges one of the snapshots.
func (c *diffCmd) look(ctx context.Context, t terminal, file string) (*change.Look, error) {
	snap, err := readSnapshots(ctx, t, []string{file})
	if err != nil {
		return nil, err
	}
	return judged(snap), nil
}

func judged(snap *snapshot.Snapshot) *change.Look {
	return change.New(snap, diag.Diagnose(snap, diag.Options{Version: versionNumber()}))
}

func (c *diffCmd) render(w io.Writer, t terminal, changes *report.Changes) error {
	switch c.Output {
	case "json":
		return render.ChangesJSON(w, changes)
	case "markdown":
		return render.ChangesMarkdown(w, changes, render.Options{})
	}
	return render.ChangesText(w, changes, render.Options{Width: t.width()})
}
