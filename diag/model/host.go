package model

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Sets reports whether a line of the host's configuration sets a key to true.
func (h *Host) Sets(key string) bool {
	p, ok := h.Settings.Property(key)
	return ok && strings.EqualFold(strings.TrimSpace(p.Value), "true")
}

// RightID is the id of the server.N line that this host is, by address; ok is
// false when addresses do not decide it.
func (h *Host) RightID() (int64, bool) {
	if h.AddressesDecide && len(h.OwnLines) == 1 {
		return h.OwnLines[0], true
	}
	if h.Server != nil && h.Server.Member != nil {
		return h.Server.Member.ID, true
	}
	return 0, false
}

// AllLoopback reports whether there is no address beyond this host among them.
func AllLoopback(addrs []netip.Addr) bool {
	return !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !a.IsLoopback() })
}

// IsLocal reports whether an address is this host's. All of 127/8 is.
func (h *Host) IsLocal(addr netip.Addr) bool {
	return addr.IsLoopback() || addr.IsUnspecified() || slices.Contains(h.Addrs.Value, addr)
}

// ListensAt reports whether anything on the host listens on a port at one of the
// addresses, or at all of the host's.
func (h *Host) ListensAt(addrs []netip.Addr, port int) bool {
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool {
		return int(l.Port()) == port && (l.Addr().IsUnspecified() || slices.Contains(addrs, l.Addr()))
	})
}

// OwnerAt is the process that listens on a port at one of the addresses, or at all of the
// host's, where the host's server would; nil where none does or its owner was not found. Of two
// servers of one ensemble neither is in the other's place: who has which id is wrong there.
func (h *Host) OwnerAt(addrs []netip.Addr, port int, hosts []*Host) *snapshot.SocketOwner {
	for i := range h.Owners.Value {
		o := &h.Owners.Value[i]
		member := slices.ContainsFunc(hosts, func(h *Host) bool { return h.Process != nil && h.Process.PID == o.PID })
		if int(o.Addr.Port()) == port && !member && (o.Addr.Addr().IsUnspecified() || slices.Contains(addrs, o.Addr.Addr())) {
			return o
		}
	}
	return nil
}

// Hidden reports whether the host's server answers as ZooKeeper although no process of
// it was seen: then what would keep it from starting has not.
func (h *Host) Hidden() bool {
	s := h.Server
	return h.Process == nil && s != nil && (s.Srvr.Seen() || s.NotServing() || s.Session.Seen())
}

// Age is how long the process has run.
func (h *Host) Age(now time.Time) (time.Duration, bool) {
	if h.Process == nil || h.Process.Started.IsZero() {
		return 0, false
	}
	return now.Sub(h.Process.Started), true
}

// Distributed reports whether the configuration makes it a member of an
// ensemble. The version is known once the server has reported it.
func (h *Host) Distributed() bool {
	return h.Settings != nil && h.Settings.Distributed(h.Version())
}

// Version is what the host's server says that it runs; empty when it says nothing.
func (h *Host) Version() string {
	if h.Server != nil {
		if v, ok := h.Server.Version(); ok {
			return v.String()
		}
	}
	return ""
}

// ResolvedFor is what the host of a server.N line resolves to on this host.
func (h *Host) ResolvedFor(id int64) (snapshot.ResolvedHost, bool) {
	i, ok := h.resolvedAt[id]
	if !ok {
		return snapshot.ResolvedHost{}, false
	}
	return h.Resolved[i], true
}

// makesOf are the addresses that the first name of a line has on this host, loopback apart.
func (h *Host) makesOf(m *zoocfg.Server) []netip.Addr {
	r, ok := h.ResolvedFor(m.ID)
	if !ok || len(m.Addresses) == 0 || r.Host != m.Addresses[0].Host {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.Addrs.Value), netip.Addr.IsLoopback)
}

// LeaderServesNo reports whether the server of the host is set up to serve no clients while
// it leads: by its file, which goes before its command line, or by that.
func (h *Host) LeaderServesNo() (byFile, no bool) {
	switch {
	case h == nil || h.Settings == nil:
		return false, false
	case h.Settings.LeaderServes.IsSet() && !h.Settings.LeaderServes.Value:
		return true, true
	case h.Process != nil && h.Process.LeaderServes == "no":
		return false, true
	}
	return false, false
}

// wrote reports whether the log of the host's server has a line of that kind.
func (h *Host) wrote(sign logline.Sign) bool {
	return h.Log.Seen() && slices.ContainsFunc(h.Log.Value.Lines, func(l snapshot.LogLine) bool { return l.Sign == sign })
}

// How a process ended (waitid(2)).
const (
	Exited = 1
	Killed = 2
	Dumped = 3
)

// EndedWith reports whether systemd saw the server's process end with one of these exit
// codes, and it has not run since.
func (h *Host) EndedWith(codes ...int32) bool {
	if h.Process != nil || !h.Service.Seen() || h.Service.Value.Code != Exited {
		return false
	}
	return slices.Contains(codes, h.Service.Value.Status)
}
