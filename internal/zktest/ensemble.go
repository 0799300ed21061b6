package zktest

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
)

// Ensemble is a set of ZooKeeper servers on this machine.
type Ensemble struct {
	// Servers are the participants and then the observers, by rising ID.
	Servers []*Server
	// Client is a host without a server, for connections from elsewhere.
	Client *Host
	// Dir holds all files of all servers.
	Dir string

	options Options
	java    string
	// classes gives the jars of a version, and their class-data archive, "" for none.
	classes func(ctx context.Context, version string) (jars []string, archive string, err error)
	starter *pdeathsig.Starter
	closing sync.Once

	mu      sync.Mutex
	closers []func() // run last to first by Close
}

// onClose has Close call f.
func (e *Ensemble) onClose(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closers = append(e.closers, f)
}

// Server returns the server with the ID, nil when there is none.
func (e *Ensemble) Server(id int) *Server {
	if id < 1 || id > len(e.Servers) {
		return nil
	}
	return e.Servers[id-1]
}

// ConnectString lists all client addresses, host:port separated by commas.
func (e *Ensemble) ConnectString() string {
	addrs := make([]string, len(e.Servers))
	for i, s := range e.Servers {
		addrs[i] = net.JoinHostPort(s.Addr, strconv.Itoa(s.ClientPort))
	}
	return strings.Join(addrs, ",")
}

// Version is the ZooKeeper version the servers run.
func (e *Ensemble) Version() string { return e.options.Version }

// Host is where a server runs, or the client: an address of its own and, as
// namespaces, a machine of its own.
type Host struct {
	// Name is its host name: zk<id> or client. Only a namespace's own programs
	// see it.
	Name string
	// Addr is its IP address.
	Addr string

	number   int // the last part of Addr
	ensemble *Ensemble
	space    *space // nil on loopback
}

// space is the namespaces of one host. They have no names and live as long as
// the host's first process: nothing can be left behind.
type space struct {
	init *process // its pid is the host's process 1, as seen from outside
	net  *os.File // /proc/<pid>/ns/net
}

// HostKind says what each server has for a host.
type HostKind int

const (
	// Loopback gives each server an address of 127.77.n.0/24 and no privileges
	// are needed. All addresses are local to every server, so a wrong own
	// address does not show, and links cannot be cut.
	Loopback HostKind = iota
	// Namespaces gives each server network, process, mount and host name
	// namespaces of its own, with the address 10.99.0.<id>. It needs root.
	Namespaces
	// NamespacesIPv6 is Namespaces with the address fd99::<id> and no IPv4
	// address but loopback's.
	NamespacesIPv6
)

// Options describe an ensemble. The zero value is three servers of the Newest
// version on loopback hosts.
type Options struct {
	// Version is one of Versions, or Debian. Empty means Newest.
	Version string
	// Servers is the number of participants, with the ids 1 and up. Zero means
	// 3. One server without observers has no server lines: standalone.
	Servers int
	// Observers is the number of observers, with the ids after the participants'.
	Observers int
	// Hosts is what each server has for a host.
	Hosts HostKind
	// Dir is where the data lives; Close removes it. Empty means a new folder
	// below .cache/run at the root of the module.
	Dir string
	// Whitelist is the value of 4lw.commands.whitelist. Empty means "*", all
	// words; see WhitelistDefault.
	Whitelist string
	// TLS is nil for client ports of plain text.
	TLS *TLS
	// Admin turns the AdminServer (3.5+) on, on port 8080 of each server's own
	// address. Without it, it is off.
	Admin bool
	// AdminTLS is nil for an AdminServer of plain HTTP; else it speaks HTTPS alone
	// (admin.forceHttps, 3.6.3+) and shows this certificate.
	AdminTLS *Certificate
	// Config are further zoo.cfg keys for all servers; they replace the keys
	// zktest would write.
	Config map[string]string
	// JVM are further flags for all servers' Java.
	JVM []string
	// Edit may change a server before its files are written and it is started.
	Edit func(s *Server)
	// Beside is an ensemble of namespaces whose hosts these servers share, the first with
	// the first; their ports are one higher. It has to be closed after this one.
	Beside *Ensemble
	// NoStart writes all files but starts no server.
	NoStart bool
	// NoWait keeps StartT from waiting until all servers serve.
	NoWait bool

	// untrained starts servers without their class-data archive, which is being made.
	untrained bool
}

// Server is one ZooKeeper server: its files, its process, its host. Fields may
// be changed in Options.Edit; later changes to the files go through the methods.
type Server struct {
	// Host is where it runs; Addr is its IP address, Name its host name.
	*Host
	// ID is the number N of its server.N line.
	ID int
	// Observer is true for an observer.
	Observer bool

	// Version is the release it runs; Edit may mix them.
	Version string

	// ClientPort, QuorumPort and ElectionPort are 2181, 2888 and 3888.
	ClientPort, QuorumPort, ElectionPort int

	// Dir holds all of the server's files; the others lie below, as the install
	// guide lays them out.
	Dir string
	// DataDir holds myid and the snapshots (dataDir): Dir/data.
	DataDir string
	// DataLogDir holds the transaction logs (dataLogDir): Dir/data/datalogs. If
	// Edit empties it, the key is left out.
	DataLogDir string
	// LogDir holds LogFile: Dir/logs.
	LogDir string
	// ConfigFile is Dir/conf/zoo.cfg.
	ConfigFile string
	// LogFile is LogDir/zookeeper.out: what zkServer.sh keeps, the console with
	// ZooKeeper's own log format.
	LogFile string

	// MyID is what is written into the myid file, byte for byte; nil writes no
	// file.
	MyID []byte
	// Config are the lines of zoo.cfg between the directories and ServerLines.
	Config []string
	// ServerLines are the server.N lines of zoo.cfg.
	ServerLines []string
	// JVM are the flags for Java before the class name.
	JVM []string

	ensemble *Ensemble
	mu       sync.Mutex
	process  *process // the last one started, nil before the first
	stopped  bool     // process was ended by Stop or Kill
	paused   bool
}
