package thishost

import (
	"context"
	"errors"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// askLimit is how long the kernel may take to tell of a process what it has to ask the
// memory of that process for: some microseconds, or else the process is in its way.
const askLimit = 250 * time.Millisecond

// askAgainLimit is that for a process that has answered before: on a busy machine an honest one
// is late.
const askAgainLimit = 500 * time.Millisecond

// askKernel calls ask, which reads of a process what is in its memory, or needs that to stand
// still: the command line, the map. A process can make such a read last for ever (userfaultfd(2),
// or a mount of its own). The error is that of one that was given up or not begun, or ask's.
func askKernel[T any](
	ctx context.Context, h Host, limit time.Duration, owner uint64, ask func() (T, error),
) (T, error) {
	bound, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return hostfile.LookAt(bound, h.Door, owner, ask)
}

// noAnswer reports whether the kernel does not answer, or is not asked for that; ended is then
// closed once it has after all, and nil where nobody asks.
func noAnswer(err error) (ended <-chan struct{}, silent bool) {
	if gaveUp, ok := errors.AsType[*hostfile.GivenUpError](err); ok {
		return gaveUp.Ended, true
	}
	return nil, errors.Is(err, hostfile.ErrStuck)
}
