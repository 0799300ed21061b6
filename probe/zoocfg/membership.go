package zoocfg

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Role is the configured role of a server.
type Role string

const (
	// Participant votes; it is the default.
	Participant Role = "participant"
	// Observer follows the leader and never votes.
	Observer Role = "observer"
)

// Address is where peers reach a server.
type Address struct {
	// Host is a name or an address, IPv6 without brackets. `conf` prints an IPv6
	// address in full (0:0:0:0:0:0:0:1), whatever the file says: compare with
	// net/netip.
	Host string `json:"host"`
	// QuorumPort is where the leader listens for its followers (2888).
	QuorumPort int `json:"quorum_port"`
	// ElectionPort (3888) is 0 when not given, which only 3.4 accepts.
	ElectionPort int `json:"election_port"`
}

// HostPort is where clients reach a server.
type HostPort struct {
	// Host is 0.0.0.0 when only the port is given.
	Host string `json:"host"`
	Port int    `json:"port"`
}

// Server is one server.N.
type Server struct {
	ID int64 `json:"id"`
	// Addresses has one element, several with the multiAddress feature of 3.6+.
	Addresses []Address `json:"addresses"`
	Role      Role      `json:"role"`
	// Client is the part after the semicolon (3.5+); nil when there is none.
	Client *HostPort `json:"client,omitempty"`
	// SecureClient is the part after the second semicolon (3.10); or nil.
	SecureClient *HostPort `json:"secure_client,omitempty"`

	// Line and File say where the server is written; zero outside of files.
	Line int    `json:"line,omitempty"`
	File string `json:"file,omitempty"`
	// Raw is the value as it was written.
	Raw string `json:"raw,omitempty"`
}

// String is the canonical form of QuorumServer.toString, without "server.N=".
// Addresses stay in the order of the file (ZooKeeper sorts several by host).
func (s Server) String() string {
	var b strings.Builder
	for i, a := range s.Addresses {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(HostPort{a.Host, a.QuorumPort}.String())
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(a.ElectionPort))
	}
	b.WriteByte(':')
	b.WriteString(string(s.Role))
	if s.Client != nil || s.SecureClient != nil {
		b.WriteByte(';')
	}
	if s.Client != nil {
		b.WriteString(s.Client.String())
	}
	if s.SecureClient != nil {
		b.WriteByte(';')
		b.WriteString(s.SecureClient.String())
	}
	return b.String()
}

// Clients are where the line says that clients reach the server: Client and SecureClient,
// without those it does not have.
func (s Server) Clients() []HostPort {
	var out []HostPort
	for _, client := range []*HostPort{s.Client, s.SecureClient} {
		if client != nil {
			out = append(out, *client)
		}
	}
	return out
}

// String is host:port, with brackets round an IPv6 host.
func (h HostPort) String() string {
	if strings.Contains(h.Host, ":") {
		return "[" + h.Host + "]:" + strconv.Itoa(h.Port)
	}
	return h.Host + ":" + strconv.Itoa(h.Port)
}

// Group is one group.N of a hierarchical quorum.
type Group struct {
	ID      int64   `json:"id"`
	Members []int64 `json:"members"`
	Line    int     `json:"line,omitempty"`
	File    string  `json:"file,omitempty"`
}

// Membership is the part of the configuration that all servers must share.
type Membership struct {
	// Servers are in ascending order of id; of duplicates the last one.
	Servers []Server `json:"servers,omitempty"`
	Groups  []Group  `json:"groups,omitempty"`
	// Weights holds the weight.N lines only; any other server weighs 1.
	Weights map[int64]int64 `json:"weights,omitempty"`
	// Version of the dynamic configuration; 0 for a static one. ZooKeeper
	// writes it in hexadecimal.
	Version uint64 `json:"version,omitempty"`
}

// SameMembers reports whether two lists have the same servers, by id, role and peer addresses,
// and the same groups and weights. Where clients reach them does not count.
func (m Membership) SameMembers(o Membership) bool {
	return slices.EqualFunc(m.Servers, o.Servers, func(a, b Server) bool {
		return a.ID == b.ID && a.Role == b.Role && slices.Equal(a.Addresses, b.Addresses)
	}) && maps.Equal(m.Weights, o.Weights) && slices.EqualFunc(m.Groups, o.Groups, func(a, b Group) bool {
		return a.ID == b.ID && slices.Equal(a.Members, b.Members)
	})
}
