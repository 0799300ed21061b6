package probe

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Discover adds to a plan the members that its servers list and it does not name. The
// servers are asked for that, and their peer ports left alone. told is false when no
// server gave a list.
func Discover(ctx context.Context, plan Plan) (completed Plan, told bool) {
	ask := plan
	ask.PeerPorts, ask.Local, ask.Sockets = false, false, false
	snap := Gather(ctx, ask, nil)
	members := snap.Members()
	if members == nil {
		return plan, false
	}
	for i, named := range snap.NamedAs(members.Servers) {
		if named != nil {
			continue
		}
		member := &members.Servers[i]
		if t, ok := ReachedAt(member, members.ClientPort); ok {
			target := Target{Host: t.Host, Port: t.Port, Assumed: member.Client == nil, Member: member}
			plan.Targets = append(slices.Clip(plan.Targets), target)
			plan.names = nil // they are looked up with the looks
		}
	}
	return plan, true
}

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

// ReachedAt is where clients reach a member, as far as its line tells: port is for one
// that names none, and 0 the documented one. ok is false when that is no address; a server could write anything
// there.
func ReachedAt(m *zoocfg.Server, port int) (t Target, ok bool) {
	host := ""
	port = cmp.Or(port, DefaultClientPort)
	if len(m.Addresses) > 0 {
		host = m.Addresses[0].Host
	}
	if m.Client != nil {
		port = m.Client.Port
		addr, err := netip.ParseAddr(m.Client.Host)
		if m.Client.Host != "" && (err != nil || !addr.IsUnspecified()) {
			host = m.Client.Host
		}
	}
	if strings.ContainsAny(host, "/,") { // in a connect string these end a host
		return Target{}, false
	}
	targets, err := ParseTargets([]string{net.JoinHostPort(host, strconv.Itoa(port))})
	if err != nil || len(targets) != 1 {
		return Target{}, false
	}
	return targets[0], true
}
