package zktest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// WhitelistDefault is the value of Options.Whitelist that leaves the key
// 4lw.commands.whitelist out, so that the version's default holds: all words
// but wchc and wchp in 3.4.10, only srvr in 3.5.3 and later.
const WhitelistDefault = "default"

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

// jvmFlags keep a server small and quick to start: no C2 compiler, no
// collector threads, no /tmp/hsperfdata file that a kill would leave behind. What runs
// five times as often as Java wants it to is compiled, and no more: by default that
// took a third of a start, of servers that live for seconds.
func jvmFlags() []string {
	return []string{
		"-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=5", "-XX:+UseSerialGC", "-XX:-UsePerfData",
	}
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

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}
