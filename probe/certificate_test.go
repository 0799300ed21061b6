package probe

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
			_, connected := AskWord(t.Context(), serve(t, c.behave), snapshot.WordRuok, Transport{Timeout: long, TLS: trusting}.to("zk1"))
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

// TestNotAskedTLS: a port for TLS alone is silent to plain text, as a server that hangs
// is. A fifth byte tells them apart, and only then is it greeted and shows its
// certificate; within one timeout. One that hangs is sent nothing else.
func TestNotAskedTLS(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	config := &tls.Config{Certificates: []tls.Certificate{ca.certificate(t, "zk1", time.Hour)}}
	for name, c := range map[string]struct {
		behave func(*net.TCPConn)
		want   snapshot.FailureKind
	}{
		"TLS":   {overTLS(config, "", true), snapshot.TLS},
		"hangs": {neverAnswers, snapshot.Silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := serve(t, c.behave)
			plan := Plan{Plan: snapshot.Plan{Targets: []snapshot.Target{{Host: addr.Addr().String(), Port: int(addr.Port())}}, Timeout: brief}}
			s := Gather(t.Context(), plan, nil).Servers[0]
			if !s.Srvr.FailedAs(c.want) || (s.Client.Value.TLS.Fault == snapshot.TLSNotAsked) != (c.want == snapshot.TLS) {
				t.Errorf("%+v\n%+v", s.Srvr, s.Client)
			}
			if s.Srvr.Took > 2*brief {
				t.Errorf("it took %v", s.Srvr.Took)
			}
		})
	}
}
