package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// nudgeAfter is how long srvr may stay without an answer before a newline follows it. A
// healthy server takes some milliseconds.
const nudgeAfter = 300 * time.Millisecond

// AskWord asks one word over a connection of its own: exactly four bytes go
// out, and the answer is read until the peer closes (the protocol has no
// other end, NIOServerCnxn.cleanupWriterSocket). The whole look ends after the
// timeout, however slowly bytes trickle in. connected tells whether TCP worked,
// whatever became of the answer.
//
// Where srvr gets no answer for a while, a newline follows, as "echo srvr | nc" sends one.
// A port for TLS alone waits for the fifth byte of a record and says nothing to four
// (Netty's SslHandler): with it, it closes (3.5.10, 3.6.4 and 3.9.5). A server that is slow
// or hangs does not mind (3.4.10, 3.5.10 and 3.9.5, with NIO and Netty), where a greeting
// in TLS would leave a line of a stranger in its log.
//
// Data is what came, whoever sent it; Interpret tells what it is. A server with
// too many connections from here closes at once, and whether that shows as Empty
// or as Reset is a race: 3.4.10 and 3.9.5 give both.
func AskWord(ctx context.Context, addr netip.AddrPort, word snapshot.Word, t Transport) (reply snapshot.Obs[snapshot.Reply], connected snapshot.Obs[snapshot.Dial]) {
	l := newLook(ctx, addr, t.Timeout)
	l.what, l.tls, l.room = word.String(), t.TLS, roomFor(word)
	if l.what == "" {
		failure := l.fail(snapshot.Denied, "not a word that zkdoctor sends")
		return snapshot.Failed[snapshot.Reply](failure, 0), snapshot.Failed[snapshot.Dial](failure, 0)
	}
	if word == snapshot.WordSrvr && t.TLS == nil {
		l.nudge = min(nudgeAfter, l.timeout()/4)
	}
	conn, d, failure := l.dial(ctx)
	connected = l.connected(d, failure)
	if failure != nil {
		return snapshot.Failed[snapshot.Reply](failure, connected.Took), connected
	}
	r, failure := l.exchange(ctx, conn, []byte(l.what))
	connected.Value.TLS, connected.Value.Nudged = *l.shown, r.Nudged
	if failure != nil {
		return snapshot.Failed[snapshot.Reply](failure, l.took()), connected
	}
	return snapshot.Saw(r, l.took()), connected
}

// Ask is AskWord followed by Interpret. parse is the parser of the word.
func Ask[T any](ctx context.Context, addr netip.AddrPort, word snapshot.Word, t Transport, parse func([]byte) (T, error)) snapshot.Obs[T] {
	reply, _ := AskWord(ctx, addr, word, t)
	return snapshot.Interpret(reply, word, parse)
}

// exchange writes the request, reads until the peer closes, and closes.
func (l look) exchange(ctx context.Context, conn net.Conn, request []byte) (snapshot.Reply, *snapshot.Failure) {
	defer conn.Close()
	defer l.bound(ctx, conn)()
	if l.tls != nil {
		secured, failure := l.secure(ctx, conn)
		if failure != nil {
			return snapshot.Reply{}, failure
		}
		conn = secured
	}
	if _, err := conn.Write(request); err != nil {
		return snapshot.Reply{}, l.readFailure(ctx, nil, err)
	}
	stop := func() bool { return false }
	if l.nudge > 0 {
		stop = nudge(conn, l.nudge)
	}
	data, err := readAll(conn, l.room)
	reply := snapshot.Reply{From: l.addr, Data: data, Nudged: stop()}
	// TLS that ends in the middle of a record was cut, as by an RST.
	reply.Reset = errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case errors.Is(err, snapshot.ErrTooLarge):
		return snapshot.Reply{}, l.fail(snapshot.TooLarge, "the answer to %s is larger than %d MiB", l.what, snapshot.MaxReply>>20)
	case err != nil && (!reply.Reset || len(data) == 0):
		return reply, l.readFailure(ctx, data, err)
	case len(data) == 0:
		return reply, l.fail(snapshot.Empty, "closed the connection without an answer to %s", l.what)
	}
	return reply, nil
}

// nudge sends a newline after a while, unless it is stopped before, and says whether it
// did.
func nudge(conn net.Conn, after time.Duration) (stop func() bool) {
	sent := make(chan struct{})
	timer := time.AfterFunc(after, func() {
		defer close(sent)
		_, _ = conn.Write([]byte{'\n'}) // what became of it shows in the answer
	})
	return func() bool {
		if timer.Stop() {
			return false
		}
		<-sent
		return true
	}
}

// readAll reads to the end, but no more than maxReply. What it read is returned
// with any error; the end is no error. room is how much is expected.
func readAll(conn io.Reader, room int) ([]byte, error) {
	data := make([]byte, 0, room)
	for {
		if len(data) > snapshot.MaxReply {
			return nil, snapshot.ErrTooLarge
		}
		data = slices.Grow(data, 1)
		n, err := conn.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}

// readFailure sorts what can go wrong on a connection that was made.
func (l look) readFailure(ctx context.Context, data []byte, err error) *snapshot.Failure {
	timedOut := isTimeout(err)
	switch text := tlsReason(err); {
	case l.cancelled(ctx, timedOut):
		return l.failCancelled()
	case text != "":
		noteFailure(l.shown, err)
		return l.fail(snapshot.TLS, "%s", text)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return l.fail(snapshot.Reset, "connection reset before an answer to %s", l.what)
	case !timedOut:
		return l.fail(snapshot.Reset, "connection lost before an answer to %s: %s", l.what, reason(err))
	case len(data) == 0:
		return l.fail(snapshot.Silent, "connected, but no answer to %s in %v", l.what, l.timeout())
	}
	// Peers that speak first (SSH, mail) wait for us and never close.
	if stranger := snapshot.Foreign(data); stranger != "" {
		return l.fail(snapshot.Protocol, "%s answered", stranger)
	}
	return l.fail(snapshot.Silent, "the answer to %s stalled after %d bytes, %v after the start", l.what, len(data), l.timeout())
}

// room is how long an honest answer mostly is at the most: mntr of 3.6+ has 17 to
// 20 KiB, all else (and mntr of 3.4) fits into 4.
func roomFor(w snapshot.Word) int {
	if w == snapshot.WordMntr {
		return 24 << 10
	}
	return 4 << 10
}
