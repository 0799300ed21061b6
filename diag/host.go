package diag

import (
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// host is one server's own side: its process, files, sockets and addresses.
type host struct {
	*snapshot.Local
	// config is nil when it could not be read.
	config *zoocfg.Config
	// id is the content of myid, valid when hasID is set.
	id    int64
	hasID bool
	// server is the row of the table it is; nil when that cannot be told.
	server *server
	// own are the ids whose server.N address is an address of this host.
	own []int64
	// addressesDecide is set when exactly one server.N line is this host's, or
	// none is. With several local ones (a laboratory on loopback) addresses say
	// nothing about which of them this is.
	addressesDecide bool
}

func newHost(l *snapshot.Local) *host {
	h := &host{Local: l}
	if l.Config.Seen() {
		h.config = l.Config.Value
	}
	if l.MyID.Seen() {
		id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
		h.id, h.hasID = id, err == nil
	}
	h.findOwn()
	return h
}

// findOwn compares the addresses of the server.N lines with those of the host.
// It decides nothing unless every host name could be resolved there.
func (h *host) findOwn() {
	if h.config == nil || !h.Addrs.Seen() || len(h.Resolved) == 0 {
		return
	}
	complete := true
	for _, r := range h.Resolved {
		if !r.Addrs.Seen() {
			complete = false
			continue
		}
		if slices.ContainsFunc(r.Addrs.Value, h.isLocal) && !slices.Contains(h.own, r.ID) {
			h.own = append(h.own, r.ID)
		}
	}
	h.addressesDecide = len(h.own) == 1 || len(h.own) == 0 && complete
}

// isLocal reports whether an address is this host's. All of 127/8 is.
func (h *host) isLocal(addr netip.Addr) bool {
	return addr.IsLoopback() || addr.IsUnspecified() || slices.Contains(h.Addrs.Value, addr)
}

// match finds the row of the table that this host's server is: the one whose
// client address its process would be listening on. Where that leaves several,
// its id decides.
func (h *host) match(servers []*server) {
	if h.config == nil {
		h.matchByAddress(servers)
		return
	}
	var rows []*server
	for _, s := range servers {
		if h.listensFor(s) {
			rows = append(rows, s)
		}
	}
	if len(rows) > 1 {
		rows = slices.DeleteFunc(rows, func(s *server) bool {
			return s.Member == nil || !h.hasID || s.Member.ID != h.id
		})
	}
	if len(rows) == 0 && len(h.own) == 0 {
		rows = h.claimedRow(servers)
	}
	if len(rows) == 1 && rows[0].host == nil {
		h.server, rows[0].host = rows[0], h
	}
}

// matchByAddress finds the row of a server whose configuration cannot be read: the
// only one at an address of its host, loopback apart.
func (h *host) matchByAddress(servers []*server) {
	var rows []*server
	for _, s := range servers {
		if h.Addrs.Seen() && slices.ContainsFunc(s.Resolve.Value, func(a netip.Addr) bool { return !a.IsLoopback() && slices.Contains(h.Addrs.Value, a) }) {
			rows = append(rows, s)
		}
	}
	if len(rows) == 1 && rows[0].host == nil {
		h.server, rows[0].host = rows[0], h
	}
}

// claimedRow is the row that the host's id names. It serves where no row is at
// an address of the host: then none of the listed addresses is, which is a fault
// of its own.
func (h *host) claimedRow(servers []*server) []*server {
	for _, s := range servers {
		if h.hasID && s.Member != nil && s.Member.ID == h.id {
			return []*server{s}
		}
	}
	return nil
}

// listensFor reports whether the client address of a row is one that this
// host's configuration would bind, in plain text or for TLS.
func (h *host) listensFor(s *server) bool {
	port, address := h.config.ClientPort.Value, h.config.ClientPortAddress.Value
	if s.Member != nil && s.Member.Client != nil {
		port = s.Member.Client.Port
	}
	if s.Port != port && s.Port != 0 {
		port, address = h.config.SecureClientPort.Value, h.config.SecureClientPortAddress.Value
		if s.Member != nil && s.Member.SecureClient != nil {
			port = s.Member.SecureClient.Port
		}
	}
	if s.Port != port && s.Port != 0 || !s.Resolve.Seen() {
		return false
	}
	bound, err := netip.ParseAddr(address)
	if err == nil && !bound.IsUnspecified() {
		return slices.Contains(s.Resolve.Value, bound)
	}
	if s.Port == 0 && (s.Member == nil || !h.hasID || s.Member.ID != h.id) {
		return false
	}
	return slices.ContainsFunc(s.Resolve.Value, h.seenLocal)
}

// seenLocal reports whether an address that zkdoctor looked at is this host's:
// loopback is only while both share a network.
func (h *host) seenLocal(addr netip.Addr) bool {
	if addr.IsLoopback() && h.Process != nil && h.Process.OtherNetwork {
		return false
	}
	return h.isLocal(addr)
}

// isElsewhere reports whether the configuration is another host's after all: no
// server runs here, none of its addresses is here, and the server whose id the
// files have answers where the list has it.
func (h *host) isElsewhere(servers []*server) bool {
	if h.Process != nil || len(h.own) > 0 || h.config == nil {
		return false
	}
	return slices.ContainsFunc(h.claimedRow(servers), func(s *server) bool { return s.client == PortOpen })
}

// listensAt reports whether anything on the host listens on a port at one of the
// addresses, or at all of the host's.
func (h *host) listensAt(addrs []netip.Addr, port int) bool {
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool {
		return int(l.Port()) == port && (l.Addr().IsUnspecified() || slices.Contains(addrs, l.Addr()))
	})
}

// hidden reports whether the host's server answers as ZooKeeper although no process of
// it was seen: then what would keep it from starting has not.
func (h *host) hidden() bool {
	s := h.server
	return h.Process == nil && s != nil && (s.Srvr.Seen() || s.notServing() || s.Session.Seen())
}

// unseenProcess is the reason for which nothing can be said about the start of such a
// server.
const unseenProcess = "it answers, and its process was not seen"

// age is how long the process has run.
func (h *host) age(now time.Time) (time.Duration, bool) {
	if h.Process == nil || h.Process.Started.IsZero() {
		return 0, false
	}
	return now.Sub(h.Process.Started), true
}

// findEarlier finds a host in the earlier looks, and the look: in that of its own host
// first, where several were merged, for the times of each are its own. nil for none.
func (e *ensemble) findEarlier(same func(*host) bool) (*host, *ensemble) {
	for _, look := range append(slices.Clone(e.vantages), e) {
		if look.before == nil {
			continue
		}
		if i := slices.IndexFunc(look.before.hosts, same); i >= 0 {
			return look.before.hosts[i], look.before
		}
	}
	return nil, nil
}

// name is how the host's server is called in texts.
func (h *host) name() string {
	if h.server != nil {
		return h.server.Name
	}
	return "this host"
}

// distributed reports whether the configuration makes it a member of an
// ensemble. The version is known once the server has told it.
func (h *host) distributed() bool {
	return h.config != nil && h.config.Distributed(h.version())
}

// version is what the host's server says that it runs; empty when it says nothing.
func (h *host) version() string {
	if h.server != nil {
		if v, ok := h.server.version(); ok {
			return v.String()
		}
	}
	return ""
}

// resolved is what the host of a server.N line resolves to on this host.
func (h *host) resolved(id int64) (snapshot.ResolvedHost, bool) {
	for _, r := range h.Resolved {
		if r.ID == id {
			return r, true
		}
	}
	return snapshot.ResolvedHost{}, false
}

// localServer is the one row that is on this host; nil for none or several.
func (e *ensemble) localServer() *string {
	var name *string
	for _, h := range e.hosts {
		if h.server == nil {
			continue
		}
		if name != nil {
			return nil
		}
		name = &h.server.Name
	}
	return name
}

// leaderServesNo reports whether the server of the host is set up to serve no clients while
// it leads: by its file, which goes before its command line, or by that.
func (h *host) leaderServesNo() (byFile, no bool) {
	switch {
	case h == nil || h.config == nil:
		return false, false
	case h.config.LeaderServes.IsSet() && !h.config.LeaderServes.Value:
		return true, true
	case h.Process != nil && h.Process.LeaderServes == "no":
		return false, true
	}
	return false, false
}
