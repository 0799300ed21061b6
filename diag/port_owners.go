package diag

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What rules say of a port of a server that another program has, and of that program.

// portTaken reports a server that does not run because another program has that port.
func portTaken(what string, portOf func(*model.Server) int) func(*model.Ensemble, *model.Host) Outcome {
	return func(_ *model.Ensemble, h *model.Host) Outcome {
		s := h.Server
		switch {
		case h.MayRun:
			return undecided("this host has too many processes to check them all")
		case h.Process == nil && !h.Listeners.Seen():
			return undecided(reasonOf(h.Listeners, "its sockets were not checked"))
		case s == nil || s.TakenPort() == 0 || s.TakenPort() != portOf(s):
			return Outcome{}
		}
		return found(takenFinding(h, what, s.TakenPort()))
	}
}

func takenFinding(h *model.Host, what string, port int) report.Finding {
	o := h.OwnerAt(slices.Concat(h.Server.Resolve.Value, h.Server.PeerAddrs().Value), port, nil)
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   fmt.Sprintf("no ZooKeeper runs for %s, and %s listens on %s, %d: ZooKeeper exits if it cannot bind that port.", h.ConfigPath, ownerName(o), what, port),
		Evidence: []report.Evidence{
			{Source: "process", Value: "no QuorumPeerMain for " + h.ConfigPath},
			listenerEvidence(port, "yes", "free"),
		},
		Fix: []report.Fix{
			inspect(nameOf(h), fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port), "find out which process has the port; often it is an older ZooKeeper, or the ZooKeeper of another product"),
			step(nameOf(h), "stop or move that program, then start ZooKeeper as usual"),
		},
	}
	if o != nil {
		f.Evidence[1], f.Fix[0] = socketOwnerEvidence(o), seeOwner(nameOf(h), o)
	}
	addPort(&f, h.Server, clientView(h.Server), "")
	addPort(&f, h.Server, electionView(h.Server), "")
	if said := logEvidences(h, []logline.Sign{logline.AddressInUse}); len(said) > 0 {
		f.Certainty = report.Proven
		addEvidence(&f, said...)
	}
	return f
}

// listenerKeptOut reports a server that runs without its election listener, as those before 3.5.6
// do, while another process has the port.
func listenerKeptOut(e *model.Ensemble, h *model.Host) Outcome {
	port := 0
	if h.Distributed() {
		port = electionPort(h)
	}
	isOn := func(s netip.AddrPort) bool { return int(s.Port()) == port }
	switch {
	case port == 0 || slices.ContainsFunc(h.Process.Sockets(), isOn) || !listensOn(h, port):
		return Outcome{}
	case !h.Process.Listens.Seen():
		return undecided(reasonOf(h.Process.Listens, "the sockets of its process were not checked"))
	case !h.Owners.Seen():
		return undecided(reasonOf(h.Owners, "which process has its election port was not checked"))
	}
	addrs, _, _ := ownLineAt(h)
	o := h.OwnerAt(addrs, port, e.Hosts)
	age, known := h.Age(e.Snap.Started)
	switch {
	case o == nil || h.Server != nil && (model.Silent(h.Server) || h.Server.Starting()):
		return Outcome{}
	case !known || age < listensAfter:
		return undecided("the process started too recently to judge")
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary: fmt.Sprintf("%s listens on its election port %d, and ZooKeeper runs without that port: no peer can connect to it until it is restarted with the port free.",
			ownerName(o), port),
		Evidence: []report.Evidence{
			processEvidence(h, fmt.Sprintf("%s, up %s, does not listen on %d",
				h.Process.Main, age.Round(time.Second), port), ""),
			socketOwnerEvidence(o),
		},
		Fix: []report.Fix{
			seeOwner(nameOf(h), o),
			step(nameOf(h), "stop or move that program"),
			risky(nameOf(h), "then restart ZooKeeper", "none: it has no vote now"),
		},
	}
	if h.Server != nil && h.Server.Serving != model.No {
		f.Summary += " It may serve over connections that it made itself, which only reach servers with lower ids; after a leader change it may not be in the quorum."
		f.Fix[2].Risk = "its vote is lost during the restart; if the ensemble can lose 0 more, this is an outage"
	}
	addEvidence(&f, logEvidences(h, []logline.Sign{logline.AddressInUse})...)
	return found(f)
}

// ownerName is what a sentence calls the process that has a port; nil is one that is not known.
func ownerName(o *snapshot.SocketOwner) string {
	if o == nil {
		return "another program"
	}
	return fmt.Sprintf("%s (pid %d)", programName(o), o.PID)
}

func programName(o *snapshot.SocketOwner) string {
	if o.Program == "" {
		return "another program"
	}
	return o.Program[strings.LastIndexByte(o.Program, '/')+1:]
}

// socketOwnerEvidence is whose a listening socket is.
func socketOwnerEvidence(o *snapshot.SocketOwner) report.Evidence {
	value := fmt.Sprintf("pid %d, %s, user %s", o.PID, cmp.Or(o.Program, "program not seen"), o.User)
	if !o.Started.IsZero() {
		value += ", since " + o.Started.Format(time.RFC3339)
	}
	return report.Evidence{Source: "sockets", Key: "listening on " + strconv.Itoa(int(o.Addr.Port())), Value: value, Wanted: "ZooKeeper"}
}

// seeOwner is the step that shows what a process runs.
func seeOwner(host string, o *snapshot.SocketOwner) report.Fix {
	return inspect(host, fmt.Sprintf("ps -o pid,user,lstart,args -p %d", o.PID),
		"see what the program is; often it is an older ZooKeeper, or the ZooKeeper of another product")
}
