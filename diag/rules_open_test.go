package diag

import (
	"net/netip"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// managed has JMX on a port, and sockets.
func managed(jmx *snapshot.JMX, listeners ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Process.JMX = jmx
		for _, text := range listeners {
			l.Listeners.Value = append(l.Listeners.Value, netip.MustParseAddrPort(text))
		}
	}
}

func wideOpenRules() []rule {
	open := &snapshot.JMX{Port: "7199"}
	const every = "4lw.commands.whitelist=*"
	return []rule{{
		WideOpen,
		[]fire{
			{"JMX without a password", healthy().on(3, managed(open, "[::]:7199")), "info proven zk3"},
			{"JMX without TLS", healthy().on(3, managed(&snapshot.JMX{Port: "7199", Authenticate: true}, "0.0.0.0:7199")), "info proven zk3"},
			{"all words at a public address", healthy().onWith(3, zoo(3, every)), "info proven zk3"},
			{"by the command line", healthy().on(3, func(l *snapshot.Local) { l.Process.Whitelist = "*" }), "info proven zk3"},
		},
		[]alike{
			{"as the scripts start it", healthy().on(3)},
			{"JMX with both", healthy().on(3, managed(&snapshot.JMX{Port: "7199", Authenticate: true, TLS: true}, "[::]:7199"))},
			{"JMX on loopback", healthy().on(3, managed(open, "127.0.0.1:7199"))},
			{"JMX that does not listen", healthy().on(3, managed(open))},
			{"some words", healthy().onWith(3, zoo(3, "4lw.commands.whitelist=srvr, mntr"))},
			{"zoo.cfg goes before the command line", healthy().onWith(3, zoo(3, "4lw.commands.whitelist=srvr"), func(l *snapshot.Local) { l.Process.Whitelist = "*" })},
			{"all words at private addresses", healthy().onWith(3, zoo(3, every), has("10.0.0.3", "100.64.0.3", "fd00::3", "fe80::3"))},
			{"all words on a private address of several", healthy().onWith(3, zoo(3, every), has("203.0.113.3", "10.0.0.3"), withListeners("10.0.0.3:2181"))},
		},
		[]blind{
			{"no own files", healthy(), report.SkipLocalFiles},
			{"no process", look(follower, leader, down).on(3, stopped), report.SkipUndecided},
			{"its settings of JMX are elsewhere", healthy().on(3, func(l *snapshot.Local) { l.Process.JMXFile = "/etc/jmx.properties" }), report.SkipUndecided},
			{"its sockets were not checked", healthy().on(3, func(l *snapshot.Local) { l.Listeners = snapshot.Obs[[]netip.AddrPort]{} }), report.SkipUndecided},
			denied(),
		},
	}}
}
