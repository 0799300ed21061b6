package snapshot

import (
	"net/netip"
	"slices"
)

// Listening is what the sockets of a host show of a process: whether it is the server of
// its configuration.
type Listening int

const (
	// ListeningUnknown: no process, or its sockets or its configuration were not seen, or it
	// is in a user namespace of its own, whose network shows nothing.
	ListeningUnknown Listening = iota
	// Listens: it has a listening socket that its configuration names. Where only its user's
	// sockets could be seen, a process of that user has it.
	Listens
	// ListensNot: no process has its client port, as while a server starts.
	ListensNot
	// AnotherListens: it has none, and another process has its client port. A server ends
	// when it cannot have that (NIOServerCnxnFactory.configure, all versions).
	AnotherListens
)

// Listening compares the listening sockets of the process with those that the server of
// its configuration would have.
func (l *Local) Listening() Listening {
	if l.Process == nil || l.Process.OtherUsers || !l.Process.Listens.Tried || !l.Config.Seen() || !l.Listeners.Seen() {
		return ListeningUnknown
	}
	resolved := map[string][]netip.Addr{}
	for _, r := range l.Resolved {
		if r.Addrs.Seen() {
			resolved[r.Host] = r.Addrs.Value
		}
	}
	clients := l.clientSockets(resolved)
	all := slices.Concat(clients, l.memberSockets(resolved))
	for _, s := range l.Process.Sockets() {
		if slices.ContainsFunc(all, func(e endpoint) bool { return e.bindsAs(s) }) {
			return Listens
		}
	}
	for _, s := range l.Listeners.Value {
		if slices.ContainsFunc(clients, func(e endpoint) bool { return e.clashes(s) }) {
			return AnotherListens
		}
	}
	return ListensNot
}

// endpoint is where a server listens, as its configuration says.
type endpoint struct {
	port int
	// everywhere is set for all addresses of the host, otherwise addrs are those of the one
	// that is named, nil where that was not resolved.
	everywhere bool
	addrs      []netip.Addr
}

// bindsAs reports whether a server that listens at the endpoint has this socket: with one
// address it has that, or all of them where it was told so (quorumListenOnAllIPs). A name
// that was not resolved is none of loopback.
func (e endpoint) bindsAs(s netip.AddrPort) bool {
	switch {
	case int(s.Port()) != e.port:
		return false
	case s.Addr().IsUnspecified():
		return true
	case e.everywhere:
		return false
	case e.addrs == nil:
		return !s.Addr().IsLoopback()
	}
	return slices.Contains(e.addrs, s.Addr())
}

// clashes reports whether a socket of another process keeps a server from listening there.
func (e endpoint) clashes(s netip.AddrPort) bool {
	return int(s.Port()) == e.port && (e.everywhere || s.Addr().IsUnspecified() || slices.Contains(e.addrs, s.Addr()))
}

// clientSockets are those for clients: by zoo.cfg, and by the server's own line where its id
// is known.
func (l *Local) clientSockets(resolved map[string][]netip.Addr) []endpoint {
	c := l.Config.Value
	var out []endpoint
	add := func(host string, port int) {
		if port > 0 {
			out = append(out, endpointOf(resolved, host, port))
		}
	}
	add(c.ClientPortAddress.Value, c.ClientPort.Value)
	add(c.SecureClientPortAddress.Value, c.SecureClientPort.Value)
	if own := l.ownLine(); own != nil {
		for _, client := range own.Clients() {
			add(client.Host, client.Port)
		}
	}
	return out
}

// ClientPorts are the ports on which the server of its configuration listens for clients.
func (l *Local) ClientPorts() []uint16 {
	var ports []uint16
	for _, s := range l.clientSockets(nil) {
		if s.port <= 65535 {
			ports = append(ports, uint16(s.port)) //nolint:gosec // a port
		}
	}
	return ports
}

// LimitsClients reports whether a setting may limit the connections of all clients together.
func (l *Local) LimitsClients() bool {
	return l.Config.Seen() && (l.Config.Value.MaxCnxns.IsSet() || l.Process != nil && l.Process.MaxCnxns != "")
}

// memberSockets are those of all lines: which one is the server's own may not be known, or be
// what is wrong.
func (l *Local) memberSockets(resolved map[string][]netip.Addr) []endpoint {
	var out []endpoint
	for _, s := range l.Config.Value.Servers {
		for _, a := range s.Addresses {
			out = append(out, endpointOf(resolved, a.Host, a.QuorumPort), endpointOf(resolved, a.Host, a.ElectionPort))
		}
		for _, client := range s.Clients() {
			out = append(out, endpointOf(resolved, client.Host, client.Port))
		}
	}
	return out
}

// endpointOf is a port at a host as the configuration has it: an address, a name, or empty
// for all addresses.
func endpointOf(resolved map[string][]netip.Addr, host string, port int) endpoint {
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "", err == nil && addr.IsUnspecified():
		return endpoint{port: port, everywhere: true}
	case err == nil:
		return endpoint{port: port, addrs: []netip.Addr{addr.Unmap()}}
	}
	return endpoint{port: port, addrs: resolved[host]}
}
