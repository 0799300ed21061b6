package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// advisoryFlag is a table of advisories that is newer than the program.
type advisoryFlag struct {
	Advisories string `placeholder:"FILE" group:"how" help:"Also use the advisories in this file (format: docs/advisories.md). An advisory with the id of a built-in one replaces it."`
}

// table is what is known with the file; nil without one.
func (f *advisoryFlag) table(ctx context.Context, door *hostfile.Door) (advisory.Table, error) {
	if f.Advisories == "" {
		return nil, nil
	}
	data, err := door.ReadFile(ctx, f.Advisories, advisory.MaxFile)
	switch {
	case errors.Is(err, hostfile.ErrTooLarge):
		return nil, fmt.Errorf("--advisories %s: larger than %d KiB", f.Advisories, advisory.MaxFile>>10)
	case err != nil:
		return nil, fmt.Errorf("--advisories: %w", err)
	}
	newer, err := advisory.Parse(f.Advisories, data)
	if err != nil {
		return nil, fmt.Errorf("--advisories: %w", err)
	}
	return advisory.Builtin().With(newer), nil
}

type advisoriesCmd struct {
	Release string `arg:"" optional:"" name:"release" help:"Only advisories of this release (3.8.4) or release line (3.8), or the advisory with this id (ZOOKEEPER-4785)."`

	advisoryFlag
	Output string `short:"o" enum:"text,json" default:"text" help:"text or json." env:"ZKDOCTOR_ADVISORIES_OUTPUT"`
}

// Help is shown under the usage line.
func (*advisoriesCmd) Help() string {
	return `Known problems of ZooKeeper releases: lost data, stopped servers, vulnerabilities,
their conditions, and the releases with the fix. It connects to nothing.

Examples:
  zkdoctor advisories                  all of them
  zkdoctor advisories 3.8.4            those of one release
  zkdoctor advisories ZOOKEEPER-4785   one of them
  zkdoctor advisories 3.9.3 -o json    for scripts`
}

// mayTake implements bounded: it reads one small file at most.
func (*advisoriesCmd) mayTake() time.Duration { return 10 * time.Second }

// Run lists them.
func (c *advisoriesCmd) Run(ctx context.Context, t terminal) error {
	table, err := c.table(ctx, t.files)
	if err != nil {
		return err
	}
	if table == nil {
		table = advisory.Builtin()
	}
	list := render.Advisories{Table: table, Tool: versionNumber()}
	switch row, found := table.Find(c.Release); {
	case c.Release == "":
	case found:
		list.Table = advisory.Table{row}
	case strings.Contains(c.Release, "-") && !zoocfg.Released(c.Release):
		return fmt.Errorf("advisories %s: there is none with that id; zkdoctor advisories lists them", c.Release)
	case !zoocfg.Released(c.Release) && !table.Knows(c.Release):
		return unknownRelease("advisories " + c.Release)
	default:
		list.Release, list.Table = c.Release, table.Of(c.Release)
		list.Next = table.Next(c.Release, list.Table)
	}
	if c.Output == "json" {
		err = render.AdvisoriesJSON(t.out, list)
	} else {
		err = render.AdvisoriesText(t.out, list, render.Options{Width: min(t.width(), 80)})
	}
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}

// unknownRelease is the error of a release that was never made, as it was named.
func unknownRelease(named string) error {
	return fmt.Errorf("%s: no release that zkdoctor knows, of 3.4.0 to 3.9.6; write it as 3.4.10 or 3.9", named)
}
