package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxCertNames bounds the names that are kept of a certificate.
const maxCertNames = 16

func newCertificate(c *x509.Certificate) *snapshot.Certificate {
	out := &snapshot.Certificate{
		Subject: snapshot.Printable(c.Subject.String(), snapshot.MaxForeign), Issuer: snapshot.Printable(c.Issuer.String(), snapshot.MaxForeign),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
	}
	for _, name := range c.DNSNames {
		out.Names = append(out.Names, snapshot.Printable(name, snapshot.MaxForeign))
	}
	for _, ip := range c.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	out.Names = out.Names[:min(len(out.Names), maxCertNames)]
	return out
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

// failed writes down why TLS failed; what is no failure of TLS is none here.
func noteFailure(t *snapshot.TLSLook, err error) {
	t.Fault = tlsFault(err)
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(refused.UnverifiedCertificates) > 0 {
		t.Certificate = newCertificate(refused.UnverifiedCertificates[0])
	}
}

func tlsFault(err error) snapshot.TLSFault {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return snapshot.TLSName
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return snapshot.TLSAuthority
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return snapshot.TLSDates // Go calls "not yet valid" so too
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return snapshot.TLSOther
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return snapshot.TLSPlainText
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return alertFault(alert.Err)
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "local error" {
		return snapshot.TLSOther
	}
	return ""
}

// alertFault tells by the server's alert whether it is our certificate that it does not
// like (RFC 8446, 6.2). Go gives alerts no type, but their names: "bad certificate",
// "unknown certificate authority", "certificate required". "handshake failure" is what
// Java sends in TLS 1.2 to a client that has none, and also where there is no common
// cipher: it is not enough.
func alertFault(alert error) snapshot.TLSFault {
	if text := alert.Error(); strings.Contains(text, "certificate") || strings.Contains(text, "access denied") {
		return snapshot.TLSRefused
	}
	return snapshot.TLSOther
}

// greet says hello in TLS to a port that does not answer plain text, trusts what comes,
// and sends nothing else. It is no TLS unless a certificate is shown.
func greet(ctx context.Context, addr netip.AddrPort, host string, timeout time.Duration) snapshot.TLSLook {
	l := newLook(ctx, addr, timeout)
	t := Transport{TLS: &tls.Config{InsecureSkipVerify: true}}.to(host) //nolint:gosec // nothing is sent over it
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
