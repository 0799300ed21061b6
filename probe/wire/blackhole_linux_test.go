package wire

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// blackhole is a port that answers no SYN: its queue of connections that nobody
// accepts is full, and Linux then drops what comes.
func blackhole(t *testing.T) netip.AddrPort {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	bound := name.(*syscall.SockaddrInet4)
	addr := netip.AddrPortFrom(netip.AddrFrom4(bound.Addr), uint16(bound.Port))
	for range 16 {
		ctx, cancel := context.WithTimeout(t.Context(), short)
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
		cancel()
		if err != nil {
			return addr
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("16 connections do not fill a queue of one")
	return addr
}

func TestBlackhole(t *testing.T) {
	t.Parallel()
	addr := blackhole(t)
	reply, connected := AskWord(t.Context(), addr, snapshot.WordSrvr, Transport{Timeout: short})
	checkKind(t, reply, snapshot.Filtered, "no answer to the connection attempt in 80ms")
	checkKind(t, connected, snapshot.Filtered, "")
	checkKind(t, ProbePort(t.Context(), addr, short), snapshot.Filtered, "")
	checkKind(t, AskSession(t.Context(), addr, Transport{Timeout: short}), snapshot.Filtered, "")

	run, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	checkKind(t, ProbePort(run, addr, long), snapshot.Cancelled, "the run ended")
}
