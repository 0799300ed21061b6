package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// cli is the grammar of the command line.
type cli struct {
	Check      checkCmd      `cmd:"" help:"Diagnose an ensemble. Without servers: the one that this host belongs to."`
	Collect    collectCmd    `cmd:"" help:"Write down what check would see, for later or for somebody else."`
	Dashboards dashboardsCmd `cmd:"" help:"Write dashboards for Grafana."`
	Explain    explainCmd    `cmd:"" help:"Show the page of a finding, or find the page of a pasted log line."`
	Exporter   exporterCmd   `cmd:"" help:"Serve what check sees and concludes to Prometheus."`
	Findings   findingsCmd   `cmd:"" help:"List everything that zkdoctor can find."`
	Lint       lintCmd       `cmd:"" help:"Judge a zoo.cfg by itself. Without a file: that of this host."`
	Rules      rulesCmd      `cmd:"" help:"Write alert rules for Prometheus and Alertmanager."`

	LogLevel string           `help:"What to log on stderr: debug (every exchange), info (the exporter's default), warn (check's) or error." enum:",debug,info,warn,error" default:"" placeholder:"LEVEL"`
	Version  kong.VersionFlag `help:"Print the version and leave." env:"-"`
}

const description = `zkdoctor names the root cause of a failing ZooKeeper ensemble, shows the evidence and gives the fix. It only reads.

Exit codes: 0 fine, 1 warning or degraded, 2 critical or down, 3 unknown or wrong usage.`

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
	parsed.BindTo(ctx, (*context.Context)(nil))
	level := grammar.LogLevel
	if level == "" && strings.HasPrefix(parsed.Command(), "exporter") {
		level = "info"
	}
	parsed.Bind(t, newLogger(t, level))
	return exitCode(t, parsed.Run())
}

func newParser(grammar *cli, t terminal) (*kong.Kong, error) {
	return kong.New(grammar,
		kong.Name("zkdoctor"), kong.Description(description),
		kong.Vars{"version": versionText()},
		// --web.max-requests is ZKDOCTOR_WEB_MAX_REQUESTS, where its tag names no other.
		kong.DefaultEnvars("ZKDOCTOR"),
		kong.Writers(t.out, t.err),
		kong.Exit(func(code int) { panic(exitRequest(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 92}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "what", Title: "What to look at:"},
			{Key: "how", Title: "How to look:"},
			{Key: "tls", Title: "TLS:"},
			{Key: "say", Title: "What to say:"},
			{Key: "web", Title: "Where to serve:"},
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
	flag := regexp.MustCompile(`--[a-z][a-z-]*`).FindString(text)
	variable := variableOf(err, flag)
	switch {
	case len(args) == 0:
		text = "no command given"
	case flag != "" && strings.Contains(text, "<EOL>"):
		text = flag + " needs a value"
	case variable != "":
		text = strings.ReplaceAll(text, " (from envar "+variable+"="+strconv.Quote(os.Getenv(variable))+")", "")
		given := slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, flag) })
		if os.Getenv(variable) != "" && !given {
			text += " (set by the variable " + variable + ")"
		}
	}
	fmt.Fprintf(t.err, "zkdoctor: %s\nTry: zkdoctor --help\n", printable(text))
	return exitUsage
}

// variableOf is the environment variable of a --flag of the command that could
// not be parsed.
func variableOf(err error, flag string) string {
	failed, ok := errors.AsType[*kong.ParseError](err)
	if !ok || failed.Context == nil {
		return ""
	}
	for _, f := range failed.Context.Flags() {
		if "--"+f.Name == flag && len(f.Envs) > 0 {
			return f.Envs[0]
		}
	}
	return ""
}
