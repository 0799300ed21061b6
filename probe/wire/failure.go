package wire

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
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

// trouble is the kind of an error that is this host's own, and tells nothing of the server;
// empty for any other. The resolver gives the text of an error alone (net.DNSError).
func trouble(err error) snapshot.FailureKind {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	for _, t := range []struct {
		errno syscall.Errno
		kind  snapshot.FailureKind
	}{
		{syscall.EMFILE, snapshot.NoDescriptors},
		{syscall.ENFILE, snapshot.NoDescriptors},
		{syscall.EADDRNOTAVAIL, snapshot.NoPorts},
		{syscall.ENOMEM, snapshot.NoMemory},
		{syscall.ENOBUFS, snapshot.NoMemory},
	} {
		if errors.Is(err, t.errno) || isDNS && strings.HasSuffix(dns.Err, t.errno.Error()) {
			return t.kind
		}
	}
	return ""
}
