package diag

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var adminPortConflictRule = Rule{
	Code: AdminPortConflict, Title: "another program has its AdminServer's port", Needs: "a server's own log and sockets",
	Explains: startless,
	Eval:     checkAdminPortConflict,
}

// checkAdminPortConflict reports an AdminServer (3.5+) that could not have its port. A
// member of an ensemble runs on without it (QuorumPeer.start); a standalone server ends
// with exit code 4 (ZooKeeperServerMain).
func checkAdminPortConflict(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if !h.config.AdminEnabled.Value || h.Process == nil && h.distributed() {
			return nil, ""
		}
		lines, _, reason := h.saysSinceStart(logline.AdminPort)
		if taken, _, _ := h.saysSinceStart(logline.AddressInUse); len(lines) == 0 || len(taken) == 0 {
			return nil, reason
		}
		if !h.Listeners.Seen() {
			return nil, reasonOf(h.Listeners.Failure, "its sockets were not looked at")
		}
		port := h.adminPort(lines[0])
		if !h.adminPortTaken(port) {
			return nil, "" // it is free again
		}
		return []Finding{e.adminPortConflict(h, port, lines[0])}, ""
	})
}

// adminPort is the port that the server wanted: its log knows, where an option has
// overruled zoo.cfg.
func (h *host) adminPort(line snapshot.LogLine) int {
	return cmp.Or(line.Fields.Port, h.config.AdminPort.Value)
}

// adminPortTaken reports whether anybody listens where the AdminServer would. That is
// not itself: it tries once.
func (h *host) adminPortTaken(port int) bool {
	own, err := netip.ParseAddr(h.config.AdminAddress.Value)
	if err == nil && !own.IsUnspecified() {
		return h.listensAt([]netip.Addr{own}, port)
	}
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool { return int(l.Port()) == port })
}

func (e *ensemble) adminPortConflict(h *host, port int, line snapshot.LogLine) Finding {
	f := Finding{
		Severity: Info, Certainty: Proven, Servers: h.servers(),
		Summary: fmt.Sprintf("another program has port %d, so that its AdminServer did not start. It is a member of an ensemble and runs on without; clients notice nothing, monitoring over HTTP does.", port),
		Evidence: []Evidence{
			h.logEvidence(line),
			{Source: "sockets", Server: h.name(), Key: fmt.Sprintf("listening on %d", port), Value: "yes, and not the AdminServer", Wanted: "free when it starts"},
		},
		Fix: []Fix{
			{Host: h.name(), Command: fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port), Note: "who has the port", Risk: "none"},
			{Host: h.name(), Note: "give the AdminServer another one in zoo.cfg (admin.serverPort), or none (admin.enableServer=false); it holds from the next restart on, which can wait for another reason"},
		},
	}
	if h.Process == nil {
		f.Severity = e.hostSeverity(h)
		f.Summary = fmt.Sprintf("another program has port %d, which its AdminServer wants. A standalone server ends with exit code 4 when it cannot have it.", port)
		f.Evidence = append(f.Evidence, Evidence{Source: "process", Server: h.name(), Value: "no ZooKeeper for " + h.ConfigPath})
		f.Fix[1].Note = "give the AdminServer another one in zoo.cfg (admin.serverPort), or none (admin.enableServer=false), and start the server"
	}
	return f
}
