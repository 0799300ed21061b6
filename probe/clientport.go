package probe

import (
	"context"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// askWords asks over the client port, one connection at a time. A server that does
// not answer srvr costs one timeout, not one a word.
func askWords(ctx context.Context, a *serverTask, reported chan<- portNumbers) {
	defer close(reported)
	s := a.server
	if !s.Resolve.Seen() || s.Port == 0 { // a port that is not known refuses nothing
		return
	}
	t := a.transport()
	addr, srvr := askSrvr(ctx, a, t)
	if s.Cut() {
		// A server that loses its leader closes all connections, and then says that it does
		// not serve. Others close the next one too.
		srvr = askSrvrAt(ctx, a, addr, t)
	}
	if briefly(a) {
		return
	}
	defer findTLS(ctx, a, addr, t)
	switch {
	case s.Srvr.Seen():
		askServing(ctx, a, addr, t, reported)
	case s.Srvr.FailedAs(snapshot.NotServing):
		// mntr and conf would say the same again; these three still answer.
		s.Envi = wire.Ask(ctx, addr, snapshot.WordEnvi, t, snapshot.ParseEnvi)
		s.Ruok = wire.Ask(ctx, addr, snapshot.WordRuok, t, snapshot.ParseRuok)
		s.Isro = wire.Ask(ctx, addr, snapshot.WordIsro, t, snapshot.ParseIsro)
	case s.Srvr.FailedAs(snapshot.NotAllowed), (s.Cut() || s.Keeper != nil) && askProduct(ctx, a, addr, t, srvr):
		s.Session = wire.AskSession(ctx, addr, t)
	}
	askAgain(ctx, a, addr, t)
	if a.plan.Session && (s.Srvr.Seen() || s.Session.Seen()) {
		s.Opened = wire.OpenSession(ctx, addr, t)
	}
}

// briefly reports whether srvr has told all that a brief look is for.
func briefly(a *serverTask) bool {
	s := a.server
	return a.Brief && (s.Srvr.Seen() || s.Srvr.FailedAs(snapshot.NotServing) || !s.Client.Seen())
}

// plainAfterTLS is how long a port that has answered by TLS may take to answer in plain
// text, which costs it less, before it is taken not to speak that.
const plainAfterTLS = 100 * time.Millisecond

// findTLS finds out whether a port that said nothing in plain text speaks TLS, or the
// other way round; and whether one that speaks TLS speaks plain text too.
func findTLS(ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport) {
	s := a.server
	seen := &s.Client.Value.TLS
	// A server that cannot join, or takes no more connections, closes without waiting for
	// a fifth byte, and a greeting in TLS would be left in its log.
	waited := s.Cut() && s.Client.Value.Nudged
	switch {
	case t.TLS == nil && (s.Srvr.FailedAs(snapshot.TLS) || waited && !s.Session.Tried):
		// An answer in TLS's own form tells enough, with or without a certificate.
		look := wire.Hello(ctx, addr, s.Given().Host, t.Timeout)
		if look.Certificate != nil || s.Srvr.FailedAs(snapshot.TLS) {
			needsTLS(s, addr, look)
		}
	case t.TLS != nil && (s.Srvr.Seen() || s.Cut() || seen.Fault == snapshot.TLSPlainText):
		if speaks := speaksPlain(ctx, a, addr, t.Timeout); speaks && s.Srvr.Seen() {
			seen.PlainToo = true
		} else if speaks {
			seen.Fault = snapshot.TLSPlainText
			s.Srvr.Failure = snapshot.FailureAt(addr, snapshot.TLS, wire.NotTLS)
		}
	}
}

// speaksPlain reports whether a port that was asked by TLS answers in plain text.
func speaksPlain(ctx context.Context, a *serverTask, addr netip.AddrPort, timeout time.Duration) bool {
	if srvr := a.server.Srvr; srvr.Seen() { // if it speaks TLS alone it says nothing
		plain := a.plain(min(timeout, max(plainAfterTLS, 3*srvr.Took)))
		ruok := wire.Ask(ctx, addr, snapshot.WordRuok, plain, snapshot.ParseRuok)
		return ruok.Seen() || ruok.FailedAs(snapshot.NotAllowed)
	}
	srvr := wire.Ask(ctx, addr, snapshot.WordSrvr, a.plain(timeout), snapshot.ParseSrvr)
	return srvr.Seen() || srvr.FailedAs(snapshot.NotServing) || srvr.FailedAs(snapshot.NotAllowed)
}

// needsTLS is the outcome for a server that shows a certificate, and no answer in plain text.
func needsTLS(s *snapshot.Server, addr netip.AddrPort, look snapshot.TLSLook) {
	s.Client.Value.TLS = look
	s.Srvr.Failure = snapshot.FailureAt(addr, snapshot.TLS, "it speaks TLS, and was asked in plain text")
}

// askSrvr asks srvr at one address after the other until one accepts the
// connection, all within one timeout, and returns the address that counts, and what came.
func askSrvr(ctx context.Context, a *serverTask, t wire.Transport) (addr netip.AddrPort, reply []byte) {
	s := a.server
	started := time.Now()
	addrs := s.Resolve.Value
	for i, at := range addrs {
		left := a.Timeout - time.Since(started)
		if left <= 0 {
			break
		}
		addr = netip.AddrPortFrom(at, uint16(s.Port)) //nolint:gosec // 1 to 65535 by construction
		t.Timeout = left / time.Duration(len(addrs)-i)
		if reply = askSrvrAt(ctx, a, addr, t); s.Client.Seen() {
			break
		}
	}
	return addr, reply
}

// askSrvrAt asks srvr at one address, and returns what came.
func askSrvrAt(ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport) []byte {
	s := a.server
	reply, connected := wire.AskWord(ctx, addr, snapshot.WordSrvr, t)
	s.Client, s.Srvr = connected, snapshot.Interpret(reply, snapshot.WordSrvr, snapshot.ParseSrvr)
	s.Keeper = snapshot.ParseKeeper(reply.Value.Data)
	return reply.Value.Data
}

// askProduct finds out by further words whether a Keeper answers, or ZooKeeper, where srvr has not
// told, and asks a Keeper whether it has a leader. A Keeper closes without a byte where a word is
// not allowed, as a ZooKeeper that is full does to all of them. What follows to neither is none of
// our business: a ClickHouse Keeper opens a session, which is a write, for whoever asks whether
// one exists.
func askProduct(
	ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport, srvr []byte,
) (zooKeeper bool) {
	s := a.server
	if snapshot.OnlyZooKeeper(srvr) {
		return true
	}
	if s.Client.Value.Nudged { // it waited for more than a word has
		return false
	}
	replies := [][]byte{srvr}
	for _, word := range []snapshot.Word{snapshot.WordMntr, snapshot.WordEnvi} {
		reply, _ := wire.AskWord(ctx, addr, word, t)
		if snapshot.OnlyZooKeeper(reply.Value.Data) {
			return true
		}
		replies = append(replies, reply.Value.Data)
		s.Keeper = snapshot.ParseKeeper(replies...)
		reported := s.Keeper != nil && s.Keeper.Product != snapshot.SomeKeeper
		if reported || !reply.Seen() && !reply.FailedAs(snapshot.Empty) && !reply.FailedAs(snapshot.Reset) {
			break
		}
	}
	return false
}
