package zoocfg

import "time"

// Setting is one value of the configuration and the place where it was set.
type Setting[T any] struct {
	// Value is ZooKeeper's default when the key is not set, or when its value
	// cannot be read (a Problem then says so).
	Value T `json:"value"`
	// Line is 1-based; 0 means not set.
	Line int    `json:"line,omitempty"`
	File string `json:"file,omitempty"`
}

// IsSet reports whether the file sets the value.
func (s Setting[T]) IsSet() bool { return s.Line > 0 }

// Config is what a server reads from its zoo.cfg and, once AddDynamic was
// called, from the dynamic file.
type Config struct {
	// Path is the path of zoo.cfg as it was given to Parse.
	Path string `json:"path"`
	// Dynamic is the path of the dynamic file; empty until AddDynamic.
	Dynamic string `json:"dynamic,omitempty"`
	// Modified is when the static file was last changed; zero where whoever read it did not tell.
	Modified time.Time `json:"modified,omitzero"`

	// Properties are those of the static file, in file order, duplicates kept.
	Properties []Property `json:"properties,omitempty"`
	// DynamicProperties are those of the dynamic file, likewise.
	DynamicProperties []Property `json:"dynamic_properties,omitempty"`

	Settings

	// Membership comes from zoo.cfg, or from the dynamic file after AddDynamic.
	Membership

	// Problems are what ZooKeeper would die of, in order of file and line.
	// ZooKeeper reads in hash order and stops at the first one it meets.
	Problems []Problem `json:"problems,omitempty"`
	// Notes are what it lives with, in order of file and line.
	Notes []Note `json:"notes,omitempty"`
}

// Settings are the values that have a meaning for zkdoctor. Any other key is
// found by [Config.Property]. Units are those of zoo.cfg.
type Settings struct {
	DataDir Setting[string] `json:"data_dir"`
	// DataLogDir is DataDir's value when not set.
	DataLogDir Setting[string] `json:"data_log_dir"`
	// DynamicConfigFile is read by 3.5+. It makes server.N in zoo.cfg fatal.
	DynamicConfigFile Setting[string] `json:"dynamic_config_file"`

	TickTime          Setting[int] `json:"tick_time"`           // ms, 3000
	InitLimit         Setting[int] `json:"init_limit"`          // ticks, 0: fatal in a quorum
	SyncLimit         Setting[int] `json:"sync_limit"`          // ticks, 0: fatal in a quorum
	MinSessionTimeout Setting[int] `json:"min_session_timeout"` // ms, -1: 2 ticks
	MaxSessionTimeout Setting[int] `json:"max_session_timeout"` // ms, -1: 20 ticks
	// ConnectToLearnerMasterLimit is in ticks (3.6+); 0: InitLimit is used.
	ConnectToLearnerMasterLimit Setting[int] `json:"connect_to_learner_master_limit"`

	// ClientPort is 0 when there is none in zoo.cfg (3.5+ may have it in
	// server.N). A written 0 is an ephemeral port from 3.9 on, none before.
	ClientPort              Setting[int]    `json:"client_port"`
	ClientPortAddress       Setting[string] `json:"client_port_address"`        // "": all
	SecureClientPort        Setting[int]    `json:"secure_client_port"`         // 3.5+, 0: none
	SecureClientPortAddress Setting[string] `json:"secure_client_port_address"` // "": all
	ObserverMasterPort      Setting[int]    `json:"observer_master_port"`       // 3.6+, 0: none
	// MaxClientCnxns is per client address, 60; 0: no limit.
	MaxClientCnxns Setting[int] `json:"max_client_cnxns"`
	// MaxCnxns is for all clients together (3.6+), 0: no limit (ServerCnxnFactory.initMaxCnxns).
	MaxCnxns Setting[int] `json:"max_cnxns"`
	// ClientPortUnification (Netty) takes TLS and plain text on ClientPort.
	ClientPortUnification Setting[bool] `json:"client_port_unification"`

	ElectionAlg Setting[int]  `json:"election_alg"` // 3
	PeerType    Setting[Role] `json:"peer_type"`    // the list of servers wins
	// QuorumListenOnAllIPs binds the quorum and election port to all addresses.
	QuorumListenOnAllIPs Setting[bool] `json:"quorum_listen_on_all_ips"`
	StandaloneEnabled    Setting[bool] `json:"standalone_enabled"` // true, 3.5+
	ReconfigEnabled      Setting[bool] `json:"reconfig_enabled"`   // false, 3.5.3+
	// OraclePath (3.8+) replaces the quorum of two servers by an oracle.
	OraclePath Setting[string] `json:"oracle_path"`

	SSLQuorum Setting[bool] `json:"ssl_quorum"`
	// PortUnification takes TLS and plain text on the peer ports.
	PortUnification          Setting[bool] `json:"port_unification"`
	QuorumSASL               Setting[bool] `json:"quorum_sasl"` // quorum.auth.enableSasl
	QuorumServerRequireSASL  Setting[bool] `json:"quorum_server_require_sasl"`
	QuorumLearnerRequireSASL Setting[bool] `json:"quorum_learner_require_sasl"`
	MultiAddress             Setting[bool] `json:"multi_address"` // see NoteNoEffect
	AutopurgeSnapRetainCount Setting[int]  `json:"autopurge_snap_retain_count"`
	// AutopurgePurgeInterval is 0 when the purge is off, which is the default.
	AutopurgePurgeInterval Setting[time.Duration] `json:"autopurge_purge_interval"`

	// Whitelist is 4lw.commands.whitelist as written. What holds when it is
	// not set depends on the version.
	Whitelist Setting[string] `json:"whitelist"`
	// LeaderServes false: a leader refuses clients and four letter words.
	LeaderServes Setting[bool] `json:"leader_serves"`
	// ForceSync false: the transaction log is not synced to disk.
	ForceSync Setting[bool] `json:"force_sync"`

	AdminEnabled         Setting[bool]   `json:"admin_enabled"` // true; false by default on 3.10
	AdminPort            Setting[int]    `json:"admin_port"`    // 8080
	AdminAddress         Setting[string] `json:"admin_address"` // 0.0.0.0
	AdminCommandURL      Setting[string] `json:"admin_command_url"`
	AdminPortUnification Setting[bool]   `json:"admin_port_unification"`
	AdminForceHTTPS      Setting[bool]   `json:"admin_force_https"`

	// MetricsProvider is metricsProvider.className (3.6+); "": the built-in one.
	MetricsProvider Setting[string] `json:"metrics_provider"`
	// MetricsPort is metricsProvider.httpPort, 7000.
	MetricsPort Setting[int] `json:"metrics_port"`
}

// NoteKind is the closed list of things that surprise but do not kill.
type NoteKind string

const (
	// NoteDuplicate: the key stands twice; the last one wins, silently.
	NoteDuplicate NoteKind = "duplicate"
	// NoteCRLF: lines end in CR. The server takes it, zkServer.sh does not.
	NoteCRLF NoteKind = "crlf"
	// NoteBOM: a UTF-8 byte order mark glues itself to the first key.
	NoteBOM NoteKind = "bom"
	// NoteNotLatin1: bytes above 0x7F in a key or value are read as ISO-8859-1.
	NoteNotLatin1 NoteKind = "not-latin1"
	// NoteTrailingComment: # after a value belongs to the value.
	NoteTrailingComment NoteKind = "trailing-comment"
	// NoteNoEffect: the key does nothing from zoo.cfg.
	NoteNoEffect NoteKind = "no-effect"
	// NoteServerKey: the key looks like server.N and is none, as server1.
	NoteServerKey NoteKind = "server-key"
	// NoteMultiAddress: several addresses need a -D option to be read.
	NoteMultiAddress NoteKind = "multi-address"
	// NoteBackslash: a backslash makes something else of the letter behind it.
	NoteBackslash NoteKind = "backslash"
	// NoteIgnoredValue: the value is not understood, the default holds, silently.
	NoteIgnoredValue NoteKind = "ignored-value"
)

// Note is something that does not kill the server but surprises its owner.
type Note struct {
	Kind NoteKind `json:"kind"`
	File string   `json:"file"`
	Line int      `json:"line"`
	// Other is the line a NoteDuplicate makes void; 0 otherwise.
	Other int    `json:"other,omitempty"`
	Key   string `json:"key,omitempty"`
	// Text is one line for people; it never holds the value of a key.
	Text string `json:"text"`
	// Versions is as in Problem.
	Versions string `json:"versions,omitempty"`
}
