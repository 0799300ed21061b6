package exporter

import (
	"cmp"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// sdGroup is one element of the answer of Prometheus's HTTP service discovery.
type sdGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// The labels of a discovered server; one that is not known is left out.
const (
	labelEnsemble = "__meta_zookeeper_ensemble"
	labelServerID = "__meta_zookeeper_server_id"
	labelRole     = "__meta_zookeeper_role"
)

// ensembleTarget is a whole ensemble as one target of /probe: its servers as
// configured, as a connect string.
func ensembleTarget(name string, members []probe.Target) sdGroup {
	servers := make([]string, len(members))
	for i, t := range members {
		servers[i] = hostPort(t)
	}
	return sdGroup{[]string{strings.Join(servers, ",")}, map[string]string{labelEnsemble: name}}
}

// discoveryTargets are the members of an ensemble as ZooKeeper itself lists them
// (conf, 3.5+), else as configured. Members that are configured keep their
// configured address: it is the one that works from here, and the one that all
// metrics have.
func discoveryTargets(name string, snap *probe.Snapshot) []sdGroup {
	groups := []sdGroup{}
	if snap == nil {
		return groups
	}
	taken := map[string]bool{}
	add := func(address string, id *int64, role zoocfg.Role) {
		if taken[address] {
			return
		}
		taken[address] = true
		labels := map[string]string{labelEnsemble: name}
		if id != nil {
			labels[labelServerID] = strconv.FormatInt(*id, 10)
		}
		if role != "" {
			labels[labelRole] = string(role)
		}
		groups = append(groups, sdGroup{[]string{address}, labels})
	}
	members, port := listedMembers(snap)
	if len(members) == 0 {
		for i := range snap.Servers {
			s := &snap.Servers[i]
			add(hostPort(s.Target), idOf(s), configuredRole(s))
		}
		return groups
	}
	known := configuredAs(members, snap)
	for i := range members {
		m := &members[i]
		address := memberAddress(m, port)
		if s := known[i]; s != nil {
			address = hostPort(s.Target)
		}
		if address != "" {
			add(address, &m.ID, m.Role)
		}
	}
	return groups
}

// listedMembers is the list of members in force: the leader's, else that of the
// highest version, else none. port is the client port of the server that has it,
// for the lines that name none.
func listedMembers(snap *probe.Snapshot) (members []zoocfg.Server, port int) {
	port = probe.DefaultClientPort
	var best *probe.Server
	for i := range snap.Servers {
		s := &snap.Servers[i]
		if m := s.Conf.Value.Membership; !s.Conf.Seen() || m == nil || len(m.Servers) == 0 {
			continue
		}
		leads := func(s *probe.Server) bool { return s.Srvr.Seen() && s.Srvr.Value.Mode == probe.ModeLeader }
		switch {
		case best == nil, leads(s) && !leads(best):
			best = s
		case leads(s) == leads(best) && s.Conf.Value.Membership.Version > best.Conf.Value.Membership.Version:
			best = s
		}
	}
	if best == nil {
		return nil, port
	}
	if p := best.Conf.Value.ClientPort; p != nil && *p > 0 {
		port = *p
	}
	return best.Conf.Value.Membership.Servers, port
}

// configuredAs finds the configured server that is each member; nil where none
// is. An address is surer than the id that a server says it has: two may say the
// same.
func configuredAs(members []zoocfg.Server, snap *probe.Snapshot) []*probe.Server {
	found := make([]*probe.Server, len(members))
	taken := map[*probe.Server]bool{}
	for _, same := range []func(*zoocfg.Server, *probe.Server) bool{atAddress, sameID} {
		for i := range members {
			for k := range snap.Servers {
				if s := &snap.Servers[k]; found[i] == nil && !taken[s] && same(&members[i], s) {
					found[i], taken[s] = s, true
				}
			}
		}
	}
	return found
}

// atAddress reports whether a member is at a server's host, and at its client
// port where the member's line has one.
func atAddress(m *zoocfg.Server, s *probe.Server) bool {
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

func sameID(m *zoocfg.Server, s *probe.Server) bool {
	id := idOf(s)
	return id != nil && *id == m.ID
}

// idOf is the id that a server says it has, else that of its line; nil when
// neither is known.
func idOf(s *probe.Server) *int64 {
	if c := &s.Conf.Value; s.Conf.Seen() && c.Quorum() && c.ServerID != nil {
		return c.ServerID
	}
	if s.Member != nil {
		return &s.Member.ID
	}
	return nil
}

// configuredRole is what a server is configured to be: as it says, as its line
// says, or as its mode implies; empty when nothing is known.
func configuredRole(s *probe.Server) zoocfg.Role {
	if t := s.Conf.Value.PeerType; s.Conf.Seen() && t != nil {
		if *t == probe.PeerObserver {
			return zoocfg.Observer
		}
		return zoocfg.Participant
	}
	if s.Member != nil {
		return cmp.Or(s.Member.Role, zoocfg.Participant)
	}
	if !s.Srvr.Seen() {
		return ""
	}
	switch s.Srvr.Value.Mode {
	case probe.ModeObserver:
		return zoocfg.Observer
	case probe.ModeLeader, probe.ModeFollower:
		return zoocfg.Participant
	default:
		return ""
	}
}

// memberAddress is where clients reach a member that is not configured, as far as
// its line tells; empty when that is no address. A server could write anything
// there.
func memberAddress(m *zoocfg.Server, port int) string {
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
		return ""
	}
	targets, err := probe.ParseTargets([]string{net.JoinHostPort(host, strconv.Itoa(port))})
	if err != nil || len(targets) != 1 {
		return ""
	}
	return hostPort(targets[0])
}

// writeDiscovery answers with the groups.
func writeDiscovery(w http.ResponseWriter, groups []sdGroup) error {
	if groups == nil {
		groups = []sdGroup{} // Prometheus does not take null
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(groups)
}
