package probe

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// lookAtDue probes the peer ports that are due now, and counts this host's connections to
// their servers.
func lookAtDue(ctx context.Context, t *task, s *snapshot.Snapshot) {
	var due []*serverTask
	decided, servers := t.PortsDue(s), t.serverTasks(s, t.allowance())
	for i, a := range servers {
		if decided[i] {
			due = append(due, a)
		}
	}
	if len(due) == 0 {
		return
	}
	started := time.Now()
	if s.ConfAge != 0 { // conf tells where the ports are
		t.askConfAnew(ctx, slices.DeleteFunc(servers, func(a *serverTask) bool { return !a.server.Conf.Tried }))
		s.ConfAge = 0
	}
	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for _, a := range due {
		group.Go(func() error { probePorts(ctx, a, a.Timeout); return nil })
	}
	_ = group.Wait() // no look returns an error: failures are data
	countHeld(ctx, due)
	s.Took += time.Since(started)
	if t.Local {
		s.Local = t.host().LookAgain(ctx, s.Local) // what has changed there shows here
	}
}

// keepPorts takes what the peer ports showed from an earlier look at the server.
func keepPorts(s, before *snapshot.Server) {
	s.Quorum, s.Election, s.QuorumTLS = before.Quorum, before.Election, before.QuorumTLS
}
