package probe

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// KnockPeers is a copy of s in which the peer ports of the servers that due
// names, by index, were looked at now, and this host's connections to them counted.
// It is for who looks often and knocks rarely; Gather does both at once.
func KnockPeers(ctx context.Context, s *snapshot.Snapshot, due []int) *snapshot.Snapshot {
	started := time.Now()
	out := *s
	out.Servers = append([]snapshot.Server(nil), s.Servers...)
	plan := Plan{Plan: s.Plan}
	plan.PeerPorts = true
	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for _, i := range due {
		g := gatherer{plan: plan, server: &out.Servers[i], shared: sharesHost(plan.Targets, i)}
		known := make(chan peerNumbers, 1)
		if n := confNumbers(out.Servers[i].Conf); n.quorum != 0 {
			known <- n
		}
		close(known) // what conf did not tell by now, it will not
		group.Go(func() error { g.ports(ctx, known); return nil })
	}
	_ = group.Wait()
	knocked := make([]*snapshot.Server, len(due))
	for k, i := range due {
		knocked[k] = &out.Servers[i]
	}
	countHeld(knocked)
	out.Took += time.Since(started)
	return &out
}
