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
)

// maxReply is the most that is read of any answer. The largest honest one, mntr
// of 3.6+, is 17 KiB and grows by some 500 bytes for each top-level znode.
const maxReply = 4 << 20

// Reply is what came back until the peer closed the connection.
type Reply struct {
	// From is who answered.
	From netip.AddrPort
	Data []byte
	// Reset: the peer ended with an RST and not a FIN, so Data may be cut short
	// although a server may well do so after a whole answer.
	Reset bool
	// Nudged: a newline had followed the word when it ended.
	Nudged bool
}

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
func AskWord(ctx context.Context, addr netip.AddrPort, word Word, t Transport) (reply Obs[Reply], connected Obs[Dial]) {
	l := newLook(ctx, addr, t.Timeout)
	l.what, l.tls, l.room = word.String(), t.TLS, word.room()
	if l.what == "" {
		failure := l.fail(Denied, "not a word that zkdoctor sends")
		return Failed[Reply](failure, 0), Failed[Dial](failure, 0)
	}
	if word == WordSrvr && t.TLS == nil {
		l.nudge = min(nudgeAfter, l.timeout()/4)
	}
	conn, d, failure := l.dial(ctx)
	connected = l.connected(d, failure)
	if failure != nil {
		return Failed[Reply](failure, connected.Took), connected
	}
	r, failure := l.exchange(ctx, conn, []byte(l.what))
	connected.Value.TLS, connected.Value.Nudged = *l.shown, r.Nudged
	if failure != nil {
		return Failed[Reply](failure, l.took()), connected
	}
	return Saw(r, l.took()), connected
}

// Ask is AskWord followed by Interpret. parse is the parser of the word.
func Ask[T any](ctx context.Context, addr netip.AddrPort, word Word, t Transport, parse func([]byte) (T, error)) Obs[T] {
	reply, _ := AskWord(ctx, addr, word, t)
	return Interpret(reply, word, parse)
}

// errCut is wrapped by what the parsers say of an answer that ends too early.
var errCut = errors.New("cut short")

// Interpret reads the reply to word. A server that does not serve, or does not
// allow the word, is NotServing or NotAllowed; what is not ZooKeeper's is
// Protocol, with a text that says what it looks like; TLS where it is that. An
// answer that ended with an RST is used if it is whole, and is Reset otherwise,
// as is one that ended in the middle.
func Interpret[T any](reply Obs[Reply], word Word, parse func([]byte) (T, error)) Obs[T] {
	if !reply.Seen() {
		return Obs[T]{Tried: reply.Tried, Took: reply.Took, Failure: reply.Failure}
	}
	r := reply.Value
	if kind, text := generic(word, r.Data); kind != "" {
		return Failed[T](failure(r.From, kind, "%s", text), reply.Took)
	}
	value, err := parse(r.Data)
	switch {
	case err == nil:
		return Saw(value, reply.Took)
	case r.Reset, errors.Is(err, errCut):
		return Failed[T](failure(r.From, Reset, "the connection ended in the middle of the answer to %s: %v", word, err), reply.Took)
	}
	return Failed[T](failure(r.From, Protocol, "the answer to %s is not ZooKeeper's: %v", word, err), reply.Took)
}

// exchange writes the request, reads until the peer closes, and closes.
func (l look) exchange(ctx context.Context, conn net.Conn, request []byte) (Reply, *Failure) {
	defer conn.Close()
	defer l.bound(ctx, conn)()
	if l.tls != nil {
		secured, failure := l.secure(ctx, conn)
		if failure != nil {
			return Reply{}, failure
		}
		conn = secured
	}
	if _, err := conn.Write(request); err != nil {
		return Reply{}, l.readFailure(ctx, nil, err)
	}
	stop := func() bool { return false }
	if l.nudge > 0 {
		stop = nudge(conn, l.nudge)
	}
	data, err := readAll(conn, l.room)
	reply := Reply{From: l.addr, Data: data, Nudged: stop()}
	// TLS that ends in the middle of a record was cut, as by an RST.
	reply.Reset = errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case errors.Is(err, errTooLarge):
		return Reply{}, l.fail(TooLarge, "the answer to %s is larger than %d MiB", l.what, maxReply>>20)
	case err != nil && (!reply.Reset || len(data) == 0):
		return reply, l.readFailure(ctx, data, err)
	case len(data) == 0:
		return reply, l.fail(Empty, "closed the connection without an answer to %s", l.what)
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

var errTooLarge = errors.New("too large")

// readAll reads to the end, but no more than maxReply. What it read is returned
// with any error; the end is no error. room is how much is expected.
func readAll(conn io.Reader, room int) ([]byte, error) {
	data := make([]byte, 0, room)
	for {
		if len(data) > maxReply {
			return nil, errTooLarge
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
func (l look) readFailure(ctx context.Context, data []byte, err error) *Failure {
	timedOut := isTimeout(err)
	switch text := tlsReason(err); {
	case l.cancelled(ctx, timedOut):
		return l.failCancelled()
	case text != "":
		l.shown.failed(err)
		return l.fail(TLS, "%s", text)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return l.fail(Reset, "connection reset before an answer to %s", l.what)
	case !timedOut:
		return l.fail(Reset, "connection lost before an answer to %s: %s", l.what, reason(err))
	case len(data) == 0:
		return l.fail(Silent, "connected, but no answer to %s in %v", l.what, l.timeout())
	}
	// Peers that speak first (SSH, mail) wait for us and never close.
	if stranger := foreign(data); stranger != "" {
		return l.fail(Protocol, "%s answered", stranger)
	}
	return l.fail(Silent, "the answer to %s stalled after %d bytes, %v after the start", l.what, len(data), l.timeout())
}
