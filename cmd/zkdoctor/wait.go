package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/await"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

type waitCmd struct {
	targetArgs

	For await.State `required:"" placeholder:"STATE" group:"what" help:"serving, quorum, leader, spare=N, in-sync=SERVER, or no-findings[=SEVERITY]."`

	Config   string `short:"c" placeholder:"FILE" group:"what" help:"Read the servers from this zoo.cfg."`
	Discover bool   `group:"what" help:"Add the members that the targets report and that are not among the targets."`
	NoLocal  bool   `group:"what" help:"Do not read the files and processes of this host."`

	Timeout   duration `default:"5m" env:"ZKDOCTOR_WAIT_TIMEOUT" group:"how" help:"Give up after this time."`
	Interval  duration `default:"2s" group:"how" help:"Time between two checks."`
	Stable    duration `default:"10s" group:"how" help:"How long the state must last."`
	LookLimit duration `name:"look-timeout" default:"2s" group:"how" help:"Time limit of one check of a server."`
	NoAdmin   bool     `group:"how" help:"Do not query AdminServers (HTTP) for what the client port does not report."`
	AdminPort int      `group:"how" placeholder:"PORT" help:"Port of the AdminServers, if it is not 8080 and not in the configuration."`

	tlsFlags
}

// Help is shown under the usage line.
func (*waitCmd) Help() string {
	return `It asks each server one word until the state is near. It connects to the quorum port of
a server only where nothing else shows that it leads (leaderServes=no).
stderr has what it waits for and what changes.

  serving               all voters serve
  quorum                a quorum serves
  leader                there is one leader
  spare=N               N more voters may be lost
  in-sync=SERVER        that server serves, and has what was committed before
  no-findings=SEVERITY  nothing of that severity, or a worse one; default: warning

Exit codes: 0 once it has been so for --stable; else that of the last check, and
1 where that is 0; 3 wrong usage.

Examples:
  zkdoctor wait --for serving zk1 zk2 zk3
  zkdoctor wait --for in-sync=zk1 --timeout 10m -c zoo.cfg
  zkdoctor wait --for spare=1 --stable 30s      on a server`
}

// mayTake implements bounded.
func (c *waitCmd) mayTake() time.Duration { return time.Duration(c.Timeout) }

// Run looks again and again. Its error is an exitError once it is so, or the time is over.
func (c *waitCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	if c.Stable >= c.Timeout {
		return errors.New("--stable is no less than --timeout: the state could never last so long")
	}
	w, err := c.waiting(ctx, t, log)
	if err != nil {
		return err
	}
	err = w.wait(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	answer := fmt.Sprintf("OK    %s, for %v: %s", c.For.Text, time.Duration(c.Stable), w.last.Text)
	if !w.done {
		lasted := time.Since(w.began).Round(time.Second)
		answer = fmt.Sprintf("NOT OK  not %s after %v: %s", c.For.Text, lasted, w.last.Text)
	}
	interrupted := !w.done && errors.Is(ctx.Err(), context.Canceled)
	if interrupted {
		lasted := time.Since(w.began).Round(time.Second)
		answer = fmt.Sprintf("NOT KNOWN  interrupted after %v, not %s yet: %s", lasted, c.For.Text, w.last.Text)
	}
	if _, err := t.out.WriteString(printable(answer) + "\n"); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	if w.done {
		return exitError(report.ExitOK)
	}
	if interrupted {
		return exitError(report.ExitUnknown)
	}
	return exitError(max(w.last.ExitCode, report.ExitWarning))
}

// waiting makes the flags a question.
func (c *waitCmd) waiting(ctx context.Context, t terminal, log zerolog.Logger) (*waiting, error) {
	look := lookFlags{
		Targets: c.Given, Config: c.Config, Discover: c.Discover, NoLocal: c.NoLocal, NoPeerPorts: true,
		NoAdmin: c.NoAdmin, AdminPort: c.AdminPort, Timeout: c.LookLimit, tlsFlags: c.tlsFlags,
	}
	options := diag.Options{Version: versionNumber()}
	q, err := look.question(ctx, t, log, options)
	if err != nil {
		return nil, err
	}
	q.Again, q.Begin = nil, nil
	q.Looked = func(snap *snapshot.Snapshot) { logSnapshot(log, snap) }
	w := &waiting{
		terminal: t, state: c.For, options: options,
		interval: time.Duration(c.Interval), stable: time.Duration(c.Stable), began: time.Now(),
	}
	q.PeerPorts, q.PortsDue = true, w.portsDue
	w.whole = q
	return w, nil
}

// waiting is a state that is waited for.
type waiting struct {
	terminal terminal
	state    await.State
	options  diag.Options
	// whole is the question in full; after the first look the servers are known.
	whole            probe.Question
	interval, stable time.Duration
	began            time.Time

	// first is the whole look with which the state began to hold, at since; nil while it does not.
	first *snapshot.Snapshot
	// previous is the whole look before, which tells a state from a moment; nil at first.
	previous *snapshot.Snapshot
	since    time.Time
	last     await.Answer
	said     string
	done     bool
	// probed is when peer ports were last connected to.
	probed time.Time
}

// betweenProbes is how long peer ports are left alone once they were connected to.
const betweenProbes = 10 * time.Second

// portsDue has those servers probed alone that serve nobody and may lead all the same
// (leaderServes=no), which nothing else shows.
func (w *waiting) portsDue(snap *snapshot.Snapshot) []bool {
	due := await.MayLead(snap)
	if time.Since(w.probed) < betweenProbes {
		return make([]bool, len(due))
	}
	if slices.Contains(due, true) {
		w.probed = time.Now()
	}
	return due
}

// wait looks until the state has lasted, or ctx ends.
func (w *waiting) wait(ctx context.Context) error {
	snap, err := probe.Look(ctx, w.whole, nil)
	if err != nil {
		return err
	}
	if a := w.state.Judge(snap, w.options, true); !a.Known {
		return errors.New(a.Text + ": name it among the servers, as they are named")
	}
	w.say("waiting for %s, to last %v", w.state.Text, w.stable)
	brief := w.whole
	brief.Targets, brief.ConfigFile, brief.Discover, brief.Adopt = snap.Plan.Targets, "", false, false
	brief.Local, brief.Brief, brief.Admin, brief.PeerPorts, brief.PortsDue = false, true, false, false, nil
	w.update(snap)
	begin, before := snap, snap // the first has told who the members are
	for sleepFor(ctx, w.interval) {
		snap, err := probe.Look(ctx, brief, begin)
		if err != nil || cutShort(ctx, snap) {
			return err
		}
		near := w.state.Judge(after(snap, before), w.options, true)
		w.begins(before, snap)
		before = snap
		switch {
		case !near.Holds:
			w.first = nil
			w.tell(near)
			continue
		case w.first != nil && time.Since(w.since) < w.stable:
			continue // it goes on: a whole look at the end judges it
		}
		snap, err = probe.Look(ctx, w.whole, w.first)
		if err != nil || cutShort(ctx, snap) {
			return err
		}
		w.begins(before, snap)
		before = snap
		if w.update(snap); w.done {
			return nil
		}
	}
	return nil
}

// begins ends the state where something happened since the look before, so that its time begins again.
func (w *waiting) begins(before, now *snapshot.Snapshot) {
	if w.first == nil {
		return
	}
	if moved := w.state.Moved(before, now); moved != "" {
		w.first, w.said = nil, ""
		w.say("%5.1f s  %s: %v begin again", time.Since(w.began).Seconds(), moved, w.stable)
	}
}

// cutShort reports whether the time was over before a look had ended: it tells nothing then. A look
// notices that by its own clock, a moment before ctx does.
func cutShort(ctx context.Context, snap *snapshot.Snapshot) bool {
	return ctx.Err() != nil || snap.Incomplete == "deadline" || snap.Incomplete == "interrupted"
}

// update judges a whole look, by the one with which the state began, or by the one before.
func (w *waiting) update(whole *snapshot.Snapshot) {
	snap := whole
	if earlier := cmp.Or(w.first, w.previous); earlier != nil {
		snap = after(whole, earlier)
	}
	w.previous = whole
	a := w.state.Judge(snap, w.options, false)
	lasted := w.first != nil && time.Since(w.since) >= w.stable
	switch {
	case w.first == nil && (a.Holds || w.state.Needs() && w.state.Judge(snap, w.options, true).Holds):
		w.first, w.since = whole, time.Now()
	case w.first != nil && !a.Holds:
		w.first = nil
	case lasted:
		w.done = true
	}
	w.tell(a)
}

// after is a look with the one before it.
func after(snap, before *snapshot.Snapshot) *snapshot.Snapshot {
	now, then := *snap, *before
	then.Before, now.Before = nil, &then
	return &now
}

// tell writes what has changed.
func (w *waiting) tell(a await.Answer) {
	w.last = a
	text := a.Text
	if w.first != nil && a.Holds && !w.done {
		text = strings.TrimSuffix(text, ".") + "; holds"
	}
	if text == w.said {
		return
	}
	w.said = text
	w.say("%5.1f s  %s", time.Since(w.began).Seconds(), text)
}

// say writes a line on stderr; whether anybody reads it does not matter to the waiting.
func (w *waiting) say(format string, args ...any) {
	_, _ = w.terminal.err.WriteString("zkdoctor: " + printable(fmt.Sprintf(format, args...)) + "\n")
}

// sleepFor reports whether the time passed before ctx ended.
func sleepFor(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
