package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

type checkCmd struct {
	lookFlags

	From []string `sep:"none" placeholder:"FILE" group:"what" help:"Judge the snapshots in these files, written by collect, and look at nothing; - is stdin."`

	Via string `placeholder:"COMMAND" group:"what" help:"Look from the host of each server too: a command that leads there, as in 'ssh {host} --' or 'kubectl exec zk-{n} --'. It runs zkdoctor collect."`

	advisoryFlag

	Out    string   `placeholder:"FILE" group:"say" help:"Write down what was seen too, as collect does: for check --from, later or elsewhere."`
	Output string   `short:"o" enum:"text,json,nagios" default:"text" group:"say" help:"text, json or nagios."`
	All    bool     `group:"say" help:"Show what is folded, passed and skipped too."`
	Only   []string `group:"say" placeholder:"FINDING" help:"Show these findings only."`
	Ignore []string `group:"say" placeholder:"FINDING" help:"Leave these findings out."`
	FailOn string   `group:"say" enum:"warning,critical" default:"warning" help:"Least severity that makes the exit code differ from 0: warning or critical."`
	Color  string   `group:"say" enum:"auto,always,never" default:"auto" help:"auto, always or never."`
}

// Help is shown under the usage line.
func (*checkCmd) Help() string {
	return `Examples:
  zkdoctor check                      on a server of the ensemble: needs nothing else
  zkdoctor check zk1 zk2 zk3          from anywhere
  zkdoctor check zk1:2181,zk2:2181/chroot
  zkdoctor check -c zoo.cfg -o json   the servers that a configuration lists
  zkdoctor check --from zk1.json      what collect saw, on any machine
  zkdoctor check --from zk*.json      on all servers: who reaches whom
  zkdoctor check --via 'ssh {host} --' zk1 zk2 zk3
                                      the same, from here`
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
		return o, fmt.Errorf("--only and --ignore contradict each other: choose")
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

// snapshot looks, or reads what was seen elsewhere.
func (c *checkCmd) snapshot(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (*snapshot.Snapshot, error) {
	switch {
	case c.Via != "" && len(c.From) > 0:
		return nil, errors.New("--via looks and --from does not: choose")
	case c.Via != "":
		return c.lookVia(ctx, t, log, options)
	case len(c.From) == 0:
		return c.look(ctx, t, log, options)
	}
	if c.Config != "" {
		return nil, errors.New("--from and --config each name what to judge: choose")
	}
	if c.Log != "" {
		return nil, errors.New("--from judges what was seen before, and --log is of this host's server now: give --log to collect")
	}
	// check --from *.json: the shell makes the others arguments.
	return readSnapshots(ctx, t, append(slices.Clone(c.From), c.Targets...))
}

// lookVia looks from here and, at the same time, from the host of each server. A host
// that cannot be got to is told on stderr: it may well be what is wrong.
func (c *checkCmd) lookVia(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (*snapshot.Snapshot, error) {
	debug.SetMemoryLimit(heapGoal)
	way, err := newVia(c.Via, c.collectArguments(), c.limit())
	if err != nil {
		return nil, err
	}
	question, err := c.question(ctx, t, log, options)
	if err != nil {
		return nil, err
	}
	var visits []visit
	var group errgroup.Group
	begin := question.Begin
	question.Begin = func(targets []snapshot.Target) {
		group.Go(func() error { visits = way.visit(ctx, hostsOf(targets)); return nil })
		begin(targets)
	}
	own, err := probe.Look(ctx, question, nil)
	_ = group.Wait() // what failed is in the visits
	if err != nil {
		return nil, err
	}
	var reached []visit
	for _, v := range visits {
		if v.err != nil {
			fmt.Fprintf(t.err, "zkdoctor: %s: %v\n", v.host, v.err)
			continue
		}
		reached = append(reached, v)
	}
	late := lateVisits(ctx, visits)
	if len(reached) == 0 && late == "" {
		return nil, errors.New("--via got to none of the hosts")
	}
	merged, err := snapshot.Merge(toldApart(reached, own))
	if err != nil {
		return nil, err
	}
	merged.Incomplete = cmp.Or(merged.Incomplete, late)
	return merged, nil
}

// lateVisits says what ended hosts' looks early, in the words of Snapshot.Incomplete.
func lateVisits(ctx context.Context, visits []visit) string {
	cut := slices.ContainsFunc(visits, func(v visit) bool { return v.err != nil })
	switch {
	case ctx.Err() == nil || !cut:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "deadline"
	}
	return "interrupted"
}

// collectArguments are what zkdoctor collect is told on each host. The servers are named
// as here, so that all mean the same by a name. What it takes to speak TLS is not handed
// on, for the files are here: what this host sees by it counts. Nor are sessions: one a
// server is enough. Of the deadline a quarter is left for the way there and back.
func (c *checkCmd) collectArguments() []string {
	args := []string{
		"--timeout=" + time.Duration(c.Timeout).String(), "--deadline=" + time.Duration(c.Deadline*3/4).String(),
	}
	for flag, given := range map[string]bool{
		"--discover": c.Discover, "--no-peer-ports": c.NoPeerPorts,
		"--no-second-look": c.NoSecondLook, "--no-admin": c.NoAdmin,
	} {
		if given {
			args = append(args, flag)
		}
	}
	slices.Sort(args)
	if c.Window > 0 {
		args = append(args, "--window="+time.Duration(c.Window).String())
	}
	if c.AdminPort > 0 {
		args = append(args, "--admin-port="+strconv.Itoa(c.AdminPort))
	}
	return append(args, c.Targets...)
}

func (c *checkCmd) render(w io.Writer, t terminal, r *report.Report) error {
	switch c.Output {
	case "json":
		return render.JSON(w, r)
	case "nagios":
		return render.Nagios(w, r)
	}
	return render.Text(w, r, render.Options{Width: t.width(), Color: t.color(c.Color), All: c.All})
}
