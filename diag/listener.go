package diag

import (
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
)

// Where the election listener of a host's server is to be, and whether anything listens there.

// listensAfter is the process age past which a server must have an election listener: it
// opens right after the data is loaded, and a failed bind is tried three times, one second
// apart (QuorumCnxManager.Listener).
const listensAfter = 10 * time.Second

// ownLineAt is the host's own server.N line as myid gives it, with what its host
// resolves to there. reason says why it is not known.
func ownLineAt(h *model.Host) (addrs []netip.Addr, name string, reason string) {
	switch {
	case !h.Distributed():
		return nil, "", ""
	case !h.HasID:
		return nil, "", "its id is not known"
	case !h.Addrs.Seen():
		return nil, "", reasonOf(h.Addrs, "the addresses of its host were not checked")
	}
	r, ok := h.ResolvedFor(h.ID)
	if !ok {
		return nil, "", "its names were not resolved: they are its container's own"
	}
	if !r.Addrs.Seen() {
		return nil, "", reasonOf(r.Addrs, "its name was not resolved")
	}
	return r.Addrs.Value, r.Host, ""
}

// electionPort is the port on which the host's server must listen; 0 when it is
// not known.
func electionPort(h *model.Host) int {
	if m := h.Settings.Find(h.ID); h.HasID && m != nil {
		return m.Addresses[0].ElectionPort
	}
	return 0
}

// runningListener is where the running server of a host listens for elections, by its own sockets, or
// by the host's where whose these are was not seen; ok is false where that is nowhere.
func runningListener(h *model.Host) (at netip.AddrPort, ok bool) {
	if h.Process == nil {
		return at, false
	}
	sockets, port := h.Listeners, electionPort(h)
	if h.Process.Listens.Seen() {
		sockets = h.Process.Listens
	}
	i := slices.IndexFunc(sockets.Value, func(l netip.AddrPort) bool { return port != 0 && int(l.Port()) == port })
	if i < 0 {
		return at, false
	}
	return sockets.Value[i], true
}

func listensOn(h *model.Host, port int) bool {
	if _, ok := runningListener(h); ok && h.Process.Listens.Seen() {
		return true // wherever its own name points by now
	}
	addrs, _, _ := ownLineAt(h)
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool {
		// On loopback several servers share one host, and each has the same port
		// at its own address; elsewhere whatever listens counts.
		return int(l.Port()) == port &&
			(l.Addr().IsUnspecified() || len(addrs) == 0 || !model.AllLoopback(addrs) || slices.Contains(addrs, l.Addr()))
	})
}

func ownAddress(h *model.Host, port int) string {
	addrs, _, _ := ownLineAt(h)
	if len(addrs) == 0 {
		return ""
	}
	return netip.AddrPortFrom(addrs[0], uint16(port)).String() //nolint:gosec // a port
}
