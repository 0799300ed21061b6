// Command demo is "make demo": it plays the install guide on this machine, with
// three real servers of ZooKeeper 3.4.10, breaks them twice, and shows what
// zkdoctor says each time. It stops with an error when zkdoctor says anything
// else than promised, so it is a test too.
//
// With -monitor it is "make monitor": the same servers, watched by the exporter, a
// real Prometheus and Alertmanager, and dashboards, until Ctrl-C.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// Exit codes: the shell's number for an interrupt is 128 + SIGINT.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr *os.File) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	path := flags.String("zkdoctor", "", "the zkdoctor to show; empty to build it from this module")
	monitor := flags.Bool("monitor", false, "watch the servers by Prometheus, Alertmanager and dashboards, until Ctrl-C")
	version := flags.String("zookeeper", zktest.Oldest,
		"with -monitor: the ZooKeeper to run, "+strings.Join(zktest.Versions(), ", "))
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "demo: unknown argument %q\n", flags.Arg(0))
		return exitUsage
	}
	// SIGPIPE too, for "make demo | head": the end of the reader must not keep
	// the files from being removed.
	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()

	dir, unlock, err := workDir()
	if err != nil {
		fmt.Fprintf(stderr, "demo: %v\n", err)
		return exitFailed
	}
	defer unlock()
	d := demo{out: stdout, dir: dir, doctor: doctor{path: *path}}
	if term.IsTerminal(int(stdout.Fd())) {
		d.terminal(int(stdout.Fd()))
	}
	play := d.play
	if *monitor {
		play = func(ctx context.Context) error { return d.monitor(ctx, *version) }
	}
	if err := play(ctx); err != nil {
		return explain(ctx, stderr, err, *monitor)
	}
	return 0
}

// explain says why the demo ended early. Ctrl-C is how monitor is ended, whenever it comes.
func explain(ctx context.Context, stderr io.Writer, err error, monitor bool) int {
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "\ndemo: interrupted; the servers are stopped and their files removed")
		if monitor {
			return 0
		}
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "\ndemo: %v\n", err)
	return exitFailed
}
