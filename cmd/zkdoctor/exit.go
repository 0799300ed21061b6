package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

// exitUsage is that of wrong usage and of everything else that kept zkdoctor
// from judging: the "unknown" of the monitoring plugins, so that a typo never
// looks like an outage.
const exitUsage = report.ExitUnknown

// exitError is the exit code that a report asks for. It is no failure of the
// program and has no text.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exitCode maps what a command returned to the exit code, and says what went
// wrong where something did.
func exitCode(t terminal, err error) int {
	if code, ok := errors.AsType[exitError](err); ok {
		return int(code)
	}
	if err != nil {
		return fail(t, err)
	}
	return report.ExitOK
}

func fail(t terminal, err error) int {
	if t.plugin {
		_ = render.NagiosFailure(t.out, err.Error()) // stderr has it too
	}
	fmt.Fprintf(t.err, "zkdoctor: %s\n", printable(err.Error()))
	return exitUsage
}

// isPlugin reports whether a command line asks for the output of a monitoring plugin. It need not be one that
// can be parsed.
func isPlugin(args []string, variable string) bool {
	if !slices.Contains(args, "check") && !slices.Contains(args, "kubectl") {
		return false
	}
	format := variable
	for i, arg := range args {
		value, joined := strings.CutPrefix(arg, "--output=")
		if short, ok := strings.CutPrefix(arg, "-o"); ok && short != "" {
			value, joined = strings.TrimPrefix(short, "="), true
		}
		switch {
		case joined:
			format = value
		case (arg == "-o" || arg == "--output") && i+1 < len(args):
			format = args[i+1]
		}
	}
	return format == "nagios"
}

// printable escapes what could paint a terminal: the text may quote what the
// user pasted. Line ends stay.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}
