package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listensAfter is the process age past which a server must have an election listener: it
// opens right after the data is loaded, and a failed bind is tried three times, one second
// apart (QuorumCnxManager.Listener).
const listensAfter = 10 * time.Second

// Rules about a server's own address and its election listener.

// ownLine is the host's own server.N line as myid gives it, with what its host
// resolves to there. reason says why it is not known.
func (h *host) ownLine() (addrs []netip.Addr, name string, reason string) {
	switch {
	case !h.distributed():
		return nil, "", ""
	case !h.hasID:
		return nil, "", "its id is not known"
	case !h.Addrs.Seen():
		return nil, "", reasonOf(h.Addrs.Failure, "the addresses of its host were not looked at")
	}
	r, ok := h.resolved(h.id)
	if !ok {
		return nil, "", "its names were not looked up: they are its container's own"
	}
	if !r.Addrs.Seen() {
		return nil, "", reasonOf(r.Addrs.Failure, "its name was not looked up")
	}
	return r.Addrs.Value, r.Host, ""
}

var selfAddrNotLocalRule = Rule{
	Code: SelfAddrNotLocal, Title: "its own address is not on its host", Needs: "a server's own files and addresses",
	Explains: slices.Concat(startless, []Code{ProcessWithoutListener, HostUnreachable, ServerNotServing, ReadOnlyMode}),
	Eval:     checkSelfAddrNotLocal,
}

func checkSelfAddrNotLocal(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		addrs, name, reason := h.ownLine()
		if len(addrs) == 0 || slices.ContainsFunc(addrs, h.isLocal) || h.config.QuorumListenOnAllIPs.Value {
			return nil, reason
		}
		return []Finding{{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary: fmt.Sprintf("it must listen for elections at %s, which is an address of no interface here. 3.4 then runs on without a listener; 3.5.6 and later end with exit code 14.", name),
			Evidence: []Evidence{
				h.memberEvidence(h.id, "  "+joinAddrs(addrs)),
				{Source: "interfaces", Server: h.name(), Value: joinAddrs(notLoopback(h.Addrs.Value)), Wanted: "one of them in server." + strconv.FormatInt(h.id, 10)},
			},
			Fix: []Fix{{
				Host: h.name(), Note: fmt.Sprintf("put an address of this host into server.%d on every server, or, where the address is translated (NAT, cloud), set quorumListenOnAllIPs=true here; restart", h.id),
				Risk: "with no spare voter each restart is an outage",
			}},
		}}, reason
	})
}

var selfAddrLoopbackRule = Rule{
	Code: SelfAddrLoopback, Title: "its own name means loopback", Needs: "a server's own files and names",
	Explains: slices.Concat(keptOut, []Code{ProcessWithoutListener}),
	Eval:     checkSelfAddrLoopback,
}

func checkSelfAddrLoopback(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		addrs, name, reason := h.ownLine()
		if len(addrs) == 0 || h.config.QuorumListenOnAllIPs.Value || !allLoopback(addrs) || !h.peersElsewhere() {
			return nil, reason
		}
		f := Finding{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary:  fmt.Sprintf("its own name %s is a loopback address on its host, so it listens for its peers where none of them can come.", name),
			Evidence: []Evidence{h.memberEvidence(h.id, "  "+joinAddrs(addrs))},
			Fix: []Fix{
				{
					Host: h.name(), Command: "getent hosts " + shellWord(name), Note: "what the name means there; give it the real address in /etc/hosts, or write the address into server.N; restart",
					Risk: "with no spare voter the restart is an outage",
				},
			},
		}
		for _, l := range h.Listeners.Value {
			if l.Addr().IsLoopback() && int(l.Port()) == h.electionPort() {
				f.Evidence = append(f.Evidence, Evidence{Source: "sockets", Server: h.name(), Key: "listening", Value: l.String()})
			}
		}
		return []Finding{f}, reason
	})
}

// peersElsewhere reports whether any other server.N line is on another host: on
// a laboratory that lives on loopback altogether, loopback addresses are right.
func (h *host) peersElsewhere() bool {
	for _, r := range h.Resolved {
		if r.ID != h.id && r.Addrs.Seen() && !allLoopback(r.Addrs.Value) {
			return true
		}
	}
	return false
}

func allLoopback(addrs []netip.Addr) bool {
	return !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !a.IsLoopback() })
}

func notLoopback(addrs []netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return a.IsLoopback() || a.IsLinkLocalUnicast() })
}

func joinAddrs(addrs []netip.Addr) string {
	text := make([]string, len(addrs))
	for i, a := range addrs {
		text[i] = a.String()
	}
	return strings.Join(text, " ")
}

// electionPort is the port on which the host's server must listen; 0 when it is
// not known.
func (h *host) electionPort() int {
	if m := h.config.Find(h.id); h.hasID && m != nil {
		return m.Addresses[0].ElectionPort
	}
	return 0
}

var processWithoutListenerRule = Rule{
	Code: ProcessWithoutListener, Title: "runs without an election listener", Needs: "a server's own process and sockets",
	Explains: keptOut,
	Eval:     checkProcessWithoutListener,
}

func checkProcessWithoutListener(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		port := 0
		if h.Process != nil && h.distributed() {
			port = h.electionPort()
		}
		switch {
		case h.Process == nil || !h.distributed():
			return nil, ""
		case port == 0:
			return nil, "its election port is not known"
		case !h.Listeners.Seen():
			return nil, reasonOf(h.Listeners.Failure, "its sockets were not looked at")
		case h.listensOn(port):
			return nil, ""
		case h.server != nil && (silent(h.server) || h.server.starting()):
			return nil, "" // still loading: the listener comes after the data
		}
		age, known := h.age(e.snap.Started)
		if !known || age < listensAfter {
			return nil, "the process is too young to judge"
		}
		summary := fmt.Sprintf("%s runs and nothing on its host listens for elections on %d: no peer can call it, and that stays so until it is restarted.", h.Process.Main, port)
		risk := "none: it has no vote as it is"
		if h.server != nil && h.server.serving == yes {
			risk = "its vote is lost meanwhile; with no spare voter that is an outage"
			summary += " It serves over links that it made itself, which only reach servers with lower ids; after a change of leader it may be out."
		}
		return []Finding{{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary: summary,
			Evidence: []Evidence{
				{Source: "process", Server: h.name(), Key: "pid " + strconv.Itoa(h.Process.PID), Value: h.Process.Main + ", up " + age.Round(time.Second).String()},
				{Source: "sockets", Server: h.name(), Key: "listening on " + strconv.Itoa(port), Value: "none", Wanted: h.ownAddress(port)},
			},
			Fix: []Fix{{
				Host: h.name(), Note: "read its log for \"Exception while listening\"; mend the address or free the port; restart it",
				Risk: risk,
			}},
		}}, ""
	})
}

func (h *host) listensOn(port int) bool {
	addrs, _, _ := h.ownLine()
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool {
		// On loopback several servers share one host, and each has the same port
		// at its own address; elsewhere whatever listens counts.
		return int(l.Port()) == port && (l.Addr().IsUnspecified() || len(addrs) == 0 || !allLoopback(addrs) || slices.Contains(addrs, l.Addr()))
	})
}

func (h *host) ownAddress(port int) string {
	addrs, _, _ := h.ownLine()
	if len(addrs) == 0 {
		return ""
	}
	return netip.AddrPortFrom(addrs[0], uint16(port)).String() //nolint:gosec // a port
}
