package probe

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// maxServersAtOnce bounds the goroutines and sockets of one run. Ensembles have
// 3 to 7 voters and rarely 20 observers, so in practice all are asked at once.
const maxServersAtOnce = 64

// lookAtServers looks at all of them at once, and at their peer ports where that is wanted.
func lookAtServers(ctx context.Context, servers []*serverTask, peerPorts bool) {
	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for i, a := range servers {
		if i == len(servers)-1 {
			lookAtServer(ctx, a, peerPorts) // this goroutine would only wait
			break
		}
		group.Go(func() error { lookAtServer(ctx, a, peerPorts); return nil })
	}
	_ = group.Wait() // no look returns an error: failures are data
}

func lookAtServer(ctx context.Context, a *serverTask, peerPorts bool) {
	s := a.server
	hosts := a.names
	if hosts == nil {
		hosts = lookUp(ctx, a.Timeout, []string{s.Host, s.PeerHost()})
	}
	s.Resolve = hosts[s.Host]
	if s.PeerHost() != s.Host {
		s.PeerResolve = hosts[s.PeerHost()]
	}
	reported := make(chan portNumbers, 1) // what conf says of the peer ports
	if !peerPorts {
		askWords(ctx, a, reported)
		if !briefly(a) {
			askAdmin(ctx, a)
		}
		numberPorts(ctx, a, reported)
		return
	}
	var group errgroup.Group
	group.Go(func() error { lookAtPorts(ctx, a, reported); return nil })
	askWords(ctx, a, reported)
	askAdmin(ctx, a)
	_ = group.Wait()
}
