package model

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// spot is a name or an address, and of a line the client port that it gives; 0 for none.
type spot struct {
	name string
	addr netip.Addr
	port int
}

// spots has what is at a spot: two of them at most, for all that is asked is whether it is
// one alone.
type spots[T any] map[spot][]*T

func (s spots[T]) add(at spot, one *T) {
	if there := s[at]; len(there) < 2 && !slices.Contains(there, one) {
		s[at] = append(there, one)
	}
}

// addressBook finds lines by servers, and servers by lines.
type addressBook struct {
	e       *Ensemble
	lines   spots[zoocfg.Server]
	servers spots[Server]
}

func newAddressBook(e *Ensemble) *addressBook {
	b := &addressBook{e: e, lines: spots[zoocfg.Server]{}, servers: spots[Server]{}}
	for i := range e.List.Servers {
		m := &e.List.Servers[i]
		for _, at := range b.spotsOf(m) {
			if m.Client != nil {
				at.port = m.Client.Port
			}
			b.lines.add(at, m)
		}
	}
	for _, s := range e.Servers {
		if s.DuplicateOf != nil {
			continue
		}
		for _, at := range s.spots() {
			b.servers.add(at, s)
		}
	}
	return b
}

// spotsOf are where a line is: its names and addresses, and what this host makes of the
// first name.
func (b *addressBook) spotsOf(m *zoocfg.Server) []spot {
	var out []spot
	for _, a := range m.Addresses {
		out = append(out, spot{name: strings.ToLower(a.Host)})
		if addr, err := netip.ParseAddr(a.Host); err == nil {
			out = append(out, spot{addr: addr})
		}
	}
	for _, h := range b.e.Hosts {
		for _, addr := range h.makesOf(m) {
			out = append(out, spot{addr: addr})
		}
	}
	return out
}

// spots are where a server is, by its name and all of its addresses.
func (s *Server) spots() []spot {
	out := []spot{{name: strings.ToLower(s.Host)}}
	for _, addr := range s.Resolve.Value {
		out = append(out, spot{addr: addr})
	}
	return out
}

// lineAt finds the only line that is at the server's address. Several lines with one host
// differ in the client port, where they give it; a line without one, at a host that several
// targets name, could be any of theirs.
func (b *addressBook) lineAt(s *Server) *zoocfg.Server {
	var found *zoocfg.Server
	for _, at := range s.spots() {
		for _, port := range []int{0, s.Port} {
			at.port = port
			for _, m := range b.lines[at] {
				if found != nil && found != m {
					return nil
				}
				found = m
			}
		}
	}
	if found == nil || found.Client != nil {
		return found
	}
	for _, at := range b.spotsOf(found) {
		if slices.ContainsFunc(b.servers[at], func(o *Server) bool { return o != s }) {
			return nil
		}
	}
	return found
}
