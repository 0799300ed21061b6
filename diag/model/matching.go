package model

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// match finds the row of the table that this host's server is: the one whose
// client address its process would be listening on. Where that leaves several,
// its id decides.
func match(h *Host, servers []*Server) {
	if h.Settings == nil {
		matchByAddress(h, servers)
		return
	}
	var rows []*Server
	for _, s := range servers {
		if listensFor(h, s) {
			rows = append(rows, s)
		}
	}
	if len(rows) > 1 {
		rows = slices.DeleteFunc(rows, func(s *Server) bool { return !isMember(h, s) })
	}
	if len(rows) == 0 && len(h.OwnLines) == 0 {
		rows = claimedRow(h, servers)
	}
	tie(h, rows)
}

// tie makes a host's server the only row there is, unless that is another's.
func tie(h *Host, rows []*Server) {
	if len(rows) == 1 && rows[0].Local == nil {
		h.Server, rows[0].Local = rows[0], h
	}
}

// matchByAddress finds the row of a server whose configuration cannot be read: the
// only one at an address of its host, loopback apart.
func matchByAddress(h *Host, servers []*Server) {
	var rows []*Server
	for _, s := range servers {
		if h.Addrs.Seen() && slices.ContainsFunc(s.Resolve.Value, func(a netip.Addr) bool {
			return !a.IsLoopback() && slices.Contains(h.Addrs.Value, a)
		}) {
			rows = append(rows, s)
		}
	}
	tie(h, rows)
}

// isMember reports whether a row was made of the list's line with the host's id.
func isMember(h *Host, s *Server) bool { return h.HasID && s.Member != nil && s.Member.ID == h.ID }

// claimedRow is the row that the host's id names. It serves where no row is at
// an address of the host: then none of the listed addresses is, which is a fault
// of its own.
func claimedRow(h *Host, servers []*Server) []*Server {
	for _, s := range servers {
		if isMember(h, s) {
			return []*Server{s}
		}
	}
	return nil
}

// listensFor reports whether the client address of a row is one that this
// host's configuration would bind, in plain text or for TLS.
func listensFor(h *Host, s *Server) bool {
	port, address := h.Settings.ClientPort.Value, h.Settings.ClientPortAddress.Value
	if s.Member != nil && s.Member.Client != nil {
		port = s.Member.Client.Port
	}
	if s.Port != port && s.Port != 0 {
		port, address = h.Settings.SecureClientPort.Value, h.Settings.SecureClientPortAddress.Value
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
	if s.Port == 0 && !isMember(h, s) {
		return false
	}
	return slices.ContainsFunc(s.Resolve.Value, h.seenLocal)
}

// seenLocal reports whether an address that zkdoctor looked at is this host's:
// loopback is only while both share a network.
func (h *Host) seenLocal(addr netip.Addr) bool {
	if addr.IsLoopback() && h.Process != nil && h.Process.OtherNetwork {
		return false
	}
	return h.IsLocal(addr)
}

// isOfAnotherHost reports whether the configuration is another host's after all: no
// server runs here, none of its addresses is here, and the server whose id the
// files have answers where the list has it.
func isOfAnotherHost(h *Host, servers []*Server) bool {
	if h.Process != nil || len(h.OwnLines) > 0 || h.Settings == nil {
		return false
	}
	return slices.ContainsFunc(claimedRow(h, servers), func(s *Server) bool { return s.ClientPort == report.PortOpen })
}
