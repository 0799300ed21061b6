package zktest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// TLS has servers speak it to clients (3.5+).
type TLS struct {
	// Server is what the servers show, and Client whom alone they trust.
	Server, Client Certificate
	// Unified has the client port speak plain text too (client.portUnification, 3.6+);
	// otherwise there is no plain port.
	Unified bool
}

// Certificate is one, and its key, that it signed itself: files of PEM as OpenSSL would
// write them, and both in one file, as ZooKeeper wants them.
type Certificate struct{ Cert, Key, Both string }

// NewCertificate makes one that is valid from an hour ago, or from a year ago where it
// has ended, until some time from now.
func NewCertificate(dir, name string, ends time.Duration) (Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	begins := -time.Hour
	if ends < 0 {
		begins = ends - 365*24*time.Hour
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(begins), NotAfter: time.Now().Add(ends),
		IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return Certificate{}, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	c := Certificate{
		filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"), filepath.Join(dir, name+".both.pem"),
	}
	return c, errors.Join(
		os.WriteFile(c.Cert, cert, 0o600),
		os.WriteFile(c.Key, secret, 0o600),
		os.WriteFile(c.Both, append(secret, cert...), 0o600))
}

// entries are the keys of zoo.cfg that turn it on.
func (t *TLS) entries() [][2]string {
	lines := [][2]string{
		{"serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory"},
		{"ssl.keyStore.location", t.Server.Both},
		{"ssl.keyStore.type", "PEM"},
		{"ssl.trustStore.location", t.Client.Cert},
		{"ssl.trustStore.type", "PEM"},
	}
	if t.Unified {
		// Without its provider of X.509 no client with a certificate gets in.
		return append(lines, [2]string{"client.portUnification", "true"},
			[2]string{"authProvider.x509", "org.apache.zookeeper.server.auth.X509AuthenticationProvider"})
	}
	return lines
}

// secure says hello as the client that the server trusts.
func (t *TLS) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	pair, err := tls.LoadX509KeyPair(t.Client.Cert, t.Client.Key)
	if err != nil {
		return nil, err
	}
	secured := tls.Client(conn, &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true})
	return secured, secured.HandshakeContext(ctx)
}
