package wire

import (
	"context"
	"errors"
	"syscall"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// readFailure sorts what can go wrong on a connection that was made.
func (l look) readFailure(ctx context.Context, data []byte, err error) *snapshot.Failure {
	timedOut := isTimeout(err)
	switch fault, text := tlsFault(err); {
	case l.cancelled(ctx, timedOut):
		return l.failCancelled()
	case text != "":
		noteFailure(l.shown, fault, err)
		return l.fail(snapshot.TLS, "%s", text)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return l.fail(snapshot.Reset, "connection reset before an answer to %s", l.what)
	case !timedOut:
		return l.fail(snapshot.Reset, "connection lost before an answer to %s: %s", l.what, reason(err))
	case len(data) == 0:
		return l.fail(snapshot.Silent, "connected, but no answer to %s in %v", l.what, l.timeout())
	}
	// Peers that speak first (SSH, mail) wait for us and never close.
	if foreign := snapshot.Foreign(data); foreign != "" {
		return l.fail(snapshot.Protocol, "%s answered", foreign)
	}
	return l.fail(snapshot.Silent, "the answer to %s stalled after %d bytes, %v after the start", l.what, len(data), l.timeout())
}
