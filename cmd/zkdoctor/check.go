package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe"
)

type checkCmd struct {
	Targets []string `arg:"" optional:"" name:"target" help:"Server as host, host:port or [v6]:port, or a connect string a:2181,b:2181/chroot."`

	Config  string `short:"c" placeholder:"FILE" group:"what" help:"Take the servers from this zoo.cfg." env:"ZKDOCTOR_CONFIG"`
	NoLocal bool   `group:"what" help:"Leave this host's own files and processes alone." env:"ZKDOCTOR_NO_LOCAL"`

	Timeout      duration `group:"how" default:"2s" help:"Limit of one look." env:"ZKDOCTOR_TIMEOUT"`
	Deadline     duration `group:"how" default:"10s" help:"Limit of the whole run." env:"ZKDOCTOR_DEADLINE"`
	NoPeerPorts  bool     `group:"how" help:"Do not connect to the quorum and election ports (2888, 3888)." env:"ZKDOCTOR_NO_PEER_PORTS"`
	NoSecondLook bool     `group:"how" help:"Judge by one look, even where an election may be passing." env:"ZKDOCTOR_NO_SECOND_LOOK"`
	Window       duration `group:"how" placeholder:"DURATION" help:"Always look twice, this far apart." env:"ZKDOCTOR_WINDOW"`

	Output string   `short:"o" enum:"text,json,nagios" default:"text" group:"say" help:"text, json or nagios." env:"ZKDOCTOR_OUTPUT"`
	All    bool     `group:"say" help:"Show what is folded, passed and skipped too." env:"ZKDOCTOR_ALL"`
	Only   []string `group:"say" placeholder:"FINDING" help:"Show these findings only." env:"ZKDOCTOR_ONLY"`
	Ignore []string `group:"say" placeholder:"FINDING" help:"Leave these findings out." env:"ZKDOCTOR_IGNORE"`
	FailOn string   `group:"say" enum:"warning,critical" default:"warning" help:"Least severity that makes the exit code differ from 0: warning or critical." env:"ZKDOCTOR_FAIL_ON"`
	Color  string   `group:"say" enum:"auto,always,never" default:"auto" help:"auto, always or never." env:"ZKDOCTOR_COLOR"`
}

// Help is shown under the usage line.
func (*checkCmd) Help() string {
	return `Examples:
  zkdoctor check                      on a server of the ensemble: needs nothing else
  zkdoctor check zk1 zk2 zk3          from anywhere
  zkdoctor check zk1:2181,zk2:2181/chroot
  zkdoctor check -c zoo.cfg -o json   the servers that a configuration lists`
}

// secondLookAfter lies between the two looks: longer than any healthy election
// (under a second) and than a leader takes to notice that its last follower
// has gone (one tick, 2 s as usually configured).
const secondLookAfter = 2500 * time.Millisecond

// quiet is how long a run may last before a person at a terminal is told.
const quiet = 500 * time.Millisecond

func (c *checkCmd) options() (diag.Options, error) {
	o := diag.Options{Version: versionNumber(), FailOn: diag.Severity(c.FailOn)}
	var err error
	if o.Only, err = codes("--only", c.Only); err != nil {
		return o, err
	}
	if o.Ignore, err = codes("--ignore", c.Ignore); err != nil {
		return o, err
	}
	switch {
	case c.Window > 0 && c.NoSecondLook:
		return o, fmt.Errorf("--window asks for two looks and --no-second-look for one: choose")
	case c.NoLocal && c.Config == "" && len(c.Targets) == 0:
		return o, fmt.Errorf("--no-local without servers leaves nothing to look at: name servers, or give --config FILE")
	case len(o.Only) > 0 && len(o.Ignore) > 0:
		return o, fmt.Errorf("--only and --ignore contradict each other: choose")
	}
	return o, nil
}

func codes(flag string, words []string) ([]diag.Code, error) {
	var out []diag.Code
	for _, word := range words {
		if !known(word) {
			return nil, fmt.Errorf("%s: %s", flag, noSuchFinding(word))
		}
		out = append(out, diag.Code(word))
	}
	return out, nil
}

// Run looks, thinks and says. Its error is an exitError once there is a report.
func (c *checkCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	targets, err := probe.ParseTargets(c.Targets)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.Deadline+c.Window))
	defer cancel()

	question := probe.Question{Targets: targets, ConfigFile: c.Config, Local: !c.NoLocal, Timeout: time.Duration(c.Timeout)}
	plan, local, err := probe.Prepare(ctx, question)
	if err != nil {
		return err
	}
	plan.PeerPorts, plan.Tool = !c.NoPeerPorts, "zkdoctor "+versionNumber()

	say := func(format string, args ...any) { fmt.Fprintf(t.progress(), "zkdoctor: "+format+"\n", args...) }
	waiting := time.AfterFunc(quiet, func() {
		say("looking, at most %v for a look ...", time.Duration(c.Timeout))
	})
	snap := probe.Gather(ctx, plan, local)
	waiting.Stop()
	logSnapshot(log, snap)
	report := diag.Diagnose(snap, options)
	if again := c.again(report); again > 0 && report.Incomplete == "" {
		say("looking again in %v, to tell an election from an outage ...", again)
		if wait(ctx, again) {
			snap = probe.GatherAgain(ctx, plan, probe.LookLocalAgain(ctx, local), snap)
			logSnapshot(log, snap)
			report = diag.Diagnose(snap, options)
		} else {
			report.Incomplete = probe.EndedBy(ctx)
		}
	}
	if err := c.render(t.out, t, report); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return exitError(report.Verdict.ExitCode)
}

// again is how long to wait for the second look; 0 for none.
func (c *checkCmd) again(r *diag.Report) time.Duration {
	switch {
	case c.NoSecondLook:
		return 0
	case c.Window > 0:
		return time.Duration(c.Window)
	case r.LookAgain:
		return secondLookAfter
	}
	return 0
}

// wait reports whether the time passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *checkCmd) render(w io.Writer, t terminal, r *diag.Report) error {
	switch c.Output {
	case "json":
		return render.JSON(w, r)
	case "nagios":
		return render.Nagios(w, r)
	}
	return render.Text(w, r, render.Options{Width: t.width(), Color: t.color(c.Color), All: c.All})
}

// logSnapshot writes what every look brought, for --log-level debug.
func logSnapshot(log zerolog.Logger, snap *probe.Snapshot) {
	for i := range snap.Servers {
		s := &snap.Servers[i]
		log := log.With().Str("server", s.Name).Logger()
		logLook(log, "resolve", s.Resolve)
		logLook(log, "client port", s.Client)
		logLook(log, "quorum port", s.Quorum.Look)
		logLook(log, "election port", s.Election.Look)
		logLook(log, "srvr", s.Srvr)
		logLook(log, "mntr", s.Mntr)
		logLook(log, "conf", s.Conf)
		logLook(log, "envi", s.Envi)
		logLook(log, "ruok", s.Ruok)
		logLook(log, "isro", s.Isro)
		logLook(log, "serving probe", s.Session)
	}
}

func logLook[T any](log zerolog.Logger, what string, o probe.Obs[T]) {
	if !o.Tried {
		return
	}
	event := log.Debug().Str("look", what).Int64("took_ms", o.Took.Milliseconds())
	if o.Failure != nil {
		event = event.Str("failure", string(o.Failure.Kind)).Str("text", strings.ToValidUTF8(o.Failure.Text, "?"))
	}
	event.Msg("looked")
}
