package wire

import (
	"crypto/x509"
	"fmt"
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

// certificateName is the subject of a server's own certificate, and until when
// it is valid.
func certificateName(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s, valid until %s)", snapshot.Printable(chain[0].Subject.String(), snapshot.MaxForeign), chain[0].NotAfter.UTC().Format(time.DateOnly))
}
