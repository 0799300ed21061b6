package zktest

import (
	"errors"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestRealNamespaces(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Hosts: Namespaces})
	zk1, leader := ens.Server(1), leaderOf(t, ens)

	// A host of its own: name, processes, addresses, /etc/hosts.
	script := `hostname; for f in /proc/[0-9]*/comm; do read -r name < $f; echo $name; done; ip -brief -4 addr show dev eth0; getent hosts zk3; ip route show default`
	got, err := zk1.Run(t.Context(), "sh", "-c", script)
	if err != nil || got.ExitCode != 0 {
		t.Fatalf("%v, exit code %d, %s", err, got.ExitCode, got.Stderr)
	}
	// Process 1 and its sleep, the server, and the script itself.
	fields := strings.Fields(string(got.Stdout))
	slices.Sort(fields[1:min(5, len(fields))])
	want := "zk1 java sh sh sleep eth0@ UP 10.99.0.1/24 10.99.0.3 zk3"
	if got := regexp.MustCompile(`@if\d+`).ReplaceAllString(strings.Join(fields, " "), "@"); got != want {
		t.Errorf("on zk1:\n got %q\nwant %q", got, want)
	}
	if got, err := zk1.Run(t.Context(), "sh", "-c", "exit 3"); err != nil || got.ExitCode != 3 {
		t.Errorf("exit 3: %v, exit code %d", err, got.ExitCode)
	}

	// Without its links the leader steps down, the others go on.
	if err := leader.Cut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ens.WaitMode(t.Context(), leader, ""); err != nil {
		t.Error(err)
	}
	if next := leaderOf(t, ens); next == leader {
		t.Errorf("server.%d leads with its links cut", leader.ID)
	}
	if err := leader.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ens.WaitServing(t.Context()); err != nil {
		t.Error(err)
	}

	// Signals reach the server through nsenter, and so does its exit code.
	if err := zk1.Pause(); err != nil {
		t.Fatal(err)
	}
	if reply, err := zk1.Word(t.Context(), "ruok"); err == nil {
		t.Errorf("paused server answered %q", reply)
	}
	if err := zk1.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := ens.WaitServing(t.Context()); err != nil {
		t.Error(err)
	}
	for i, end := range []func() error{zk1.Kill, func() error { return zk1.Stop(t.Context()) }} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if code, exited := zk1.ExitCode(); !exited || code != []int{137, 143}[i] {
			t.Errorf("exit code %d, %t", code, exited)
		}
		if err := zk1.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := ens.WaitServing(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// A paused one can be killed.
	if err := errors.Join(zk1.Pause(), zk1.Kill()); err != nil {
		t.Fatal(err)
	}

	// Commands run also where no server does, and may change the host.
	if got, err := zk1.Run(t.Context(), "hostname", "zk1.example.org"); err != nil || got.ExitCode != 0 {
		t.Errorf("set host name: %v %s", err, got.Stderr)
	}
	if err := zk1.SetHosts([]string{"192.0.2.1 zk3"}); err != nil {
		t.Error(err)
	}
	got, err = zk1.Run(t.Context(), "sh", "-c", "hostname; getent hosts zk3")
	if fields := strings.Fields(string(got.Stdout)); err != nil || !slices.Equal(fields, []string{"zk1.example.org", "192.0.2.1", "zk3"}) {
		t.Errorf("host name and zk3's address: %q, %v", fields, err)
	}
}

func TestRealFirewall(t *testing.T) {
	for _, kind := range []HostKind{Namespaces, NamespacesIPv6} {
		ens := StartT(t, Options{Version: Oldest, Servers: 1, Hosts: kind})
		s := ens.Server(1)
		addr := net.JoinHostPort(s.Addr, "2181")
		dial := func() error {
			conn, err := ens.Client.Dial(t.Context(), addr)
			if err == nil {
				conn.Close()
			}
			return err
		}
		if err := dial(); err != nil {
			t.Fatal(err)
		}
		rejections := map[Rejection]syscall.Errno{
			TCPReset: syscall.ECONNREFUSED, PortUnreachable: syscall.ECONNREFUSED,
			AdminProhibited: syscall.EHOSTUNREACH,
		}
		if kind == NamespacesIPv6 {
			rejections[AdminProhibited] = syscall.EACCES
		}
		for how, want := range rejections {
			if err := s.Reject(t.Context(), s.ClientPort, how, ens.Client); err != nil {
				t.Fatal(err)
			}
			if err := dial(); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", how, err, want)
			}
			if got := s.Mode(t.Context()); got == "" {
				t.Errorf("%s: does not answer its own host", how)
			}
			if err := s.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.DropIn(t.Context(), s.ClientPort); err != nil {
			t.Fatal(err)
		}
		var timeout net.Error
		if err := dial(); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("drop: %v, want a timeout", err)
		}
	}
}

func TestRealListenInNamespace(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Servers: 1, Hosts: Namespaces, NoStart: true})
	s := ens.Servers[0]
	l, err := s.Listen(t.Context(), ":2181")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = ens.Wait(t.Context(), "exit", func() bool { return !s.Running() })
	if err != nil || !strings.Contains(s.Log(), "BindException: Address already in use") {
		t.Errorf("%v, log:\n%s", err, s.LogTail(10))
	}
}
