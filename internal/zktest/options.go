package zktest

import (
	"fmt"
	"strconv"
	"strings"
)

// HostKind says what each server has for a host.
type HostKind int

const (
	// Loopback gives each server an address of 127.77.n.0/24 and no privileges
	// are needed. All addresses are local to every server, so a wrong own
	// address does not show, and links cannot be cut.
	Loopback HostKind = iota
	// Namespaces gives each server network, process, mount and host name
	// namespaces of its own, with the address 10.99.0.<id>. It needs root.
	Namespaces
	// NamespacesIPv6 is Namespaces with the address fd99::<id> and no IPv4
	// address but loopback's.
	NamespacesIPv6
)

// WhitelistDefault is the value of Options.Whitelist that leaves the key
// 4lw.commands.whitelist out, so that the version's default holds: all words
// but wchc and wchp in 3.4.10, only srvr in 3.5.3 and later.
const WhitelistDefault = "default"

// Options describe an ensemble. The zero value is three servers of the Newest
// version on loopback hosts.
type Options struct {
	// Version is one of Versions, or Debian. Empty means Newest.
	Version string
	// Servers is the number of participants, with the ids 1 and up. Zero means
	// 3. One server without observers has no server lines: standalone.
	Servers int
	// Observers is the number of observers, with the ids after the participants'.
	Observers int
	// Hosts is what each server has for a host.
	Hosts HostKind
	// Dir is where the data lives; Close removes it. Empty means a new folder
	// below .cache/run at the root of the module.
	Dir string
	// Whitelist is the value of 4lw.commands.whitelist. Empty means "*", all
	// words; see WhitelistDefault.
	Whitelist string
	// TLS is nil for client ports of plain text.
	TLS *TLS
	// Admin turns the AdminServer (3.5+) on, on port 8080 of each server's own
	// address. Without it, it is off.
	Admin bool
	// AdminTLS is nil for an AdminServer of plain HTTP; else it speaks HTTPS alone
	// (admin.forceHttps, 3.6.3+) and shows this certificate.
	AdminTLS *Certificate
	// Config are further zoo.cfg keys for all servers; they replace the keys
	// zktest would write.
	Config map[string]string
	// JVM are further flags for all servers' Java.
	JVM []string
	// Edit may change a server before its files are written and it is started.
	Edit func(s *Server)
	// NoStart writes all files but starts no server.
	NoStart bool
	// NoWait keeps StartT from waiting until all servers serve.
	NoWait bool

	// untrained starts servers without their class-data archive, which is being made.
	untrained bool
}

func (o Options) withDefaults() Options {
	if o.Version == "" {
		o.Version = Newest
	}
	if o.Servers == 0 {
		o.Servers = 3
	}
	if o.Whitelist == "" {
		o.Whitelist = "*"
	}
	return o
}

// before reports whether the version is older than major.minor. Debian's is 3.8.
func before(version string, major, minor int) bool {
	if version == Debian {
		version = "3.8"
	}
	var got [2]int
	for i, field := range strings.SplitN(version, ".", 3)[:2] {
		got[i], _ = strconv.Atoi(field) // Versions are well formed
	}
	return got[0] < major || got[0] == major && got[1] < minor
}

// jvmFlags keep a server small and quick to start: no C2 compiler, no
// collector threads, no /tmp/hsperfdata file that a kill would leave behind. What runs
// five times as often as Java wants it to is compiled, and no more: by default that
// took a third of a start, of servers that live for seconds.
func jvmFlags() []string {
	return []string{"-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=5", "-XX:+UseSerialGC", "-XX:-UsePerfData"}
}

// configLines is the zoo.cfg of s without its directories and server lines.
func (o Options) configLines(s *Server) []string {
	type entry struct{ key, value string }
	entries := []entry{
		// A quarter of the sample's 2000: elections, session timeouts (2 ticks
		// and up) and lost peers (syncLimit ticks = 2.5 s) show fast, while a
		// busy 2-core machine still answers within a tick.
		{"tickTime", "500"},
		{"initLimit", "10"},
		{"syncLimit", "5"},
	}
	port, address := "clientPort", "clientPortAddress"
	if o.TLS != nil {
		for _, line := range o.TLS.entries() {
			entries = append(entries, entry{line[0], line[1]})
		}
		if !o.TLS.Unified {
			port, address = "secureClientPort", "secureClientPortAddress"
		}
	}
	entries = append(entries, entry{port, strconv.Itoa(s.ClientPort)})
	if o.Hosts == Loopback {
		// Else the first server takes 2181 of all addresses.
		entries = append(entries, entry{address, s.Addr})
	}
	if o.Whitelist != WhitelistDefault {
		entries = append(entries, entry{"4lw.commands.whitelist", o.Whitelist})
	}
	if !before(o.Version, 3, 5) {
		entries = append(entries, entry{"admin.enableServer", strconv.FormatBool(o.Admin)})
		if c := o.AdminTLS; c != nil {
			entries = append(entries, entry{"admin.forceHttps", "true"},
				entry{"ssl.quorum.keyStore.location", c.Both}, entry{"ssl.quorum.keyStore.type", "PEM"},
				entry{"ssl.quorum.trustStore.location", c.Cert}, entry{"ssl.quorum.trustStore.type", "PEM"})
		}
		if o.Admin && o.Hosts == Loopback {
			entries = append(entries, entry{"admin.serverAddress", s.Addr})
		}
	}
	var lines []string
	for _, e := range entries {
		if _, replaced := o.Config[e.key]; !replaced {
			lines = append(lines, e.key+"="+e.value)
		}
	}
	for _, key := range sortedKeys(o.Config) {
		lines = append(lines, key+"="+o.Config[key])
	}
	return lines
}

// serverLine is the line that tells the ensemble about s.
func (s *Server) serverLine() string {
	addr := s.Addr
	if strings.Contains(addr, ":") {
		addr = "[" + addr + "]"
	}
	line := fmt.Sprintf("server.%d=%s:%d:%d", s.ID, addr, s.QuorumPort, s.ElectionPort)
	if s.Observer {
		line += ":observer"
	}
	return line
}
