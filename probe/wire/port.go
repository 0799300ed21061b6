package wire

import (
	"context"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ProbePort connects and closes at once, and writes nothing: the harmless way
// to look at the quorum and election ports. An open connection that stays silent
// on the election port holds up elections for syncLimit ticks
// (QuorumCnxManager.Listener reads in its only thread), and bytes written there
// are taken for a server id.
func ProbePort(ctx context.Context, addr netip.AddrPort, timeout time.Duration) snapshot.Obs[snapshot.Dial] {
	l := newLook(ctx, addr, timeout)
	conn, d, failure := l.dial(ctx)
	if conn != nil {
		_ = conn.Close() // an error here changes nothing: the port is open
	}
	return l.connected(d, failure)
}
