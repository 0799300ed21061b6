package probe

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// lookAtDue looks at the peer ports that are due now, and counts this host's connections to
// their servers. The other ports are as before has them, nil for nothing.
func lookAtDue(ctx context.Context, t *task, s, before *snapshot.Snapshot) {
	var due []*serverTask
	decided := t.PortsDue(s)
	for i, a := range t.serverTasks(s) {
		switch decided[i] {
		case DueNow:
			due = append(due, a)
		case DueLater:
			if before != nil && i < len(before.Servers) && sameTarget(&before.Servers[i], a.server) {
				keepPorts(a.server, &before.Servers[i])
				a.server.Held = before.Servers[i].Held
			}
		case DueNever:
		}
	}
	if len(due) == 0 {
		return
	}
	started := time.Now()
	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for _, a := range due {
		group.Go(func() error { probePorts(ctx, a, a.Timeout); return nil })
	}
	_ = group.Wait() // no look returns an error: failures are data
	countHeld(due)
	s.Took += time.Since(started)
	if t.Local {
		s.Local = t.host().LookAgain(ctx, s.Local) // what has changed there shows here
	}
}

// keepPorts takes what the peer ports showed from an earlier look at the server.
func keepPorts(s, before *snapshot.Server) {
	s.Quorum, s.Election, s.QuorumTLS = before.Quorum, before.Election, before.QuorumTLS
}

func sameTarget(a, b *snapshot.Server) bool { return a.Host == b.Host && a.Port == b.Port }
