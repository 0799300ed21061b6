package wire

import (
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// fakeAddr is an address of TEST-NET-1 (RFC 5737), for texts only.
var fakeAddr = netip.MustParseAddrPort("192.0.2.1:2181")

// serve answers every connection to a loopback port with handle, which need not
// close it. All connections are closed, and all handlers have returned, when the
// test ends.
func serve(t testing.TB, handle func(conn *net.TCPConn)) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var handlers sync.WaitGroup
	handlers.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			handlers.Go(func() {
				defer conn.Close()
				handle(conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		handlers.Wait()
	})
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// refusing is an address that nothing listens at.
func refusing(t testing.TB) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).AddrPort()
}

// readWord reads the four bytes that a client sends.
func readWord(conn *net.TCPConn) string {
	word := make([]byte, 4)
	n, _ := io.ReadFull(conn, word)
	return string(word[:n])
}

// untilGone waits until the client has closed.
func untilGone(conn *net.TCPConn) { _, _ = io.Copy(io.Discard, conn) }

// The behaviours of a peer.

func replies(text string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		readWord(conn)
		_, _ = io.WriteString(conn, text)
	}
}

func repliesThenResets(text string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		readWord(conn)
		_, _ = io.WriteString(conn, text)
		_ = conn.SetLinger(0) // Close sends an RST
	}
}

func neverAnswers(conn *net.TCPConn) { untilGone(conn) }

func closesAtOnce(conn *net.TCPConn) { readWord(conn) }

func resetsAtOnce(conn *net.TCPConn) { _ = conn.SetLinger(0) }

// trickles sends one byte of an endless answer a tick.
func trickles(conn *net.TCPConn) {
	readWord(conn)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if _, err := conn.Write([]byte("z")); err != nil {
			return
		}
	}
}

// streams sends 300 MB, as fast as it goes.
func streams(conn *net.TCPConn) {
	readWord(conn)
	chunk := make([]byte, 1<<20)
	for range 300 {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
}

// srvrLeader is a whole answer to srvr.
const srvrLeader = `Zookeeper version: 3.9.5-42, built on 2026-01-01 00:00 UTC
Latency min/avg/max: 1/5.25/9
Received: 12
Sent: 11
Connections: 2
Outstanding: 3
Zxid: 0x100000003
Mode: leader
Node count: 5
Proposal sizes last/min/max: 48/-1/36
`

func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }

// A word outside the list has no bytes, and no connection is made for it.
func TestUnknownWord(t *testing.T) {
	reply, connected := AskWord(t.Context(), fakeAddr, snapshot.Word(0), Transport{Timeout: time.Second})
	if !reply.FailedAs(snapshot.Denied) || !connected.FailedAs(snapshot.Denied) {
		t.Errorf("got %v, %v", reply.Failure, connected.Failure)
	}
}
