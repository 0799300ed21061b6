package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// NotTLS is what is wrong where TLS is not spoken.
const NotTLS = "it speaks plain text and not TLS"

// tlsFault says what is wrong where TLS itself is, in one word and in a sentence; both
// are empty for any other error. A server that takes no client without a certificate says
// so, in TLS 1.3, only once the client believes the handshake over: in place of the first
// answer.
func tlsFault(err error) (fault snapshot.TLSFault, text string) {
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificateFault(refused.Err), fmt.Sprintf("its certificate%s is not accepted: %s",
			certificateName(refused.UnverifiedCertificates), snapshot.Printable(refused.Err.Error(), snapshot.MaxForeign))
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return snapshot.TLSPlainText, NotTLS
	}
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" {
		return alertFault(alert.Err),
			"it refuses the TLS handshake: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	} else if ok && alert.Op == "local error" {
		return snapshot.TLSOther, "the TLS handshake failed: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	}
	return "", ""
}

// noteFailure writes down why TLS failed.
func noteFailure(t *snapshot.TLSLook, fault snapshot.TLSFault, err error) {
	t.Fault = fault
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok &&
		len(refused.UnverifiedCertificates) > 0 {
		t.Certificate = newCertificate(refused.UnverifiedCertificates[0])
	}
}

func certificateFault(err error) snapshot.TLSFault {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return snapshot.TLSName
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return snapshot.TLSAuthority
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return snapshot.TLSDates // Go calls "not yet valid" so too
	}
	return snapshot.TLSOther
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

// maxCertNames bounds the names that are kept of a certificate.
const maxCertNames = 16

func newCertificate(c *x509.Certificate) *snapshot.Certificate {
	out := &snapshot.Certificate{
		Subject:   snapshot.Printable(c.Subject.String(), snapshot.MaxForeign),
		Issuer:    snapshot.Printable(c.Issuer.String(), snapshot.MaxForeign),
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

// certificateName is the subject of a server's own certificate, and until when
// it is valid.
func certificateName(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, valid until %s)", snapshot.Printable(chain[0].Subject.String(), snapshot.MaxForeign),
		chain[0].NotAfter.UTC().Format(time.DateOnly))
}
