package exporter

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// pemFiles are the certificate and key of one who signed it himself, as OpenSSL
// would write them, and both in one file, as ZooKeeper wants them.
type pemFiles struct{ cert, key, both string }

func newPEM(t *testing.T, dir, name string, addrs ...string) pemFiles {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, addr := range addrs {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(addr))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	files := pemFiles{filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"), filepath.Join(dir, name+".both.pem")}
	must(t, os.WriteFile(files.cert, certPEM, 0o600))
	must(t, os.WriteFile(files.key, keyPEM, 0o600))
	must(t, os.WriteFile(files.both, append(keyPEM, certPEM...), 0o600))
	return files
}

// secured is an ensemble whose only client ports speak TLS, and know the client
// alone.
func secured(version string, server, client pemFiles) zktest.Options {
	return zktest.Options{
		Version: version, NoWait: true, // its words are over TLS, and zktest has plain text alone
		JVM: []string{
			"-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
			"-Dzookeeper.ssl.keyStore.location=" + server.both, "-Dzookeeper.ssl.keyStore.type=PEM",
			"-Dzookeeper.ssl.trustStore.location=" + client.cert, "-Dzookeeper.ssl.trustStore.type=PEM",
		},
		Edit: func(s *zktest.Server) {
			s.Unset("clientPort")
			s.Unset("clientPortAddress")
			s.Set("secureClientPort", fmt.Sprint(s.ClientPort))
			s.Set("secureClientPortAddress", s.Addr)
		},
	}
}

// TestRealTLS: servers that speak nothing but TLS to clients, and to those alone
// whose certificate they know, are seen as all others are; with the wrong
// certificates nothing is concluded of them.
func TestRealTLS(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.5.10", zktest.Newest} {
		t.Run(version, func(t *testing.T) {
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			dir := t.TempDir()
			// An ensemble's addresses are known once it is made, so the certificate
			// is for a name.
			server, client, stranger := newPEM(t, dir, "zk.test"), newPEM(t, dir, "client"), newPEM(t, dir, "stranger")
			ens := zktest.StartT(t, secured(version, server, client))
			var targets []string
			for _, s := range ens.Servers {
				targets = append(targets, target(s))
			}
			file := filepath.Join(dir, "ensembles.yml")
			load := func() (*Config, error) { return LoadConfig(file) }
			write := func(cert pemFiles) {
				t.Helper()
				tls := fmt.Sprintf("{ca_file: zk.test.pem, cert_file: %s, key_file: %s, server_name: zk.test}", filepath.Base(cert.cert), filepath.Base(cert.key))
				must(t, os.WriteFile(file, []byte(fmt.Sprintf("ensembles: [{name: secure, servers: ['%s'], tls: %s}]\n", strings.Join(targets, "','"), tls)), 0o600))
			}
			write(client)
			s := serve(t, Options{Load: load, Timeout: time.Second}, targets...)
			must(t, ens.Wait(t.Context(), "a quorum to be seen over TLS", func() bool {
				return s.metrics(t)[`zkdoctor_quorum{ensemble="secure"}`] == 1 && s.metrics(t)[`zkdoctor_voters_serving{ensemble="secure"}`] == 3
			}))
			found := s.metrics(t)
			for _, target := range targets {
				if series := found.of(target, "zookeeper_"); len(series) < 20 {
					t.Errorf("%s: only %d series: %v", target, len(series), series)
				}
			}
			// A single server of the ensemble is asked as the ensemble is.
			s.ask(t, http.MethodGet, "/probe?target="+targets[0], http.StatusOK, `zookeeper_up{ensemble="secure",server="`+targets[0]+`"} 1`)

			write(stranger)
			s.ask(t, http.MethodPost, "/-/reload", http.StatusOK, "")
			s.forget()
			found = s.metrics(t)
			if _, concluded := found[`zkdoctor_quorum{ensemble="secure"}`]; concluded || found[`zkdoctor_verdict{ensemble="secure",state="unknown"}`] != 1 {
				t.Errorf("a client that no server speaks to concludes\n%s", found.values("zkdoctor_quorum", "zkdoctor_verdict"))
			}
			for _, target := range targets {
				if up := found[`zookeeper_up{ensemble="secure",server="`+target+`"}`]; up != 0 {
					t.Errorf("%s is up: %v", target, up)
				}
			}
		})
	}
}
