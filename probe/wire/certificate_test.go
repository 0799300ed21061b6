package wire

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestTLSLook: what TLS came to is told in a word, with the certificate that was shown.
func TestTLSLook(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	server := func(cert tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{cert}} }
	mutual := server(ca.certificate(t, "zk1", time.Hour))
	mutual.ClientAuth, mutual.ClientCAs = tls.RequireAndVerifyClientCert, ca.pool()
	trusting := &tls.Config{RootCAs: ca.pool()}
	for name, c := range map[string]struct {
		behave func(*net.TCPConn)
		fault  snapshot.TLSFault
		shown  bool
	}{
		"answers":             {overTLS(server(ca.certificate(t, "zk1", time.Hour)), "imok", true), "", true},
		"unknown authority":   {overTLS(server(other.certificate(t, "zk1", time.Hour)), "imok", true), snapshot.TLSAuthority, true},
		"another's name":      {overTLS(server(ca.certificate(t, "zk2", time.Hour)), "imok", true), snapshot.TLSName, true},
		"expired":             {overTLS(server(ca.certificate(t, "zk1", -time.Minute)), "imok", true), snapshot.TLSDates, true},
		"wants a certificate": {overTLS(mutual, "imok", true), snapshot.TLSRefused, true},
		"plain text":          {takesHello(snapshot.NotServingText), snapshot.TLSPlainText, false},
		"closes":              {takesHello(""), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, connected := AskWord(t.Context(), serve(t, c.behave), snapshot.WordRuok, Transport{Timeout: long, TLS: trusting}.To("zk1"))
			got := connected.Value.TLS
			if got.Fault != c.fault || (got.Certificate != nil) != c.shown {
				t.Fatalf("%+v, want %q, a certificate: %v", got, c.fault, c.shown)
			}
			if c.shown && (!strings.HasPrefix(got.Certificate.Subject, "CN=zk") || len(got.Certificate.Names) != 1 || got.Certificate.NotAfter.IsZero()) {
				t.Errorf("%+v", got.Certificate)
			}
		})
	}
}
