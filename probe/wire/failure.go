package wire

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// isTimeout covers the deadline of the look and the kernel's own (ETIMEDOUT).
func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// reason is the innermost error, without addresses.
func reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return snapshot.Printable(err.Error(), snapshot.MaxForeign)
}
