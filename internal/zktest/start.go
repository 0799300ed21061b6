package zktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
)

// Start writes the files of all servers and starts them. It returns when the
// processes run, which is before they serve: see WaitServing. On an error
// nothing is left behind.
func Start(ctx context.Context, options Options) (_ *Ensemble, err error) {
	e := &Ensemble{options: options.withDefaults()}
	if beside := options.Beside; beside != nil {
		e.options.Hosts = beside.options.Hosts
	}
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
	e.classes = archived(e.java)
	if e.options.untrained {
		e.classes = unarchived
	}
	// Before anything else is made: a download may take its time.
	if _, _, err := e.classes(ctx, e.options.Version); err != nil {
		return nil, err
	}
	if err := e.begin(); err != nil {
		return nil, err
	}
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

// begin makes what everything else needs: the directory, and what starts processes.
func (e *Ensemble) begin() error {
	if err := e.makeDir(); err != nil {
		return err
	}
	e.starter = pdeathsig.New()
	e.onClose(e.starter.Close)
	return nil
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
	if beside := e.options.Beside; beside != nil {
		return e.shareHosts(beside, n)
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

// shareHosts puts n servers on another ensemble's hosts.
func (e *Ensemble) shareHosts(other *Ensemble, n int) error {
	if n > len(other.Servers) {
		return fmt.Errorf("%d servers on %d hosts", n, len(other.Servers))
	}
	share := func(h *Host) *Host {
		return &Host{Name: h.Name, Addr: h.Addr, number: h.number, ensemble: e, space: h.space}
	}
	e.Client = share(other.Client)
	for i, s := range other.Servers[:n] {
		own := newServer(e, share(s.Host), i+1)
		own.ClientPort, own.QuorumPort, own.ElectionPort = s.ClientPort+1, s.QuorumPort+1, s.ElectionPort+1
		e.Servers = append(e.Servers, own)
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

// RealPrefix is what the names of all tests that start servers begin with. By it the
// Makefile knows them.
const RealPrefix = "TestReal"
