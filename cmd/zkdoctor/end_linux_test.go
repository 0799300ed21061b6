package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fullPipe is a pipe that takes no byte more, and that nobody reads.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	fd := int(w.Fd())
	must(t, syscall.SetNonblock(fd, true))
	for err = nil; err == nil; {
		_, err = syscall.Write(fd, make([]byte, 1024))
	}
	if !errors.Is(err, syscall.EAGAIN) {
		t.Fatal(err)
	}
	must(t, syscall.SetNonblock(fd, false))
	return w
}

// silentServer accepts connections, and says nothing; asked has something after the first.
func silentServer(t *testing.T) (addr string, asked <-chan struct{}) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	first := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			select {
			case first <- struct{}{}:
			default:
			}
		}
	}()
	return listener.Addr().String(), first
}

// soonEnough is lastWords, and what a machine of two cores takes for a process that is to end.
const soonEnough = lastWords + 4*time.Second

// TestEveryCommandEnds: a run ends with its deadline and with a signal, and says what it
// knows, whatever its stdin, its stdout and its servers do.
func TestEveryCommandEnds(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	for name, c := range map[string]struct {
		args []string
		// full: nobody reads stdout.
		full bool
		// signal is sent once it has asked SERVER, or waits for a pipe; 0 for none. again
		// sends it until it has ended.
		signal syscall.Signal
		again  bool
		exit   int
		says   string
	}{
		"stdin that says nothing":                 {args: []string{"check", "--from", "-", "--deadline=1s"}, exit: 3, says: "stdin has not ended in time"},
		"stdin that says nothing, explained":      {args: []string{"explain", "-"}, signal: syscall.SIGTERM, exit: 3, says: "stdin has not ended in time: context canceled\n"},
		"stdin that says nothing, and SIGTERM":    {args: []string{"check", "--from", "-", "--deadline=1h"}, signal: syscall.SIGTERM, exit: 3, says: "stdin has not ended in time"},
		"a server that says nothing":              {args: []string{"check", "--no-local", "--timeout=1h", "--deadline=1s", "SERVER"}, exit: 3, says: "incomplete: "},
		"no time to look at this host":            {args: []string{"check", "--deadline=1ns", "SERVER"}, exit: 3, says: "incomplete: "},
		"a way to its host that leads nowhere":    {args: []string{"check", "--no-local", "--timeout=1s", "--deadline=1s", "--via=sh -c 'sleep 600' {host}", "SERVER"}, exit: 3, says: "incomplete: deadline"},
		"a server that says nothing, and SIGINT":  {args: []string{"check", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGINT, exit: 3, says: "incomplete: "},
		"a server that says nothing, and SIGTERM": {args: []string{"collect", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGTERM, exit: 0, says: `"incomplete": "interrupted"`},
		"asked for a restart, and SIGINT":         {args: []string{"ok-to-restart", "--only=stop", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGINT, exit: 3, says: "NOT KNOWN  two-checks"},
		"asked for a restart, and SIGTERM":        {args: []string{"ok-to-restart", "--only=stop", "--output=json", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGTERM, exit: 3, says: `"incomplete": "interrupted"`},
		"asked for an order, and SIGTERM":         {args: []string{"ok-to-restart", "--only=stop", "--output=order", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGTERM, exit: 3, says: "zkdoctor: whether 127.0.0.1"},
		"waiting for a state, and SIGINT":         {args: []string{"wait", "--for=serving", "--no-local", "--look-timeout=1h", "--timeout=1h", "SERVER"}, signal: syscall.SIGINT, exit: 3, says: "NOT KNOWN  interrupted after 0s, not serving yet: "},
		"waiting for a state, and SIGTERM":        {args: []string{"wait", "--for=quorum", "--no-local", "--look-timeout=1s", "--interval=1h", "--timeout=2h", "SERVER"}, signal: syscall.SIGTERM, exit: 3, says: "NOT KNOWN  interrupted after "},
		"watching, and SIGINT":                    {args: []string{"watch", "--no-local", "--timeout=1h", "--deadline=1h", "SERVER"}, signal: syscall.SIGINT, exit: 3},
		"watching, and SIGTERM":                   {args: []string{"watch", "--output=json", "--no-local", "--timeout=1s", "--interval=1h", "SERVER"}, signal: syscall.SIGTERM, exit: 3},
		"compared with stdin, and SIGINT":         {args: []string{"diff", "../../docs/examples/healthy.json", "-"}, signal: syscall.SIGINT, exit: 3, says: "stdin has not ended in time"},
		"compared with stdin, and SIGTERM":        {args: []string{"diff", "--from", "-"}, signal: syscall.SIGTERM, exit: 3, says: "stdin has not ended in time"},
		"stdout that nobody reads":                {args: []string{"check", "--no-local", "--timeout=1s", "--deadline=1s", "SERVER"}, full: true, exit: 3, says: "the time for the run is over"},
		"stdout that nobody reads, and SIGTERM":   {args: []string{"findings"}, full: true, signal: syscall.SIGTERM, exit: 3, says: "interrupted"},
		"the same, explained":                     {args: []string{"explain", "quorum-lost"}, full: true, signal: syscall.SIGINT, exit: 3, says: "interrupted"},
		"a second signal":                         {args: []string{"findings"}, full: true, signal: syscall.SIGINT, again: true, exit: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), mustEnd)
			defer cancel()
			silent, asked := silentServer(t)
			args := slices.Clone(c.args)
			last := &args[len(args)-1]
			waits := func() bool { return len(asked) > 0 }
			if *last != "SERVER" {
				silent, waits = *last, nil
			}
			*last = silent
			cmd := exec.CommandContext(ctx, program, args...)
			silence, err := cmd.StdinPipe()
			must(t, err)
			defer silence.Close()
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if c.full {
				cmd.Stdout = fullPipe(t)
			}
			must(t, cmd.Start())
			if waits == nil {
				waits = func() bool { return waitsForPipe(cmd.Process.Pid) }
			}
			if c.signal != 0 {
				must(t, waitUntil(t, "the program to wait", waits))
				must(t, cmd.Process.Signal(c.signal))
			}
			signalled := time.Now()
			ended := make(chan struct{})
			go func() { defer close(ended); _ = cmd.Wait() }() // its exit code is looked at
			if c.again {
				must(t, waitUntil(t, "its end", func() bool { return cmd.Process.Signal(c.signal) != nil }))
			}
			<-ended
			if took := time.Since(signalled); c.signal != 0 && took > soonEnough {
				t.Errorf("it took %v to end", took)
			}
			if ctx.Err() != nil {
				t.Fatal("it did not end")
			}
			if got := cmd.ProcessState.ExitCode(); got != c.exit || !strings.Contains(said.String(), c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s", got, c.exit, c.says, said.String())
			}
		})
	}
}

// waitsForPipe reports whether a thread of a process waits for a pipe: to read from it, or to
// write into it.
func waitsForPipe(pid int) bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/wchan", pid))
	return slices.ContainsFunc(files, func(file string) bool {
		where, _ := os.ReadFile(file) // gone by now: no
		return strings.Contains(string(where), "pipe_")
	})
}
