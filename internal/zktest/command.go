package zktest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Result is what became of a command.
type Result struct {
	Stdout, Stderr []byte
	// ExitCode is 128 + n after signal n.
	ExitCode int
}

// Command is a program that runs on a host.
type Command struct {
	host           *Host
	name           string
	process        *process
	stdout, stderr output
}

// output is what a running command has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.text.Bytes())
}

// Run runs a command to its end on the host: in its namespaces, so with its
// interfaces, its /proc, its host name and its /etc/hosts, whether its server
// runs or not. A loopback host has only its address, so there the command runs
// as any other. An exit code other than 0 is no error.
func (h *Host) Run(ctx context.Context, command ...string) (Result, error) {
	c, err := h.StartCommand(command...)
	if err != nil {
		return Result{}, err
	}
	return c.Wait(ctx)
}

// StartCommand starts a command as Run does, and leaves it running: Wait must be called,
// or the host closed.
func (h *Host) StartCommand(command ...string) (*Command, error) {
	args := h.inside("", command)
	c := &Command{host: h, name: command[0]}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &c.stdout, &c.stderr
	cmd.WaitDelay = time.Second // for a grandchild that keeps the pipes open
	var err error
	c.process, err = run(h.ensemble.starter, cmd)
	return c, err
}

// Wait waits for the command's end, and kills it when ctx ends before, which is an error.
func (c *Command) Wait(ctx context.Context) (Result, error) {
	var err error
	select {
	case <-c.process.done:
	case <-ctx.Done():
		// The whole process group: nsenter and its child.
		_ = syscall.Kill(-c.process.cmd.Process.Pid, syscall.SIGKILL)
		<-c.process.done
		err = fmt.Errorf("%s on %s: %w", c.name, c.host.Name, context.Cause(ctx))
	}
	return Result{c.stdout.bytes(), c.stderr.bytes(), c.process.code}, err
}

// Running reports whether the command has not ended yet.
func (c *Command) Running() bool { return c.process.running() }

// Stdout is what the command has written there so far.
func (c *Command) Stdout() []byte { return c.stdout.bytes() }

// Stderr is what the command has written there so far.
func (c *Command) Stderr() []byte { return c.stderr.bytes() }

// Signal sends a signal to the command itself, and waits until it is there to get it.
func (c *Command) Signal(ctx context.Context, sig syscall.Signal) error {
	if err := c.host.find(ctx, c.process); err != nil {
		return err
	}
	return c.process.signal(sig)
}

// find waits until a process that was started on the host runs, and notes its id. It
// is that of nsenter's child on a host of namespaces.
func (h *Host) find(ctx context.Context, p *process) error {
	if h.space == nil || p.pid != p.cmd.Process.Pid {
		return nil
	}
	return poll(ctx, fmt.Sprintf("process on %s", h.Name), func() bool {
		if child := childOf(p.cmd.Process.Pid); child != 0 {
			p.pid = child
			return true
		}
		return !p.running()
	})
}
