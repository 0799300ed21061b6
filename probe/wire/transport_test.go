package wire

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// authority signs the certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	return authority{parsed(t, template, template, key, key), key}
}

// certificate is one for a host name, that ends after some time.
func (a authority) certificate(t *testing.T, host string, ends time.Duration) tls.Certificate {
	t.Helper()
	key := newKey(t)
	cert := parsed(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(ends),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.cert, key, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func parsed(t *testing.T, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// overTLS lets a handler talk inside a TLS stream. Without goodbye the stream
// ends as if it had been cut.
func overTLS(config *tls.Config, reply string, goodbye bool) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		secured := tls.Server(conn, config)
		request := make([]byte, 4)
		_, err := io.ReadFull(secured, request)
		if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
			return // as Netty does
		}
		if err != nil {
			untilGone(conn) // let the client read the alert before an RST could eat it
			return
		}
		if request[0] == 0 { // a session's greeting: read all of it
			_, _ = io.ReadFull(secured, make([]byte, len(connectRequest(bogusSession))-4))
		}
		_, _ = io.WriteString(secured, reply)
		if goodbye {
			_ = secured.Close()
		}
	}
}

// takesHello reads a whole ClientHello, answers it with what is no TLS, and
// closes.
func takesHello(reply string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		head := make([]byte, 5) // type, version, length (RFC 8446 5.1)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		_, _ = io.ReadFull(conn, make([]byte, int(head[3])<<8|int(head[4])))
		_, _ = io.WriteString(conn, reply)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	const imok = "imok"
	server := func(cert tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{cert}} }
	mutual := server(ca.certificate(t, "zk1", time.Hour))
	mutual.ClientAuth, mutual.ClientCAs = tls.RequireAndVerifyClientCert, ca.pool()
	mutual12 := mutual.Clone()
	mutual12.MaxVersion = tls.VersionTLS12
	trusting := &tls.Config{RootCAs: ca.pool()}
	named := trusting.Clone()
	named.Certificates = []tls.Certificate{ca.certificate(t, "zkdoctor", time.Hour)}
	careless := &tls.Config{InsecureSkipVerify: true}
	for _, tc := range []struct {
		name     string
		behave   func(*net.TCPConn)
		client   *tls.Config
		timeout  time.Duration
		want     snapshot.FailureKind
		wantText string
	}{
		{"answers", overTLS(server(ca.certificate(t, "zk1", time.Hour)), imok, true), trusting, long, "", ""},
		{"answers, and cuts", overTLS(server(ca.certificate(t, "zk1", time.Hour)), imok, false), trusting, long, "", ""},
		{"unknown authority", overTLS(server(other.certificate(t, "zk1", time.Hour)), imok, true), trusting, long, snapshot.TLS, "its certificate (CN=zk1, valid until "},
		{"not verified", overTLS(server(other.certificate(t, "zk1", time.Hour)), imok, true), careless, long, "", ""},
		{"another's name", overTLS(server(ca.certificate(t, "zk2", time.Hour)), imok, true), trusting, long, snapshot.TLS, "certificate is valid for zk2, not zk1"},
		{"expired", overTLS(server(ca.certificate(t, "zk1", -time.Minute)), imok, true), trusting, long, snapshot.TLS, "certificate has expired"},
		{"wants a certificate", overTLS(mutual, imok, true), trusting, long, snapshot.TLS, "it refuses the TLS handshake: tls: certificate required"},
		{"wants a certificate, TLS 1.2", overTLS(mutual12, imok, true), trusting, long, snapshot.TLS, "it refuses the TLS handshake: tls: handshake failure"},
		{"has a certificate", overTLS(mutual, imok, true), named, long, "", ""},
		{"plain text", takesHello(snapshot.NotServingText), trusting, long, snapshot.TLS, "it speaks plain text and not TLS"},
		{"closes at once", takesHello(""), trusting, long, snapshot.Empty, "closed the connection in the TLS handshake"},
		{"resets at once", resetsAtOnce, trusting, long, snapshot.Reset, ""},
		{"silent", neverAnswers, trusting, brief, snapshot.Silent, "no answer to ruok in 1s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			how := Transport{Timeout: tc.timeout, TLS: tc.client}.To("zk1")
			checkKind(t, Ask(t.Context(), serve(t, tc.behave), snapshot.WordRuok, how, snapshot.ParseRuok), tc.want, tc.wantText)
		})
	}
	if trusting.ServerName != "" {
		t.Errorf("the transport of one server changed everybody's: %q", trusting.ServerName)
	}

	t.Run("the end of the run", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		addr := serve(t, func(conn *net.TCPConn) {
			readWord(conn) // the beginning of the handshake
			cancel()
			untilGone(conn)
		})
		checkKind(t, Ask(ctx, addr, snapshot.WordRuok, Transport{Timeout: long, TLS: trusting}.To("zk1"), snapshot.ParseRuok), snapshot.Cancelled, "")
	})
	t.Run("a session", func(t *testing.T) {
		t.Parallel()
		addr := serve(t, overTLS(server(ca.certificate(t, "zk1", time.Hour)), connectResponse(0), true))
		checkKind(t, AskSession(t.Context(), addr, Transport{Timeout: long, TLS: trusting}.To("zk1")), "", "")
	})
}
