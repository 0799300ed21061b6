package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// Rules about a server's own address and its election listener.

const SelfAddrNotLocal report.Code = "self-addr-not-local"

var selfAddrNotLocalRule = Rule{
	Code: SelfAddrNotLocal, Title: "its own address is not on its host", Needs: "a server's own files and addresses",
	Traits: theory.Traits{BreaksStart: true},
	Explains: slices.Concat(startless, []report.Code{
		ProcessWithoutListener, "host-unreachable", "server-not-serving", "read-only-mode",
	}),
	Eval: perHost(checkSelfAddrNotLocal),
}

func checkSelfAddrNotLocal(_ *model.Ensemble, h *model.Host) Outcome {
	addrs, name, reason := ownLineAt(h)
	if len(addrs) == 0 || slices.ContainsFunc(addrs, h.IsLocal) || h.Settings.QuorumListenOnAllIPs.Value {
		return undecided(reason)
	}
	if len(h.OwnLines) > 0 {
		return undecided("another line of its list is this host's: it may be its id that is wrong")
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("it must listen for elections at %s, which is an address of no interface here. 3.4 then runs on without a listener; 3.5.6 and later end with exit code 14.", name),
		Evidence: []report.Evidence{
			memberEvidence(h, h.ID, "  "+joinAddrs(addrs)),
			{
				Source: "interfaces",
				Value:  joinAddrs(notLoopback(h.Addrs.Value)), Wanted: "one of them in server." + fmt.Sprint(h.ID),
			},
		},
		Fix: []report.Fix{risky(nameOf(h), fmt.Sprintf("put an address of this host into server.%d on every server, or, where the address is translated (NAT, cloud), set quorumListenOnAllIPs=true here; restart", h.ID),
			"with no spare voter each restart is an outage")},
	}
	if at, ok := runningListener(h); ok {
		listensAllTheSame(&f, h, at, addrs[0])
	}
	return found(f).and(undecided(reason))
}

// listensAllTheSame is what is left of an address that no interface has where the server has its
// listener: it had the address when it started, or the kernel lets it listen at one without it.
func listensAllTheSame(f *report.Finding, h *model.Host, at netip.AddrPort, own netip.Addr) {
	addEvidence(f, report.Evidence{Source: "sockets", Key: "listening", Value: at.String()})
	f.Summary = fmt.Sprintf("it listens for elections at %s, and its own line has %s, which is an address of no interface here. If the host had it when the server started, no peer reaches it there now, and it does not come back after a restart.", at, own)
	f.Certainty = report.Likely
	if h.Server != nil && h.Server.Serving == model.Yes {
		f.Certainty, f.Later = report.Possible, true
		f.Summary += " Or the address is this host's by a route, or net.ipv4.ip_nonlocal_bind is set: then all is well."
	}
	f.Fix = append([]report.Fix{inspect(nameOf(h), "ip route get "+own.String()+"; sysctl net.ipv4.ip_nonlocal_bind", "local in the first, or 1 in the second: it can listen there again")}, f.Fix...)
}

const SelfAddrLoopback report.Code = "self-addr-loopback"

var selfAddrLoopbackRule = Rule{
	Code: SelfAddrLoopback, Title: "its own name means loopback", Needs: "a server's own files and names",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, []report.Code{ProcessWithoutListener}),
	Eval:     perHost(checkSelfAddrLoopback),
}

func checkSelfAddrLoopback(_ *model.Ensemble, h *model.Host) Outcome {
	addrs, name, reason := ownLineAt(h)
	if f := boundToLoopback(h, addrs, name); f != nil {
		return found(*f)
	}
	if len(addrs) == 0 || !model.AllLoopback(addrs) || !peersElsewhere(h) ||
		!lint.LoopbackKeepsOut(h.Settings, h.ID, h.Version()) {
		return undecided(reason)
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("its own name %s is a loopback address on its host, so it listens for its peers where none of them can come.", name),
		Evidence:  []report.Evidence{memberEvidence(h, h.ID, "  "+joinAddrs(addrs))},
		Fix: []report.Fix{risky(nameOf(h), fmt.Sprintf("give %s the address that its peers use in /etc/hosts there, or write that address into server.%d on every server; restart", name, h.ID),
			"with no spare voter the restart is an outage")},
	}
	if all := h.Settings.QuorumListenOnAllIPs; all.Value {
		f.Summary = fmt.Sprintf("it listens on all addresses, and tells its peers to call it back at %s: those with a higher id then call themselves. After a restart it may not get in again.", name)
		addEvidence(&f, settingEvidence(h, "quorumListenOnAllIPs", all, ""))
		if h.Version() == "" || h.Server == nil || h.Server.Serving != model.Yes {
			f.Certainty = report.Likely // 3.4 tells no address; and it may be out for another reason
		}
		f.Fix = []report.Fix{risky(nameOf(h), fmt.Sprintf("write the address that its peers use into server.%d; restart", h.ID),
			"with no spare voter the restart is an outage")}
	}
	if at, ok := runningListener(h); ok && !at.Addr().IsLoopback() && !h.Settings.QuorumListenOnAllIPs.Value {
		f.Certainty, f.Later = report.Likely, true
		f.Summary = fmt.Sprintf("its own name %s is a loopback address on its host now, and was another when it started: it still listens at %s. After a restart none of its peers can come.", name, at)
		f.Fix = steps(nameOf(h), fmt.Sprintf("before its next restart give %s the address that its peers use in /etc/hosts there, or write that address into server.%d on every server", name, h.ID))
		addEvidence(&f, report.Evidence{Source: "sockets", Key: "listening", Value: at.String()})
	}
	for _, l := range h.Listeners.Value {
		if l.Addr().IsLoopback() && int(l.Port()) == electionPort(h) {
			addEvidence(&f, report.Evidence{Source: "sockets", Key: "listening", Value: l.String()})
		}
	}
	return found(f).and(undecided(reason))
}

// boundToLoopback is a server whose own sockets listen for elections on loopback alone, although its
// name means another address by now; nil where that is not so.
func boundToLoopback(h *model.Host, addrs []netip.Addr, name string) *report.Finding {
	at, ok := runningListener(h)
	elsewhere := func(l netip.AddrPort) bool { return l.Port() == at.Port() && !l.Addr().IsLoopback() }
	if len(addrs) == 0 || model.AllLoopback(addrs) || !ok || !h.Process.Listens.Seen() || !peersElsewhere(h) ||
		slices.ContainsFunc(h.Process.Listens.Value, elsewhere) {
		return nil
	}
	return &report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("it listens for its peers at %s, where none of them can come: its own name %s meant loopback when it started, and means %s now.", at, name, joinAddrs(addrs)),
		Evidence: []report.Evidence{
			{Source: "sockets", Key: "listening", Value: at.String(), Wanted: ownAddress(h, int(at.Port()))},
			memberEvidence(h, h.ID, "  "+joinAddrs(addrs)),
		},
		Fix: []report.Fix{risky(nameOf(h), "restart it", "with no spare voter the restart is an outage")},
	}
}

// peersElsewhere reports whether any other server.N line is on another host: on
// a laboratory that lives on loopback altogether, loopback addresses are right.
func peersElsewhere(h *model.Host) bool {
	for _, r := range h.Resolved {
		if r.ID != h.ID && r.Addrs.Seen() && !model.AllLoopback(r.Addrs.Value) {
			return true
		}
	}
	return false
}

func notLoopback(addrs []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
		return a.IsLoopback() || a.IsLinkLocalUnicast()
	})
}

const ProcessWithoutListener report.Code = "process-without-listener"

var processWithoutListenerRule = Rule{
	Code: ProcessWithoutListener, Title: "runs without an election listener", Needs: "a server's own process and sockets",
	Traits:   theory.Traits{Proximate: true},
	Explains: keptOut,
	Eval:     perHost(checkProcessWithoutListener),
}

func checkProcessWithoutListener(e *model.Ensemble, h *model.Host) Outcome {
	port := 0
	if h.Process != nil && h.Distributed() {
		port = electionPort(h)
	}
	switch {
	case h.Process == nil || !h.Distributed():
		return Outcome{}
	case port == 0:
		return undecided("its election port is not known")
	case !h.Listeners.Seen():
		return undecided(reasonOf(h.Listeners, "its sockets were not looked at"))
	case listensOn(h, port):
		return Outcome{}
	case h.Server != nil && (model.Silent(h.Server) || h.Server.Starting()):
		return Outcome{} // still loading: the listener comes after the data
	}
	age, known := h.Age(e.Snap.Started)
	if !known || age < listensAfter {
		return undecided("the process is too young to judge")
	}
	summary := fmt.Sprintf("%s runs and nothing on its host listens for elections on %d: no peer can call it, and that stays so until it is restarted.", h.Process.Main, port)
	risk := "none: it has no vote as it is"
	if h.Server != nil && h.Server.Serving == model.Yes {
		risk = "its vote is lost meanwhile; with no spare voter that is an outage"
		summary += " It serves over links that it made itself, which only reach servers with lower ids; after a change of leader it may be out."
	}
	certainty := report.Proven
	if h.Server == nil || !answers(h.Server) {
		certainty = report.Likely // it may still be loading its data, which nothing was seen to end
	}
	fix := "read its log for \"Exception while listening\"; mend the address or free the port; restart it"
	said := logEvidences(h, []logline.Sign{logline.ListenerGone, logline.AddressForeign, logline.AddressInUse})
	if h.Log.Seen() {
		fix = "mend the address, or free the port; then restart it"
	}
	return found(report.Finding{
		Certainty: certainty,
		Summary:   summary,
		Evidence: append([]report.Evidence{
			processEvidence(h, h.Process.Main+", up "+age.Round(time.Second).String(), ""),
			listenerEvidence(port, "none", ownAddress(h, port)),
		}, said...),
		Fix: []report.Fix{risky(nameOf(h), fix, risk)},
	})
}
