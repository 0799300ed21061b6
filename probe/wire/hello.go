package wire

import (
	"context"
	"crypto/tls"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Hello says hello in TLS to a port that does not answer plain text, trusts what comes,
// and sends nothing else. It is no TLS unless a certificate is shown.
func Hello(ctx context.Context, addr netip.AddrPort, host string, timeout time.Duration) snapshot.TLSLook {
	l := newLook(ctx, addr, timeout)
	t := Transport{TLS: &tls.Config{InsecureSkipVerify: true}}.To(host) //nolint:gosec // nothing is sent over it
	l.what, l.tls = "a TLS hello", t.TLS
	conn, _, failure := l.dial(ctx)
	if failure != nil {
		return snapshot.TLSLook{Fault: snapshot.TLSNotAsked}
	}
	defer conn.Close()
	defer l.bound(ctx, conn)()
	secured, _ := l.secure(ctx, conn)
	if secured != nil {
		_ = secured.Close()
	}
	return snapshot.TLSLook{Certificate: l.shown.Certificate, Fault: snapshot.TLSNotAsked}
}
