package exporter

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func certificate(t *testing.T, dir, name string) zktest.Certificate {
	t.Helper()
	cert, err := zktest.NewCertificate(dir, name, time.Hour)
	must(t, err)
	return cert
}

// TestRealTLS: servers that speak nothing but TLS to clients, and to those alone
// whose certificate they know, are seen as all others are; with the wrong
// certificates nothing is concluded of them.
func TestRealTLS(t *testing.T) {
	t.Parallel()
	for _, version := range zktest.Either(t.Name(), "3.5.10", zktest.Newest) {
		t.Run(version, func(t *testing.T) {
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			dir := t.TempDir()
			// An ensemble's addresses are known once it is made, so the certificate
			// is for a name.
			server, client, nonMember := certificate(t, dir, "zk.test"), certificate(t, dir, "client"), certificate(t, dir, "stranger")
			ens := zktest.StartT(t, zktest.Options{Version: version, TLS: &zktest.TLS{Server: server, Client: client}})
			var targets []string
			for _, s := range ens.Servers {
				targets = append(targets, target(s))
			}
			file := filepath.Join(dir, "ensembles.yml")
			load := func(ctx context.Context) (*Config, error) { return LoadConfig(ctx, new(hostfile.Door), file) }
			write := func(cert zktest.Certificate) {
				t.Helper()
				how := fmt.Sprintf("{ca_file: zk.test.pem, cert_file: %s, key_file: %s, server_name: zk.test}", filepath.Base(cert.Cert), filepath.Base(cert.Key))
				must(t, os.WriteFile(file, []byte(fmt.Sprintf("ensembles: [{name: secure, servers: ['%s'], tls: %s}]\n", strings.Join(targets, "','"), how)), 0o600))
			}
			write(client)
			s := serve(t, Options{Load: load, Lifecycle: true, Timeout: 5 * time.Second}, targets...)
			// The first handshakes of a server may take longer than a look does.
			must(t, ens.Wait(t.Context(), "a quorum and all of three servers to be seen over TLS", func() bool {
				found := s.metrics(t)
				return found[`zkdoctor_quorum{ensemble="secure"}`] == 1 && found[`zkdoctor_voters_serving{ensemble="secure"}`] == 3 &&
					!slices.ContainsFunc(targets, func(target string) bool { return len(found.of(target, "zookeeper_")) < 20 })
			}))
			// A single server of the ensemble is asked as the ensemble is.
			s.ask(t, http.MethodGet, "/probe?target="+targets[0], http.StatusOK, `zookeeper_up{ensemble="secure",server="`+targets[0]+`"} 1`)

			// Or as the command line has it.
			ca, err := os.ReadFile(server.Cert)
			must(t, err)
			pair, err := tls.LoadX509KeyPair(client.Cert, client.Key)
			must(t, err)
			fixed := &tls.Config{RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}, ServerName: "zk.test"}
			fixed.RootCAs.AppendCertsFromPEM(ca)
			byFlags := serve(t, Options{Load: func(context.Context) (*Config, error) {
				return &Config{Ensembles: []Ensemble{{Name: "secure", Servers: targets, TLS: FixedTLS(fixed)}}}, nil
			}, Timeout: 5 * time.Second}, targets...)
			must(t, ens.Wait(t.Context(), "a quorum to be seen over TLS by flags", func() bool {
				return byFlags.metrics(t)[`zkdoctor_voters_serving{ensemble="secure"}`] == 3
			}))

			write(nonMember)
			s.ask(t, http.MethodPost, "/-/reload", http.StatusOK, "")
			s.forget()
			found := s.metrics(t)
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
