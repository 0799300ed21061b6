package wire

import (
	"context"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// newlineAfter is how long srvr may stay without an answer before a newline follows it. A
// healthy server takes some milliseconds.
const newlineAfter = 300 * time.Millisecond

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
// in TLS would leave the line of an unknown client in its log.
//
// Data is what came, whoever sent it; Interpret tells what it is. A server with
// too many connections from here closes at once, and whether that shows as Empty
// or as Reset is a race: 3.4.10 and 3.9.5 give both.
func AskWord(
	ctx context.Context, addr netip.AddrPort, word snapshot.Word, t Transport,
) (reply snapshot.Obs[snapshot.Reply], connected snapshot.Obs[snapshot.Dial]) {
	l := newLook(ctx, addr, t.Timeout)
	l.what, l.tls, l.share = word.String(), t.TLS, t.Share
	l.room, l.limit = roomFor(word), limitOf(word)
	if l.what == "" {
		failure := l.fail(snapshot.Denied, "not a word that zkdoctor sends")
		return snapshot.Failed[snapshot.Reply](failure, 0), snapshot.Failed[snapshot.Dial](failure, 0)
	}
	if word == snapshot.WordMntr {
		l.namespaces = max(t.Namespaces, fewNamespaces)
	}
	if word == snapshot.WordSrvr && t.TLS == nil {
		l.sendNewline = min(newlineAfter, l.timeout()/4)
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
func Ask[T any](
	ctx context.Context, addr netip.AddrPort, word snapshot.Word, t Transport, parse func([]byte) (T, error),
) snapshot.Obs[T] {
	reply, _ := AskWord(ctx, addr, word, t)
	return snapshot.Interpret(reply, word, parse)
}

// roomFor is how long an honest answer mostly is at the most: mntr of 3.6+ has 17 to
// 20 KiB, all else (and mntr of 3.4) fits into 4.
func roomFor(w snapshot.Word) int {
	if w == snapshot.WordMntr {
		return 24 << 10
	}
	return 4 << 10
}

// limitOf is the most that is kept of an answer.
func limitOf(w snapshot.Word) int {
	switch w {
	case snapshot.WordMntr:
		return snapshot.MaxReply
	case snapshot.WordConf:
		return snapshot.MaxList
	case snapshot.WordEnvi:
		return snapshot.MaxEnvi
	default:
		return snapshot.MaxLines
	}
}
