package snapshot

import (
	"net/netip"
	"time"
)

// Access is who may open a file: its owner and permissions, and those of all the
// directories on the way to it, from the root.
type Access []AccessStep

// AccessStep is a directory on the way, or the file itself, which is the last.
type AccessStep struct {
	Path string `json:"path"`
	Owner
}

// Process is a running ZooKeeper JVM.
type Process struct {
	PID int `json:"pid"`
	// Program is the executable that the kernel shows, of a process into which a Java virtual
	// machine is loaded: what has none is no server. Only root and its user may see it.
	Program Obs[string] `json:"program,omitzero"`
	// Listens are the listening sockets that the process itself has open. Only root and its
	// user may see them; UserListens takes their place where they could not be seen: those of
	// all processes of its user, which anyone may see.
	Listens     Obs[[]netip.AddrPort] `json:"listens,omitzero"`
	UserListens []netip.AddrPort      `json:"user_listens,omitempty"`
	// Main is the short name of the main class: QuorumPeerMain,
	// ZooKeeperServerMain, or that of the program that embeds it.
	Main string `json:"main"`
	// User is the name of the owner, or its number where it has no name.
	User string `json:"user"`
	// Started is zero when the operating system did not tell.
	Started time.Time `json:"started,omitzero"`
	// State is the state letter of /proc: R, S, D, T (stopped), Z.
	State string `json:"state"`
	// Container is set when the process lives in a PID namespace of its own.
	Container bool `json:"container,omitempty"`
	// OtherNetwork is set when the process lives in another network namespace
	// than zkdoctor: its loopback addresses are its own.
	OtherNetwork bool `json:"other_network,omitempty"`
	// OtherUsers is set when it lives in another user namespace than zkdoctor: any user may
	// make one, and in it a network with whatever addresses.
	OtherUsers bool `json:"other_users,omitempty"`
	// Unit is the unit of systemd that it runs in; empty for none.
	Unit string `json:"unit,omitempty"`
	// Memory is what it has, and what it may have.
	Memory Obs[Memory] `json:"memory"`
	// LeaderServes is -Dzookeeper.leaderServes, empty when not given.
	LeaderServes string `json:"leader_serves,omitempty"`
	// ForceSync is -Dzookeeper.forceSync, empty when not given.
	ForceSync string `json:"force_sync,omitempty"`
	// TrustEmpty is -Dzookeeper.snapshot.trust.empty, empty when not given.
	TrustEmpty string `json:"trust_empty,omitempty"`
	// JuteMaxBuffer is -Djute.maxbuffer, empty when not given.
	JuteMaxBuffer string `json:"jute_max_buffer,omitempty"`
	// Whitelist is -Dzookeeper.4lw.commands.whitelist, empty when not given. The key in
	// zoo.cfg goes before it.
	Whitelist string `json:"whitelist,omitempty"`
	// MaxCnxns is -Dzookeeper.maxCnxns, empty when not given. The key in zoo.cfg goes before it.
	MaxCnxns string `json:"max_cnxns,omitempty"`
	// JMX is the port for JMX that its command line opens; nil for none. JMXFile is
	// where that may be set too (com.sun.management.config.file), and empty for nowhere.
	JMX     *JMX   `json:"jmx,omitempty"`
	JMXFile string `json:"jmx_file,omitempty"`
	// Credentials decide which files it may write.
	Credentials Obs[Credentials] `json:"credentials"`
}

// OfRoot reports whether root runs it, outside of any user namespace.
func (p *Process) OfRoot() bool {
	if p.OtherUsers {
		return false
	}
	return p.Credentials.Seen() && p.Credentials.Value.UID == 0 || !p.Credentials.Tried && p.User == "root"
}

// Sockets are the listening sockets that are taken for the process's own: those that were seen
// to be, or else those of its user.
func (p *Process) Sockets() []netip.AddrPort {
	if p.Listens.Seen() {
		return p.Listens.Value
	}
	return p.UserListens
}

// JMX is a port on which a JVM lets itself be managed from other hosts
// (com.sun.management.jmxremote.port; zkServer.sh: JMXPORT).
type JMX struct {
	// Port is as written.
	Port string `json:"port"`
	// Authenticate and TLS are what Java makes of the command line: true unless
	// something else is said there, which zkServer.sh does.
	Authenticate bool `json:"authenticate"`
	TLS          bool `json:"tls"`
}

// Credentials are what the kernel judges a process by when it opens a file.
type Credentials struct {
	UID uint32 `json:"uid"`
	// Groups are all its groups.
	Groups []uint32 `json:"groups,omitempty"`
	// WritesAll is set when permissions do not bind it, as with root
	// (CAP_DAC_OVERRIDE).
	WritesAll bool `json:"writes_all,omitempty"`
}
