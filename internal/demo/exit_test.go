package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

// TestExplain: Ctrl-C ends the demo early, and is how monitor ends.
func TestExplain(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		over, monitor bool
		want          int
	}{{false, false, exitFailed}, {false, true, exitFailed}, {true, false, exitInterrupted}, {true, true, 0}} {
		ctx := t.Context()
		if c.over {
			ctx = over
		}
		if got := explain(ctx, new(bytes.Buffer), errors.New("x"), c.monitor); got != c.want {
			t.Errorf("over: %t, monitor: %t: %d, want %d", c.over, c.monitor, got, c.want)
		}
	}
}
