package snapshot

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// NamedAs finds the server that each member was named as; nil where none was. An
// address is surer than the id that a server says it has: two may say the same.
func (s *Snapshot) NamedAs(members []zoocfg.Server) []*Server {
	found := make([]*Server, len(members))
	taken := map[*Server]bool{}
	there := s.places()
	for i := range members {
		for _, server := range there.near(&members[i]) {
			if !taken[server] && atAddress(&members[i], server) {
				found[i], taken[server] = server, true
				break
			}
		}
	}
	for i := range members {
		for _, server := range there[place{id: members[i].ID}] {
			if found[i] == nil && !taken[server] {
				found[i], taken[server] = server, true
			}
		}
	}
	return found
}

// place is a host and a client port, 0 for any; or the id that a server says it has.
type place struct {
	host string
	addr netip.Addr
	port int
	id   int64
}

// places are the servers at each place, in their order.
type places map[place][]*Server

func (s *Snapshot) places() places {
	there := places{}
	for i := range s.Servers {
		server := &s.Servers[i]
		for _, port := range []int{0, server.Port} {
			at := []place{{host: strings.ToLower(server.Host), port: port}}
			for _, addr := range server.Resolve.Value {
				at = append(at, place{addr: addr.Unmap(), port: port})
			}
			for _, p := range at {
				there[p] = append(there[p], server)
			}
		}
		if id := server.ReportedID(); id != nil {
			there[place{id: *id}] = append(there[place{id: *id}], server)
		}
	}
	return there
}

// near are the servers that may be at a member's address: those of its hosts, with its client
// port where its line has one.
func (p places) near(m *zoocfg.Server) []*Server {
	at := place{}
	if m.Client != nil {
		at.port = m.Client.Port
	}
	var near []*Server
	for _, host := range hostsOf(m) {
		at.host, at.addr = strings.ToLower(host), netip.Addr{}
		near = append(near, p[at]...)
		if addr, err := netip.ParseAddr(host); err == nil {
			at.host, at.addr = "", addr.Unmap()
			near = append(near, p[at]...)
		}
	}
	return near
}

// hostsOf are the hosts of a member's line.
func hostsOf(m *zoocfg.Server) []string {
	hosts := make([]string, 0, 2)
	for _, a := range m.Addresses {
		hosts = append(hosts, a.Host)
	}
	if m.Client != nil {
		hosts = append(hosts, m.Client.Host)
	}
	return hosts
}

// atAddress reports whether a member is at a server's host, and at its client
// port where the member's line has one.
func atAddress(m *zoocfg.Server, s *Server) bool {
	if m.Client != nil && m.Client.Port != s.Port {
		return false
	}
	if m.Client == nil && s.Member != nil && s.Member.ID != m.ID { // several servers on one host
		return false
	}
	return slices.ContainsFunc(hostsOf(m), func(host string) bool {
		if strings.EqualFold(host, s.Host) {
			return true
		}
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.IsUnspecified() || addr.IsLoopback() {
			return false
		}
		return slices.ContainsFunc(s.Resolve.Value, func(a netip.Addr) bool { return a.Unmap() == addr.Unmap() })
	})
}

// ReportedID is the id that a server says it has, else that of its line; nil when neither is known.
func (s *Server) ReportedID() *int64 {
	if id := s.SaidID(); id != nil || s.Member == nil {
		return id
	}
	return &s.Member.ID
}
