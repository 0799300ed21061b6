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
	for _, same := range []func(*zoocfg.Server, *Server) bool{atAddress, sameID} {
		for i := range members {
			for k := range s.Servers {
				if server := &s.Servers[k]; found[i] == nil && !taken[server] && same(&members[i], server) {
					found[i], taken[server] = server, true
				}
			}
		}
	}
	return found
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
	hosts := make([]string, 0, 2)
	for _, a := range m.Addresses {
		hosts = append(hosts, a.Host)
	}
	if m.Client != nil {
		hosts = append(hosts, m.Client.Host)
	}
	return slices.ContainsFunc(hosts, func(host string) bool {
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

func sameID(m *zoocfg.Server, s *Server) bool {
	id := s.ToldID()
	return id != nil && *id == m.ID
}

// ToldID is the id that a server says it has, by conf or its AdminServer, else that of
// its line; nil when neither is known. A standalone server has none.
func (s *Server) ToldID() *int64 {
	switch c, admin := &s.Conf.Value, &s.Admin.Settings.Value; {
	case s.Conf.Seen() && c.Quorum() && c.ServerID != nil:
		return c.ServerID
	case s.Admin.Settings.Seen() && admin.ServerID != nil && *admin.ServerID > 0:
		return admin.ServerID
	case s.Member != nil:
		return &s.Member.ID
	}
	return nil
}
