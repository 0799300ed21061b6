package probe

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Reported are the members that a server lists and nobody named. A server may list anything: the
// addresses of a cloud's metadata, or of other services of this host. So those are not
// visited that mean something else here than they mean to that server.
type Reported struct {
	// Targets may be visited; each has its Member.
	Targets   []snapshot.Target
	Unvisited []snapshot.Unvisited
	// names has what all hosts resolved to: a second look-up could bring another address.
	names names
	here  here
}

// FindReported finds the members that the servers of a snapshot list and that were not looked at,
// of those that may be. It looks up their names, all at once, within timeout.
func FindReported(
	ctx context.Context, timeout time.Duration, s *snapshot.Snapshot, may func(snapshot.Target) bool,
) Reported {
	return findReported(ctx, timeout, nil, s, may)
}

func findReported(
	ctx context.Context, timeout time.Duration, known names, s *snapshot.Snapshot, may func(snapshot.Target) bool,
) Reported {
	reported := Reported{names: known, here: hereOf(s.Local)}
	members := s.Members()
	if members == nil {
		return reported
	}
	var targets []snapshot.Target
	for i, server := range s.NamedAs(members.Servers) {
		if server != nil {
			continue
		}
		member := &members.Servers[i]
		target, ok := ReachedAt(member, members.ClientPort)
		if !ok {
			reported.leave(member, "", "its line has no host name and port")
			continue
		}
		if target.Assumed, target.Member = member.Client == nil, member; may(target) {
			targets = append(targets, target)
		}
	}
	reported.names = lookUpMore(ctx, timeout, known, hostsOf(targets, nil))
	for _, target := range targets {
		if why := reported.whyNot(&target, members.From); why != "" {
			reported.leave(target.Member, target.Address(), why)
			continue
		}
		reported.Targets = append(reported.Targets, target)
	}
	return reported
}

func (t *Reported) leave(m *zoocfg.Server, address, why string) {
	if address == "" && len(m.Addresses) > 0 {
		address = m.Addresses[0].Host
	}
	t.Unvisited = append(t.Unvisited, snapshot.Unvisited{
		ID: m.ID, Address: snapshot.Printable(address, snapshot.MaxForeign), Why: why,
	})
}

// whyNot says why a member is not visited, by all addresses of its client and its peer ports;
// empty where it may be.
func (t *Reported) whyNot(target *snapshot.Target, from netip.Addr) string {
	for _, at := range portsOf(target) {
		for _, addr := range t.names[at.Host].Value {
			if kind := onlyThere(addr, from); kind != "" {
				return kind + " address, which means another host there than here"
			}
			if t.here.forbids(addr, at.Port, from) {
				return fmt.Sprintf("an address of this host, and port %d is not known for a ZooKeeper's here", at.Port)
			}
		}
	}
	return ""
}

// portsOf are the ports of a member that a look connects to.
func portsOf(target *snapshot.Target) []zoocfg.HostPort {
	ports := []zoocfg.HostPort{{Host: target.Host, Port: target.Port}}
	for _, a := range target.Member.Addresses {
		ports = append(ports, zoocfg.HostPort{Host: a.Host, Port: a.QuorumPort})
		if a.ElectionPort != 0 {
			ports = append(ports, zoocfg.HostPort{Host: a.Host, Port: a.ElectionPort})
		}
	}
	return ports
}

// here is this host, as far as a server elsewhere may send zkdoctor to it.
type here struct {
	addrs []netip.Addr
	// ports are those of this host's ZooKeepers, by their sockets, or by their configurations:
	// only the leader listens at its quorum port, and one that is down nowhere.
	ports map[int]bool
}

func hereOf(local []snapshot.Local) here {
	h := here{addrs: thishost.Addrs().Value, ports: map[int]bool{}}
	for _, l := range local {
		if p := l.Process; p != nil {
			for _, at := range p.Sockets() {
				h.ports[int(at.Port())] = true
			}
		}
		if l.Config.Seen() {
			h.configured(l.Config.Value)
		}
	}
	return h
}

// configured adds the ports of a configuration.
func (h *here) configured(c *zoocfg.Config) {
	h.ports[c.ClientPort.Value], h.ports[c.SecureClientPort.Value] = true, true
	for _, s := range c.Servers {
		for _, a := range s.Addresses {
			h.ports[a.QuorumPort], h.ports[a.ElectionPort] = true, true
		}
		for _, client := range s.Clients() {
			h.ports[client.Port] = true
		}
	}
}

// forbids reports whether a server at from may not send zkdoctor to that port: this host has it,
// and the server is elsewhere, and no ZooKeeper here is known to use it.
func (h *here) forbids(addr netip.Addr, port int, from netip.Addr) bool {
	ours, from := slices.Contains(h.addrs, addr.Unmap()), from.Unmap()
	return ours && !from.IsLoopback() && !slices.Contains(h.addrs, from) && !h.ports[port]
}

// onlyThere is the kind of an address that means something to its own host or network alone;
// empty for others. What is at such an address itself may tell of others of the kind: so
// ensembles run for tests.
func onlyThere(addr, from netip.Addr) string {
	addr, from = addr.Unmap(), from.Unmap()
	switch {
	case addr.IsUnspecified(), thisNetwork.Contains(addr):
		return "an unspecified"
	case addr.IsMulticast(), addr == broadcast:
		return "a multicast"
	case addr.IsLoopback() && !from.IsLoopback():
		return "a loopback"
	case addr.IsLinkLocalUnicast() && !from.IsLinkLocalUnicast():
		return "a link-local"
	}
	return ""
}

// Of RFC 1122 (3.2.1.3) and RFC 919: they are nobody's.
var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8")
	broadcast   = netip.MustParseAddr("255.255.255.255")
)
