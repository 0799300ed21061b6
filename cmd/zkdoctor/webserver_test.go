package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serveLimited serves at loopback.
func serveLimited(t *testing.T, server *http.Server) (addr string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-served })
	return listener.Addr().String()
}

func dialWeb(t *testing.T, addr string) net.Conn {
	t.Helper()
	return dialWebFrom(t, "127.0.0.1", addr)
}

func dialWebFrom(t *testing.T, from, addr string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext(t.Context(), "tcp", addr)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(mustEnd)))
	return conn
}

// mustClose waits for the end of a connection by the server, and returns what it said.
func mustClose(t *testing.T, conn net.Conn) string {
	t.Helper()
	said, err := io.ReadAll(conn)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // of the connection itself
		t.Error("the connection stays open")
	}
	return string(said)
}

// patientWeb are limits that no test reaches.
var patientWeb = webLimits{header: time.Hour, read: time.Hour, idle: time.Hour, write: time.Hour, stall: time.Hour, connections: 100}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

// TestWebEnds: a connection ends that sends nothing, or half a request, or one and no more.
func TestWebEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit func(*webLimits)
		sends string
		says  string
	}{
		"nothing":       {func(l *webLimits) { l.header = time.Second / 10 }, "", ""},
		"half a header": {func(l *webLimits) { l.header = time.Second / 10 }, "GET / HTTP/1.1\r\nHost: a\r\nX-", ""},
		"half a body":   {func(l *webLimits) { l.read = time.Second / 10 }, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "hello"},
		"no more":       {func(l *webLimits) { l.idle = time.Second / 10 }, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "hello"},
		"header flood":  {func(*webLimits) {}, "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: "+strings.Repeat("a", 1000)+"\r\n", 100), "431 Request Header Fields Too Large"},
		"HTTP/1.0":      {func(*webLimits) {}, "GET / HTTP/1.0\r\n\r\n", "hello"},
		"two lengths":   {func(*webLimits) {}, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", "400 Bad Request"},
		"a length and chunks": {
			func(*webLimits) {}, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /-/reload HTTP/1.1\r\n\r\n", "hello",
		},
		"an unknown coding": {func(*webLimits) {}, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501"},
		"no host":           {func(*webLimits) {}, "GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
		"a space in a name": {func(*webLimits) {}, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nabcde", "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := patientWeb
			c.limit(&limits)
			conn := dialWeb(t, serveLimited(t, limits.server(http.HandlerFunc(hello))))
			_, _ = io.WriteString(conn, c.sends) // it may be closed by now
			if said := mustClose(t, conn); !strings.Contains(said, c.says) || strings.Count(said, "HTTP/1.") > 1 {
				t.Errorf("got %q, want %q", said, c.says)
			}
		})
	}
}

// TestWebUnread: an answer that nobody reads ends, and a large one that is read slowly does
// not.
func TestWebUnread(t *testing.T) {
	t.Parallel()
	part, parts := bytes.Repeat([]byte("x"), 64<<10), 512
	ended := make(chan error, 2)
	large := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range parts {
			if _, err := w.Write(part); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	})
	limits := patientWeb
	limits.stall = time.Second / 5
	unread := dialWeb(t, serveLimited(t, limits.server(large)))
	_, err := io.WriteString(unread, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	must(t, err)
	select {
	case err := <-ended:
		if err == nil {
			t.Error("all of it was written")
		}
	case <-time.After(mustEnd):
		t.Fatal("it does not end")
	}
	limits.stall = mustEnd
	slow := dialWeb(t, serveLimited(t, limits.server(large)))
	_, err = io.WriteString(slow, "GET / HTTP/1.0\r\n\r\n")
	must(t, err)
	answer, err := http.ReadResponse(bufio.NewReaderSize(slow, 512), nil)
	must(t, err)
	defer answer.Body.Close()
	if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, answer.Body, make([]byte, 512)); n != int64(parts*len(part)) || err != nil {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

// TestWebConnections: of too many connections the longest idle one goes, or else the oldest
// without a request, of the address that has most of these; one with a request stays.
func TestWebConnections(t *testing.T) {
	t.Parallel()
	limits := patientWeb
	limits.connections = 4
	came, let := make(chan struct{}, 1), make(chan struct{})
	server := limits.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/busy" {
			came <- struct{}{}
			<-let
		}
		hello(w, r)
	}))
	waits, note := make(chan struct{}, 10), server.ConnState
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		note(conn, state)
		if state == http.StateIdle {
			waits <- struct{}{}
		}
	}
	addr := serveLimited(t, server)
	ask := func(conn net.Conn, path string) { fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path) }
	answered := func(conn net.Conn) {
		t.Helper()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		if string(body) != "hello" {
			t.Errorf("got %q", body)
		}
	}
	busy := dialWeb(t, addr)
	ask(busy, "/busy")
	<-came
	idle := dialWeb(t, addr)
	ask(idle, "/")
	answered(idle)
	<-waits
	mustGo := func(conn net.Conn) {
		t.Helper()
		if said := mustClose(t, conn); said != "" {
			t.Errorf("got %q", said)
		}
	}
	honest := dialWebFrom(t, "127.0.0.2", addr)
	silent := dialWeb(t, addr) // says nothing
	half := dialWeb(t, addr)
	mustGo(idle)
	fmt.Fprint(half, "GET / HTTP/1.1\r\n")
	last := dialWeb(t, addr)
	mustGo(silent) // none is idle
	dialWebFrom(t, "127.0.0.3", addr)
	mustGo(half)
	ask(honest, "/")
	answered(honest)
	ask(last, "/")
	answered(last)
	close(let)
	answered(busy)
}

// TestWebEnded: an end that a handler sets holds for the parts that follow.
func TestWebEnded(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 2)
	limits := patientWeb
	addr := serveLimited(t, limits.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0)); err != nil {
			failed <- err
			return
		}
		large := make([]byte, 64<<10)
		_, err := w.Write(large)
		failed <- err
		_, err = w.Write(large)
		failed <- err
	})))
	conn := dialWeb(t, addr)
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if said := mustClose(t, conn); said != "" {
		t.Errorf("got %d bytes", len(said))
	}
	for range 2 {
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "timeout") {
			t.Errorf("got %v", err)
		}
	}
}
