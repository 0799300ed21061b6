package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

type lintCmd struct {
	Files []string `arg:"" optional:"" name:"zoo.cfg" sep:"none" complete:"file" help:"Files, Kubernetes manifests with ConfigMaps, or a directory of them; - is stdin. The dynamic file that a zoo.cfg names is read too."`

	ZooKeeper string `name:"zookeeper" placeholder:"VERSION" help:"Report only what concerns this version, as 3.4.10 or 3.9; default: all versions."`
	advisoryFlag
	Output string `short:"o" enum:"text,json,sarif" default:"text" help:"text, json or sarif (SARIF 2.1.0, for code scanning)." env:"ZKDOCTOR_LINT_OUTPUT"`
	SARIF  string `name:"sarif" placeholder:"FILE" help:"Write SARIF to this file too."`
}

// Help is shown under the usage line.
func (*lintCmd) Help() string {
	return `It connects to nothing. Without a file: that of this host's ZooKeeper.
Several files of one ensemble are also compared with each other.

Exit codes: 0 nothing above a note, 1 warnings, ` +
		`2 ZooKeeper would not start with it, 3 wrong usage, a file that cannot be read, or is no zoo.cfg.

Examples:
  zkdoctor lint                              on a server
  zkdoctor lint zoo.cfg                      before it goes to a server
  zkdoctor lint zk1.cfg zk2.cfg zk3.cfg      the files of a whole ensemble
  zkdoctor lint --zookeeper 3.9.5 zoo.cfg    before an upgrade
  kubectl get cm -o yaml | zkdoctor lint -   what is in ConfigMaps`
}

// mayTake implements bounded: it reads a few small files.
func (*lintCmd) mayTake() time.Duration { return 10 * time.Second }

// Run reads and judges. Its error is an exitError once there is a report.
func (c *lintCmd) Run(ctx context.Context, t terminal) error {
	table, err := c.table(ctx, t.files)
	if err != nil {
		return err
	}
	if c.ZooKeeper != "" && !zoocfg.Released(c.ZooKeeper) && !table.Knows(c.ZooKeeper) {
		return unknownRelease(fmt.Sprintf("--zookeeper %q", c.ZooKeeper))
	}
	debug.SetMemoryLimit(heapGoal) // of a manifest YAML makes fifty times as much
	files, err := (&lintInput{terminal: t}).read(ctx, c.Files)
	if err != nil {
		return err
	}
	for i := range files {
		files[i].Version, files[i].Tool, files[i].Advisories = c.ZooKeeper, versionNumber(), table
	}
	reports := lint.All(files)
	if err := c.writeSARIF(reports); err != nil {
		return fmt.Errorf("--sarif: %w", err)
	}
	if err := c.write(t, reports); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	code := 0
	for _, r := range reports {
		code = max(code, r.ExitCode)
	}
	return exitError(code)
}

// writeSARIF writes the file of --sarif, where there is to be one.
func (c *lintCmd) writeSARIF(reports []*lint.Report) error {
	if c.SARIF == "" {
		return nil
	}
	var text bytes.Buffer
	if err := render.LintSARIF(&text, reports); err != nil {
		return err
	}
	return writeFile(c.SARIF, text.Bytes(), 0o644)
}

func (c *lintCmd) write(t terminal, reports []*lint.Report) error {
	switch {
	case c.Output == "sarif":
		return render.LintSARIF(t.out, reports)
	case c.Output == "json" && len(reports) == 1:
		return render.LintJSON(t.out, reports[0])
	case c.Output == "json":
		return render.LintSeveralJSON(t.out, reports)
	}
	for i, r := range reports {
		if i > 0 {
			if _, err := t.out.WriteString("\n"); err != nil {
				return err
			}
		}
		if err := render.LintText(t.out, r, render.Options{Width: t.width(), Color: t.color("auto")}); err != nil {
			return err
		}
	}
	return nil
}
