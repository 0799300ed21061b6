//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyResize tells of a terminal that has another size.
func notifyResize(to chan os.Signal) { signal.Notify(to, syscall.SIGWINCH) }
