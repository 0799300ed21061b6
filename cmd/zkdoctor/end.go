package main

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/alecthomas/kong"
)

// lastWords is how long a command may take to write down what is known, once its time is
// over or a signal has come: what writes to a pipe that nobody reads waits for ever.
const lastWords = 900 * time.Millisecond

// reserve is the part of a command's time in which it no longer looks, but judges what was seen
// and writes it down: with lastWords it has that long.
func reserve(most time.Duration) time.Duration { return min(most/10, 500*time.Millisecond) }

// bounded is a command whose time is limited.
type bounded interface {
	// mayTake is how long it may take, 0 for as long as it likes.
	mayTake() time.Duration
}

// timeOf is how long the chosen command may take; 0 for as long as it likes.
func timeOf(parsed *kong.Context) time.Duration {
	if node := parsed.Selected(); node != nil && node.Target.CanAddr() {
		if command, ok := reflect.TypeAssert[bounded](node.Target.Addr()); ok {
			return command.mayTake()
		}
	}
	return 0
}

// runToEnd runs a command and returns its exit code. Once ctx has ended, ended is called, and
// a command that has not returned lastWords later is left behind; kept is what is left of its
// time where that is why ctx ended.
func runToEnd(ctx context.Context, t terminal, kept time.Duration, ended func(), command func() error) int {
	code := make(chan int, 1)
	go func() { code <- exitCode(t, command()) }()
	select {
	case code := <-code:
		return code
	case <-ctx.Done():
	}
	ended()
	why, wait := errors.New("interrupted, and the answer could not be written in time"), lastWords
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why, wait = errors.New("the time for the run is over, and the answer could not be written"), lastWords+kept
	}
	select {
	case code := <-code:
		return code
	case <-time.After(wait):
	}
	said := make(chan int, 1)
	go func() { said <- fail(t, why) }()
	select {
	case code := <-said:
		return code
	case <-time.After(100 * time.Millisecond): // stderr may be that pipe, too
		return exitUsage
	}
}
