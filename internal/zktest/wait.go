package zktest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// pollEvery is short against an election (0.2 s and up) and long against a
	// four letter word (1 ms), of which each server logs three lines.
	pollEvery = 50 * time.Millisecond
	// pollFor bounds a wait whose context has no deadline. A server that has looked for
	// a leader alone sends its vote anew after 60 s at last
	// (FastLeaderElection.maxNotificationInterval, all versions): on 3.4.10 one was seen
	// looking 43 s after its two peers were back and served. Starts and elections, 1-3 s
	// on an idle machine, have taken 30 s on a busy one; they may follow upon that, and
	// take two attempts.
	pollFor = 3 * time.Minute
)

// poll calls cond until it returns true or ctx ends, after pollFor at the
// latest. The error names what was waited for.
func poll(ctx context.Context, what string, cond func() bool) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, pollFor)
		defer cancel()
	}
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		case <-ticker.C:
		}
	}
	return nil
}

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

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}
