package probe

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// long is a timeout that no look which is answered comes near.
const long = 20 * time.Second

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

// targetAt is a question about the server at an address, and about nothing else.
func targetAt(addr netip.AddrPort, timeout time.Duration) Question {
	return Question{Targets: []snapshot.Target{{Host: addr.Addr().String(), Port: int(addr.Port())}}, Timeout: timeout}
}

// look asks, and fails the test where that cannot be done.
func look(t *testing.T, q Question, before *snapshot.Snapshot) *snapshot.Snapshot {
	t.Helper()
	s, err := Look(t.Context(), q, before)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readWord reads the four bytes that a client sends.
func readWord(conn *net.TCPConn) string {
	word := make([]byte, 4)
	n, _ := io.ReadFull(conn, word)
	return string(word[:n])
}

// declines answers a ConnectRequest as a server of 3.4+ does which does not know the session.
func declines(conn *net.TCPConn) {
	_, _ = io.ReadFull(conn, make([]byte, 45))
	body := binary.BigEndian.AppendUint32(make([]byte, 16, 37), 16)
	body = append(body, make([]byte, 17)...)
	_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
}

// page is an AdminServer that gives every command the same answer.
func page(body string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	}
}

func listOf(t *testing.T, text string) *zoocfg.Membership {
	t.Helper()
	m, err := zoocfg.ParseMembership(text)
	if err != nil {
		t.Fatal(err)
	}
	return &m
}
