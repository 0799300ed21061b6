package main

import (
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// security is an ensemble that speaks TLS to its clients, and to those alone whose
// certificate it knows. Its own is for the name zk.test.
type security struct {
	// ends is when the servers' certificate does, from now.
	ends time.Duration
	// unified ports speak plain text too.
	unified bool
}

// prepare makes the certificates. The replacer puts their files into arguments.
func (s *security) prepare(t *testing.T, o *zktest.Options) *strings.Replacer {
	t.Helper()
	if s == nil {
		return strings.NewReplacer()
	}
	dir := t.TempDir()
	server, err := zktest.NewCertificate(dir, "zk.test", s.ends)
	must(t, err)
	client, err := zktest.NewCertificate(dir, "client", time.Hour)
	must(t, err)
	nonMember, err := zktest.NewCertificate(dir, "stranger", time.Hour)
	must(t, err)
	o.TLS = &zktest.TLS{Server: server, Client: client, Unified: s.unified}
	return strings.NewReplacer("@ca", server.Cert, "@cert", client.Cert, "@key", client.Key, "@stranger", nonMember.Cert, "@secret", nonMember.Key)
}

const noClientTLS = "before 3.5 client ports speak plain text alone"

const noUnification = "client.portUnification came with 3.6"

// trusted are the arguments of a client that the servers trust, and that trusts them.
func trusted(more ...string) []string {
	return append([]string{"--no-local", "--tls-ca", "@ca", "--tls-cert", "@cert", "--tls-key", "@key", "--tls-server-name", "zk.test"}, more...)
}

// tlsFaults are about TLS to client ports: what a client meets, and what it has to do.
func tlsFaults() []fault {
	day := &security{ends: 24 * time.Hour}
	fails := func(name string, secure *security, args ...string) fault {
		return fault{
			shape: shape{name: name, only: from35, why: noClientTLS, secure: secure, args: args},
			root:  diag.ClientTLSFailed, servers: []int64{1, 2, 3}, state: report.Unknown, exit: 3,
		}
	}
	// same is such a case on the ensemble of the one before.
	same := func(f fault) fault {
		f.again = true
		return f
	}
	plain := fails("plain text, asked with TLS", nil, outside("--tls", "@1", "@2", "@3")...)
	plain.only, plain.why = nil, ""
	return []fault{
		plain,
		fails("TLS, asked in plain text", day, outside("@1", "@2", "@3")...),
		same(fails("TLS, and no authority named", day, outside("--tls", "@1", "@2", "@3")...)),
		same(fails("TLS, and another authority", day, outside("--tls-ca", "@stranger", "@1", "@2", "@3")...)),
		same(fails("TLS, and another name", day, outside("--tls-ca", "@ca", "--tls-cert", "@cert", "--tls-key", "@key", "@1", "@2", "@3")...)),
		same(fails("TLS, and no certificate of ours", day, outside("--tls-ca", "@ca", "--tls-server-name", "zk.test", "@1", "@2", "@3")...)),
		same(fails("TLS, and a certificate that the servers do not know", day,
			outside("--tls-ca", "@ca", "--tls-server-name", "zk.test", "--tls-cert", "@stranger", "--tls-key", "@secret", "@1", "@2", "@3")...)),
		same(fails("TLS by the configuration, and no authority named", day, "-c", "@c1", "--no-local")),
		{
			shape: shape{again: true, name: "one down, over TLS", only: from35, why: noClientTLS, do: kill(2), args: trusted("@1", "@2", "@3")},
			root:  diag.ProcessDown, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{again: true, name: "no quorum, over TLS", only: from35, why: noClientTLS, do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(3).Kill())
				must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
			}, args: trusted("@1", "@2", "@3")},
			root: diag.ProcessDown, servers: []int64{2, 3}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "certificates expired", only: from35, why: noClientTLS, secure: &security{ends: -time.Hour}, args: trusted("@1", "@2", "@3")},
			root:  diag.CertificateExpiring, servers: []int64{1, 2, 3}, fires: []report.Code{diag.ClientTLSFailed}, state: report.Unknown, exit: 2,
		},
		{
			// It lives for 70 minutes, and should have been renewed 18 before its end.
			shape: shape{name: "certificates end soon", only: from35, why: noClientTLS, secure: &security{ends: 10 * time.Minute}, args: trusted("@1", "@2", "@3")},
			root:  diag.CertificateExpiring, servers: []int64{1, 2, 3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "one down, ports that speak TLS and plain text", only: from36, why: noUnification,
				secure: &security{ends: 24 * time.Hour, unified: true}, do: kill(2), args: trusted("@1", "@2", "@3"),
			},
			root: diag.ProcessDown, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
	}
}
