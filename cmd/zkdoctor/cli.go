package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/internal/complete"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

// cli is the grammar of the command line.
type cli struct {
	Advisories  advisoriesCmd  `cmd:"" help:"List ZooKeeper releases that can lose data, stop servers or have vulnerabilities."`
	Check       checkCmd       `cmd:"" help:"Diagnose an ensemble. Without targets: the ensemble of this host."`
	Collect     collectCmd     `cmd:"" help:"Write a snapshot of what check would see, to analyse later or elsewhere."`
	Completion  completionCmd  `cmd:"" help:"Print the completion script for a shell."`
	Dashboards  dashboardsCmd  `cmd:"" help:"Write dashboards for Grafana."`
	Diff        diffCmd        `cmd:"" help:"Show what changed between two snapshots."`
	Explain     explainCmd     `cmd:"" help:"Show the page of a finding, or find the page of a pasted log line."`
	Exporter    exporterCmd    `cmd:"" help:"Serve the results of check as Prometheus metrics."`
	Findings    findingsCmd    `cmd:"" help:"List all findings."`
	Help        helpCmd        `cmd:"" help:"Show the help of a command."`
	Kubectl     kubectlCmd     `cmd:"" help:"Diagnose the ensemble of a StatefulSet, by kubectl: as the plugin kubectl zkdoctor."`
	Lint        lintCmd        `cmd:"" help:"Check a zoo.cfg file without connecting to servers. Without a file: that of this host."`
	Man         manCmd         `cmd:"" help:"Write the manual pages of all commands."`
	Next        nextCmd        `cmd:"" hidden:"" name:"__complete"`
	OKToRestart okToRestartCmd `cmd:"" name:"ok-to-restart" help:"Check whether a server can be restarted now, and would rejoin. Without servers: that of this host."`
	Ready       readyCmd       `cmd:"" help:"Check whether one server serves clients, for readiness probes."`
	Rules       rulesCmd       `cmd:"" help:"Write alert rules for Prometheus and Alertmanager."`
	VersionOf   versionCmd     `cmd:"" name:"version" help:"Print the version."`
	Wait        waitCmd        `cmd:"" help:"Wait until an ensemble is in a state, or a timeout."`
	Watch       watchCmd       `cmd:"" help:"Show changes as they happen: a screen on a terminal, otherwise one line per change."`

	HelpAll  helpAll          `help:"Show help with all flags." env:"-"`
	LogLevel string           `help:"Log level on stderr: debug (every request), info (default of exporter), warn (default of check) or error." enum:",debug,info,warn,error" default:"" placeholder:"LEVEL"`
	Version  kong.VersionFlag `help:"Print the version and exit." env:"-"`
}

const description = `zkdoctor finds the root cause of a failing ZooKeeper ensemble, and shows the evidence and the fix. It only reads.

Exit codes: 0 fine, 1 warning or degraded, 2 critical or down, 3 unknown, cut short or wrong usage.`

// exitRequest is how --help and --version leave: kong wants to end the process,
// run returns instead.
type exitRequest int

// run is the whole program. It returns the exit code.
func run(args []string, t terminal) (code int) {
	var grammar cli
	defer func() {
		if r := recover(); r != nil {
			request, ok := r.(exitRequest)
			if !ok {
				panic(r)
			}
			code = int(request)
		}
	}()
	unsetEmpty(os.Environ(), os.Unsetenv)
	t.plugin = isPlugin(args, os.Getenv("ZKDOCTOR_OUTPUT"))
	parser, err := newParser(&grammar, t)
	if err != nil {
		return fail(t, err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return failUsage(t, err, args)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	most := timeOf(parsed)
	if most > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, most-reserve(most))
		defer cancel()
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	level := grammar.LogLevel
	if level == "" && strings.HasPrefix(parsed.Command(), "exporter") {
		level = "info"
	}
	parsed.Bind(t, newLogger(t, level))
	// After stop the next signal ends the process, whatever it does.
	return runToEnd(ctx, t, reserve(most), stop, func() error { return parsed.Run() })
}

func newParser(grammar *cli, t terminal) (*kong.Kong, error) {
	return kong.New(grammar,
		kong.Name("zkdoctor"), kong.Description(description),
		kong.Vars{"version": versionText(), "shells": complete.Shells},
		// --web.max-requests is ZKDOCTOR_WEB_MAX_REQUESTS, where its tag names no other.
		kong.DefaultEnvars("ZKDOCTOR"), kong.PostBuild(needValues),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { panic(exitRequest(code)) }),
		kong.ConfigureHelp(helpOptions()), kong.Help(printHelp),
		kong.ExplicitGroups([]kong.Group{
			{Key: "what", Title: "What to check:"},
			{Key: "how", Title: "How to check:"},
			{Key: "tls", Title: "TLS:"},
			{Key: "say", Title: "Output:"},
			{Key: "web", Title: "Web server:"},
		}),
	)
}

// slogger is the logger for libraries that want one of the standard library's.
func slogger(log zerolog.Logger) *slog.Logger { return slog.New(zerolog.NewSlogHandler(log)) }

// newLogger writes to stderr: text on a terminal, JSON otherwise.
func newLogger(t terminal, level string) zerolog.Logger {
	parsed, err := zerolog.ParseLevel(level)
	if err != nil || level == "" {
		parsed = zerolog.WarnLevel
	}
	out := zerolog.SyncWriter(t.err)
	if isTerminal(t.err) {
		return zerolog.New(zerolog.ConsoleWriter{Out: out, TimeFormat: "15:04:05"}).Level(parsed).With().Timestamp().Logger()
	}
	return zerolog.New(out).Level(parsed).With().Timestamp().Logger()
}

// unsetEmpty makes an empty ZKDOCTOR_ variable one that is not set.
func unsetEmpty(environ []string, unset func(string) error) {
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); value == "" && strings.HasPrefix(name, "ZKDOCTOR_") {
			_ = unset(name) // fails for malformed names only
		}
	}
}

// failUsage says what was wrong with the command line, in one sentence.
func failUsage(t terminal, err error, args []string) int {
	text := strings.TrimSuffix(err.Error(), ".")
	if len(args) == 0 {
		text = "no command given"
	} else if missing, ok := errors.AsType[noValueError](err); ok {
		text = missing.Error()
	} else if variable := variableToBlame(err); variable != "" {
		text = strings.TrimSuffix(text, " (from envar "+variable+"="+strconv.Quote(os.Getenv(variable))+")")
		text += " (set by the variable " + variable + ")"
	}
	if t.plugin {
		_ = render.NagiosFailure(t.out, "wrong usage: "+text) // stderr has it too
	}
	command := ""
	if failed, ok := errors.AsType[*kong.ParseError](err); ok && failed.Context.Selected() != nil {
		command = failed.Context.Selected().Name + " "
	}
	fmt.Fprintf(t.err, "zkdoctor: %s\nTry: zkdoctor %s--help\n", printable(text), command)
	return exitUsage
}

// noValueError is that of a flag at the end of the command line that needs a value.
type noValueError struct{ flag string }

func (e noValueError) Error() string { return "--" + e.flag + " needs a value" }

// valueMapper gives that error, for which kong has no type.
type valueMapper struct{ kong.Mapper }

// Decode takes the value of a flag from the command line.
func (m valueMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	if ctx.Scan.Peek().IsEOL() {
		return noValueError{ctx.Value.Name}
	}
	return m.Mapper.Decode(ctx, target)
}

// needValues gives every flag but the yes-or-no ones a valueMapper.
func needValues(k *kong.Kong) error {
	return kong.Visit(k.Model.Node, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && !flag.IsBool() {
			flag.Mapper = valueMapper{flag.Mapper}
		}
		return next(nil)
	})
}

// variableToBlame is the environment variable whose value could not be used. kong gives
// the error no type, but begins its text with the flag (Value.Reset and checkEnum); what
// is wrong on the command line it finds earlier, in the trace.
func variableToBlame(err error) string {
	failed, ok := errors.AsType[*kong.ParseError](err)
	if !ok || failed.Context == nil || failed.Context.Error != nil {
		return ""
	}
	first, _, _ := strings.Cut(err.Error(), " ")
	for _, f := range failed.Context.Flags() {
		given := slices.ContainsFunc(failed.Context.Path, func(p *kong.Path) bool { return p.Flag == f })
		if strings.TrimSuffix(first, ":") == f.ShortSummary() && len(f.Envs) > 0 && os.Getenv(f.Envs[0]) != "" && !given {
			return f.Envs[0]
		}
	}
	return ""
}
