package lint

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TLS. SERVER_JVMFLAGS may set all that stands under ssl. and the factory; the
// guide itself does so. What this file begins, it should have whole.

// tlsHere reports whether the file sets any ssl. key with this prefix.
func (s *subject) tlsHere(prefix string) bool {
	for _, p := range s.Properties {
		key := strings.TrimSpace(p.Key)
		if strings.HasPrefix(key, prefix) && (prefix != "ssl." || !strings.HasPrefix(key, "ssl.quorum.")) {
			return true
		}
	}
	return false
}

// securePortFactory: NIOServerCnxnFactory.configure, "SSL isn't supported in
// NIOServerCnxn". zoo.cfg is set over -D (QuorumPeerConfig.parseProperties).
func securePortFactory(s *subject) []Remark {
	if s.SecureClientPort.Value <= 0 {
		return nil
	}
	r := setting("secureClientPort", s.SecureClientPort, report.Info)
	r.Versions, r.Recommended = "3.5+", factoryKey+"="+netty
	r.Why = "Without it ZooKeeper exits at its start: \"SSL isn't supported in NIOServerCnxn.\""
	p, found := s.Property(factoryKey)
	switch {
	case !found:
		r.Found = "set, and no " + factoryKey + " here: SERVER_JVMFLAGS must have it"
	case strings.HasSuffix(strings.TrimSpace(p.Value), "NIOServerCnxnFactory"):
		r.Severity, r.Line, r.Key = report.Critical, p.Line, factoryKey
		r.Found = "NIOServerCnxnFactory, with secureClientPort"
	default:
		return nil
	}
	return []Remark{r}
}

// securePortKeyStore: X509Util warns "ssl.keyStore.location not specified" and goes
// on, and no handshake can succeed.
func securePortKeyStore(s *subject) []Remark {
	const key = "ssl.keyStore.location"
	if _, found := s.Property(key); found || s.SecureClientPort.Value <= 0 {
		return nil
	}
	r := setting("secureClientPort", s.SecureClientPort, report.Info)
	r.Versions, r.Found = "3.5+", "set, and no "+key+" here: SERVER_JVMFLAGS must have it"
	r.Recommended, r.Why = key+" and its password", "Without a key store no TLS handshake succeeds on this port."
	// Another authentication provider may bring its own keys.
	if _, other := s.Property("ssl.authProvider"); s.tlsHere("ssl.") && !other {
		r.Severity, r.Found = report.Warning, "set with other ssl. keys, and no "+key
	}
	return []Remark{r}
}

// quorumKeyStore is the same of QuorumX509Util, ssl.quorum. (3.5.5+).
func quorumKeyStore(s *subject) []Remark {
	const key = "ssl.quorum.keyStore.location"
	if _, found := s.Property(key); found || !s.SSLQuorum.Value {
		return nil
	}
	r := setting("sslQuorum", s.SSLQuorum, report.Info)
	r.Versions, r.Found = "3.5.5+", "true, and no "+key+" here: SERVER_JVMFLAGS must have it"
	r.Recommended, r.Why = key+" and its password", "Without a key store no TLS handshake between servers succeeds, and there is no quorum."
	if s.tlsHere("ssl.quorum.") {
		r.Severity, r.Found = report.Warning, "true with other ssl.quorum. keys, and no "+key
	}
	return []Remark{r}
}

// plainTextPeers: UnifiedServerSocket takes both. The guide has it on while an
// ensemble goes over to TLS, and off in the last step.
func plainTextPeers(s *subject) []Remark {
	if !s.PortUnification.Value {
		return nil
	}
	r := setting("portUnification", s.PortUnification, report.Info)
	r.Versions, r.Recommended = "3.5.5+", "false, once every server has sslQuorum=true"
	r.Why = "The peer ports accept TLS and plain text, as a first step to sslQuorum."
	if s.SSLQuorum.Value {
		r.Severity = report.Warning
		r.Why = "Every host that reaches the peer ports can still use plain text, in spite of sslQuorum."
	}
	return []Remark{r}
}

// quorumTLSOff: what QuorumX509Util reads is of no use without sslQuorum. JettyAdminServer
// takes the same keys, where it speaks TLS.
func quorumTLSOff(s *subject) []Remark {
	if s.SSLQuorum.Value || s.PortUnification.Value || s.AdminForceHTTPS.Value || s.AdminPortUnification.Value ||
		!s.distributed() || s.SSLQuorum.IsSet() && s.diesOf(s.SSLQuorum.File, s.SSLQuorum.Line) {
		return nil
	}
	r, found := s.storeKey("ssl.quorum.")
	if !found {
		return nil
	}
	r.Versions, r.Found = "3.5.5+", "keys for TLS between the servers, and no sslQuorum=true"
	return r.say("sslQuorum=true, or portUnification=true as the first step to it",
		"The servers use plain text between each other: these keys alone have no effect.")
}

// clientTLSOff is the same of ClientX509Util.
func clientTLSOff(s *subject) []Remark {
	secureParts := s.linesWith(func(m *zoocfg.Server) bool { return m.SecureClient != nil })
	if s.SecureClientPort.IsSet() || s.ClientPortUnification.Value || len(secureParts) > 0 || s.membersUnknown() {
		return nil
	}
	r, found := s.storeKey("ssl.")
	if !found {
		return nil
	}
	r.Versions, r.Found = "3.5.1+", "keys for TLS of clients, and no secureClientPort"
	return r.say("secureClientPort, or client.portUnification=true from 3.5.7 on",
		"Clients use plain text: these keys alone have no effect.")
}

// storeKey is a remark on the first line that names a key store or a trust store.
func (s *subject) storeKey(prefix string) (Remark, bool) {
	for _, p := range s.Properties {
		rest, ours := strings.CutPrefix(strings.TrimSpace(p.Key), prefix)
		if ours && (strings.HasPrefix(rest, "keyStore.") || strings.HasPrefix(rest, "trustStore.")) {
			return Remark{Severity: report.Warning, Line: p.Line, Key: strings.TrimSpace(p.Key)}, true
		}
	}
	return Remark{}, false
}
