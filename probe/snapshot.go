package probe

import (
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// SnapshotFormat is the version of the snapshot's JSON form. A newer zkdoctor
// reads every older format.
const SnapshotFormat = 1

// Snapshot is everything that one run saw, and nothing that it thinks. It is
// not changed once Gather has returned it.
type Snapshot struct {
	Format  int     `json:"format"`
	Tool    string  `json:"tool"`
	Vantage Vantage `json:"vantage"`
	// Started is when looking began, in UTC.
	Started time.Time     `json:"started"`
	Took    time.Duration `json:"took_ns"`
	// Incomplete says why looking ended before all was seen: "deadline" or
	// "interrupted"; empty when nothing was cut short.
	Incomplete string   `json:"incomplete,omitempty"`
	Plan       Asked    `json:"plan"`
	Servers    []Server `json:"servers"`
	Local      []Local  `json:"local,omitempty"`
	// Known are the members that a server told in an earlier look, for when none tells
	// them now: without a quorum none does. nil for none.
	Known *Members `json:"known,omitempty"`
	// Before is the look before this one at the same servers; nil when there was
	// one look only. It is one deep: Before.Before is nil.
	Before *Snapshot `json:"before,omitempty"`
	// Vantages are the snapshots that this one was merged from, by host; nil when it
	// was taken on one.
	Vantages []*Snapshot `json:"-"`
}

// Vantage says from where was looked.
type Vantage struct {
	Host string `json:"host"`
	// Addrs are the addresses of this host, as zkdoctor's own network namespace
	// has them; not looked at where this host is to be left alone.
	Addrs Obs[[]netip.Addr] `json:"addrs"`
	// Clock is how far the clock of Host is ahead of that of the host which had it
	// look; not tried where nobody did.
	Clock Obs[time.Duration] `json:"clock,omitzero"`
}

// SeenFrom puts a snapshot that was taken on another host between asked and answered, by
// this host's clock, into this host's time.
func (s *Snapshot) SeenFrom(asked, answered time.Time) {
	var ahead time.Duration
	switch ended := s.Started.Add(s.Took); {
	case s.Started.Before(asked):
		ahead = s.Started.Sub(asked)
	case ended.After(answered):
		ahead = ended.Sub(answered)
	}
	s.Vantage.Clock = Saw(ahead.Truncate(time.Millisecond), 0)
	s.Started = s.Started.Add(-ahead)
	if s.Before != nil {
		s.Before.Started = s.Before.Started.Add(-ahead)
	}
	for i := range s.Local {
		if p := s.Local[i].Process; p != nil && !p.Started.IsZero() {
			p.Started = p.Started.Add(-ahead)
		}
	}
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
	// Keeper is set when another program that speaks ZooKeeper's words answered srvr.
	Keeper *Keeper   `json:"keeper,omitempty"`
	Mntr   Obs[Mntr] `json:"mntr"`
	Conf   Obs[Conf] `json:"conf"`
	// Envi, Ruok and Isro are asked for only where srvr gave no role.
	Envi Obs[Envi] `json:"envi"`
	Ruok Obs[Ruok] `json:"ruok"`
	Isro Obs[Isro] `json:"isro"`
	// Session is the serving probe, made only where no four-letter word answers.
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

// cancelled reports whether the run ended before a look at the server did.
func (s Server) cancelled() bool {
	return s.Resolve.FailedAs(Cancelled) || s.Client.FailedAs(Cancelled) || s.Srvr.FailedAs(Cancelled) ||
		s.Mntr.FailedAs(Cancelled) || s.Conf.FailedAs(Cancelled) || s.Envi.FailedAs(Cancelled) ||
		s.Opened.FailedAs(Cancelled) || s.Admin.Settings.FailedAs(Cancelled) || s.Quorum.Look.FailedAs(Cancelled) || s.Election.Look.FailedAs(Cancelled)
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

// Local is what was seen of one server from inside its own host.
type Local struct {
	// Process is nil when no ZooKeeper process runs; the configuration was then
	// found at ConfigSource.
	Process *Process `json:"process,omitempty"`
	// ConfigSource is "process", or else what led to the file: a flag, a unit, a
	// variable, a well-known path.
	ConfigSource string `json:"config_source"`
	// ConfigPath is the file as its server knows it.
	ConfigPath string              `json:"config_path"`
	Config     Obs[*zoocfg.Config] `json:"config"`
	// ConfigAccess is who may read the file; not tried in a container.
	ConfigAccess Obs[Access] `json:"config_access"`
	// Beside are the names of other configurations in the directory of one that is not
	// there.
	Beside []string `json:"beside,omitempty"`
	// Named is the file that the user named as the configuration, where it is another
	// one than the process has read; nil otherwise.
	Named *NamedConfig `json:"named,omitempty"`
	// Unit is how systemd starts the server; nil when a process runs, or no unit was
	// found. Install is the ZooKeeper that a start would run, not tried when a process
	// runs.
	Unit    *Unit        `json:"unit,omitempty"`
	Install Obs[Install] `json:"install"`
	// Service is what systemd tells of the unit that the process belongs to, or that
	// would start it; not tried where no unit is known.
	Service Obs[Service] `json:"service"`
	MyID    Obs[MyID]    `json:"myid"`
	// NextConfig tells whether <zoo.cfg>.dynamic.next lies beside the
	// configuration: a reconfiguration that was proposed and is not done.
	NextConfig Obs[bool] `json:"next_config"`
	// DataDir tells whether dataDir could be looked at.
	DataDir Obs[bool] `json:"data_dir"`
	// Data is what dataDir and dataLogDir hold, and Looked when that was looked at,
	// in UTC: the exporter looks at this host more rarely than at the servers.
	Data   Obs[Data] `json:"data"`
	Looked time.Time `json:"looked,omitzero"`
	// Addrs are the addresses of the network namespace that the server is in.
	Addrs Obs[[]netip.Addr] `json:"addrs"`
	// Listeners are the listening TCP sockets of that namespace, whoever owns
	// them. An unspecified address means all addresses.
	Listeners Obs[[]netip.AddrPort] `json:"listeners"`
	// Links are the connections of that namespace on and to the peer ports of the
	// members; not looked at where no process runs.
	Links Obs[Links] `json:"links"`
	// Log is the end of the server's log: the file that its process writes, or that
	// the scripts write beside its configuration.
	Log Obs[LogTail] `json:"log"`
	// Resolved is what the hosts of the server.N lines resolve to on this host.
	// It is not tried for a server in a container: its names are its own.
	Resolved []ResolvedHost `json:"resolved,omitempty"`
	// Script is what srvr says at the address that zkServer.sh status would ask.
	Script Obs[Srvr] `json:"script"`
	// ScriptAddr is that address, as written in the configuration.
	ScriptAddr string `json:"script_addr,omitempty"`

	// Hung is closed once a look at the disk that was given up has ended after all;
	// nil where none was.
	Hung <-chan struct{} `json:"-"`
	// LogPath is the log that the user named; empty to look for it.
	LogPath string `json:"-"`
}

// NamedConfig is a file with the same dataDir as that of a running server, which is
// not the one that it has read.
type NamedConfig struct {
	Path string `json:"path"`
	// Keys are those whose values differ, in alphabetical order; without any the files
	// say the same.
	Keys []string `json:"keys,omitempty"`
}

// ResolvedHost is the resolution of the host of one server.N line.
type ResolvedHost struct {
	ID    int64             `json:"id"`
	Host  string            `json:"host"`
	Addrs Obs[[]netip.Addr] `json:"addrs"`
}

// Process is a running ZooKeeper JVM.
type Process struct {
	PID int `json:"pid"`
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
	// JMX is the port for JMX that its command line opens; nil for none. JMXFile is
	// where that may be set too (com.sun.management.config.file), and empty for nowhere.
	JMX     *JMX   `json:"jmx,omitempty"`
	JMXFile string `json:"jmx_file,omitempty"`
	// Credentials decide which files it may write.
	Credentials Obs[Credentials] `json:"credentials"`
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

// MyID is a myid file, byte for byte.
type MyID struct {
	Path string `json:"path"`
	// Bytes are the first 64 bytes: an id needs at most 20.
	Bytes []byte `json:"bytes"`
}
