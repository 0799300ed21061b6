package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestTLSReasons: what is said of handshakes that fail is what the innermost cause says, and what a
// client's certificate leaves in the log is none of a peer's.
func TestTLSReasons(t *testing.T) {
	t.Parallel()
	const expired = "java.security.cert.CertificateExpiredException: NotAfter: Fri Nov 20 23:45:01 UTC 2026"
	refused := line(logline.PeerTLS, "javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_unknown", 4)
	cut := line(logline.PeerTLSCut, "java.net.SocketException: Socket is closed", 4)
	named := func(host, names string) snapshot.LogLine {
		return line(logline.PeerTLSName, "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <"+host+"> doesn't match any of the subject alternative names: ["+names+"]", 4)
	}
	event := func(text string) func(*snapshot.Local) {
		return tailed(func(l *snapshot.LogTail) {
			l.Events = []snapshot.LogEvent{{Level: "WARN", Text: text, Cause: expired, Count: 4}}
		})
	}
	for name, c := range map[string]struct {
		on           []func(*snapshot.Local)
		summary, fix string
		evidence     string
	}{
		"the reverse look-up gives another name": {
			[]func(*snapshot.Local){logged(named("node-1.example", "zk1"), refused, cut)},
			"reverse lookup of the peer's address gives node-1.example, but the certificate is for zk1",
			"ssl.quorum.hostnameVerification=false", "Certificate for <node-1.example>",
		},
		"the reverse look-up gives no name": {
			[]func(*snapshot.Local){logged(named("192.0.2.1", "zk1, zk1.example"), cut)},
			"of 192.0.2.1 gives no name, but the certificate is for zk1, zk1.example", "getent ahosts zk1", "[zk1, zk1.example]",
		},
		"a member's certificate is for another name": {
			[]func(*snapshot.Local){logged(named("zk1", "elsewhere.example"), cut)},
			"it must be for zk1, the name of server.1, but it is for elsewhere.example", "install a certificate on server.1 that has zk1", "",
		},
		"neither name is a member's": {
			[]func(*snapshot.Local){logged(named("desk.example", "mallory"), refused, cut)},
			"The reason is in the peer's own log", "keytool -list -v", "certificate_unknown",
		},
		"expired": {
			[]func(*snapshot.Local){logged(refused), event("Cannot open channel to 1 at election address zk1/192.0.2.1:3888")},
			"the certificate of a peer has expired", "renew the certificate of the peer", "zk1/192.0.2.1:3888: " + expired,
		},
		"a client's has expired": {
			[]func(*snapshot.Local){logged(refused), event("Unsuccessful handshake with session 0x0")},
			"The reason is in the peer's own log", "keytool -list -v", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := asideWith(zoo(3, "sslQuorum=true"), c.on...).report()
			i := slices.IndexFunc(got.Findings, func(f report.Finding) bool { return f.Code == QuorumTLSHandshake })
			if i < 0 {
				t.Fatalf("not found: %+v", got.Findings)
			}
			f := got.Findings[i]
			var fixes, evidence strings.Builder
			for _, fix := range f.Fix {
				fixes.WriteString(fix.Note + fix.Command + "\n")
			}
			for _, e := range f.Evidence {
				evidence.WriteString(e.Value + "\n")
			}
			if f.Certainty != report.Likely || !strings.Contains(f.Summary, c.summary) ||
				!strings.Contains(fixes.String(), c.fix) || !strings.Contains(evidence.String(), c.evidence) {
				t.Errorf("%s\n%s\n%s\n%s", f.Certainty, f.Summary, fixes.String(), evidence.String())
			}
		})
	}
}
