package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

const WideOpen report.Code = "jmx-or-4lw-wide-open"

var wideOpenRule = Rule{
	Code: WideOpen, Title: "JMX or all four-letter words are unprotected",
	Needs: "a server's own process, sockets and files",
	Eval:  perHost(checkWideOpen),
}

// checkWideOpen reports what a server offers to whoever reaches it: JMX without a
// password or without TLS, and all four-letter words at a public address.
func checkWideOpen(_ *model.Ensemble, h *model.Host) Outcome {
	switch {
	case h.Process == nil:
		return undecided("no process runs for it")
	case !h.Listeners.Seen():
		return undecided(reasonOf(h.Listeners, "its sockets were not checked"))
	}
	out := openJMX(h).and(openWords(h))
	if h.Process.JMX == nil && h.Process.JMXFile != "" {
		return out.and(undecided("its settings of JMX are in " + h.Process.JMXFile + ", which was not checked"))
	}
	return out
}

// openJMX is the finding where JMX can be reached from elsewhere.
func openJMX(h *model.Host) Outcome {
	jmx := h.Process.JMX
	if jmx == nil || jmx.Authenticate && jmx.TLS {
		return Outcome{}
	}
	beyond := func(l netip.AddrPort) bool {
		return strconv.Itoa(int(l.Port())) == jmx.Port && !l.Addr().IsLoopback()
	}
	if !slices.ContainsFunc(h.Listeners.Value, beyond) {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("JMX on port %s needs no password: every host that reaches it can manage this JVM, and run code as the user of ZooKeeper.", jmx.Port),
		Evidence: []report.Evidence{
			optionEvidence("com.sun.management.jmxremote.authenticate", strconv.FormatBool(jmx.Authenticate), "true"),
			{Source: "sockets", Key: "listening on " + jmx.Port, Value: "yes"},
		},
		Fix: []report.Fix{
			step(nameOf(h), "if no other host needs JMX, remove JMXPORT from conf/zookeeper-env.sh, conf/java.env or the systemd unit"),
			risky(nameOf(h), "otherwise set JMXAUTH=true and JMXSSL=true, with a password file and a key, or bind it to loopback (-Dcom.sun.management.jmxremote.host=127.0.0.1) and connect through SSH",
				"needs a restart; if the ensemble can lose 0 more, this is an outage"),
		},
	}
	if jmx.Authenticate {
		f.Summary = fmt.Sprintf("JMX on port %s uses a password without TLS: it can be read on the network, and then used to run code in this JVM.", jmx.Port)
		f.Evidence[0] = optionEvidence("com.sun.management.jmxremote.ssl", "false", "true")
	}
	return found(f)
}

// openWords is the finding where all four-letter words are allowed at an address that
// the internet may reach.
func openWords(h *model.Host) Outcome {
	evidence := optionEvidence("zookeeper.4lw.commands.whitelist", h.Process.Whitelist, "")
	words := h.Process.Whitelist
	if w := h.Settings.Whitelist; w.IsSet() {
		words, evidence = w.Value, settingEvidence(h, "4lw.commands.whitelist", w, "")
	}
	_, port := h.Settings.ClientAddress(h.ID)
	public := publicAddrs(h, port)
	if !lint.AllowsAllWords(words) || len(public) == 0 {
		return Outcome{}
	}
	evidence.Wanted = "srvr,ruok,mntr,conf,isro"
	return found(report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("all four-letter words are allowed on port %d of a public address: any host can send words that take a busy server seconds (wchp, wchc, dump), and reset its statistics (srst).", port),
		Evidence: []report.Evidence{
			evidence,
			{
				Source: "sockets", Key: fmt.Sprintf("port %d at", port),
				Value: joinAddrs(public), Wanted: "private addresses",
			},
		},
		Fix: []report.Fix{
			step(nameOf(h), "block the client port from the internet first: a firewall, or clientPortAddress with a private address"),
			{Note: "then list the words that monitors need, on every server: 4lw.commands.whitelist=srvr,ruok,mntr,conf,isro", Risk: "needs a restart of each server; if the ensemble can lose 0 more, each restart is an outage"},
		},
	})
}

// publicAddrs are the addresses at which a port of the host listens and that are not
// private ones.
func publicAddrs(h *model.Host, port int) []netip.Addr {
	var out []netip.Addr
	for _, l := range h.Listeners.Value {
		at := []netip.Addr{l.Addr()}
		if l.Addr().IsUnspecified() {
			at = h.Addrs.Value
		}
		for _, a := range at {
			if int(l.Port()) == port && isPublic(a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// isPublic reports whether an address is one of the internet's. Carriers and clouds
// share 100.64.0.0/10 among their own (RFC 6598).
func isPublic(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}
