package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// evidenceFlags say where to take from what is judged: from here, from the hosts too, or from files.
type evidenceFlags struct {
	lookFlags

	From []string `sep:"none" placeholder:"FILE" group:"what" help:"Analyse the snapshots in these files, written by collect, and connect to nothing; - is stdin."`

	Via string `placeholder:"COMMAND" group:"what" help:"Also check from the host of each server, by a command that reaches it, as in 'ssh {host} --' or 'kubectl exec zk-{n} --'. It runs zkdoctor collect."`

	pushFlags
}

// snapshot looks, or reads what was seen elsewhere.
func (c *evidenceFlags) snapshot(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (*snapshot.Snapshot, error) {
	switch {
	case c.Via == "" && (c.Push || len(c.PushBinary) > 0):
		return nil, errors.New("--push sends zkdoctor by the command of --via: give that too, as in --via 'ssh {host} --'")
	case c.Via != "" && len(c.From) > 0:
		return nil, errors.New("--via and --from exclude each other: use one")
	case c.Via != "":
		return c.lookVia(ctx, t, log, options)
	case len(c.From) == 0:
		return c.look(ctx, t, log, options)
	}
	if c.Config != "" {
		return nil, errors.New("--from and --config exclude each other: use one")
	}
	if c.Log != "" {
		return nil, errors.New("--from judges what was seen before, and --log is of this host's server now: give --log to collect")
	}
	return readSnapshots(ctx, t, c.From)
}

// mayTake implements bounded.
func (c *evidenceFlags) mayTake() time.Duration { return c.limit() + c.sending() }

// lookVia looks from here and, at the same time, from the host of each server. A host
// that cannot be got to is told on stderr: it may well be what is wrong.
func (c *evidenceFlags) lookVia(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (*snapshot.Snapshot, error) {
	debug.SetMemoryLimit(heapGoal)
	way, err := newVia(c.Via, c.collectArguments(), c.limit())
	if err != nil {
		return nil, err
	}
	if way.push, err = c.pushed(ctx, t); err != nil {
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
	merged, err := snapshot.Merge(distinguished(reached, own))
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
func (c *evidenceFlags) collectArguments() []string {
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
