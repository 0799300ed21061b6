package snapshot

import "net/netip"

// Dial is a TCP connection that was made.
type Dial struct {
	Remote netip.AddrPort `json:"remote"`
	// Local tells which address of this host leads there; the zero AddrPort when
	// the peer had reset the connection before it could be looked at.
	Local netip.AddrPort `json:"local"`
	// TLS is what became of TLS on it.
	TLS TLSLook `json:"tls,omitzero"`
	// Nudged is set when it said nothing to srvr until a newline followed: see AskWord.
	Nudged bool `json:"nudged,omitempty"`
}

// Cut reports whether the client port accepted, and closed before it had answered srvr. A Keeper
// does so that does not allow the word, and is none of those.
func (s *Server) Cut() bool {
	return s.Keeper == nil && (s.Srvr.FailedAs(Empty) || s.Srvr.FailedAs(Reset))
}

// Server is one ZooKeeper server as seen over the network.
type Server struct {
	// Name is the server as it was named in the question, short enough for a
	// table: the host, with the port where that is not 2181.
	Name string `json:"name"`
	Target
	// Resolve is what Host resolved to here; PeerResolve what the host of the
	// server.N line did, not tried where that is the same host.
	Resolve     Obs[[]netip.Addr] `json:"resolve"`
	PeerResolve Obs[[]netip.Addr] `json:"peer_resolve"`
	// Client is the TCP connection to the client port, made by the first
	// four-letter word.
	Client Obs[Dial] `json:"client"`
	// Quorum (2888) and Election (3888) are connected to and closed at once.
	Quorum   PortLook `json:"quorum"`
	Election PortLook `json:"election"`

	Srvr Obs[Srvr] `json:"srvr"`
	// Keeper is set when another program that speaks ZooKeeper's words answered one.
	Keeper *Keeper   `json:"keeper,omitempty"`
	Mntr   Obs[Mntr] `json:"mntr"`
	Conf   Obs[Conf] `json:"conf"`
	// Envi, Ruok and Isro are asked for only where srvr gave no role.
	Envi Obs[Envi] `json:"envi"`
	Ruok Obs[Ruok] `json:"ruok"`
	Isro Obs[Isro] `json:"isro"`
	// Again is what was asked once more where the answers contradict each other.
	Again []Again `json:"again,omitempty"`
	// InTurn is what it answered when it was asked in turn with other targets that may be the same
	// server, twice each.
	InTurn []Obs[Srvr] `json:"in_turn,omitempty"`
	// Session is the serving probe, made only where no four-letter word tells the role, and
	// what was answered shows that it is ZooKeeper.
	Session Obs[Serving] `json:"session"`
	// QuorumTLS is what the election port showed to a hello in TLS, where that was asked
	// for (--quorum-tls-hello) and the server's own configuration has sslQuorum.
	QuorumTLS TLSLook `json:"quorum_tls,omitzero"`
	// Opened is the session that was opened, where that was asked for.
	Opened Obs[Opened] `json:"opened,omitzero"`
	// Admin is what the AdminServer told that the client port would not.
	Admin AdminLook `json:"admin,omitzero"`
	// Held is the number of connections that this host holds to the client port,
	// counted only where the server closes new ones without a word.
	Held Obs[int] `json:"held"`
}

// Monitored is what mntr tells or, where it is not allowed, the AdminServer.
func (s *Server) Monitored() Obs[Mntr] {
	if !s.Mntr.Seen() && s.Admin.Monitor.Seen() {
		return s.Admin.Monitor
	}
	return s.Mntr
}

// Stats is what srvr tells or, where it tells nothing, the AdminServer.
func (s *Server) Stats() Obs[Srvr] {
	if !s.Srvr.Seen() && s.Admin.Stats.Seen() {
		return s.Admin.Stats
	}
	return s.Srvr
}

// AskedAs is the server as a target on a command line.
func (s *Server) AskedAs() string {
	if s.Of != "" {
		return s.Address()
	}
	return s.Name
}

// PeerHost is the host of the quorum and election ports: that of the server.N
// line, or else the host of the client port.
func (s *Server) PeerHost() string {
	if s.Member != nil && len(s.Member.Addresses) > 0 {
		return s.Member.Addresses[0].Host
	}
	return s.Host
}

// PeerAddrs is what PeerHost resolved to.
func (s *Server) PeerAddrs() Obs[[]netip.Addr] {
	if s.PeerResolve.Tried {
		return s.PeerResolve
	}
	return s.Resolve
}

// PortLook is one connect-and-close to a quorum or election port.
type PortLook struct {
	// Number is the port; 0 when it is not known, and then Look was not tried.
	Number int `json:"number"`
	// Assumed is set when Number is ZooKeeper's documented default because
	// nothing better was known.
	Assumed bool      `json:"assumed,omitempty"`
	Look    Obs[Dial] `json:"look"`
}
