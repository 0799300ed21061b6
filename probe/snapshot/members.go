package snapshot

import (
	"cmp"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Witness is what told a list of members.
type Witness string

// From the one that is believed first to the last: conf (3.5+); /zookeeper/config, read
// through a session (3.5+); the AdminServer (3.6+), which leaves out observers, groups
// and weights.
const (
	ByConf    Witness = "conf"
	BySession Witness = "session"
	ByAdmin   Witness = "admin"
)

// witnesses are all, the one that is believed first before the others.
func witnesses() []Witness { return []Witness{ByConf, BySession, ByAdmin} }

// Members are the members of an ensemble, as a server runs with them.
type Members struct {
	zoocfg.Membership
	// By is what told; empty in a snapshot means ByConf.
	By Witness `json:"by,omitempty"`
	// ClientPort is that of the server that told, for the lines that name none; 0 when
	// it did not say.
	ClientPort int `json:"client_port,omitempty"`
	// From is the address of the server that told; the zero Addr when that is not known.
	From netip.Addr `json:"from,omitzero"`
}

// VotersOnly reports whether the list may have left out observers, groups and weights.
func (m *Members) VotersOnly() bool { return m.By == ByAdmin }

// Members are those that the server says it runs with; nil where it told none.
func (s *Server) Members() *Members {
	for _, by := range witnesses() {
		if m := s.membersBy(by); m != nil {
			return m
		}
	}
	return nil
}

func (s *Server) membersBy(by Witness) *Members {
	var list *zoocfg.Membership
	var port *int
	switch by {
	case ByConf:
		if s.Conf.Seen() {
			list, port = s.Conf.Value.Membership, s.Conf.Value.ClientPort
		}
	case BySession:
		if s.Opened.Seen() {
			list = s.Opened.Value.Members
		}
	case ByAdmin:
		if s.Admin.Voters.Seen() {
			list, port = s.Admin.Voters.Value, s.Admin.Settings.Value.ClientPort
		}
	}
	if list == nil || len(list.Servers) == 0 {
		return nil
	}
	m := &Members{Membership: *list, By: by}
	if s.Client.Seen() {
		m.From = s.Client.Value.Remote.Addr()
	} else if len(s.Resolve.Value) > 0 {
		m.From = s.Resolve.Value[0] // that its AdminServer was asked at
	}
	if port != nil && *port > 0 {
		m.ClientPort = *port
	}
	return m
}

// Members are those in force: of what was told best, what the leader told, or else who
// has the list of the highest version. Where nobody tells in this look, it is what was
// told in an earlier one: without a quorum no server tells. nil when that is nothing.
func (s *Snapshot) Members() *Members {
	for _, by := range witnesses() {
		var best *Members
		var leads bool
		for i := range s.Servers {
			server := &s.Servers[i]
			m := server.membersBy(by)
			if m == nil {
				continue
			}
			l := server.Stats().Value.Mode == ModeLeader
			if best == nil || l && !leads || l == leads && m.Version > best.Version {
				best, leads = m, l
			}
		}
		if best != nil {
			return best
		}
	}
	if s.Known != nil {
		known := *s.Known
		known.By = cmp.Or(known.By, ByConf)
		return &known
	}
	return nil
}
