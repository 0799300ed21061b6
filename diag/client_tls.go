package diag

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// renewBefore is how long before its end a certificate should have been renewed; a quarter
// of its life where that is less, as with those that live for days.
const renewBefore = 30 * 24 * time.Hour

// Rules about TLS to the client ports.

// certificateEvidence is the evidence that a server's certificate is.
func certificateEvidence(what string, c *snapshot.Certificate, wanted string) report.Evidence {
	names := "no names"
	if len(c.Names) > 0 {
		names = "for " + strings.Join(c.Names, " ")
	}
	return report.Evidence{
		Source: "tls", Key: what, Wanted: wanted,
		Value: fmt.Sprintf("%s, %s, by %s, valid %s to %s", c.Subject, names, c.Issuer,
			c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly)),
	}
}

const ClientTLSFailed report.Code = "client-tls-failed"

var clientTLSFailedRule = Rule{
	Code: ClientTLSFailed, Title: "TLS to the client port fails", Needs: "a handshake",
	Keepers:  true,
	Explains: []report.Code{"conn-limit-reached", "status-script-misleading"},
	Eval:     perServer(checkClientTLS, whyNoAnswer),
}

// checkClientTLS says why TLS to a client port fails, as far as a client can know.
func checkClientTLS(e *model.Ensemble, s *model.Server) Outcome {
	seen := s.Client.Value.TLS
	if seen.Fault == "" || !s.Srvr.FailedAs(snapshot.TLS) {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Evidence: []report.Evidence{failedWord("srvr", s.Srvr)},
	}
	if s.Serving == model.Yes {
		f.Severity = report.Info // it serves, as another port told
	}
	var wanted string
	f.Title, f.Summary, wanted, f.Fix = tlsFaultText(s, seen, e.Snap.Vantage.Host)
	if seen.Certificate != nil {
		addEvidence(&f, certificateEvidence("certificate", seen.Certificate, wanted))
	}
	return found(f)
}

// tlsFaultText puts a fault into words. here is the host that asked.
func tlsFaultText(
	s *model.Server, seen snapshot.TLSLook, here string,
) (title, summary, wanted string, fix []report.Fix) {
	at := fmt.Sprintf("%s:%d", s.Host, s.Port)
	switch seen.Fault {
	case snapshot.TLSNotAsked:
		return "client port requires TLS, and was asked in plain text",
			"it answers a TLS handshake with a certificate. The server is not at fault; run zkdoctor with TLS.", "",
			[]report.Fix{inspect(here, "zkdoctor check --tls-ca CA.pem "+at, "check with TLS and the certificate of its authority")}
	case snapshot.TLSPlainText:
		return "client port speaks plain text, and was asked with TLS",
			"it answers four-letter words without TLS: this is not its secureClientPort, or TLS is not turned on.", "",
			[]report.Fix{inspect(here, "zkdoctor check "+at, "check without --tls, or check its secureClientPort")}
	case snapshot.TLSAuthority:
		return "certificate is not signed by a trusted authority",
			"clients refuse it too, unless they trust its authority.", "an authority from --tls-ca, or of the system",
			[]report.Fix{
				inspect(here, "zkdoctor check --tls-ca CA.pem "+at, "give the PEM file with the certificate of its issuer"),
				step(s.Name, "if that file is the right one and was given: install a certificate of that authority on the server, with the intermediate certificates in its key store"),
			}
	case snapshot.TLSName:
		return "certificate does not match the host name",
			"clients that connect to this name refuse it if they check names, as Java clients do by default.", s.Host + " among the names",
			[]report.Fix{
				{Note: "check by a name that the certificate has, or give the name: --tls-server-name NAME"},
				step(s.Name, "if clients use this name: install a certificate that has it (SAN)"),
			}
	case snapshot.TLSDates:
		return "certificate is not valid at this time", "every client that checks it refuses it.", "valid today",
			steps(s.Name, "renew it; check the clocks of both hosts too (timedatectl)")
	case snapshot.TLSRefused:
		return "server requires a trusted client certificate",
			"it ends the handshake because of the client certificate, or because there is none (ssl.clientAuth=need is ZooKeeper's default). Whether it serves is not known.", "",
			[]report.Fix{inspect(here, "zkdoctor check --tls-ca CA.pem --tls-cert CERT.pem --tls-key KEY.pem "+at, "give a certificate that its trust store accepts")}
	default:
		return "TLS to the client port fails", "the handshake ends before either side has sent a certificate, or because of one of the certificates.", "",
			[]report.Fix{inspect(here, "openssl s_client -connect "+at+" </dev/null", "see what the server offers")}
	}
}

const CertificateExpiring report.Code = "certificate-expiring"

var certificateExpiringRule = Rule{
	Code: CertificateExpiring, Title: "TLS certificate expires soon", Needs: "a handshake",
	Keepers:  true,
	Explains: []report.Code{ClientTLSFailed},
	Eval:     perServer(checkCertificate),
}

// checkCertificate looks at the dates of the certificates that servers show.
func checkCertificate(e *model.Ensemble, s *model.Server) Outcome {
	clients, servers := s.Client.Value.TLS.Certificate, s.QuorumTLS.Certificate
	switch {
	case clients != nil || servers != nil:
	case s.OverTLS && s.Client.Seen():
		return skip(report.SkipNotReported, "it sent no certificate")
	default:
		return whyNoAnswer(s)
	}
	var out Outcome
	if f := certificateEnds(e, s, "certificate", clients); f != nil {
		if f.Title == expired && len(e.Filter(func(s *model.Server) bool { return admitsClients(e, s) })) == 0 {
			f.Severity, f.Certainty = report.Critical, report.Likely // none is left that clients could go to
		}
		out = found(*f)
	}
	if f := certificateEnds(e, s, "certificate for servers", servers); f != nil {
		f.Summary += " It is the certificate for the other servers (sslQuorum): existing connections stay, and after a restart none can be made."
		f.Later = true
		out = out.and(found(*f))
	}
	return out
}

// admitsClients reports whether the client port of a server is open and shows no certificate
// that has ended.
func admitsClients(e *model.Ensemble, s *model.Server) bool {
	c := s.Client.Value.TLS.Certificate
	return s.ClientPort == report.PortOpen && (c == nil || e.Snap.Started.Before(c.NotAfter))
}

// expired is the title of a certificate that has ended.
const expired = "TLS certificate has expired"

// certificateEnds judges the dates of one certificate; nil where they are fine, or where
// there is none. what is how it is called.
func certificateEnds(e *model.Ensemble, s *model.Server, what string, c *snapshot.Certificate) *report.Finding {
	if c == nil {
		return nil
	}
	now := e.Snap.Started
	left, due := c.NotAfter.Sub(now), min(renewBefore, c.NotAfter.Sub(c.NotBefore)/4)
	f := &report.Finding{
		Severity: report.Warning, Certainty: sureOfClock(e),
		Evidence: []report.Evidence{certificateEvidence(what, c, "valid for "+ago(due)+" more at least")},
		Fix: []report.Fix{
			step(s.Name, "get a new certificate for the same names, and put it with its key into the key store"),
			risky(s.Name, "with client.certReload=true (3.9) no restart is needed; otherwise restart, one server at a time",
				"if the ensemble can lose 0 more, each restart is an outage"),
		},
	}
	switch {
	case now.Before(c.NotBefore):
		f.Title, f.Certainty = "TLS certificate is not valid yet", report.Likely
		f.Summary = fmt.Sprintf("the certificate is valid from %s: clients refuse it until then. More likely a clock is wrong, here or where the certificate was made.", c.NotBefore.Format(time.RFC3339))
	case left <= 0:
		f.Title = expired
		f.Summary = fmt.Sprintf("the certificate expired %s ago: clients that check it refuse this server, whatever the state of the quorum.", ago(-left))
	case left < due:
		f.Later = true
		f.Title = "TLS certificate expires in " + ago(left)
		f.Summary = fmt.Sprintf("from %s on, clients that check it refuse this server, all at once and without further warning.", c.NotAfter.Format(time.RFC3339))
	default:
		return nil
	}
	if f.Certainty != report.Proven {
		f.Summary += " This is by the clock of this host; no server's clock was available to confirm it."
	}
	return f
}

// sureOfClock is how sure it is what time it is: proven where a server's clock agrees with this host's.
func sureOfClock(e *model.Ensemble) report.Certainty {
	agrees := func(s *model.Server) bool {
		return s.Admin.Clock.Seen() && s.Admin.Clock.Value.Abs() <= time.Minute
	}
	if slices.ContainsFunc(e.Servers, agrees) {
		return report.Proven
	}
	return report.Likely
}

// ago is a time in days, or in hours where it is less than two.
func ago(d time.Duration) string {
	if d < 48*time.Hour {
		return plural(int(d/time.Hour), "hour")
	}
	return days(d)
}
