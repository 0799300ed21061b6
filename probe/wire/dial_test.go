package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestDialFailure(t *testing.T) {
	v6 := netip.MustParseAddrPort("[2001:db8::1]:2181")
	for _, tc := range []struct {
		err      error
		addr     netip.AddrPort
		want     snapshot.FailureKind
		wantText string
	}{
		{syscall.ECONNREFUSED, fakeAddr, snapshot.Refused, "192.0.2.1:2181: connection refused"},
		{syscall.ETIMEDOUT, fakeAddr, snapshot.Filtered, "no answer to the connection attempt in 20s"},
		{os.ErrDeadlineExceeded, fakeAddr, snapshot.Filtered, "no answer"},
		{context.DeadlineExceeded, fakeAddr, snapshot.Filtered, "no answer"},
		{syscall.EHOSTUNREACH, fakeAddr, snapshot.Unreachable, "no route to host"},
		{syscall.ENETUNREACH, v6, snapshot.Unreachable, "[2001:db8::1]:2181: network is unreachable"},
		{syscall.EADDRNOTAVAIL, v6, snapshot.Unreachable, "no address of that family"},
		{syscall.EADDRNOTAVAIL, fakeAddr, snapshot.NoPorts, "zkdoctor could not open a connection"},
		{syscall.ENFILE, fakeAddr, snapshot.NoDescriptors, "too many open files in system"},
		{syscall.ENOMEM, fakeAddr, snapshot.NoMemory, "cannot allocate memory"},
		{syscall.ENOBUFS, fakeAddr, snapshot.NoMemory, "no buffer space available"},
		{syscall.EINVAL, fakeAddr, snapshot.Denied, "this host could not open a connection"},
		{syscall.EACCES, fakeAddr, snapshot.Filtered, "prohibited by a firewall"},
		{syscall.EPERM, fakeAddr, snapshot.Filtered, "prohibited by a firewall"},
		{syscall.ECONNRESET, fakeAddr, snapshot.Reset, "connection reset"},
		{syscall.EPIPE, fakeAddr, snapshot.Reset, "connection reset as soon as it was made"},
		{syscall.EMFILE, fakeAddr, snapshot.NoDescriptors, "too many open files"},
		{errors.New("odd\x1b"), fakeAddr, snapshot.Denied, `odd\x1b`},
	} {
		l := newLook(t.Context(), tc.addr, long)
		err := &net.OpError{Op: "dial", Net: "tcp", Err: tc.err}
		if errno, ok := errors.AsType[syscall.Errno](tc.err); ok {
			err.Err = os.NewSyscallError("connect", errno)
		}
		checkKind(t, snapshot.Failed[snapshot.Dial](l.dialFailure(t.Context(), err), 0), tc.want, tc.wantText)
	}
}

func TestLookDefaultTimeout(t *testing.T) {
	if got := newLook(t.Context(), fakeAddr, 0).timeout(); got != snapshot.DefaultTimeout {
		t.Errorf("got %v", got)
	}
}

// TestProbePort: nothing is written, and the end is a FIN.
func TestProbePort(t *testing.T) {
	t.Parallel()
	received := make(chan string, 1)
	addr := serve(t, func(conn *net.TCPConn) {
		data, err := io.ReadAll(conn)
		if err != nil {
			data = []byte(err.Error())
		}
		received <- string(data)
	})
	got := ProbePort(t.Context(), addr, long)
	if !got.Seen() || got.Value.Remote != addr {
		t.Fatalf("got %+v", got)
	}
	if text := <-received; text != "" {
		t.Errorf("the peer saw %q, want nothing and a FIN", text)
	}
	checkKind(t, ProbePort(t.Context(), refusing(t), long), snapshot.Refused, "connection refused")
}

// TestResetIsOpen: a peer that resets at once has an open port, whether or not
// we were quick enough to see the connection.
func TestResetIsOpen(t *testing.T) {
	t.Parallel()
	addr := serve(t, resetsAtOnce)
	for range 50 {
		got := ProbePort(t.Context(), addr, long)
		if !got.Seen() || got.Value.Remote != addr {
			t.Fatalf("got %+v", got)
		}
		reply, connected := AskWord(t.Context(), addr, snapshot.WordSrvr, Transport{Timeout: long})
		checkKind(t, reply, snapshot.Reset, "connection reset")
		if !connected.Seen() {
			t.Fatalf("got %+v", connected.Failure)
		}
	}
}

func TestResolveHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"127.0.0.1":        "127.0.0.1",
		"::1":              "::1",
		"[2001:db8::1]":    "2001:db8::1",
		"::ffff:192.0.2.1": "192.0.2.1",
		"fe80::1%eth0":     "fe80::1%eth0",
	} {
		got := Resolve(t.Context(), host)
		if diff := cmp.Diff([]netip.Addr{netip.MustParseAddr(want)}, got.Value, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); !got.Seen() || diff != "" {
			t.Errorf("%s: %v -want +got\n%s", host, got.Failure, diff)
		}
	}
	t.Run("localhost", func(t *testing.T) {
		got := Resolve(t.Context(), "localhost")
		if !got.Seen() || len(got.Value) == 0 || !got.Value[0].IsLoopback() {
			t.Errorf("got %+v", got)
		}
	})
}

// TestResolveHostFails uses names that Go refuses to ask DNS for: no domain
// names (RFC 1035), and .onion (RFC 7686).
func TestResolveHostFails(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "a..b", "zk1.onion", "zk1\x1b[2J"} {
		checkKind(t, Resolve(t.Context(), host), snapshot.Resolve, "this name has no address")
	}
}

// TestNoTime: a look whose time is over before it begins is no fact about the server, which
// is not connected to.
func TestNoTime(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	checkKind(t, ProbePort(ctx, fakeAddr, time.Minute), snapshot.NoTime, "before it could be tried")
	_, connected := AskWord(ctx, fakeAddr, snapshot.WordSrvr, Transport{})
	checkKind(t, connected, snapshot.NoTime, "")
}

func TestResolveFailure(t *testing.T) {
	for _, tc := range []struct {
		err      error
		ended    bool // the run has
		want     snapshot.FailureKind
		wantText string
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, false, snapshot.Resolve, "zk1: this name has no address"},
		{&net.DNSError{Err: "i/o timeout", IsTimeout: true}, false, snapshot.Resolve, "no answer from DNS in time"},
		{context.DeadlineExceeded, false, snapshot.Resolve, "no answer from DNS in time"},
		{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, false, snapshot.Resolve, "the look-up failed: server misbehaving"},
		{syscall.EMFILE, false, snapshot.NoDescriptors, "too many open files"},
		{&net.DNSError{Err: "dial udp 192.0.2.53:53: socket: too many open files"}, false, snapshot.NoDescriptors, "zkdoctor could not resolve it: dial udp"},
		{&net.DNSError{Err: "dial udp 192.0.2.53:53: connect: cannot assign requested address"}, false, snapshot.NoPorts, "could not resolve it"},
		{&net.DNSError{Err: "operation was canceled"}, true, snapshot.Cancelled, "the run ended"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if tc.ended {
			cancel()
		}
		got := snapshot.Failed[[]netip.Addr](resolveFailure(ctx, "zk1", tc.err), time.Millisecond)
		cancel()
		checkKind(t, got, tc.want, tc.wantText)
	}
}
