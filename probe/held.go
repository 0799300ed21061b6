package probe

import (
	"context"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// countHeld counts this host's connections to the servers that close new ones
// without a word. All sockets of the host are read for that, once.
func countHeld(ctx context.Context, servers []*serverTask) {
	closing := slices.DeleteFunc(slices.Clone(servers), func(a *serverTask) bool {
		return !a.server.Cut() || a.server.Session.Seen()
	})
	if len(closing) == 0 {
		return
	}
	held := thishost.HeldConnections(ctx)
	for _, a := range closing {
		s := a.server
		s.Held = snapshot.Obs[int]{
			Tried: held.Tried, Took: held.Took, Failure: held.Failure, Value: held.Value[s.Client.Value.Remote],
		}
	}
}
