package model

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Verified reports whether the process is known to be the server of its configuration: it
// listens where that says. So is, for want of a doubt, a server that does not run, whose
// configuration no process named, and one of a snapshot that has no sockets of processes.
func (h *Host) Verified() bool {
	switch {
	case h.Process == nil:
		return h.ConfigSource != snapshot.ConfigOfProcess && h.ConfigSource != snapshot.ConfigOfEnded
	case !h.Process.Listens.Tried:
		return !h.Process.Program.Tried
	}
	return h.trust() <= listensElsewhere
}

// How far a host is to be believed that it is the server at an address.
const (
	listensHere = iota
	listensElsewhere
	unverified
	replaced
)

func (h *Host) trust() int {
	switch h.Listening() {
	case snapshot.Listens:
		if h.Process.OtherNetwork {
			return listensElsewhere
		}
		return listensHere
	case snapshot.AnotherListens:
		return replaced
	case snapshot.ListensNot, snapshot.ListeningUnknown:
	}
	return unverified
}

// doubt is why the process of the host is not taken at its word, beside the others of its
// machine.
func (h *Host) doubt(others []*Host) Doubt {
	switch {
	case h.Process == nil:
		return ""
	case h.trust() == replaced:
		return InItsPlace
	case h.Server == nil && slices.ContainsFunc(others, h.besideOtherUser):
		return OfOtherUser
	case h.Process.OtherUsers:
		return OwnNamespace
	case h.Process.Program.Tried && !h.Process.Program.Seen() && h.trust() == unverified:
		return ProgramUnseen
	case h.Listening() == snapshot.ListensNot && !h.Process.OfRoot():
		return ListensNowhere
	}
	return ""
}

// besideOtherUser reports whether a server of the ensemble is on the same machine, and runs
// as another user: one that listens, or whose configuration could not be read. A user
// namespace shows no machine.
func (h *Host) besideOtherUser(o *Host) bool {
	return o.Server != nil && o.Process != nil && !o.Process.OtherUsers && o.Process.User != h.Process.User &&
		(o.Listening() == snapshot.Listens || o.Settings == nil && o.Process.Listens.Tried) &&
		(h.Process.OtherUsers || h.Addrs.Seen() && o.Addrs.Seen() && slices.Equal(h.Addrs.Value, o.Addrs.Value))
}

// hasSocketAt reports whether the process listens on a port at one of the addresses, or at
// all of the host's; where its sockets are not known, whether any process does.
func (h *Host) hasSocketAt(addrs []netip.Addr, port int) bool {
	sockets := h.Listeners.Value
	if h.Process.Listens.Tried {
		sockets = h.Process.Sockets()
	}
	return slices.ContainsFunc(sockets, func(s netip.AddrPort) bool {
		return int(s.Port()) == port && (s.Addr().IsUnspecified() || slices.Contains(addrs, s.Addr()))
	})
}
