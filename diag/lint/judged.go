package lint

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// What the rules of check judge too. Each setting has one judge, for both: check adds
// what it sees of the server.

// Volatile is the directory that a path lies in and that does not keep its files:
// systemd-tmpfiles removes from /tmp and /var/tmp what is 10 and 30 days old (its
// tmp.conf), file by file; /run (/var/run) is new at each boot (Filesystem Hierarchy
// Standard), and like /dev/shm it is memory. Empty for any other path. ZooKeeper's own
// sample says "do not use /tmp for storage".
func Volatile(dir string) string {
	dir = path.Clean(dir)
	for _, v := range []string{"/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm"} {
		if within(dir, v) {
			return v
		}
	}
	return ""
}

// within reports whether a directory is another one or below it. Both are clean.
func within(dir, parent string) bool {
	return dir == parent || strings.HasPrefix(dir, strings.TrimSuffix(parent, "/")+"/")
}

// NeverPurges reports whether old snapshots stay for ever: DatadirCleanupManager does
// not schedule a purge for 0 or less; the guide, autopurge.purgeInterval: defaults to 0.
// What ZooKeeper dies of is no 0.
func NeverPurges(c *zoocfg.Config) bool {
	set := c.AutopurgePurgeInterval
	return set.Value <= 0 && !dies(c, set.File, set.Line)
}

// SyncIsOff reports whether writes are confirmed before they are on the disk:
// FileTxnLog, forceSync, "no" exactly.
func SyncIsOff(c *zoocfg.Config) bool { return c.ForceSync.IsSet() && !c.ForceSync.Value }

// TrustsEmpty is the line with snapshot.trust.empty=true: FileTxnSnapLog,
// Boolean.getBoolean, from 3.5.6 on.
func TrustsEmpty(c *zoocfg.Config) (zoocfg.Property, bool) {
	p, found := c.Property("snapshot.trust.empty")
	return p, found && strings.EqualFold(strings.TrimSpace(p.Value), "true")
}

// AllowsAllWords reports whether a value of 4lw.commands.whitelist names all of them
// (FourLetterCommands; ServerCnxn before 3.5.3).
func AllowsAllWords(whitelist string) bool { return strings.TrimSpace(whitelist) == "*" }

// OtherRole is the own line of the server with that id, where it has another role than
// peerType; nil where not. QuorumPeerConfig.setupPeerType warns "Defaulting to servers
// list". A server that runs standalone has no role.
func OtherRole(c *zoocfg.Config, id int64, version string) *zoocfg.Server {
	own := c.Find(id)
	if own == nil || own.Role == c.PeerType.Value || !saysRole(c, version) {
		return nil
	}
	return own
}

// saysRole reports whether peerType says anything of the server.
func saysRole(c *zoocfg.Config, version string) bool {
	set := c.PeerType
	return set.IsSet() && !dies(c, set.File, set.Line) && c.Distributed(version)
}

// EvenVoters is the number of voters where it is even, and one fewer would do as well; 0
// where not: groups have their own arithmetic, and of two an oracle takes the part of the
// third (oraclePath, 3.8+; QuorumOracleMaj.updateNeedOracle: of two alone).
func EvenVoters(q zoocfg.Quorum, oracle bool) int {
	n := len(q.Voters())
	if n%2 != 0 || q.Hierarchical() || n == 2 && oracle {
		return 0
	}
	return n
}

// wildcardReleases are the releases in which a server tells its peers the wildcard as the
// address to call it back at: 3.4 tells none, and later ones leave a wildcard out of it
// (QuorumCnxManager.InitialMessage, QuorumPeer.QuorumServer; ZOOKEEPER-2164, fixed in 3.5.8
// and 3.6.1).
const wildcardReleases = "3.5.0-3.5.7,3.6.0"

// TellsWildcard reports whether that version is one of them; false when it is not known.
func TellsWildcard(version string) bool {
	return version != "" && zoocfg.Concerns(wildcardReleases, version)
}

// IsWildcard reports whether a server.N line is for all addresses.
func IsWildcard(m *zoocfg.Server) bool {
	return len(m.Addresses) > 0 && isWildcard(m.Addresses[0].Host)
}

func isWildcard(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsUnspecified()
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

// LoopbackKeepsOut is asked of the server with that id, whose own line is a loopback
// address beside others that are none. It listens where none of its peers can come, but
// with quorumListenOnAllIPs. From 3.5 on it also tells them that address, and who has a
// higher id hangs up and calls back there: itself (QuorumCnxManager.handleConnection;
// tried 3.5.10 and 3.9.5: of three, 1 never joins and 3 does; 3.4.10: 1 joins). Of a name
// it depends on the release what is told.
func LoopbackKeepsOut(c *zoocfg.Config, id int64, version string) bool {
	own := c.Find(id)
	if own != nil && neverConnected(c, own) {
		return false
	}
	if !c.QuorumListenOnAllIPs.Value {
		return true
	}
	return own != nil && (version == "" || zoocfg.Concerns(ownAddressReleases, version)) &&
		!slices.ContainsFunc(own.Addresses, func(a zoocfg.Address) bool { return !isLoopback(a.Host) }) &&
		votesAbove(c, id)
}

// neverConnected reports whether no server needs the address of that one: the server with the
// higher id calls, and an observer never leads.
func neverConnected(c *zoocfg.Config, m *zoocfg.Server) bool {
	return m.Role == zoocfg.Observer && !votesAbove(c, m.ID)
}

// votesAbove reports whether a voter has a higher id.
func votesAbove(c *zoocfg.Config, id int64) bool {
	return slices.ContainsFunc(c.Servers, func(m zoocfg.Server) bool { return m.Role == zoocfg.Participant && m.ID > id })
}

// ownAddressReleases are the versions that tell their peers where to call back.
const ownAddressReleases = "3.5+"

// nextRead are the versions that read zoo.cfg.dynamic.next at their start; 3.5.0 has
// another name for it.
const nextRead = "3.5.1+"

// ReadsNext reports whether that version is one of them, or is not known.
func ReadsNext(version string) bool { return version == "" || zoocfg.Concerns(nextRead, version) }

// dies reports whether the line is a problem anyhow.
func dies(c *zoocfg.Config, file string, line int) bool {
	return slices.ContainsFunc(c.Problems, func(p zoocfg.Problem) bool { return p.File == file && p.Line == line })
}

// secret reports whether the value of a key is for nobody's eyes.
func secret(key string) bool {
	lower := strings.ToLower(key)
	return strings.Contains(lower, "passw") || strings.Contains(lower, "digest") || strings.Contains(lower, "secret")
}

// The factory that TLS for clients needs.
const (
	factoryKey = "serverCnxnFactory"
	netty      = "org.apache.zookeeper.server.NettyServerCnxnFactory"
)
