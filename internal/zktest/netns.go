package zktest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrNoNamespaces tells that this machine or user cannot make namespaces.
var ErrNoNamespaces = errors.New("no namespaces")

// HostDir is where a host of namespaces sees the directory of all its files: there other
// users get to it, wherever this module lies. What Dir names outside is HostDir inside.
const HostDir = "/srv"

// firstProcess is what runs as process 1 of a host: it gives the host its name
// ($1), its /etc/hosts ($2), its files ($3 at $4) and its loopback interface, says so, and
// from then on only reaps orphans.
const firstProcess = `
mount -t sysfs sysfs /sys &&
mount --bind "$2" /etc/hosts &&
mount --bind "$3" "$4" &&
hostname "$1" &&
ip link set lo up &&
echo ready || exit 1
while :; do sleep 1000; done`

// newSpace makes the namespaces of a host.
func (e *Ensemble) newSpace(ctx context.Context, name string) (*space, error) {
	hosts := e.hostsFile(name)
	if err := os.WriteFile(hosts, []byte("127.0.0.1 localhost\n"), 0o644); err != nil {
		return nil, err
	}
	ready, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	var stderr bytes.Buffer
	cmd := exec.Command("unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc",
		"sh", "-c", firstProcess, "sh", name, hosts, e.Dir, HostDir)
	cmd.Stdout, cmd.Stderr = out, &stderr
	p, err := run(e.starter, cmd)
	out.Close()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoNamespaces, err)
	}
	s := &space{init: p}
	e.onClose(s.close)
	defer context.AfterFunc(ctx, func() { ready.Close() })()
	if line, err := bufio.NewReader(ready).ReadString('\n'); line != "ready\n" {
		p.kill()
		return nil, fmt.Errorf("%w: host %s: %w %s", ErrNoNamespaces, name, err, strings.TrimSpace(stderr.String()))
	}
	if p.pid = childOf(cmd.Process.Pid); p.pid == 0 {
		p.pid = cmd.Process.Pid
		return nil, fmt.Errorf("host %s: unshare has no child", name)
	}
	s.net, err = os.Open(fmt.Sprintf("/proc/%d/ns/net", p.pid))
	return s, err
}

// close ends process 1 and with it, by the kernel, all others of the host.
func (s *space) close() {
	s.init.kill()
	if s.net != nil {
		s.net.Close()
	}
}

// canMakeNamespaces is an error where this user or machine cannot.
func canMakeNamespaces() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: they need root", ErrNoNamespaces)
	}
	for tool, pkg := range map[string]string{"ip": "iproute2", "unshare": "util-linux", "nsenter": "util-linux"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%w: %s not found: install it (Debian: apt-get install %s)", ErrNoNamespaces, tool, pkg)
		}
	}
	return nil
}

// makeNamespaces gives each host its namespaces, and connects them by a bridge
// in namespaces of its own.
func (e *Ensemble) makeNamespaces(ctx context.Context, hosts []*Host) error {
	if err := canMakeNamespaces(); err != nil {
		return err
	}
	middle, err := e.newSpace(ctx, "switch")
	if err != nil {
		return err
	}
	links := []string{"link add switch type bridge", "link set switch up"}
	names := []string{"127.0.0.1 localhost", "::1 localhost ip6-localhost"}
	for _, h := range hosts {
		if h.space, err = e.newSpace(ctx, h.Name); err != nil {
			return err
		}
		port := "port" + strconv.Itoa(h.number)
		links = append(links,
			fmt.Sprintf("link add %s type veth peer name eth0 netns %d", port, h.space.init.pid),
			fmt.Sprintf("link set %s master switch up", port))
		h.Addr = "10.99.0." + strconv.Itoa(h.number)
		if e.options.Hosts == NamespacesIPv6 {
			h.Addr = "fd99::" + strconv.Itoa(h.number)
		}
		names = append(names, h.Addr+" "+h.Name)
	}
	if err := middle.run(ctx, strings.Join(links, "\n"), "ip", "-batch", "-"); err != nil {
		return err
	}
	for _, h := range hosts {
		addr := h.Addr + "/24"
		if e.options.Hosts == NamespacesIPv6 {
			addr = h.Addr + "/64"
		}
		// nodad: an IPv6 address is else not usable for its first second.
		lines := fmt.Sprintf("addr add %s dev eth0 nodad\nlink set eth0 up", addr)
		if e.options.Hosts == Namespaces {
			lines = strings.Replace(lines, " nodad", "", 1)
		}
		if err := h.space.run(ctx, lines, "ip", "-batch", "-"); err != nil {
			return err
		}
		if err := h.SetHosts(names); err != nil {
			return err
		}
	}
	return nil
}

// run runs a command of this machine in the host's network only.
func (s *space) run(ctx context.Context, stdin, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{
		"--target", strconv.Itoa(s.init.pid), "--net", "--", name,
	}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s\n%s", name, err, bytes.TrimSpace(out), stdin)
	}
	return nil
}

// Inside is the command line by which another program of this machine runs a command on the host, as
// kubectl exec does in a pod.
func (h *Host) Inside(command ...string) []string { return h.inside("", command) }

// inside returns the command line that runs the command on the host, in the
// directory dir.
func (h *Host) inside(dir string, command []string) []string {
	if h.space == nil {
		return command
	}
	if dir == "" {
		dir = "/"
	}
	return append([]string{
		"nsenter", "--target", strconv.Itoa(h.space.init.pid), "--net", "--mount", "--uts", "--pid", "--",
		"env", "--chdir=" + dir, // entering a mount namespace leaves one at its root
	}, command...)
}

// in calls f on a thread in the host's network.
func (h *Host) in(f func()) error {
	if h.space == nil {
		f()
		return nil
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- func() error {
			home, err := os.Open("/proc/thread-self/ns/net")
			if err != nil {
				return err
			}
			defer home.Close()
			if err := unix.Setns(int(h.space.net.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("enter the network of %s: %w", h.Name, err)
			}
			f()
			if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
				runtime.UnlockOSThread() // else the thread ends with the goroutine
			}
			return nil
		}()
	}()
	return <-done
}

func (e *Ensemble) hostsFile(name string) string { return filepath.Join(e.Dir, "hosts-"+name) }

// SetHosts replaces the host's /etc/hosts, also for programs already running
// (which may have looked before). At first it holds localhost and all hosts of
// the ensemble by name.
func (h *Host) SetHosts(lines []string) error {
	if h.space == nil {
		return fmt.Errorf("%s: a loopback host has no /etc/hosts of its own", h.Name)
	}
	// In place: the file is mounted over /etc/hosts.
	return os.WriteFile(h.ensemble.hostsFile(h.Name), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}
