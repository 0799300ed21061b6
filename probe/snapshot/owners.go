package snapshot

import (
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// SocketOwner is the process that has a listening socket.
type SocketOwner struct {
	Addr netip.AddrPort `json:"addr"`
	PID  int            `json:"pid"`
	// Program is the executable that the kernel shows, empty where that could not be seen, and
	// JVM whether a Java virtual machine is loaded into it.
	Program string `json:"program,omitempty"`
	JVM     bool   `json:"jvm,omitempty"`
	// User is the name of the owner, or its number where it has no name.
	User string `json:"user"`
	// Started is zero when the operating system did not tell.
	Started time.Time `json:"started,omitzero"`
}

// NotOwn are the listening sockets of the namespace where the server would listen itself and
// does not: for clients, on the ports of its own line, and for its AdminServer. None are known
// while it runs and its own cannot be seen.
func (l *Local) NotOwn() []netip.AddrPort {
	if !l.Config.Seen() || !l.Listeners.Seen() || l.Process != nil && !l.Process.Listens.Seen() {
		return nil
	}
	c := l.Config.Value
	resolved := map[string][]netip.Addr{} // names are resolved later than sockets are seen
	wanted := l.clientSockets(resolved)
	if own := l.ownLine(); own != nil {
		for _, a := range own.Addresses {
			wanted = append(wanted, endpointOf(resolved, a.Host, a.QuorumPort), endpointOf(resolved, a.Host, a.ElectionPort))
		}
	}
	if c.AdminEnabled.Value {
		wanted = append(wanted, endpointOf(resolved, c.AdminAddress.Value, c.AdminPort.Value))
	}
	return slices.DeleteFunc(slices.Clone(l.Listeners.Value), func(s netip.AddrPort) bool {
		return !slices.ContainsFunc(wanted, func(e endpoint) bool { return e.mayClash(s) && !l.listensOn(e.port) })
	})
}

// ownLine is the server's own line in its configuration; nil where its id is not known.
func (l *Local) ownLine() *zoocfg.Server {
	id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
	if err != nil || !l.MyID.Seen() {
		return nil
	}
	return l.Config.Value.Find(id)
}

// listensOn reports whether the server's own process listens on a port.
func (l *Local) listensOn(port int) bool {
	isOn := func(s netip.AddrPort) bool { return int(s.Port()) == port }
	return l.Process != nil && slices.ContainsFunc(l.Process.Listens.Value, isOn)
}

// mayClash is clashes where the endpoint's name may not have been resolved: it is none of
// loopback.
func (e endpoint) mayClash(s netip.AddrPort) bool {
	return e.clashes(s) || int(s.Port()) == e.port && e.addrs == nil && !s.Addr().IsLoopback()
}
