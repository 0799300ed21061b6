package probe

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// portNumbers are the numbers of the quorum and election ports.
type portNumbers struct {
	quorum, election int
	assumed          bool
}

func confNumbers(conf snapshot.Obs[snapshot.Conf]) portNumbers {
	c := conf.Value
	if !conf.Seen() || len(c.QuorumPorts) == 0 || len(c.ElectionPorts) == 0 {
		return portNumbers{}
	}
	return portNumbers{quorum: c.QuorumPorts[0], election: c.ElectionPorts[0]}
}

// reportNumbers tells those that conf reports, where they are the server's own.
func reportNumbers(a *serverTask, reported chan<- portNumbers) {
	if n := confNumbers(a.server.Conf); n.quorum != 0 {
		if isElsewhere(a) {
			n = portNumbers{}
		}
		reported <- n
	}
}

// isElsewhere reports whether the peer ports that conf reports are at another address than
// the one that was asked: behind NAT or a port-forward, in a container, or on a second
// interface, what answers there is another program. Where conf reports no address (3.4), a
// host that is several servers is taken for such a forward.
func isElsewhere(a *serverTask) bool {
	s, c := a.server, &a.server.Conf.Value
	var own *zoocfg.Server
	if c.Membership != nil && c.ServerID != nil {
		own = c.Membership.Find(*c.ServerID)
	}
	if own == nil || len(own.Addresses) == 0 {
		return a.shared
	}
	for _, at := range own.Addresses {
		addr, err := netip.ParseAddr(at.Host)
		switch {
		case err != nil && (!a.shared || strings.EqualFold(at.Host, s.Host)):
			return false // another name may mean the same host
		case err == nil && (addr.IsUnspecified() || slices.Contains(s.Resolve.Value, addr.Unmap())):
			return false
		}
	}
	return true
}

// lookAtPorts looks at the quorum and election port, once each, as soon as their numbers
// are known.
func lookAtPorts(ctx context.Context, a *serverTask, reported <-chan portNumbers) {
	started := time.Now()
	numberPorts(ctx, a, reported)
	probePorts(ctx, a, a.Timeout-time.Since(started))
}

// numberPorts finds out the numbers of the ports, and looks at none.
func numberPorts(ctx context.Context, a *serverTask, reported <-chan portNumbers) {
	n := findNumbers(ctx, a, reported)
	a.server.Quorum = snapshot.PortLook{Number: n.quorum, Assumed: n.assumed}
	a.server.Election = snapshot.PortLook{Number: n.election, Assumed: n.assumed}
}

// probePorts looks at the ports whose numbers are known.
func probePorts(ctx context.Context, a *serverTask, timeout time.Duration) {
	s := a.server
	addrs := s.PeerAddrs()
	if s.Quorum.Number == 0 || !addrs.Seen() || len(addrs.Value) == 0 {
		return
	}
	var group errgroup.Group
	group.Go(func() error { s.Quorum.Look = probeFirst(ctx, addrs.Value, s.Quorum.Number, timeout); return nil })
	if s.Election.Number != 0 {
		group.Go(func() error { s.Election.Look = probeFirst(ctx, addrs.Value, s.Election.Number, timeout); return nil })
	}
	_ = group.Wait()
}

// findNumbers are those of the configuration, or else those that conf reports: it is given
// a quarter of the timeout for that. Then the documented ones are assumed, so that a server
// that hangs or is filtered costs one timeout and not two.
func findNumbers(ctx context.Context, a *serverTask, reported <-chan portNumbers) portNumbers {
	if m := a.server.Member; m != nil && len(m.Addresses) > 0 {
		return portNumbers{quorum: m.Addresses[0].QuorumPort, election: m.Addresses[0].ElectionPort}
	}
	assumed := portNumbers{quorum: snapshot.DefaultQuorumPort, election: snapshot.DefaultElectionPort, assumed: true}
	if a.shared {
		assumed = portNumbers{}
	}
	wait := time.NewTimer(a.Timeout / 4)
	defer wait.Stop()
	select {
	case n, ok := <-reported:
		if ok {
			return n
		}
	case <-wait.C:
	case <-ctx.Done():
	}
	return assumed
}

// probeFirst tries one address after the other until one accepts, all within
// timeout, and returns the look that counts.
func probeFirst(ctx context.Context, addrs []netip.Addr, port int, timeout time.Duration) snapshot.Obs[snapshot.Dial] {
	started := time.Now()
	var look snapshot.Obs[snapshot.Dial]
	for i, a := range addrs {
		left := timeout - time.Since(started)
		if left <= 0 {
			break
		}
		to := netip.AddrPortFrom(a, uint16(port)) //nolint:gosec // a port
		look = wire.ProbePort(ctx, to, left/time.Duration(len(addrs)-i))
		if look.Seen() {
			break
		}
	}
	return look
}
