package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

type okToRestartCmd struct {
	Servers []string `arg:"" optional:"" name:"server" help:"Servers to restart, one after the other, as the ensemble lists them."`

	evidenceFlags

	In []string `placeholder:"SERVERS" group:"what" help:"All members of the ensemble. Without this and -c: those that the servers report."`

	Only      string   `enum:",stop" default:"" placeholder:"stop" env:"ZKDOCTOR_OK_TO_RESTART_ONLY" group:"say" help:"stop: check only whether the servers may stop now; this needs no access to their hosts."`
	ZooKeeper string   `name:"zookeeper" placeholder:"VERSION" group:"say" help:"The release that the servers will be started with, for an upgrade."`
	Ignore    []string `placeholder:"CHECK" env:"ZKDOCTOR_OK_TO_RESTART_IGNORE" group:"say" help:"Checks whose result does not count, by the names in the output."`
	Output    string   `short:"o" enum:"text,json,order" default:"text" env:"ZKDOCTOR_OK_TO_RESTART_OUTPUT" group:"say" help:"text, json, or order: only the servers, in the order of the restarts."`
	Color     string   `group:"say" enum:"auto,always,never" default:"auto" help:"auto, always or never."`
}

// Help is shown under the usage line.
func (*okToRestartCmd) Help() string {
	return `Three questions: may it stop now, would it come back, would clients miss it? It only
reads, always checks twice, and fails closed: what it could not check is NOT KNOWN.

Exit codes: 0 OK, 1 NOT OK, 3 NOT KNOWN, cut short or wrong usage.

Examples:
  zkdoctor ok-to-restart                    on the server that is to be restarted
  zkdoctor ok-to-restart zk1 --in zk1,zk2,zk3 --via 'ssh {host} --'
                                            from anywhere, with a check on all hosts
  zkdoctor ok-to-restart --only stop zk1 --in zk1,zk2,zk3
                                            without host access, as a Kubernetes hook
  zkdoctor ok-to-restart -o order zk1 zk2 zk3
                                            the order of a rolling restart
  zkdoctor ok-to-restart --zookeeper 3.9.5 zk1
                                            before an upgrade of zk1 to that release`
}

// mayTake implements bounded.
func (c *okToRestartCmd) mayTake() time.Duration {
	return time.Duration(c.Deadline) + max(time.Duration(c.Window), secondLookAfter) + c.sending()
}

// Run looks twice, and answers. Its error is an exitError once there is an answer.
func (c *okToRestartCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	question, err := c.asked()
	if err != nil {
		return err
	}
	options := diag.Options{Version: versionNumber()}
	snap, err := c.snapshot(ctx, t, log, options)
	if err != nil {
		return err
	}
	answer := restart.Judge(snap, options, question)
	if err := c.render(t, answer); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return exitError(answer.ExitCode)
}

// asked makes the flags a question, and says what to look at.
func (c *okToRestartCmd) asked() (restart.Question, error) {
	q := restart.Question{OnlyStop: c.Only == "stop", ZooKeeper: c.ZooKeeper, Ignore: c.Ignore, Listed: len(c.In) > 0}
	switch {
	case c.NoSecondLook:
		return q, errors.New("--no-second-look: one check cannot show whether a server may be restarted")
	case len(c.In) > 0 && (c.Config != "" || len(c.From) > 0):
		return q, errors.New("--in, --config and --from exclude each other: use one")
	case c.ZooKeeper != "" && !zoocfg.Released(c.ZooKeeper):
		return q, unknownRelease(fmt.Sprintf("--zookeeper %q", c.ZooKeeper))
	}
	for _, name := range c.Ignore {
		if names := restart.Names(); !slices.Contains(names, name) {
			return q, fmt.Errorf("--ignore: there is no check %q; the checks are %s", name, strings.Join(names, ", "))
		}
	}
	if c.Window == 0 {
		c.Window = duration(secondLookAfter)
	}
	var err error
	if q.Servers, err = probe.ParseTargets(c.Servers); err != nil {
		return q, err
	}
	if c.Config == "" && len(c.From) == 0 && len(c.Servers) > 0 {
		c.Targets, err = c.members(q.Servers)
		c.Discover = c.Discover || len(c.In) == 0
	}
	return q, err
}

// members are the servers to look at: those of --in, and those to restart that are not among them.
func (c *okToRestartCmd) members(servers []snapshot.Target) ([]string, error) {
	in, err := probe.ParseTargets(c.In)
	if err != nil {
		return nil, err
	}
	for _, s := range servers {
		known := slices.ContainsFunc(in, func(t snapshot.Target) bool {
			return t.Host == s.Host && (t.Port == s.Port || s.Assumed)
		})
		switch {
		case known:
		case len(c.In) > 0:
			return nil, fmt.Errorf("%s is not among the members of --in: name it there too", s.Host)
		default:
			in = append(in, s)
		}
	}
	var out []string
	for _, t := range in {
		if t.Assumed {
			out = append(out, bracketed(t.Host))
			continue
		}
		out = append(out, t.Address())
	}
	return out, nil
}

// bracketed is a host as a target.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func (c *okToRestartCmd) render(t terminal, a *restart.Answer) error {
	switch c.Output {
	case "json":
		return render.RestartJSON(t.out, a)
	case "order":
		if a.Answer != restart.OK { // stdout has names alone
			_, _ = t.err.WriteString("zkdoctor: " + printable(a.Summary) + "\n")
		}
		return render.RestartOrder(t.out, a)
	}
	return render.RestartText(t.out, a, render.Options{Width: t.width(), Color: t.color(c.Color)})
}
