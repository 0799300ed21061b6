package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// noTLS is why 3.4 has no fault of TLS.
const noTLS = "TLS between servers came with 3.5.5"

// callAgain starts a server anew until it has written a line twice: it calls the others
// only while it elects, and may have done so too rarely before it followed.
func callAgain(t *testing.T, ens *zktest.Ensemble, s *zktest.Server, sign string) {
	must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to call and write %q", s.ID, sign), func() bool {
		called := strings.Count(s.Log(), sign) > 1
		if !called && s.Mode(t.Context()) != "" {
			must(t, s.Kill())
			must(t, s.Start(t.Context()))
		}
		return called
	}))
	must(t, ens.WaitQuorum(t.Context()))
}

// authFaults are servers that do not let each other in.
func authFaults() []fault {
	unstarted := zktest.Options{Hosts: zktest.Namespaces, NoStart: true, NoWait: true}
	tls := func(odd string, from int, sign string) func(*testing.T, *zktest.Ensemble) {
		return func(t *testing.T, ens *zktest.Ensemble) {
			startTLS(t, ens, odd)
			if s := ens.Server(from); from != 1 {
				callAgain(t, ens, s, sign)
			} else {
				waitLog(t, ens, s, sign)
			}
		}
	}
	sasl := func(odd string, from int, sign string, jvm ...string) func(*testing.T, *zktest.Ensemble) {
		return func(t *testing.T, ens *zktest.Ensemble) {
			startSASL(t, ens, odd, jvm...)
			waitLog(t, ens, ens.Server(from), sign)
		}
	}
	return []fault{
		{
			// Its own log says only that the connections of its peers end.
			shape: shape{name: "a certificate that its peers do not trust", only: from35, why: noTLS, options: unstarted, do: tls("stranger", 1, "SocketException: Socket is closed"), from: 1},
			root:  diag.QuorumTLSHandshake, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{again: true, name: "a peer's certificate that is not trusted", only: from35, why: noTLS, do: func(t *testing.T, ens *zktest.Ensemble) {
				callAgain(t, ens, ens.Server(2), "javax.net.ssl.SSLHandshakeException")
			}, from: 2},
			root: diag.QuorumTLSHandshake, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "a certificate of another name", only: until38, why: "3.4 has no TLS; 3.9 is in FIPS mode by default, and does not look at names between servers", options: unstarted, do: tls("misnamed", 2, "javax.net.ssl.SSLHandshakeException"), from: 2},
			root:  diag.QuorumTLSHandshake, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			// Each server has a certificate of its own name, by which its peers call it, and none is
			// called so by the reverse look-up of its address. FIPS mode looks at no name.
			shape: shape{name: "a reverse look-up that gives other names", only: from35, why: noTLS, options: renamed(), do: func(t *testing.T, ens *zktest.Ensemble) {
				startRenamed(t, ens)
				waitLog(t, ens, ens.Server(1), "SocketException: Socket is closed")
			}, from: 1, args: []string{"zk1", "zk2", "zk3"}},
			root: diag.QuorumTLSHandshake, servers: []int64{1}, fires: []report.Code{diag.QuorumLost},
			shows: "Certificate for <node-", state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "one server without TLS", only: from35, why: noTLS, options: unstarted, do: tls("", 1, "Connection broken for id 158611"), from: 1},
			root:  diag.QuorumTLSHandshake, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "TLS between all servers", only: from35, why: noTLS, options: unstarted, do: func(t *testing.T, ens *zktest.Ensemble) {
				startTLS(t, ens, "common")
				must(t, ens.WaitServing(t.Context()))
			}, from: 1},
			state: report.Serving, exit: 0,
		},
		{
			// Two of thirty days are left of server 1's own.
			shape: shape{name: "a certificate among servers that ends soon", only: from35, why: noTLS, options: unstarted, do: func(t *testing.T, ens *zktest.Ensemble) {
				startTLS(t, ens, "ending")
				must(t, ens.WaitServing(t.Context()))
			}, from: 1, args: []string{"--quorum-tls-hello"}},
			root: diag.CertificateExpiring, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "another password among servers", options: unstarted, do: sasl("other", 1, "Authentication failed against server", "-Dzookeeper.fips-mode=false"), from: 1},
			root:  diag.QuorumSASLFailed, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing}, state: report.Degraded, exit: 1,
		},
		{
			// What an ensemble meets that comes from 3.8 as it is.
			shape: shape{name: "DIGEST-MD5 in FIPS mode", only: newer, why: "FIPS mode came with 3.9", options: unstarted, do: sasl("common", 1, "will not use DIGEST-MD5"), from: 1},
			root:  diag.QuorumSASLFailed, servers: []int64{1}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
	}
}

func until38(version string) bool {
	return from35(version) && !strings.HasPrefix(version, "3.9.")
}

// waitLog waits until a server has written a line with the text twice.
func waitLog(t *testing.T, ens *zktest.Ensemble, s *zktest.Server, text string) {
	t.Helper()
	must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to write %q twice", s.ID, text), func() bool {
		return strings.Count(s.Log(), text) >= 2
	}))
}

const storePassword = "changeit"

// startTLS starts servers that speak TLS with each other. Server 1 has the key of that
// name, and without one no TLS; the others have the common key.
func startTLS(t *testing.T, ens *zktest.Ensemble, odd string) {
	t.Helper()
	var names []string
	for _, s := range ens.Servers {
		names = append(names, "ip:"+s.Addr)
	}
	all := strings.Join(names, ",")
	makeKey(t, ens.Dir, "common", all)
	trusted := []string{"common"}
	switch odd {
	case "stranger":
		makeKey(t, ens.Dir, odd, all)
	case "ending":
		makeKey(t, ens.Dir, odd, all, "-startdate", "-28d")
		trusted = append(trusted, odd)
	case "misnamed":
		makeKey(t, ens.Dir, odd, "dns:elsewhere.example,ip:192.0.2.9")
		trusted = append(trusted, odd)
	}
	for _, name := range trusted {
		trust(t, ens.Dir, name)
	}
	for _, s := range ens.Servers {
		name := "common"
		if s.ID == 1 {
			name = odd
		}
		if name != "" {
			speakTLS(s, ens.Dir, name)
		}
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.Start(t.Context()))
		if s.ID == 1 { // so that the others call it while they elect
			must(t, ens.Wait(t.Context(), "server.1 to listen", func() bool { return listens(t.Context(), s, s.ElectionPort) }))
		}
	}
	must(t, ens.WaitQuorum(t.Context()))
}

// renamed are servers that call each other by name.
func renamed() zktest.Options {
	o := called()
	o.NoStart, o.NoWait, o.JVM = true, true, []string{"-Dzookeeper.fips-mode=false"}
	return o
}

// startRenamed starts servers with certificates of their names alone. Their addresses have other names
// first, as those of a cloud's own DNS.
func startRenamed(t *testing.T, ens *zktest.Ensemble) {
	t.Helper()
	hosts := []string{"127.0.0.1 localhost"}
	for _, s := range ens.Servers {
		hosts = append(hosts, fmt.Sprintf("%s node-%d.internal %s", s.Addr, s.ID, s.Name))
		makeKey(t, ens.Dir, s.Name, "dns:"+s.Name)
		trust(t, ens.Dir, s.Name)
	}
	for _, s := range ens.Servers {
		must(t, s.SetHosts(hosts))
		speakTLS(s, ens.Dir, s.Name)
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.Start(t.Context()))
	}
}

// startEnding starts servers with certificates of one authority, and waits until that of server 1 has ended:
// the connections that they have stay.
func startEnding(t *testing.T, ens *zktest.Ensemble) {
	t.Helper()
	const lasts = 40 * time.Second
	makeKey(t, ens.Dir, "ca", "dns:ca", "-ext", "bc:c")
	trust(t, ens.Dir, "ca")
	var ends time.Time
	for _, s := range slices.Backward(ens.Servers) { // the first at last: its time runs
		makeKey(t, ens.Dir, s.Name, "ip:"+s.Addr)
		begins := 24*time.Hour - lasts
		if s.ID != 1 {
			begins = time.Hour
		}
		ends = time.Now().Add(lasts)
		sign(t, ens.Dir, s.Name, "ip:"+s.Addr, begins)
	}
	for _, s := range ens.Servers {
		speakTLS(s, ens.Dir, s.Name)
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.Start(t.Context()))
	}
	must(t, ens.WaitServing(t.Context()))
	must(t, ens.Wait(t.Context(), "the certificate to end", func() bool { return time.Now().After(ends) }))
}

// sign has the authority sign the certificate of that name, for a day that began so long ago.
func sign(t *testing.T, dir, name, names string, ago time.Duration) {
	t.Helper()
	request, signed := filepath.Join(dir, name+".csr"), filepath.Join(dir, name+".pem")
	own := []string{"-alias", name, "-keystore", keyStore(dir, name), "-storepass", storePassword}
	keytool(t, append([]string{"-certreq", "-file", request}, own...)...)
	keytool(t, "-gencert", "-alias", "ca", "-keystore", keyStore(dir, "ca"), "-storepass", storePassword, "-infile", request, "-outfile", signed,
		"-ext", "san="+names, "-startdate", fmt.Sprintf("-%dS", int(ago.Seconds())), "-validity", "1")
	keytool(t, append([]string{"-importcert", "-noprompt", "-trustcacerts", "-file", filepath.Join(dir, "ca.pem"), "-alias", "ca"}, own[2:]...)...)
	keytool(t, append([]string{"-importcert", "-noprompt", "-file", signed}, own...)...)
}

// trust puts a certificate into the trust store that all servers share.
func trust(t *testing.T, dir, name string) {
	t.Helper()
	pem := filepath.Join(dir, name+".pem")
	keytool(t, "-exportcert", "-rfc", "-alias", name, "-keystore", keyStore(dir, name), "-storepass", storePassword, "-file", pem)
	keytool(t, "-importcert", "-noprompt", "-alias", name, "-file", pem, "-storetype", "JKS", "-keystore", trustStore(dir), "-storepass", storePassword)
}

// speakTLS has a server speak TLS with its peers, with the key of that name.
func speakTLS(s *zktest.Server, dir, name string) {
	s.Set("sslQuorum", "true")
	s.Set("ssl.quorum.keyStore.location", keyStore(dir, name))
	s.Set("ssl.quorum.keyStore.password", storePassword)
	s.Set("ssl.quorum.trustStore.location", trustStore(dir))
	s.Set("ssl.quorum.trustStore.password", storePassword)
}

func trustStore(dir string) string { return filepath.Join(dir, "trust.jks") }

func keyStore(dir, name string) string { return filepath.Join(dir, name+".p12") }

// makeKey makes a key and its certificate for 30 days, which it signs itself.
func makeKey(t *testing.T, dir, name, names string, more ...string) {
	t.Helper()
	keytool(t, append([]string{
		"-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + names, "-validity", "30",
		"-storetype", "PKCS12", "-keystore", keyStore(dir, name), "-storepass", storePassword,
	}, more...)...)
}

// keytool runs it with as little work of its JVM as a tenth of a second is worth.
func keytool(t *testing.T, args ...string) {
	t.Helper()
	args = append(args, "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")
	if out, err := exec.CommandContext(t.Context(), "keytool", args...).CombinedOutput(); err != nil {
		t.Fatalf("keytool %q: %v\n%s", args, err, out)
	}
}

// startSASL starts servers that authenticate with each other. Server 1 has that
// password, the others the common one.
func startSASL(t *testing.T, ens *zktest.Ensemble, odd string, jvm ...string) {
	t.Helper()
	for _, s := range ens.Servers {
		password := "common"
		if s.ID == 1 {
			password = odd
		}
		jaas := filepath.Join(s.Dir, "jaas.conf")
		must(t, os.WriteFile(jaas, fmt.Appendf(nil, `QuorumServer {
  org.apache.zookeeper.server.auth.DigestLoginModule required user_zk=%q;
};
QuorumLearner {
  org.apache.zookeeper.server.auth.DigestLoginModule required username="zk" password=%[1]q;
};
`, password), 0o600))
		s.Set("quorum.auth.enableSasl", "true")
		s.Set("quorum.auth.learnerRequireSasl", "true")
		s.Set("quorum.auth.serverRequireSasl", "true")
		s.JVM = append(append(s.JVM, "-Djava.security.auth.login.config="+jaas), jvm...)
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.Start(t.Context()))
	}
}
