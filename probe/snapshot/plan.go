package snapshot

import (
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ZooKeeper's documented ports, used where nothing better is known.
const (
	DefaultClientPort   = 2181
	DefaultQuorumPort   = 2888
	DefaultElectionPort = 3888
)

// DefaultTimeout bounds one look. A healthy server answers srvr within
// milliseconds; two seconds leave room for one lost SYN, which Linux sends again
// after one second.
const DefaultTimeout = 2 * time.Second

// Source says where the servers to look at come from.
type Source string

const (
	// FromTargets: the user named the servers.
	FromTargets Source = "targets"
	// FromFile: a configuration file that the user named lists them.
	FromFile Source = "file"
	// FromHost: this host's own ZooKeeper lists them.
	FromHost Source = "host"
)

// Plan is the question as the snapshot keeps it: which servers to look at, and how.
type Plan struct {
	Source  Source   `json:"source"`
	Targets []Target `json:"targets"`
	// Unvisited are the members that a server listed and that were to be looked at too
	// (--discover), but were not.
	Unvisited []Unvisited `json:"unvisited,omitempty"`
	// Unasked are the names that have more addresses than are looked at.
	Unasked []Unasked `json:"unasked,omitempty"`
	// Config is the file that the targets come from; nil with FromTargets.
	Config *zoocfg.Config `json:"config,omitempty"`
	// Timeout bounds one look; 0 means DefaultTimeout.
	Timeout time.Duration `json:"timeout_ns"`
	// Secure is set when TLS was spoken to the client ports.
	Secure bool `json:"tls,omitempty"`
	// Unverified says that the certificates of servers were not judged.
	Unverified bool `json:"tls_unverified,omitempty"`
	// PeerPorts is false when the quorum and election ports are to be left alone.
	PeerPorts bool `json:"peer_ports"`
	// QuorumHello is set when the election ports of servers on this host are to be greeted
	// in TLS, where their configuration says that they speak it: on a plain one the bytes
	// would be taken for a server's id.
	QuorumHello bool `json:"quorum_tls_hello,omitempty"`
	// Session is set when a session is to be opened with each server, and closed: two
	// transactions each.
	Session bool `json:"session,omitempty"`
	// Admin is false when AdminServers are not to be asked (3.5+, HTTP); AdminPort is
	// theirs, 0 for what the configuration says, or else 8080.
	Admin     bool `json:"admin,omitempty"`
	AdminPort int  `json:"admin_port,omitempty"`
	// Local is false when this host's own files and processes are to be left
	// alone.
	Local bool `json:"local"`
}

// Unvisited is a member that a server listed and that was not checked.
type Unvisited struct {
	ID int64 `json:"id"`
	// Address is where clients reach it, as it was listed.
	Address string `json:"address"`
	// Why says what is wrong with the address, for people.
	Why string `json:"why"`
}

// Unasked is a name of which some addresses were not looked at, and how many.
type Unasked struct {
	Host      string `json:"host"`
	Addresses int    `json:"addresses"`
}

// Target is one server to look at.
type Target struct {
	// Host is a name or an address, IPv6 without brackets.
	Host string `json:"host"`
	Port int    `json:"port"`
	// Of is the name that Host is one of several addresses of, as a headless service has them: each
	// is a server to look at. Empty where Host was named itself.
	Of string `json:"of,omitempty"`
	// Slot numbers the addresses of a name, from 1 on: one keeps its own from look to look.
	Slot int `json:"slot,omitempty"`
	// Assumed is set when Port is the default and nobody said so: another server
	// of the ensemble may well use another one.
	Assumed bool `json:"assumed,omitempty"`
	// Secure is set when Port is one for TLS alone, as the configuration says.
	Secure bool `json:"secure,omitempty"`
	// Member is the server.N line; nil when the target was named by hand.
	Member *zoocfg.Server `json:"member,omitempty"`
}

// Address is host:port as configured, never a resolved address; IPv6 with brackets.
func (t Target) Address() string { return zoocfg.HostPort{Host: t.Host, Port: t.Port}.String() }

// Given is the target as it was given, for an address of a name the name.
func (t Target) Given() Target {
	if t.Of != "" {
		t.Host, t.Of, t.Slot = t.Of, "", 0
	}
	return t
}

// Label tells the target from others in metrics: its address as configured. Addresses of one name
// come and go with its servers, and are numbered there.
func (t Target) Label() string {
	if t.Of == "" {
		return t.Address()
	}
	return fmt.Sprintf("%s#%d", t.Given().Address(), t.Slot)
}
