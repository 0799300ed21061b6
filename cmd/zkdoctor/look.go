package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// targetArgs are the servers to look at, where they are the arguments.
type targetArgs struct {
	Given []string `arg:"" optional:"" name:"target" help:"Server as host, host:port or [v6]:port, or a connect string a:2181,b:2181/chroot."`
}

// lookFlags say what to look at, and how.
type lookFlags struct {
	// Targets are the servers to look at: each command takes them from arguments or flags of its own.
	Targets []string `kong:"-"`

	Config   string `short:"c" placeholder:"FILE" group:"what" help:"Read the servers from this zoo.cfg."`
	Log      string `placeholder:"FILE" group:"what" help:"Log of this host's server, if zkdoctor does not find it, for example from the journal."`
	Discover bool   `group:"what" help:"Add the members that the targets report and that are not among the targets."`
	NoLocal  bool   `group:"what" help:"Do not read the files and processes of this host."`

	Timeout      duration `group:"how" default:"2s" help:"Time limit of one check of a server."`
	Deadline     duration `group:"how" default:"10s" help:"Time limit of the whole run."`
	NoPeerPorts  bool     `group:"how" help:"Do not connect to the quorum and election ports (2888, 3888)."`
	Session      bool     `group:"how" help:"Open and close a session with each server: two transactions each, which prove that writes work, and how fast."`
	QuorumHello  bool     `name:"quorum-tls-hello" group:"how" help:"Start a TLS handshake with the election port of this host's server, if it has sslQuorum=true, to read its certificate."`
	NoAdmin      bool     `group:"how" help:"Do not query AdminServers (HTTP) for what the client port does not report."`
	AdminPort    int      `group:"how" placeholder:"PORT" help:"Port of the AdminServers, if it is not 8080 and not in the configuration."`
	NoSecondLook bool     `group:"how" help:"Use only one check, even if an election may be in progress."`
	Window       duration `group:"how" placeholder:"DURATION" help:"Always check twice, with this time in between."`

	tlsFlags
}

// secondLookAfter lies between the two looks: longer than any healthy election
// (under a second) and than a leader takes to notice that its last follower
// has gone (one tick, 2 s as usually configured).
const secondLookAfter = 2500 * time.Millisecond

// quiet is how long a run may last before a person at a terminal is told.
const quiet = 500 * time.Millisecond

// question puts the flags into what is asked; options are those by which a second look is
// decided. The errors are sentences for the user.
func (f *lookFlags) question(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (probe.Question, error) {
	none := probe.Question{}
	switch {
	case f.Window > 0 && f.NoSecondLook:
		return none, errors.New("--window needs two checks and --no-second-look allows one: use one of them")
	case f.NoLocal && f.Log != "":
		return none, errors.New("--log is for this host's server, which --no-local excludes: use one of them")
	case f.QuorumHello && (f.NoPeerPorts || f.NoLocal):
		return none, errors.New("--quorum-tls-hello connects to the election port of this host's server, which --no-peer-ports and --no-local exclude: use one of them")
	case f.NoLocal && f.Config == "" && len(f.Targets) == 0:
		return none, errors.New("--no-local without targets leaves nothing to check: give targets, or --config FILE")
	}
	if err := checkAdmin(f.NoAdmin, f.AdminPort); err != nil {
		return none, err
	}
	targets, err := probe.ParseTargets(f.Targets)
	if err != nil {
		return none, err
	}
	secure, err := f.config(ctx, t.files)
	if err != nil {
		return none, err
	}
	return probe.Question{
		Targets: targets, ConfigFile: f.Config, Adopt: true, Discover: f.Discover, Local: !f.NoLocal, LogFile: f.Log,
		TLS: secure, PeerPorts: !f.NoPeerPorts, QuorumHello: f.QuorumHello,
		Door: t.files, Session: f.Session, Admin: !f.NoAdmin, AdminPort: f.AdminPort,
		Timeout: time.Duration(f.Timeout), Tool: "zkdoctor " + versionNumber(),
		Again: f.again(t, options), Progress: f.progress(t, log),
	}, nil
}

// checkAdmin judges --no-admin and --admin-port; port is 0 where it was not given.
func checkAdmin(no bool, port int) error {
	switch {
	case port < 0 || port > 65535:
		return fmt.Errorf("--admin-port %d is not a number from 1 to 65535", port)
	case no && port != 0:
		return errors.New("--no-admin and --admin-port exclude each other: use one")
	}
	return nil
}

// look looks once, and again where that is asked for or what was seen asks for it.
func (f *lookFlags) look(
	ctx context.Context, t terminal, log zerolog.Logger, options diag.Options,
) (*snapshot.Snapshot, error) {
	question, err := f.question(ctx, t, log, options)
	if err != nil {
		return nil, err
	}
	return probe.Look(ctx, question, nil)
}

// limit bounds the whole run.
func (f *lookFlags) limit() time.Duration { return time.Duration(f.Deadline + f.Window) }

// mayTake implements bounded.
func (f *lookFlags) mayTake() time.Duration { return f.limit() }

// again says how long to wait for the second look; 0 for none.
func (f *lookFlags) again(t terminal, options diag.Options) func(*snapshot.Snapshot) time.Duration {
	return func(snap *snapshot.Snapshot) time.Duration {
		var wait time.Duration
		switch {
		case f.NoSecondLook:
		case f.Window > 0:
			wait = time.Duration(f.Window)
		case diag.Diagnose(snap, options).LookAgain:
			wait = secondLookAfter
		}
		if wait > 0 {
			say(t, "second check in %v, to see what changes ...", wait)
		}
		return wait
	}
}

// progress tells a person at a terminal, and the log, how the looks go on.
func (f *lookFlags) progress(t terminal, log zerolog.Logger) probe.Progress {
	var waiting *time.Timer
	return probe.Progress{
		Begin: func([]snapshot.Target) {
			waiting = time.AfterFunc(quiet, func() { say(t, "checking, at most %v per server ...", time.Duration(f.Timeout)) })
		},
		Looked: func(snap *snapshot.Snapshot) {
			waiting.Stop()
			logSnapshot(log, snap)
		},
		Undiscovered: func() {
			fmt.Fprintln(t.err, "zkdoctor: --discover: no target reported its member list; only the targets are checked")
		},
	}
}

func say(t terminal, format string, args ...any) {
	fmt.Fprintf(t.progress(), "zkdoctor: "+format+"\n", args...)
}

// logSnapshot writes what every look brought, for --log-level debug.
func logSnapshot(log zerolog.Logger, snap *snapshot.Snapshot) {
	for i := range snap.Servers {
		s := &snap.Servers[i]
		for _, look := range s.Looks() {
			if !look.Tried {
				continue
			}
			event := log.Debug().Str("server", s.Name).Str("look", look.Name).Int64("took_ms", look.Took.Milliseconds())
			if look.Failure != nil {
				event = event.Str("failure", string(look.Failure.Kind)).Str("text", strings.ToValidUTF8(look.Failure.Text, "?"))
			}
			event.Msg("looked")
		}
	}
}
