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
	Code: SelfAddrNotLocal, Title: "own address is not local to its host", Needs: "a server's own files and addresses",
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
		return undecided("another server.N line has an address of this host: its id may be wrong instead")
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("server.%d must listen for elections at %s, but no interface of this host has that address. 3.4 then runs without a listener; 3.5.6 and later exit with code 14.", h.ID, name),
		Evidence: []report.Evidence{
			memberEvidence(h, h.ID, "  "+joinAddrs(addrs)),
			{
				Source: "interfaces",
				Value:  joinAddrs(notLoopback(h.Addrs.Value)), Wanted: "one of them in server." + fmt.Sprint(h.ID),
			},
		},
		Fix: []report.Fix{
			step(hostItself(h), fmt.Sprintf("write an address of this host into server.%d on every server; or, if the address is translated (NAT, cloud), set quorumListenOnAllIPs=true here", h.ID)),
			risky(hostItself(h), "restart this server first, and wait until it follows; then the others, one at a time",
				"if the ensemble can lose 0 more, a restart of another server is an outage"),
		},
	}
	if at, ok := runningListener(h); ok {
		listensAllTheSame(&f, h, at, addrs[0])
	}
	return found(f).and(undecided(reason))
}

// hostItself names the host of a server without the address of its own line, which is another host's, or
// none's: by its id and by addresses that the host has.
func hostItself(h *model.Host) string {
	text := fmt.Sprintf("the host of server.%d", h.ID)
	if own := notLoopback(h.Addrs.Value); len(own) > 0 {
		text += " (" + joinAddrs(own[:min(len(own), 2)]) + ")"
	}
	return text
}

// listensAllTheSame is what is left of an address that no interface has where the server has its
// listener: it had the address when it started, or the kernel lets it listen at one without it.
func listensAllTheSame(f *report.Finding, h *model.Host, at netip.AddrPort, own netip.Addr) {
	addEvidence(f, report.Evidence{Source: "sockets", Key: "listening", Value: at.String()})
	f.Summary = fmt.Sprintf("it listens for elections at %s, but its own server.N line has %s, and no interface of this host has that address. If the host had it at the start of the server, no peer reaches it there now, and the server does not rejoin after a restart.", at, own)
	f.Certainty = report.Likely
	if h.Server != nil && h.Server.Serving == model.Yes {
		f.Certainty, f.Later = report.Possible, true
		f.Summary += " Or the address is local by a route, or net.ipv4.ip_nonlocal_bind is set: then nothing is wrong."
	}
	f.Fix = append([]report.Fix{inspect(hostItself(h), "ip route get "+own.String()+"; sysctl net.ipv4.ip_nonlocal_bind", "if the first shows local, or the second 1, it can listen there again")}, f.Fix...)
}

const SelfAddrLoopback report.Code = "self-addr-loopback"

var selfAddrLoopbackRule = Rule{
	Code: SelfAddrLoopback, Title: "own host name resolves to loopback", Needs: "a server's own files and names",
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
		Summary:   fmt.Sprintf("its own name %s resolves to a loopback address on its host, so it listens for its peers where they cannot connect.", name),
		Evidence:  []report.Evidence{memberEvidence(h, h.ID, "  "+joinAddrs(addrs))},
		Fix: []report.Fix{
			step(nameOf(h), fmt.Sprintf("set the address that its peers use for %s in /etc/hosts there, or write that address into server.%d on every server", name, h.ID)),
			restartIt(h, "", mayBeOutage),
		},
	}
	if all := h.Settings.QuorumListenOnAllIPs; all.Value {
		f.Summary = fmt.Sprintf("it listens on all addresses, but reports %s as its address: peers with a higher id then connect to themselves. After a restart it may not rejoin.", name)
		addEvidence(&f, settingEvidence(h, "quorumListenOnAllIPs", all, ""))
		if h.Version() == "" || h.Server == nil || h.Server.Serving != model.Yes {
			f.Certainty = report.Likely // 3.4 tells no address; and it may be out for another reason
		}
		f.Fix[0] = step(nameOf(h), fmt.Sprintf("write the address that its peers use into server.%d", h.ID))
	}
	if at, ok := runningListener(h); ok && !at.Addr().IsLoopback() && !h.Settings.QuorumListenOnAllIPs.Value {
		f.Certainty, f.Later = report.Likely, true
		f.Summary = fmt.Sprintf("its own name %s resolves to a loopback address on its host now, and resolved to another at its start: it still listens at %s. After a restart its peers cannot connect.", name, at)
		f.Fix = steps(nameOf(h), fmt.Sprintf("before its next restart set the address that its peers use for %s in /etc/hosts there, or write that address into server.%d on every server", name, h.ID))
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
		Summary:   fmt.Sprintf("it listens for its peers at %s, where they cannot connect: its own name %s resolved to loopback at its start, and resolves to %s now.", at, name, joinAddrs(addrs)),
		Evidence: []report.Evidence{
			{Source: "sockets", Key: "listening", Value: at.String(), Wanted: ownAddress(h, int(at.Port()))},
			memberEvidence(h, h.ID, "  "+joinAddrs(addrs)),
		},
		Fix: []report.Fix{restartIt(h, "", mayBeOutage)},
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
		return undecided(reasonOf(h.Listeners, "its sockets were not checked"))
	case listensOn(h, port):
		return Outcome{}
	case h.Server != nil && (model.Silent(h.Server) || h.Server.Starting()):
		return Outcome{} // still loading: the listener comes after the data
	}
	age, known := h.Age(e.Snap.Started)
	if !known || age < listensAfter {
		return undecided("the process started too recently to judge")
	}
	summary := fmt.Sprintf("%s runs, but nothing on its host listens for elections on %d: no peer can connect to it until it is restarted.", h.Process.Main, port)
	risk := "none: it has no vote now"
	if h.Server != nil && h.Server.Serving == model.Yes {
		risk = "its vote is lost during the restart; if the ensemble can lose 0 more, this is an outage"
		summary += " It serves over connections that it made itself, which only reach servers with lower ids; after a leader change it may not be in the quorum."
	}
	certainty := report.Proven
	if h.Server == nil || !answers(h.Server) {
		certainty = report.Likely // it may still be loading its data, which nothing was seen to end
	}
	fix := "search its log for \"Exception while listening\"; then correct the address or free the port"
	said := logEvidences(h, []logline.Sign{logline.ListenerGone, logline.AddressForeign, logline.AddressInUse})
	if h.Log.Seen() {
		fix = "correct the address, or free the port"
	}
	return found(report.Finding{
		Certainty: certainty,
		Summary:   summary,
		Evidence: append([]report.Evidence{
			processEvidence(h, h.Process.Main+", up "+age.Round(time.Second).String(), ""),
			listenerEvidence(port, "none", ownAddress(h, port)),
		}, said...),
		Fix: []report.Fix{step(nameOf(h), fix), restartIt(h, "", risk)},
	})
}
