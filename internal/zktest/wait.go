package zktest

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Wait calls cond until it returns true or ctx ends, after pollFor (3 min) at the latest.
// The error says what was waited for and how the servers stand.
func (e *Ensemble) Wait(ctx context.Context, what string, cond func() bool) error {
	if err := poll(ctx, what, cond); err != nil {
		return fmt.Errorf("%w (%s)", err, e.describe())
	}
	return nil
}

// WaitServing waits until every server that was started serves clients. It
// fails at once when one of them has exited by itself.
func (e *Ensemble) WaitServing(ctx context.Context) error {
	var exited *Server
	err := e.Wait(ctx, "all running servers to serve", func() bool {
		for _, s := range e.Servers {
			if s.exitedByItself() {
				exited = s
				return true
			}
		}
		modes := e.Modes(ctx)
		for _, s := range e.Servers {
			if s.Running() && !s.Paused() && modes[s] == "" {
				return false
			}
		}
		return len(modes) > 0
	})
	if err == nil && exited != nil {
		code, _ := exited.ExitCode()
		return fmt.Errorf("server.%d exited with code %d:\n%s", exited.ID, code, exited.LogTail(20))
	}
	return err
}

// WaitQuorum waits until the ensemble has one leader that serves, or, being
// standalone, serves.
func (e *Ensemble) WaitQuorum(ctx context.Context) error {
	return e.Wait(ctx, "a leader", func() bool { return e.leading(ctx) != nil })
}

// WaitMode waits until the server's srvr answers with the mode: leader,
// follower, observer, standalone or read-only; "" is any state without one:
// not serving, not answering or not running.
func (e *Ensemble) WaitMode(ctx context.Context, s *Server, mode string) error {
	return e.Wait(ctx, fmt.Sprintf("server.%d to be %q", s.ID, mode), func() bool {
		return s.Mode(ctx) == mode
	})
}

// Leader waits for a leader and returns it. The server of a standalone
// ensemble counts as its leader.
func (e *Ensemble) Leader(ctx context.Context) (*Server, error) {
	var leader *Server
	err := e.Wait(ctx, "a leader", func() bool {
		leader = e.leading(ctx)
		return leader != nil
	})
	return leader, err
}

// leading returns the one server that leads, nil when none or several do.
func (e *Ensemble) leading(ctx context.Context) *Server {
	var leader *Server
	for s, mode := range e.Modes(ctx) {
		if mode == "leader" || mode == "standalone" {
			if leader != nil {
				return nil
			}
			leader = s
		}
	}
	return leader
}

// Modes asks all running servers at once for their mode. A server that does not
// serve or does not answer has none and is left out.
func (e *Ensemble) Modes(ctx context.Context) map[*Server]string {
	type answer struct {
		server *Server
		mode   string
	}
	answers := make(chan answer)
	for _, s := range e.Servers {
		go func() { answers <- answer{s, s.Mode(ctx)} }()
	}
	modes := make(map[*Server]string)
	for range e.Servers {
		if a := <-answers; a.mode != "" {
			modes[a.server] = a.mode
		}
	}
	return modes
}

// describe says in one line how each server stands, for error messages.
func (e *Ensemble) describe() string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	modes := e.Modes(ctx)
	var parts []string
	for _, s := range e.Servers {
		state := modes[s]
		code, exited := s.ExitCode()
		switch {
		case s.Paused():
			state = "paused"
		case exited:
			state = fmt.Sprintf("exited with code %d", code)
		case !s.Running():
			state = "not started"
		case state == "":
			state = "not serving"
		}
		parts = append(parts, fmt.Sprintf("server.%d: %s", s.ID, state))
	}
	return strings.Join(parts, ", ")
}
