package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

type readyCmd struct {
	Target  string   `arg:"" optional:"" default:"localhost" name:"target" help:"Server as host, host:port or [v6]:port."`
	Timeout duration `default:"1s" help:"Time limit of the whole run."`
	Fail    string   `enum:"open,closed" default:"closed" help:"Exit code if the server does not report whether it serves: 0 (open) or 1 (closed)."`

	tlsFlags
}

// Help is shown under the usage line.
func (*readyCmd) Help() string {
	return `For the readiness probe of a pod. It sends one word, srvr, to the client port of one server,
and connects to no other port.

Exit codes: 0 the server serves clients, 1 it does not, 3 wrong usage.

Examples:
  zkdoctor ready
  zkdoctor ready --fail open zk1:2181`
}

// mayTake implements bounded.
func (c *readyCmd) mayTake() time.Duration { return time.Duration(c.Timeout) }

// Run asks, and says one line. Its error is an exitError where the server is not ready.
func (c *readyCmd) Run(ctx context.Context, t terminal) error {
	targets, err := probe.ParseTargets([]string{c.Target})
	if err != nil {
		return err
	}
	if len(targets) > 1 {
		return fmt.Errorf("ready checks one server, and %q lists %d", c.Target, len(targets))
	}
	secure, err := c.config(ctx, t.files)
	if err != nil {
		return err
	}
	// What is left of the time is for the name and the answer: a server that is silent is told from a
	// run that was cut short.
	answer := askReady(ctx, targets[0], wire.Transport{Timeout: time.Duration(c.Timeout) * 3 / 4, TLS: secure})
	if _, err := fmt.Fprintln(t.out, answer); err != nil {
		return err
	}
	if answer.serves || answer.unknown && c.Fail == "open" {
		return nil
	}
	return exitError(report.ExitWarning)
}

// readiness is whether a server serves clients, and why.
type readiness struct {
	// serves and unknown are never true together.
	serves, unknown bool
	why             string
}

func (r readiness) String() string {
	switch {
	case r.serves:
		return "ready: " + r.why
	case r.unknown:
		return "unknown: " + r.why
	}
	return "not ready: " + r.why
}

func askReady(ctx context.Context, target snapshot.Target, t wire.Transport) readiness {
	addrs := wire.Resolve(ctx, target.Host)
	if !addrs.Seen() {
		return notServing(addrs.Failure)
	}
	addr := netip.AddrPortFrom(addrs.Value[0], uint16(target.Port)) //nolint:gosec // ParseTargets has seen to it
	srvr := wire.Ask(ctx, addr, snapshot.WordSrvr, t.To(target.Host), snapshot.ParseSrvr)
	switch {
	case !srvr.Seen():
		return notServing(srvr.Failure)
	case srvr.Value.ReadOnly || srvr.Value.Mode == snapshot.ModeReadOnly:
		return readiness{why: fmt.Sprintf("%v is in read-only mode", addr)}
	}
	return readiness{serves: true, why: fmt.Sprintf("%v serves as %s", addr, srvr.Value.Mode)}
}

// notServing tells failures by which a server does not serve from those that leave it open:
// one that closes the connection may have too many from here.
func notServing(f *snapshot.Failure) readiness {
	r := readiness{why: f.Text}
	switch f.Kind {
	case snapshot.NotServing, snapshot.Refused, snapshot.Filtered, snapshot.Unreachable, snapshot.Silent:
	default:
		r.unknown = true
	}
	return r
}
