package zktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"
)

const (
	// maxServers keeps the servers' addresses below the client's.
	maxServers = 99
	// clientNumber is the last part of the client host's address.
	clientNumber = 100
)

// Dial opens a TCP connection from the host to addr (host:port, with an IP
// address for host).
func (h *Host) Dial(ctx context.Context, addr string) (conn net.Conn, err error) {
	dialer := net.Dialer{Timeout: wordTimeout}
	if h.space == nil && h == h.ensemble.Client {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(h.Addr)} // as another machine would
	}
	inErr := h.in(func() { conn, err = dialer.DialContext(ctx, "tcp", addr) })
	return conn, errors.Join(inErr, err)
}

// Listen takes a port (":2181", or with an IP address before it) on the host,
// as another program would.
func (h *Host) Listen(ctx context.Context, addr string) (l net.Listener, err error) {
	if host, port, splitErr := net.SplitHostPort(addr); splitErr == nil && host == "" && h.space == nil {
		addr = net.JoinHostPort(h.Addr, port)
	}
	inErr := h.in(func() { l, err = new(net.ListenConfig).Listen(ctx, "tcp", addr) })
	return l, errors.Join(inErr, err)
}

// Result is what became of a command.
type Result struct {
	Stdout, Stderr []byte
	// ExitCode is 128 + n after signal n.
	ExitCode int
}

// Run runs a command to its end on the host: in its namespaces, so with its
// interfaces, its /proc, its host name and its /etc/hosts, whether its server
// runs or not. A loopback host has only its address, so there the command runs
// as any other. An exit code other than 0 is no error.
func (h *Host) Run(ctx context.Context, command ...string) (Result, error) {
	var stdout, stderr bytes.Buffer
	args := h.inside("", command)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // for a grandchild that keeps the pipes open
	p, err := run(h.ensemble.starter, cmd)
	if err != nil {
		return Result{}, err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		// The whole process group: nsenter and its child.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		err = fmt.Errorf("%s on %s: %w", command[0], h.Name, context.Cause(ctx))
	}
	return Result{stdout.Bytes(), stderr.Bytes(), p.code}, err
}

// wordTimeout bounds one four letter word: a paused server never answers.
const wordTimeout = 2 * time.Second
