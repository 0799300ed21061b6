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
	Code: AdminPortConflict, Title: "another program holds the AdminServer port", Needs: "a server's own log and sockets",
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
		return undecided(reasonOf(h.Listeners, "its sockets were not checked"))
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
		Summary: fmt.Sprintf("another program listens on port %d, so the AdminServer did not start. The server is a member of an ensemble and runs without it. Clients are not affected; monitoring over HTTP fails.", port),
		Evidence: []report.Evidence{
			lineEvidence(h, line),
			listenerEvidence(port, "yes, and not the AdminServer", "free when the server starts"),
		},
		Fix: []report.Fix{
			inspect(nameOf(h), fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port), "find out which process has the port"),
			step(nameOf(h), "set another port in zoo.cfg (admin.serverPort), or turn the AdminServer off (admin.enableServer=false). It takes effect at the next restart; no restart is needed for this alone"),
		},
	}
	if o := h.OwnerAt(h.Addrs.Value, port, nil); o != nil {
		f.Evidence[1], f.Fix[0] = socketOwnerEvidence(o), seeOwner(nameOf(h), o)
	}
	if h.Process == nil {
		f.Severity = severityAt(e, h)
		f.Summary = fmt.Sprintf("another program listens on port %d, the AdminServer port. A standalone server exits with code 4 when it cannot bind that port.", port)
		addEvidence(&f, report.Evidence{Source: "process", Value: "no ZooKeeper for " + h.ConfigPath})
		f.Fix[1].Note = "set another port in zoo.cfg (admin.serverPort), or turn the AdminServer off (admin.enableServer=false); then start the server"
	}
	return f
}
