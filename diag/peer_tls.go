package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// A certificate between servers that is for other names than its server is looked up by
// (ZKTrustManager.performHostVerification, 3.5.5+): the address first, then a name, which for a
// peer that connects is what the reverse look-up of its address gives.

// misnamed is the line of a host's log that says so of a peer; ok is false where there is none. A
// client's certificate leaves the same line: the name of a member tells a peer's.
func misnamed(h *model.Host) (line snapshot.LogLine, ok bool) {
	lines, count, _ := saysLately(h, logline.PeerTLSName)
	if count < repeated {
		return snapshot.LogLine{}, false
	}
	line = lines[0]
	names := append(strings.Split(line.Fields.CertNames, ", "), line.Fields.Host)
	return line, slices.ContainsFunc(names, func(name string) bool { return memberNamed(h, name) != nil })
}

// memberNamed is the member of a host's list that is called so; nil for none.
func memberNamed(h *model.Host, name string) *zoocfg.Server {
	for i := range h.Settings.Servers {
		m := &h.Settings.Servers[i]
		if slices.ContainsFunc(m.Addresses, func(a zoocfg.Address) bool { return strings.EqualFold(a.Host, name) }) {
			return m
		}
	}
	return nil
}

// nameRefused fills in that the names of a certificate keep a peer out, as a line has it.
func nameRefused(h *model.Host, line snapshot.LogLine) report.Finding {
	wanted, has := line.Fields.Host, line.Fields.CertNames
	f := report.Finding{Evidence: []report.Evidence{lineEvidence(h, line), sslQuorumEvidence(h)}}
	if m := memberNamed(h, wanted); m != nil {
		f.Summary = fmt.Sprintf("%s refuses the certificate of a peer: "+
			"it must be for %s, the name of server.%d, but it is for %s.",
			nameOf(h), wanted, m.ID, has)
		f.Fix = []report.Fix{
			step("", fmt.Sprintf("install a certificate on server.%d that has %s among its alternative names, "+
				"and restart that server", m.ID, wanted)),
			unverified(),
		}
		return f
	}
	gives := "gives " + wanted
	if _, err := netip.ParseAddr(wanted); err == nil {
		gives = "of " + wanted + " gives no name"
	}
	f.Summary = fmt.Sprintf("%s refuses the certificate of a peer: "+
		"the reverse lookup of the peer's address %s, but the certificate is for %s.",
		nameOf(h), gives, has)
	f.Fix = []report.Fix{
		inspect(nameOf(h), reverseOf(h, has),
			"find the first name of the reverse lookup: the certificate must have it"),
		step("", "correct the reverse entry on every server: "+
			"the PTR record, or in /etc/hosts the first name behind the address. No restart is needed"),
		step("", "if that cannot be corrected: install a certificate with that name, or with its address, "+
			"among its alternative names, and restart it"),
		unverified(),
	}
	return f
}

// reverseOf is the command that looks up the address of the peer that a certificate is for.
func reverseOf(h *model.Host, names string) string {
	for name := range strings.SplitSeq(names, ", ") {
		if memberNamed(h, name) != nil {
			return fmt.Sprintf("getent hosts $(getent ahosts %s | cut -d ' ' -f 1 | sort -u)", shellWord(name))
		}
	}
	return "getent hosts ADDRESS"
}

// unverified is the way out that asks for no other certificate.
func unverified() report.Fix {
	return risky("", "if there is no other way: set ssl.quorum.hostnameVerification=false in zoo.cfg on every server, "+
		"and restart one server at a time; from 3.9.4 on ssl.quorum.clientHostnameVerification=false is enough if the reverse lookup is wrong",
		"any host can then use any certificate that the trust store accepts")
}

// tlsReason is why handshakes of TLS fail: a text of the log that says so, what it means, and
// what to do about it; empty where that takes a look at the certificates of both sides.
type tlsReason struct{ text, means, do string }

// tlsReasons are those that are known, the special before the general.
func tlsReasons() []tlsReason {
	const theirs = "a peer refuses this server's certificate. The reason is in the peer's own log"
	const renew = "renew the certificate of the peer in the log line, and restart that server. " +
		"Certificates made on one day expire together: check those of the others too (keytool -list -v -keystore FILE)"
	const untrusted = "install a certificate on the refused server whose issuer is in the trust stores of all, " +
		"and restart it; or put its issuer into the trust store of each (ssl.quorum.trustStore.location)"
	const early = "compare the clocks of both servers with the first valid day of the peer's certificate"
	return []tlsReason{
		{"CertificateExpiredException", "the certificate of a peer has expired", renew},
		{"CertificateNotYetValidException", "the certificate of a peer is not valid yet", early},
		{
			"certificate_expired", "a peer refuses this server's certificate, which has expired",
			"renew the refused certificate, and restart its server",
		},
		{"PKIX path building failed", "the issuer of a peer's certificate is not in the trust store here", untrusted},
		{"unknown_ca", "a peer refuses this server's certificate: its issuer is not in the peer's trust store", ""},
		{"certificate_unknown", theirs, ""},
		{"bad_certificate", theirs, ""},
		{"Unsupported or unrecognized SSL message", "a peer answers without TLS", ""},
		{"terminated the handshake", "a peer closes the connection without an answer, as a server without TLS does", ""},
	}
}

// reasonOfTLS is why handshakes with peers fail, by a host's log, and the event that says so with its
// innermost cause: the line of the handshake has only the outermost.
func reasonOfTLS(h *model.Host, lines []snapshot.LogLine) (tlsReason, []report.Evidence) {
	for _, r := range tlsReasons() {
		if event, ok := peerEvent(h, r.text); ok {
			return r, []report.Evidence{{
				Source: "log", Server: nameOf(h), Key: event.Last,
				Value: event.Text + ": " + event.Cause, File: h.Log.Value.Path,
			}}
		}
		if slices.ContainsFunc(lines, func(l snapshot.LogLine) bool { return strings.Contains(l.Text, r.text) }) {
			return r, nil
		}
	}
	return tlsReason{means: "one side does not trust the other's certificate, or does not speak TLS. " +
		"The text behind SSLHandshakeException says which, on one of the two"}, nil
}

// peerEvent is the event of a host's log about a connection with a peer that has a text in its
// cause: a client's certificate may be refused for the same cause.
func peerEvent(h *model.Host, text string) (snapshot.LogEvent, bool) {
	events := h.Log.Value.Events
	i := slices.IndexFunc(events, func(event snapshot.LogEvent) bool {
		return strings.Contains(event.Cause, text) &&
			(strings.Contains(event.Text, " at election address ") || strings.Contains(event.Text, logline.Challenge))
	})
	if i < 0 {
		return snapshot.LogEvent{}, false
	}
	return events[i], true
}

// sslQuorumEvidence is the setting as evidence.
func sslQuorumEvidence(h *model.Host) report.Evidence {
	set := h.Settings.SSLQuorum
	if !set.IsSet() {
		return report.Evidence{
			Source: "zoo.cfg", Server: nameOf(h), Key: "sslQuorum",
			Value: "not set", Wanted: "the same on all", File: h.Settings.Path,
		}
	}
	return settingEvidence(h, "sslQuorum", set, "the same on all")
}
