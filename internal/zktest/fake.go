package zktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Nobody is the user and the group that fakes run as: Debian's nobody and nogroup.
const Nobody = 65534

// HostT makes a host of namespaces without a server, for a test of what other users'
// processes do to zkdoctor there. Its only interface is loopback. Without root the test is
// skipped, as by StartT.
func HostT(t testing.TB) *Host {
	t.Helper()
	e := &Ensemble{options: Options{Hosts: Namespaces}}
	t.Cleanup(e.Close)
	h, err := e.makeLoneHost(t.Context())
	if err != nil {
		giveUp(t, err)
	}
	return h
}

func (e *Ensemble) makeLoneHost(ctx context.Context) (*Host, error) {
	if err := canMakeNamespaces(); err != nil {
		return nil, err
	}
	if err := e.begin(); err != nil {
		return nil, err
	}
	h := &Host{Name: "lone", Addr: "127.0.0.1", ensemble: e}
	var err error
	h.space, err = e.newSpace(ctx, h.Name)
	return h, err
}

// Dir is the directory of all files of the host and its ensemble, as this process sees
// it; see HostDir.
func (h *Host) Dir() string { return h.ensemble.Dir }

// AsNobody is the command line that runs a command as Nobody.
func AsNobody(command ...string) []string {
	id := strconv.Itoa(Nobody)
	return append([]string{"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"}, command...)
}

// peerMain is the class that a ZooKeeper server is started by.
const peerMain = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// JVMLibrary is the file of the Java virtual machine here. A program that has it in
// LD_PRELOAD is as much of a JVM as a process can be without one.
func JVMLibrary() (string, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return "", err
	}
	if java, err = filepath.EvalSymlinks(java); err != nil {
		return "", err
	}
	library := filepath.Join(filepath.Dir(java), "..", "lib", "server", "libjvm.so")
	_, err = os.Stat(library)
	return library, err
}

// Fake is a process of Nobody that has the command line of a ZooKeeper server and a Java
// virtual machine mapped into it, and is none.
type Fake struct {
	// PID is its process id, as this process sees it.
	PID     int
	process *process
}

// StartFake starts a fake whose command line names the configuration (a path as the host
// sees it), and returns when it can be found by that. It holds the sockets open: what
// accepts from them is its caller. It ends with the host, or by End.
func (h *Host) StartFake(ctx context.Context, config string, sockets ...net.Listener) (*Fake, error) {
	if h.space == nil {
		return nil, fmt.Errorf("%w: a fake needs a host of its own", ErrNoNamespaces)
	}
	library, err := JVMLibrary()
	if err != nil {
		return nil, err
	}
	args := h.inside(HostDir, AsNobody("bash", "-c",
		`LD_PRELOAD=$2 exec -a java sh -c 'unset LD_PRELOAD; while :; do sleep 1; done' sh `+peerMain+` "$1"`,
		"bash", config, library))
	cmd := exec.Command(args[0], args[1:]...)
	defer func() {
		for _, file := range cmd.ExtraFiles {
			file.Close()
		}
	}()
	for _, socket := range sockets {
		tcp, ok := socket.(*net.TCPListener)
		if !ok {
			return nil, errors.New("a fake can hold TCP sockets only")
		}
		file, err := tcp.File()
		if err != nil {
			return nil, err
		}
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
	}
	p, err := run(h.ensemble.starter, cmd)
	if err != nil {
		return nil, err
	}
	h.ensemble.onClose(p.kill)
	if err := h.find(ctx, p); err != nil {
		return nil, err
	}
	err = poll(ctx, "command line of a fake", func() bool {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid)) // none yet
		return bytes.HasPrefix(line, []byte("java\x00")) || !p.running()
	})
	if err == nil && !p.running() {
		err = fmt.Errorf("fake on %s: exit code %d", h.Name, p.code)
	}
	return &Fake{PID: p.pid, process: p}, err
}

// End kills the fake and waits for its end.
func (f *Fake) End() { f.process.kill() }
