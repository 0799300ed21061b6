package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// What the connections on and to the peer ports of a server's host tell. Whose a
// connection is shows by its address alone, so that of every member must be known.

// linksApart is how far apart two looks at a host's connections may be: what is held
// open without a word is closed after tickTime x syncLimit, 10 s as usually configured.
const linksApart = 30 * time.Second

// maxSockets is how many connections a finding shows.
const maxSockets = 3

// linkPair are two looks at the connections of one host.
type linkPair struct {
	now, before *model.Host
	// known are the addresses of all members, and of the host itself.
	known []netip.Addr
}

// linksOf are two looks at the connections of a host; nil with the reason for which
// they cannot be judged.
func linksOf(e *model.Ensemble, h *model.Host) (pair *linkPair, reason string) {
	switch {
	case h.Process == nil:
		return nil, "no process runs for it"
	case !h.Links.Seen():
		return nil, reasonOf(h.Links, "its connections were not checked")
	case h.Links.Value.Total > len(h.Links.Value.Sockets):
		return nil, fmt.Sprintf("it has %d connections on its peer ports, and not all were checked", h.Links.Value.Total)
	}
	known, reason := memberAddrs(e, h)
	if reason != "" {
		return nil, reason
	}
	return &linkPair{now: h, before: hostBefore(e, h), known: known}, ""
}

// hostBefore is the same process in the earlier look, or in that of its own host, when
// that looked at its connections some seconds before; nil otherwise.
func hostBefore(e *model.Ensemble, h *model.Host) *model.Host {
	before, _ := e.FindEarlier(func(b *model.Host) bool {
		apart := h.Looked.Sub(b.Looked)
		return b.Process != nil && b.Process.PID == h.Process.PID && b.ConfigPath == h.ConfigPath &&
			slices.Equal(b.Addrs.Value, h.Addrs.Value) && b.Links.Seen() && apart > 0 && apart <= linksApart
	})
	return before
}

// memberAddrs are all addresses that a member may have as seen on a host.
func memberAddrs(e *model.Ensemble, h *model.Host) (addrs []netip.Addr, reason string) {
	if len(h.Resolved) == 0 {
		return nil, "the members' names were not resolved there: they are a container's own"
	}
	addrs = slices.Clone(h.Addrs.Value)
	hosts := map[string]bool{}
	for _, r := range h.Resolved {
		hosts[strings.ToLower(r.Host)] = true
		own := h.HasID && r.ID == h.ID
		switch {
		case own:
		case !r.Addrs.Seen():
			return nil, fmt.Sprintf("%s has no address there, so the owner of a connection is not known", r.Host)
		case slices.ContainsFunc(r.Addrs.Value, netip.Addr.IsLoopback):
			return nil, "members share loopback addresses, which do not identify a server"
		}
		addrs = append(addrs, r.Addrs.Value...)
	}
	for _, s := range e.Servers {
		addrs = append(append(addrs, s.Resolve.Value...), s.PeerAddrs().Value...)
		hosts[strings.ToLower(s.Host)] = true
	}
	for _, m := range e.List.Servers {
		for _, a := range m.Addresses {
			literal, err := netip.ParseAddr(a.Host)
			switch {
			case err == nil:
				addrs = append(addrs, literal)
			case a.Host != "" && !hosts[strings.ToLower(a.Host)]:
				return nil, fmt.Sprintf("%s is a member by %s, and its name was not resolved there", a.Host, e.List.Source)
			}
		}
	}
	return addrs, ""
}

// stayIn are the connections that are there in both looks and of which keep holds. Those
// that are being made may have another local port in each.
func stayIn(p *linkPair, keep func(snapshot.Link) bool) []snapshot.Link {
	var out []snapshot.Link
	for _, l := range p.now.Links.Value.Sockets {
		same := func(b snapshot.Link) bool {
			return b.Remote == l.Remote && (b.Local == l.Local || b.Calling && l.Calling)
		}
		if keep(l) && slices.ContainsFunc(p.before.Links.Value.Sockets, same) {
			out = append(out, l)
		}
	}
	return out
}

// comeAgain are the connections of which keep holds whose other end had another one in the earlier
// look, one for each address.
func comeAgain(p *linkPair, keep func(snapshot.Link) bool) []snapshot.Link {
	var out []snapshot.Link
	for _, l := range p.now.Links.Value.Sockets {
		from := func(o snapshot.Link) bool {
			return o.Remote.Addr() == l.Remote.Addr() && o.Local.Port() == l.Local.Port()
		}
		before := func(b snapshot.Link) bool { return keep(b) && from(b) }
		if keep(l) && slices.ContainsFunc(p.before.Links.Value.Sockets, before) && !slices.ContainsFunc(out, from) {
			out = append(out, l)
		}
	}
	return out
}

// isOutside reports whether the other end of a connection is no member.
func isOutside(p *linkPair, l snapshot.Link) bool { return !slices.Contains(p.known, l.Remote.Addr()) }

// claimedLine is the line of the host's own id, or nil.
func claimedLine(h *model.Host) *zoocfg.Server {
	if !h.HasID {
		return nil
	}
	return h.Settings.Find(h.ID)
}

// electionPortsOf are those of a line; none of nil.
func electionPortsOf(m *zoocfg.Server) []uint16 {
	var ports []uint16
	if m == nil {
		return nil
	}
	for _, a := range m.Addresses {
		ports = append(ports, uint16(a.ElectionPort)) //nolint:gosec // a port
	}
	return ports
}

// peerPortsOf are the quorum and election ports of a line; none of nil.
func peerPortsOf(m *zoocfg.Server) []uint16 {
	if m == nil {
		return nil
	}
	return slices.Concat(electionPortsOf(m), model.QuorumPortsOf(m))
}

// hasLink reports whether a host has an election connection with a member, made from
// either side, accepted or not.
func hasLink(h *model.Host, id int64) bool {
	own, other := electionPortsOf(claimedLine(h)), electionPortsOf(h.Settings.Find(id))
	return slices.ContainsFunc(h.Links.Value.Sockets, func(l snapshot.Link) bool {
		with := slices.ContainsFunc(h.Resolved, func(r snapshot.ResolvedHost) bool {
			return r.ID == id && slices.Contains(r.Addrs.Value, l.Remote.Addr())
		})
		return with && !l.Calling && (slices.Contains(own, l.Local.Port()) || slices.Contains(other, l.Remote.Port()))
	})
}
