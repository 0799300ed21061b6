//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// runApart runs a command to its end, in a session of its own: it has no terminal to ask
// a password on, and when ctx ends everything that it started ends with it. It reads stdin, where
// that is not nil. err is set where it could not be started.
func runApart(
	ctx context.Context, command []string, stdin *os.File, stdout, stderr io.Writer,
) (code int, err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the operator's own, and no shell reads it
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if stdin != nil {
		cmd.Stdin = stdin
	}
	cmd.Env = append(os.Environ(), "SSH_ASKPASS_REQUIRE=never")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = lastWords / 3 // for a grandchild that keeps the pipes open
	err = cmd.Run()
	// Where it ended and another that it started keeps the pipes open, what was read is its answer: the master
	// of a shared connection (ssh's ControlPersist) may do that.
	if _, ended := errors.AsType[*exec.ExitError](err); ended || err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return cmd.ProcessState.ExitCode(), nil
	}
	return 0, fmt.Errorf("could not be started: %w", err)
}
