package main

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

type lintCmd struct {
	File string `arg:"" optional:"" name:"zoo.cfg" help:"The file; the dynamic file that it names is read too."`

	ZooKeeper string `name:"zookeeper" placeholder:"VERSION" help:"Say only what concerns this ZooKeeper, as 3.4.10 or 3.9; default: all, with the versions."`
	Output    string `short:"o" enum:"text,json" default:"text" help:"text or json." env:"ZKDOCTOR_LINT_OUTPUT"`
}

// Help is shown under the usage line.
func (*lintCmd) Help() string {
	return `Nothing is connected to. Without a file: that of this host's ZooKeeper.

Exit codes: 0 nothing above a note, 1 warnings, ` +
		`2 ZooKeeper would not start with it, 3 wrong usage, or the file cannot be read.

Examples:
  zkdoctor lint                              on a server
  zkdoctor lint zoo.cfg                      before it goes to a server
  zkdoctor lint --zookeeper 3.9.5 zoo.cfg    before an upgrade`
}

// mayTake implements bounded: it reads a few small files.
func (*lintCmd) mayTake() time.Duration { return 10 * time.Second }

// Run reads and judges. Its error is an exitError once there is a report.
func (c *lintCmd) Run(ctx context.Context, t terminal) error {
	if c.ZooKeeper != "" && !knownVersion(c.ZooKeeper) {
		return fmt.Errorf("--zookeeper %q: no version that zkdoctor knows; write it as 3.4.10 or 3.9", c.ZooKeeper)
	}
	files, err := c.read(ctx, thishost.Host{Door: t.files})
	if err != nil {
		return err
	}
	report := lint.Lint(files.Config, lint.Options{
		Version: c.ZooKeeper, ID: files.ID, Next: files.Next, Tool: versionNumber(),
	})
	if c.Output == "json" {
		err = render.LintJSON(t.out, report)
	} else {
		err = render.LintText(t.out, report, render.Options{Width: t.width(), Color: t.color("auto")})
	}
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return exitError(report.ExitCode)
}

func (c *lintCmd) read(ctx context.Context, host thishost.Host) (thishost.ConfigFiles, error) {
	if c.File == "" {
		return host.ReadHostConfig(ctx)
	}
	return host.ReadConfig(ctx, c.File)
}

// knownVersion reports whether zoocfg has read the source of such a version.
func knownVersion(text string) bool {
	return regexp.MustCompile(`^\d{1,3}\.\d{1,3}(\.\d{1,3})?(-[0-9A-Za-z.-]+)?$`).MatchString(text) &&
		zoocfg.Concerns("3.4+", text)
}
