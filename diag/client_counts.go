package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// defaultMaxClientCnxns is ZooKeeper's limit for one client address (all
// versions from 3.4 on, ServerCnxnFactory).
const defaultMaxClientCnxns = 60

// heldHere reports whether this host holds as many connections to the server as one address
// may.
func heldHere(s *model.Server, limit int) bool {
	_, ours := clientsOf(s)
	return limit > 0 && (s.Held.Seen() && s.Held.Value >= limit || ours.Connections >= limit)
}

// clientsOf are the address that holds the most connections to the server's client port,
// as its AdminServer tells, and this host's: without any where that holds none, or has
// another address there than here (a NAT, a container).
func clientsOf(s *model.Server) (busiest, ours snapshot.ClientCount) {
	list := s.Admin.Clients.Value.Plain
	if secure := s.Admin.Settings.Value.SecureClientPort; secure != nil && *secure == s.Port {
		list = s.Admin.Clients.Value.Secure
	}
	if len(list) > 0 {
		busiest = list[0]
	}
	here := s.Client.Value.Local.Addr().Unmap().String()
	for _, c := range list {
		if c.Address == here {
			ours = c
		}
	}
	return busiest, ours
}

// connLimit is maxClientCnxns of the server; known is false when that is only
// the default.
func connLimit(e *model.Ensemble, s *model.Server) (limit int, known bool) {
	if reported := s.Conf.Value.MaxClientCnxns; reported != nil {
		return *reported, true
	}
	if s.Local != nil && s.Local.Settings != nil {
		return s.Local.Settings.MaxClientCnxns.Value, true
	}
	if c := e.Snap.Plan.Config; c != nil && c.MaxClientCnxns.IsSet() {
		return c.MaxClientCnxns.Value, true
	}
	return defaultMaxClientCnxns, false
}
