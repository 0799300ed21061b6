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
		ctx     context.Context
		monitor bool
		want    int
	}{{t.Context(), false, exitFailed}, {t.Context(), true, exitFailed}, {over, false, exitInterrupted}, {over, true, 0}} {
		if got := explain(c.ctx, new(bytes.Buffer), errors.New("x"), c.monitor); got != c.want {
			t.Errorf("over: %t, monitor: %t: %d, want %d", c.ctx.Err() != nil, c.monitor, got, c.want)
		}
	}
}
