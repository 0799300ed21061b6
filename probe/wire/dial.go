package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// look is the time allotted to one look at one address, all of it: connect,
// write and read. Its methods take the context of the run, whose end makes the
// look Cancelled.
type look struct {
	addr    netip.AddrPort
	what    string // what is asked, for texts
	started time.Time
	until   time.Time
	// runFirst: the run's deadline comes before the look's own.
	runFirst bool
	tls      *tls.Config       // nil for plain text
	shown    *snapshot.TLSLook // what became of TLS
	room     int               // how many bytes of an answer are expected
	limit    int               // how many are kept at the most
	// namespaces is how many bytes are kept of what it says of single top-level znodes; 0 for all.
	namespaces int
	share      *Share // what they are taken off; nil for nothing
	// sendNewline is how long to wait for an answer before a newline follows the question; 0
	// sends none.
	sendNewline time.Duration
}

func newLook(ctx context.Context, addr netip.AddrPort, timeout time.Duration) look {
	if timeout <= 0 {
		timeout = snapshot.DefaultTimeout
	}
	now := time.Now()
	l := look{addr: addr, started: now, until: now.Add(timeout), shown: new(snapshot.TLSLook), limit: snapshot.MaxReply}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(l.until) {
		l.until, l.runFirst = deadline, true
	}
	return l
}

func (l look) took() time.Duration { return time.Since(l.started) }

// timeout is the time allotted, for texts.
func (l look) timeout() time.Duration {
	return l.until.Sub(l.started).Round(time.Millisecond)
}

// cancelled reports whether the run, not the look, is what ended; timedOut says
// that a deadline passed.
func (l look) cancelled(ctx context.Context, timedOut bool) bool {
	return ctx.Err() != nil || timedOut && l.runFirst
}

func (l look) fail(kind snapshot.FailureKind, format string, args ...any) *snapshot.Failure {
	return snapshot.FailureAt(l.addr, kind, format, args...)
}

func (l look) failCancelled() *snapshot.Failure {
	return l.fail(snapshot.Cancelled, "the run ended before the check did")
}

// dial connects. The caller closes the connection. A failure of kind Reset means
// that the connection was made, and gone by the time the kernel told us: an RST
// in answer to our SYN would be ECONNREFUSED. Dial is then valid too.
func (l look) dial(ctx context.Context) (net.Conn, snapshot.Dial, *snapshot.Failure) {
	if l.runFirst && !l.until.After(l.started) && !errors.Is(ctx.Err(), context.Canceled) {
		return nil, snapshot.Dial{Remote: l.addr}, l.fail(snapshot.NoTime, "the time of the run was over before it could be tried")
	}
	dialer := net.Dialer{Deadline: l.until, KeepAlive: -1}
	conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, l.addr)
	if err != nil {
		return nil, snapshot.Dial{Remote: l.addr}, l.dialFailure(ctx, err)
	}
	d := snapshot.Dial{Remote: addrPort(conn.RemoteAddr()), Local: addrPort(conn.LocalAddr())}
	if d.Remote == d.Local && d.Remote.IsValid() {
		// Linux lets a socket connect to itself when the port it dials is the
		// ephemeral one it was given: nothing listens there.
		_ = conn.Close()
		return nil, snapshot.Dial{}, l.fail(snapshot.Refused, "connection refused")
	}
	return conn, d, nil
}

// bound has a connection end with the look, or with the run before it. The caller calls
// stop when it is done.
func (l look) bound(ctx context.Context, conn net.Conn) (stop func() bool) {
	// Deadlines can only be set on an open connection, and this one is.
	_ = conn.SetDeadline(l.until)
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// connected is the outcome of dial as a look of its own.
func (l look) connected(d snapshot.Dial, failure *snapshot.Failure) snapshot.Obs[snapshot.Dial] {
	if failure != nil && failure.Kind != snapshot.Reset {
		return snapshot.Failed[snapshot.Dial](failure, l.took())
	}
	return snapshot.Saw(d, l.took())
}

func addrPort(addr net.Addr) netip.AddrPort {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// dialFailure sorts the reasons for which a connection is not made (connect(2),
// and icmp(7) for how Linux maps ICMP errors). EHOSTUNREACH is Unreachable
// whether it is a firewall's "prohibited" (milliseconds) or a dead host (ARP
// gives up after 3 s): Took and the host's other ports tell them apart.
func (l look) dialFailure(ctx context.Context, err error) *snapshot.Failure {
	timedOut := isTimeout(err)
	switch {
	case l.cancelled(ctx, timedOut):
		return l.failCancelled()
	case errors.Is(err, syscall.ECONNREFUSED):
		return l.fail(snapshot.Refused, "connection refused")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		// EPIPE: a FIN came before the RST. ZooKeeper 3.9 does so when there
		// are too many connections (NIOServerCnxnFactory.fastCloseSock).
		return l.fail(snapshot.Reset, "connection reset as soon as it was made")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EHOSTDOWN):
		return l.fail(snapshot.Unreachable, "no route to host")
	case errors.Is(err, syscall.ENETUNREACH):
		return l.fail(snapshot.Unreachable, "network is unreachable")
	case errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.EADDRNOTAVAIL) && l.addr.Addr().Is6():
		return l.fail(snapshot.Unreachable, "this host has no address of that family")
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return l.fail(snapshot.Filtered, "prohibited by a firewall, here or on the way")
	case timedOut:
		return l.fail(snapshot.Filtered, "no answer to the connection attempt in %v", l.timeout())
	}
	if kind := trouble(err); kind != "" {
		return l.fail(kind, "zkdoctor could not open a connection: %s", reason(err))
	}
	return l.fail(snapshot.Denied, "this host could not open a connection: %s", reason(err))
}

// ProbePort connects and closes at once, and writes nothing: the harmless way
// to look at the quorum and election ports. An open connection that stays silent
// on the election port holds up elections for syncLimit ticks
// (QuorumCnxManager.Listener reads in its only thread), and bytes written there
// are taken for a server id.
func ProbePort(ctx context.Context, addr netip.AddrPort, timeout time.Duration) snapshot.Obs[snapshot.Dial] {
	l := newLook(ctx, addr, timeout)
	conn, d, failure := l.dial(ctx)
	if conn != nil {
		_ = conn.Close() // an error here changes nothing: the port is open
	}
	return l.connected(d, failure)
}
