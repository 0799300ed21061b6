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
)

// TLSLook is what became of TLS on a connection. The zero value: none was spoken.
type TLSLook struct {
	// Certificate is the server's own; nil when it showed none.
	Certificate *Certificate `json:"certificate,omitempty"`
	// Fault is why TLS failed; empty when it did not.
	Fault TLSFault `json:"fault,omitempty"`
	// PlainToo is set when the port answers in plain text as well
	// (client.portUnification).
	PlainToo bool `json:"plain_too,omitempty"`
}

// TLSFault is the closed list of ways in which TLS to a client port can fail.
type TLSFault string

// The faults. What a certificate lacks is said of the server's.
const (
	// TLSAuthority: it is signed by nobody whom we trust.
	TLSAuthority TLSFault = "unknown-authority"
	// TLSName: it is for other names than the one asked.
	TLSName TLSFault = "wrong-name"
	// TLSDates: it is not valid yet, or no longer.
	TLSDates TLSFault = "dates"
	// TLSRefused: the server wants a certificate of ours, or another one.
	TLSRefused TLSFault = "client-refused"
	// TLSPlainText: the port speaks plain text.
	TLSPlainText TLSFault = "plain-text"
	// TLSNotAsked: the port speaks TLS and was asked in plain text.
	TLSNotAsked TLSFault = "not-asked"
	// TLSOther is any other, such as no common version or cipher.
	TLSOther TLSFault = "other"
)

// Certificate is what a server's certificate says of it.
type Certificate struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	// Names are the DNS names and addresses that it is for, at most 16.
	Names     []string  `json:"names,omitempty"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

// maxCertNames bounds the names that are kept of a certificate.
const maxCertNames = 16

func newCertificate(c *x509.Certificate) *Certificate {
	out := &Certificate{
		Subject: printable(c.Subject.String(), maxForeign), Issuer: printable(c.Issuer.String(), maxForeign),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
	}
	for _, name := range c.DNSNames {
		out.Names = append(out.Names, printable(name, maxForeign))
	}
	for _, ip := range c.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	out.Names = out.Names[:min(len(out.Names), maxCertNames)]
	return out
}

// noting is the configuration that also writes down the certificate that the server
// shows, before it is judged and before the server has judged ours.
func (t *TLSLook) noting(config *tls.Config) *tls.Config {
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
func (t *TLSLook) failed(err error) {
	t.Fault = tlsFault(err)
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(refused.UnverifiedCertificates) > 0 {
		t.Certificate = newCertificate(refused.UnverifiedCertificates[0])
	}
}

func tlsFault(err error) TLSFault {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return TLSName
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return TLSAuthority
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return TLSDates // Go calls "not yet valid" so too
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return TLSOther
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return TLSPlainText
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return alertFault(alert.Err)
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "local error" {
		return TLSOther
	}
	return ""
}

// alertFault tells by the server's alert whether it is our certificate that it does not
// like (RFC 8446, 6.2). Go gives alerts no type, but their names: "bad certificate",
// "unknown certificate authority", "certificate required". "handshake failure" is what
// Java sends in TLS 1.2 to a client that has none, and also where there is no common
// cipher: it is not enough.
func alertFault(alert error) TLSFault {
	if text := alert.Error(); strings.Contains(text, "certificate") || strings.Contains(text, "access denied") {
		return TLSRefused
	}
	return TLSOther
}

// greet says hello in TLS to a port that does not answer plain text, trusts what comes,
// and sends nothing else. It is no TLS unless a certificate is shown.
func greet(ctx context.Context, addr netip.AddrPort, host string, timeout time.Duration) TLSLook {
	l := newLook(ctx, addr, timeout)
	t := Transport{TLS: &tls.Config{InsecureSkipVerify: true}}.to(host) //nolint:gosec // nothing is sent over it
	l.what, l.tls = "a TLS hello", t.TLS
	conn, _, failure := l.dial(ctx)
	if failure != nil {
		return TLSLook{Fault: TLSNotAsked}
	}
	defer conn.Close()
	defer l.bound(ctx, conn)()
	secured, _ := l.secure(ctx, conn)
	if secured != nil {
		_ = secured.Close()
	}
	return TLSLook{Certificate: l.shown.Certificate, Fault: TLSNotAsked}
}
