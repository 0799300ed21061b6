package probe

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// Look looks at what the question asks for, and once more where the question wants that.
// before is an earlier look at the same servers, nil for none: what is not due now is taken
// from it, and a disk that hangs since then is left alone. It ends when all looks have ended
// or ctx has, whichever comes first, and leaves nothing running.
//
// A server that cannot be reached is data. The error is a sentence for the user: a file
// cannot be read, or no server is named and none found.
func Look(ctx context.Context, q Question, before *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	if q.Timeout <= 0 {
		q.Timeout = snapshot.DefaultTimeout
	}
	if q.Door == nil {
		q.Door = new(hostfile.Door)
	}
	t, local, err := prepare(ctx, q, before)
	if err != nil {
		return nil, err
	}
	if err := t.admitted(); err != nil {
		return nil, err
	}
	t.comparesWith(before)
	if q.Discover && !t.discover(ctx, local) && q.Undiscovered != nil {
		q.Undiscovered()
	}
	if q.Begin != nil {
		q.Begin(t.plan.Targets)
	}
	first := t.look(ctx, local, before)
	wait := t.again(first)
	switch {
	case wait <= 0:
		return first, nil
	case !sleep(ctx, wait):
		cut := *first
		cut.Incomplete = endedBy(ctx)
		return &cut, nil
	}
	return t.lookAgain(ctx, first), nil
}

// look is a look at everything.
func (t *task) look(ctx context.Context, local []snapshot.Local, before *snapshot.Snapshot) *snapshot.Snapshot {
	s := t.lookAtAll(ctx, local, t.PeerPorts && t.PortsDue == nil)
	if t.QuorumHello {
		helloElectionPorts(ctx, t, s)
	}
	finish(ctx, s)
	if before != nil {
		s.Known = before.Members()
	}
	if t.PeerPorts && t.PortsDue != nil {
		lookAtDue(ctx, t, s)
	}
	t.looked(s)
	return s
}

// lookAgain is the second look at what the first one looked at. Peer ports are not probed
// again: once per run is all that an election listener is to be bothered with.
func (t *task) lookAgain(ctx context.Context, first *snapshot.Snapshot) *snapshot.Snapshot {
	t.comparesWith(first)
	s := t.lookAtAll(ctx, t.host().LookAgain(ctx, first.Local), false)
	finish(ctx, s)
	for i := range s.Servers {
		keepPorts(&s.Servers[i], &first.Servers[i])
	}
	s.Known = first.Members()
	before := *first
	before.Before = nil
	s.Before = &before
	t.looked(s)
	return s
}

// lookAtAll looks at all servers at once, and at their peer ports where that is wanted.
func (t *task) lookAtAll(ctx context.Context, local []snapshot.Local, peerPorts bool) *snapshot.Snapshot {
	s := t.newSnapshot()
	s.Local = slices.Clone(local) // what zkServer.sh would see is written into it
	if t.Local && !t.KeepLocal {
		s.Vantage.Addrs = thishost.Addrs()
	}
	all := t.allowance()
	servers := t.serverTasks(s, all)
	lookAtServers(ctx, servers, peerPorts)
	s.ConfAge = t.renewConf(ctx, servers)
	t.tellApart(ctx, servers)
	if t.PortsDue == nil {
		countHeld(ctx, servers)
	}
	lookScripts(ctx, t, s)
	if all.Spent() {
		s.Incomplete = tooLarge
	}
	return s
}

// finish writes down how long a look took, and whether it was cut short.
func finish(ctx context.Context, s *snapshot.Snapshot) {
	s.Took = time.Since(s.Started)
	s.Incomplete = cmp.Or(whyIncomplete(ctx, s), s.Incomplete)
}

func (t *task) looked(s *snapshot.Snapshot) {
	if t.Looked != nil {
		t.Looked(s)
	}
}

// again is how long to wait for the second look; 0 for none.
func (t *task) again(s *snapshot.Snapshot) time.Duration {
	if t.Again == nil || s.Incomplete != "" && s.Incomplete != tooLarge {
		return 0
	}
	return t.Again(s)
}

// sleep reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tooLarge is Snapshot.Incomplete where answers were given up because all of them together are
// too large. Those of servers that say what servers say are there.
const tooLarge = "too-large"

// whyIncomplete says why looking ended early. A look that ends with the run notices
// that by its own clock, a moment before ctx does.
func whyIncomplete(ctx context.Context, s *snapshot.Snapshot) string {
	if by := endedBy(ctx); by != "" {
		return by
	}
	for i := range s.Servers {
		if s.Servers[i].Cancelled() {
			return "deadline"
		}
	}
	return ""
}

// endedBy says what ended ctx, in the words of Snapshot.Incomplete: "deadline",
// "interrupted", or nothing.
func endedBy(ctx context.Context) string {
	switch {
	case ctx.Err() == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "deadline"
	}
	return "interrupted"
}
