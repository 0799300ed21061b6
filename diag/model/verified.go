package model

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Doubt is why a process of this host is not taken at its word; empty where it is.
type Doubt string

const (
	// InItsPlace: it has none of the sockets of its configuration, and another process has
	// its client port. So it is no evidence of that server.
	InItsPlace Doubt = "another-listens"
	// OfOtherUser: it is none of the servers that were asked about, and one of these runs on
	// this host as another user. So it is no evidence of the ensemble.
	OfOtherUser Doubt = "other-user"
	// ProgramUnseen: whether it is a JVM was not to be seen from here, and it does not listen.
	// What rests on it is not proven.
	ProgramUnseen Doubt = "program-not-seen"
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
	return h.Listening() == snapshot.Listens
}

// tieHosts finds the row of each host: first of those that listen, so that no other process
// takes it. It sets aside those that are no evidence.
func tieHosts(e *Ensemble, hosts []*Host) {
	var listening, silent []*Host
	for _, h := range hosts {
		switch h.Listening() {
		case snapshot.Listens:
			listening = append(listening, h)
		case snapshot.ListensNot, snapshot.ListeningUnknown:
			silent = append(silent, h)
		case snapshot.AnotherListens:
			h.Doubt = InItsPlace
		}
	}
	for _, h := range slices.Concat(listening, silent) {
		match(h, e.Servers)
	}
	findChanged(e, hosts)
	for _, h := range hosts {
		switch h.Doubt = h.doubt(listening); h.Doubt {
		case InItsPlace, OfOtherUser:
			e.Doubted = append(e.Doubted, h)
		default:
			e.Hosts = append(e.Hosts, h)
		}
	}
	findElsewhere(e)
}

// doubt is why the process of the host is not taken at its word, beside the servers that
// listen.
func (h *Host) doubt(listening []*Host) Doubt {
	switch {
	case h.Process == nil:
		return ""
	case h.Doubt != "":
		return h.Doubt
	case h.Server == nil && slices.ContainsFunc(listening, h.besideOtherUser):
		return OfOtherUser
	case h.Process.Program.Tried && !h.Process.Program.Seen() && h.Listening() != snapshot.Listens:
		return ProgramUnseen
	}
	return ""
}

// besideOtherUser reports whether a listening server of the ensemble is on the same machine,
// and runs as another user.
func (h *Host) besideOtherUser(o *Host) bool {
	return o.Server != nil && o.Process.User != h.Process.User &&
		h.Addrs.Seen() && o.Addrs.Seen() && slices.Equal(h.Addrs.Value, o.Addrs.Value)
}

// hasSocketAt reports whether the process listens on a port at one of the addresses, or at
// all of the host's; where its sockets are not known, whether any process does.
func (h *Host) hasSocketAt(addrs []netip.Addr, port int) bool {
	sockets := h.Listeners.Value
	switch listens := h.Process.Listens; {
	case listens.Seen():
		sockets = listens.Value
	case listens.Tried:
		sockets = h.Process.UserListens
	}
	return slices.ContainsFunc(sockets, func(s netip.AddrPort) bool {
		return int(s.Port()) == port && (s.Addr().IsUnspecified() || slices.Contains(addrs, s.Addr()))
	})
}
