package zktest

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/zkdoctor/zkdoctor/internal/leash"
)

//go:embed logconf
var logConfigs embed.FS

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
	starter *leash.Starter
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

// Start writes the files of all servers and starts them. It returns when the
// processes run, which is before they serve: see WaitServing. On an error
// nothing is left behind.
func Start(ctx context.Context, options Options) (_ *Ensemble, err error) {
	e := &Ensemble{options: options.withDefaults()}
	defer func() {
		if err != nil {
			e.Close()
		}
	}()
	if os.Getenv("ZKTEST_NONE") != "" {
		return nil, errors.New("ZKTEST_NONE is set: no server is to start; are the names of all tests that do begin with " + RealPrefix + "?")
	}
	if e.java, err = exec.LookPath("java"); err != nil {
		return nil, ErrNoJava
	}
	// Before anything else is made: a download may take its time.
	if _, _, err := e.classes(ctx, e.options.Version); err != nil {
		return nil, err
	}
	if err := e.makeDir(); err != nil {
		return nil, err
	}
	e.starter = leash.New()
	e.onClose(e.starter.Close)
	if err := e.makeHosts(ctx); err != nil {
		return nil, err
	}
	if err := e.configure(); err != nil {
		return nil, err
	}
	if e.options.NoStart {
		return e, nil
	}
	for _, s := range e.Servers {
		if err := s.Start(ctx); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// classes are the jars of a version, and their class-data archive, "" for none.
func (e *Ensemble) classes(ctx context.Context, version string) (jars []string, archive string, err error) {
	if jars, err = Jars(ctx, version); err != nil || e.options.untrained {
		return jars, "", err
	}
	archive, err = classArchive(ctx, e.java, version, jars)
	return jars, archive, err
}

func (e *Ensemble) makeDir() error {
	if e.options.Dir != "" {
		e.Dir = e.options.Dir
		e.onClose(func() { os.RemoveAll(e.Dir) })
		return os.MkdirAll(e.Dir, 0o755)
	}
	cache, err := DataHome()
	if err != nil {
		return err
	}
	dir, release, err := runDir(cache)
	if err != nil {
		return err
	}
	e.Dir = dir
	e.onClose(release)
	e.onClose(func() { os.RemoveAll(dir) })
	return nil
}

// makeHosts makes one host per server and the client's.
func (e *Ensemble) makeHosts(ctx context.Context) error {
	n := e.options.Servers + e.options.Observers
	if n > maxServers {
		return fmt.Errorf("%d servers: zktest has addresses for %d", n, maxServers)
	}
	hosts := make([]*Host, 0, n+1)
	for i := range n {
		hosts = append(hosts, &Host{Name: "zk" + strconv.Itoa(i+1), number: i + 1, ensemble: e})
	}
	e.Client = &Host{Name: "client", number: clientNumber, ensemble: e}
	hosts = append(hosts, e.Client)
	if e.options.Hosts == Loopback {
		prefix, release, err := loopbackBlock()
		if err != nil {
			return err
		}
		e.onClose(release)
		for _, h := range hosts {
			h.Addr = prefix + strconv.Itoa(h.number)
		}
	} else if err := e.makeNamespaces(ctx, hosts); err != nil {
		return err
	}
	for i, h := range hosts[:n] {
		e.Servers = append(e.Servers, newServer(e, h, i+1))
	}
	return nil
}

// configure gives each server its settings, lets Edit change them, and writes
// them down.
func (e *Ensemble) configure() error {
	for _, s := range e.Servers {
		s.Config = e.options.configLines(s)
		s.JVM = append(jvmFlags(), e.options.JVM...)
		if s.Observer {
			s.Config = append(s.Config, "peerType=observer")
		}
		if len(e.Servers) == 1 {
			continue // standalone
		}
		for _, other := range e.Servers {
			s.ServerLines = append(s.ServerLines, other.serverLine())
		}
	}
	for _, s := range e.Servers {
		if e.options.Edit != nil {
			e.options.Edit(s)
		}
		if err := s.writeFiles(); err != nil {
			return fmt.Errorf("server.%d: %w", s.ID, err)
		}
	}
	return nil
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

// Close kills all servers, waits for their end, and removes hosts and files.
func (e *Ensemble) Close() {
	e.closing.Do(func() {
		for _, s := range e.Servers {
			if p := s.current(); p != nil {
				p.kill()
			}
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, f := range slices.Backward(e.closers) {
			f()
		}
	})
}

// lacking reports whether err is about what the machine lacks, as opposed to
// what went wrong.
func lacking(err error) bool {
	return errors.Is(err, ErrNoJava) || errors.Is(err, ErrNoMaven) || errors.Is(err, ErrNoNamespaces)
}
