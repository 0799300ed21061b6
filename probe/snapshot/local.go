package snapshot

import (
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Hangs reports whether the look at the server's disk has not ended yet.
func (l *Local) Hangs() bool {
	if l.Hung == nil {
		return false
	}
	select {
	case <-l.Hung:
		return false
	default:
		return true
	}
}

// Sources of a configuration that no file, unit or user led to.
const (
	// ConfigOfProcess: a running process has it in its command line.
	ConfigOfProcess = "process"
	// ConfigOfEnded: one that ended while it was looked at had.
	ConfigOfEnded = "a process that has ended since"
)

// Local is what was seen of one server from inside its own host.
type Local struct {
	// Process is nil when no ZooKeeper process runs; the configuration was then
	// found at ConfigSource.
	Process *Process `json:"process,omitempty"`
	// MayRun is set where Process is nil, and not all processes of the host were looked at.
	MayRun bool `json:"may_run,omitempty"`
	// ConfigSource is ConfigOfProcess, ConfigOfEnded, or else what led to the file: a flag, a
	// unit, a variable, a well-known path.
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
	// Next is how the server of a process would be started next; nil where no process runs, or that
	// was not looked at.
	Next *NextStart `json:"next,omitempty"`
	// Service is what systemd tells of the unit that the process belongs to, or that
	// would start it; not tried where no unit is known.
	Service Obs[Service] `json:"service"`
	MyID    Obs[MyID]    `json:"myid"`
	// NextConfig tells whether <zoo.cfg>.dynamic.next lies beside the configuration, with
	// other members: a reconfiguration that was proposed and is not done.
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
	// Owners are the processes that listen there where the server would itself; not tried where
	// none does.
	Owners Obs[[]SocketOwner] `json:"owners,omitzero"`
	// Links are the connections of that namespace on and to the peer ports of the
	// members; not looked at where no process runs.
	Links Obs[Links] `json:"links"`
	// Clients is how many connections its client ports have, those that it has accepted.
	Clients Obs[int] `json:"clients,omitzero"`
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
	// ReadAs is the user, groups and capabilities with which its files were read, which are
	// those of its process; nil for zkdoctor's own.
	ReadAs *Credentials `json:"-"`
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

// MyID is a myid file.
type MyID struct {
	Path string `json:"path"`
	// Bytes are its first line, as it is; none where it is withheld.
	Bytes []byte `json:"bytes"`
	// Withheld says what it holds in place of a number, where that is not to be shown; empty
	// otherwise.
	Withheld string `json:"withheld,omitempty"`
}
