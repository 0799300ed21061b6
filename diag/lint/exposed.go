package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Exposes reports whether a server is as a fault of a release takes it: whether it is a member of an
// ensemble, and what its configuration has, which is nil where that was not seen. line is the line
// of the configuration that is what it takes, the zero Evidence where it takes none. What a
// configuration does not tell is not exposed.
func Exposes(
	c *zoocfg.Config, distributed bool, condition advisory.Condition, version string,
) (line report.Evidence, ok bool) {
	switch condition {
	case advisory.Always:
		return line, true
	case advisory.SeveralServers:
		return line, distributed
	case advisory.ReachabilityCheck:
		return line, distributed && (c == nil || !skipsReachability(c))
	default:
		if c == nil {
			return line, false
		}
		return configured(c, distributed, condition, version)
	}
}

// configured is Exposes for what the configuration has to say.
func configured(
	c *zoocfg.Config, distributed bool, condition advisory.Condition, version string,
) (line report.Evidence, ok bool) {
	switch condition {
	case advisory.TrustEmpty:
		p, ok := TrustsEmpty(c)
		return lineOf(c, p, "true"), ok && !distributed
	case advisory.WildcardAddress:
		i := slices.IndexFunc(c.Servers, func(m zoocfg.Server) bool { return IsWildcard(&m) })
		if i < 0 {
			return line, false
		}
		m := &c.Servers[i]
		p := zoocfg.Property{Key: "server." + strconv.FormatInt(m.ID, 10), Line: m.Line}
		line = lineOf(c, p, m.Addresses[0].Host)
		line.File = m.File
		return line, true
	case advisory.QuorumSASL:
		return switchedOn(c, "quorum.auth.enableSasl", c.QuorumSASL), c.QuorumSASL.Value
	case advisory.QuorumSASLObserver:
		return switchedOn(c, "quorum.auth.enableSasl", c.QuorumSASL), c.QuorumSASL.Value && observerBelowVoter(c)
	case advisory.ConnectionThrottle:
		p, _ := c.Property("connection_throttle_tokens")
		tokens, err := strconv.Atoi(strings.TrimSpace(p.Value))
		return lineOf(c, p, strconv.Itoa(tokens)), err == nil && tokens > 0
	case advisory.ClientAuth:
		return clientAuth(c)
	case advisory.AdminServer:
		return switchedOn(c, "admin.enableServer", c.AdminEnabled), servesSnapshots(c)
	case advisory.TLSHostNames:
		return verifiesHostNames(c, version)
	default:
		return line, false
	}
}

func lineOf(c *zoocfg.Config, p zoocfg.Property, value string) report.Evidence {
	return report.Evidence{Source: "zoo.cfg", Key: p.Key, Value: value, File: c.Path, Line: p.Line}
}

// switchedOn is the line of a setting that is on, or that it is on by default.
func switchedOn(c *zoocfg.Config, key string, set zoocfg.Setting[bool]) report.Evidence {
	value := "true"
	if !set.IsSet() {
		value = "not set: true"
	}
	return report.Evidence{Source: "zoo.cfg", Key: key, Value: value, File: c.Path, Line: set.Line}
}

func observerBelowVoter(c *zoocfg.Config) bool {
	return slices.ContainsFunc(c.Servers, func(m zoocfg.Server) bool {
		return m.Role == zoocfg.Observer && votesAbove(c, m.ID)
	})
}

// clientAuth: the guide, "Encryption, Authentication, Authorization Options". Digest needs no
// line, and is not seen.
func clientAuth(c *zoocfg.Config) (report.Evidence, bool) {
	i := slices.IndexFunc(c.Properties, func(p zoocfg.Property) bool {
		key := strings.TrimSpace(p.Key)
		return strings.HasPrefix(key, "authProvider.") ||
			slices.Contains([]string{"sessionRequireClientSASLAuth", "enforce.auth.enabled"}, key) && isTrue(p)
	})
	if i < 0 {
		return report.Evidence{}, false
	}
	return lineOf(c, c.Properties[i], bounded(c.Properties[i].Value)), true
}

// servesSnapshots: the AdminServer is on by default up to 3.9, and so are both commands
// (Commands.SnapshotCommand, RestoreCommand).
func servesSnapshots(c *zoocfg.Config) bool {
	on := func(key string) bool {
		p, set := c.Property(key)
		return !set || isTrue(p)
	}
	return c.AdminEnabled.Value && (on("admin.snapshot.enabled") || on("admin.restore.enabled"))
}

// verifiesHostNames: X509Util.createTrustManager makes a ZKTrustManager where FIPS mode is
// off: up to 3.8 by default, from 3.9 on where fips-mode=false. Host names of servers are
// verified by default, those of clients where that is asked for.
func verifiesHostNames(c *zoocfg.Config, version string) (report.Evidence, bool) {
	fips, set := c.Property("fips-mode")
	if set && isTrue(fips) || !set && !zoocfg.Concerns("3.4-3.8", version) {
		return report.Evidence{}, false
	}
	if names, set := c.Property("ssl.quorum.hostnameVerification"); c.SSLQuorum.Value && (!set || isTrue(names)) {
		return switchedOn(c, "sslQuorum", c.SSLQuorum), true
	}
	names, set := c.Property("ssl.clientHostnameVerification")
	return lineOf(c, names, "true"), set && isTrue(names) && c.SecureClientPort.Value > 0
}

// skipsReachability reports whether addresses are not tried before they are used:
// QuorumPeerConfig, multiAddress.reachabilityCheckEnabled, true by default.
func skipsReachability(c *zoocfg.Config) bool {
	p, set := c.Property("multiAddress.reachabilityCheckEnabled")
	return set && !isTrue(p)
}

func isTrue(p zoocfg.Property) bool { return strings.EqualFold(strings.TrimSpace(p.Value), "true") }
