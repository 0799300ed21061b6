package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Transport is how client ports are spoken to. The zero value is plain text and
// the default timeout.
type Transport struct {
	// Timeout bounds one look, all of it: connect, handshake, write and read; 0
	// means DefaultTimeout.
	Timeout time.Duration
	// TLS is nil for plain text. Over a secureClientPort the same four letters
	// work inside the TLS stream (3.5.1+ with Netty). Its ServerName, where it is
	// empty, is that of each server asked.
	TLS *tls.Config
}

// to is the transport for one server: its certificate must be for its own name.
func (t Transport) to(host string) Transport {
	if t.TLS != nil && t.TLS.ServerName == "" {
		t.TLS = t.TLS.Clone()
		t.TLS.ServerName = host
	}
	return t
}

// secure wraps a connection, which already has its deadline, in TLS. The
// handshake ends when ctx does, for that moves the deadline.
func (l look) secure(ctx context.Context, conn net.Conn) (net.Conn, *snapshot.Failure) {
	secured := tls.Client(conn, noting(l.shown, l.tls))
	// The deadline of conn bounds it, and its end shows as a timeout: with a
	// context of its own the two could not be told apart.
	if err := secured.HandshakeContext(context.WithoutCancel(ctx)); err != nil {
		return nil, l.handshakeFailure(ctx, err)
	}
	return secured, nil
}

// handshakeFailure sorts what can go wrong before the first byte of an answer.
func (l look) handshakeFailure(ctx context.Context, err error) *snapshot.Failure {
	if text := tlsReason(err); text != "" {
		noteFailure(l.shown, err)
		return l.fail(snapshot.TLS, "%s", text)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return l.fail(snapshot.Empty, "closed the connection in the TLS handshake")
	}
	return l.readFailure(ctx, nil, err)
}

// notTLS is what is wrong where TLS is not spoken.
const notTLS = "it speaks plain text and not TLS"

// tlsReason says what is wrong where TLS itself is; empty for any other error.
// A server that takes no client without a certificate says so, in TLS 1.3, only
// once the client believes the handshake over: in place of the first answer.
func tlsReason(err error) string {
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprintf("its certificate%s is not accepted: %s", certificateName(refused.UnverifiedCertificates), snapshot.Printable(refused.Err.Error(), snapshot.MaxForeign))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return notTLS
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return "it refuses the TLS handshake: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "local error" {
		return "the TLS handshake failed: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	}
	return ""
}

// certificateName is the subject of a server's own certificate, and until when
// it is valid.
func certificateName(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, valid until %s)", snapshot.Printable(chain[0].Subject.String(), snapshot.MaxForeign), chain[0].NotAfter.UTC().Format(time.DateOnly))
}
