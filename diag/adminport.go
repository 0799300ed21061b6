package diag

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const AdminPortConflict report.Code = "admin-port-conflict"

var adminPortConflictRule = Rule{
	Code: AdminPortConflict, Title: "another program has its AdminServer's port", Needs: "a server's own log and sockets",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perHost(checkAdminPortConflict),
}

// checkAdminPortConflict reports an AdminServer (3.5+) that could not have its port. A
// member of an ensemble runs on without it (QuorumPeer.start); a standalone server ends
// with exit code 4 (ZooKeeperServerMain).
func checkAdminPortConflict(e *model.Ensemble, h *model.Host) Outcome {
	if !h.Settings.AdminEnabled.Value || h.Process == nil && h.Distributed() {
		return Outcome{}
	}
	lines, _, reason := saysSinceStart(h, logline.AdminPort)
	if taken, _, _ := saysSinceStart(h, logline.AddressInUse); len(lines) == 0 || len(taken) == 0 {
		return undecided(reason)
	}
	if !h.Listeners.Seen() {
		return undecided(reasonOf(h.Listeners, "its sockets were not looked at"))
	}
	// Its log knows the port, where an option has overruled zoo.cfg.
	port := cmp.Or(lines[0].Fields.Port, h.Settings.AdminPort.Value)
	if !adminPortTaken(h, port) {
		return Outcome{} // it is free again
	}
	return found(adminPortConflict(e, h, port, lines[0]))
}

// adminPortTaken reports whether anybody listens where the AdminServer would. That is
// not itself: it tries once.
func adminPortTaken(h *model.Host, port int) bool {
	own, err := netip.ParseAddr(h.Settings.AdminAddress.Value)
	if err == nil && !own.IsUnspecified() {
		return h.ListensAt([]netip.Addr{own}, port)
	}
	return slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool { return int(l.Port()) == port })
}

func adminPortConflict(e *model.Ensemble, h *model.Host, port int, line snapshot.LogLine) report.Finding {
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("another program has port %d, so that its AdminServer did not start. It is a member of an ensemble and runs on without; clients notice nothing, monitoring over HTTP does.", port),
		Evidence: []report.Evidence{
			lineEvidence(h, line),
			listenerEvidence(port, "yes, and not the AdminServer", "free when it starts"),
		},
		Fix: []report.Fix{
			inspect(nameOf(h), fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port), "who has the port"),
			step(nameOf(h), "give the AdminServer another one in zoo.cfg (admin.serverPort), or none (admin.enableServer=false); it holds from the next restart on, which can wait for another reason"),
		},
	}
	if o := h.OwnerAt(h.Addrs.Value, port, nil); o != nil {
		f.Evidence[1], f.Fix[0] = socketOwnerEvidence(o), seeOwner(nameOf(h), o)
	}
	if h.Process == nil {
		f.Severity = severityAt(e, h)
		f.Summary = fmt.Sprintf("another program has port %d, which its AdminServer wants. A standalone server ends with exit code 4 when it cannot have it.", port)
		addEvidence(&f, report.Evidence{Source: "process", Value: "no ZooKeeper for " + h.ConfigPath})
		f.Fix[1].Note = "give the AdminServer another one in zoo.cfg (admin.serverPort), or none (admin.enableServer=false), and start the server"
	}
	return f
}
