package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

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
		return alertFault(alert.Err), "it refuses the TLS handshake: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	} else if ok && alert.Op == "local error" {
		return snapshot.TLSOther, "the TLS handshake failed: " + snapshot.Printable(alert.Err.Error(), snapshot.MaxForeign)
	}
	return "", ""
}

// noteFailure writes down why TLS failed.
func noteFailure(t *snapshot.TLSLook, fault snapshot.TLSFault, err error) {
	t.Fault = fault
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(refused.UnverifiedCertificates) > 0 {
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
