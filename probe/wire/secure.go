package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

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
	if fault, text := tlsFault(err); text != "" {
		noteFailure(l.shown, fault, err)
		return l.fail(snapshot.TLS, "%s", text)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return l.fail(snapshot.Empty, "closed the connection in the TLS handshake")
	}
	return l.readFailure(ctx, nil, err)
}

// noting is the configuration that also writes down the certificate that the server
// shows, before it is judged and before the server has judged ours.
func noting(t *snapshot.TLSLook, config *tls.Config) *tls.Config {
	config = config.Clone()
	own := config.VerifyConnection
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) > 0 {
			t.Certificate = newCertificate(state.PeerCertificates[0])
		}
		if own != nil {
			return own(state)
		}
		return nil
	}
	return config
}
