package zktest

import (
	"context"
	"fmt"
	"time"
)

const (
	// pollEvery is short against a start and an election (1 s and up on a machine that has
	// more of them to do) and long against a four letter word (1 ms of a server's processor,
	// and three lines of its log): at 50 ms, to wait took a tenth of all processor time.
	pollEvery = 200 * time.Millisecond
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
