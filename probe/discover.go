package probe

import (
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
	members, port := snap.Listed()
	for i, named := range snap.NamedAs(members) {
		if named != nil {
			continue
		}
		if t, ok := ReachedAt(&members[i], port); ok {
			target := Target{Host: t.Host, Port: t.Port, Assumed: members[i].Client == nil, Member: &members[i]}
			plan.Targets = append(slices.Clip(plan.Targets), target)
			plan.names = nil // they are looked up with the looks
		}
	}
	return plan, len(members) > 0
}

// Listed are the members in force, as the leader lists them (conf, 3.5+), else who has
// the list of the highest version, else as an AdminServer does (3.6+, without observers),
// or a session with it has shown; none when nobody tells. port is the client port of the server that told, for the
// lines that name none.
func (s *Snapshot) Listed() (members []zoocfg.Server, port int) {
	port = DefaultClientPort
	var best *Server
	var list *zoocfg.Membership
	leads := func(s *Server) bool { return s.Srvr.Seen() && s.Srvr.Value.Mode == ModeLeader }
	for _, of := range []func(*Server) (*zoocfg.Membership, *int){confMembers, adminMembers, sessionMembers} {
		for i := range s.Servers {
			server := &s.Servers[i]
			m, p := of(server)
			if m == nil || len(m.Servers) == 0 {
				continue
			}
			if best == nil || leads(server) && !leads(best) || leads(server) == leads(best) && m.Version > list.Version {
				best, list = server, m
				if p != nil && *p > 0 {
					port = *p
				}
			}
		}
		if best != nil {
			return list.Servers, port
		}
	}
	return nil, port
}

func confMembers(s *Server) (*zoocfg.Membership, *int) {
	if !s.Conf.Seen() {
		return nil, nil
	}
	return s.Conf.Value.Membership, s.Conf.Value.ClientPort
}

func adminMembers(s *Server) (*zoocfg.Membership, *int) {
	if !s.Admin.Voters.Seen() {
		return nil, nil
	}
	return s.Admin.Voters.Value, s.Admin.Settings.Value.ClientPort
}

func sessionMembers(s *Server) (*zoocfg.Membership, *int) {
	if !s.Opened.Seen() {
		return nil, nil
	}
	return s.Opened.Value.Members, nil
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
// that names none. ok is false when that is no address; a server could write anything
// there.
func ReachedAt(m *zoocfg.Server, port int) (t Target, ok bool) {
	host := ""
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
