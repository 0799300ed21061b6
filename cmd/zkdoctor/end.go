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
// a command that has not returned lastWords later is left behind.
func runToEnd(ctx context.Context, t terminal, ended func(), command func() error) int {
	code := make(chan int, 1)
	go func() { code <- exitCode(t, command()) }()
	select {
	case code := <-code:
		return code
	case <-ctx.Done():
	}
	ended()
	select {
	case code := <-code:
		return code
	case <-time.After(lastWords):
	}
	why := errors.New("interrupted, and the answer could not be written in time")
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = errors.New("the time for the run is over, and the answer could not be written")
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
