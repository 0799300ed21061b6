package diag

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about what stands between this host and the servers, and about the
// question itself.

const TargetUnresolvable report.Code = "target-unresolvable"

var targetUnresolvableRule = Rule{
	Code: TargetUnresolvable, Title: "a name has no address", Needs: "name resolution",
	Keepers: true,
	// Where the leader has lost it too.
	Explains: []report.Code{"degraded-no-spare"},
	Eval:     perServer(checkTargetUnresolvable),
}

func checkTargetUnresolvable(e *model.Ensemble, s *model.Server) Outcome {
	if !s.Resolve.Tried || s.Resolve.Unmade() {
		return skip(report.SkipNotLooked, "its name was not looked up")
	}
	look := s.Resolve
	host := s.Host
	if s.PeerResolve.FailedAs(snapshot.Resolve) {
		look, host = s.PeerResolve, s.PeerHost()
	}
	if !look.FailedAs(snapshot.Resolve) {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: "the name has no address here, so the server could not be looked at. It may be fine.",
		Evidence: append([]report.Evidence{{
			Source: "dns", Key: host, Value: look.Failure.Text, Wanted: "an address",
		}}, countedEvidence(e, s)...),
		Fix: []report.Fix{
			{Note: "check the spelling; then DNS, and /etc/hosts of this host"},
		},
	}
	switch s.Counted {
	case model.Unknown:
	case model.Yes:
		f.Summary = "the name has no address here, so the server could not be looked at. The leader has it in sync: it serves."
	case model.No:
		f.Summary = "the name has no address here, so the server could not be looked at. The leader has lost it: it is out."
		f.Fix = append(f.Fix, report.Fix{Note: "in Kubernetes a pod's name has no address until the pod is ready: kubectl describe pod says why it is not"})
	}
	return found(f)
}

const HostUnreachable report.Code = "host-unreachable"

var hostUnreachableRule = Rule{
	Code: HostUnreachable, Title: "cannot be reached from here", Needs: "any port",
	Keepers: true,
	// Where the leader has lost it too.
	Explains: []report.Code{"degraded-no-spare"},
	Eval:     perServer(checkHostUnreachable),
}

func checkHostUnreachable(e *model.Ensemble, s *model.Server) Outcome {
	switch {
	case !model.Blocked(s.ClientPort):
		return whyNoAnswer(s)
	case s.HostAnswers():
		return Outcome{}
	case claimedHere(e, s):
		return undecided("a ZooKeeper of this host has its id, and so its address may be what is wrong")
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Summary:  "nothing came back from any port: a firewall, a route, a VPN, or a dead host. From here that cannot be told apart; the server may be fine.",
		Evidence: []report.Evidence{tcpEvidence(s, clientView(s), "an answer")},
		Fix:      advice(fmt.Sprintf("try from another server of the ensemble; from %s there is no way to %s", e.Snap.Vantage.Host, s.Name)),
	}
	addPort(&f, s, electionView(s), "an answer")
	addEvidence(&f, countedEvidence(e, s)...)
	switch s.Counted {
	case model.Unknown:
	case model.Yes:
		f.Summary = "nothing came back from any port, and the leader has it in sync: it serves, and what is broken is the way to it from here."
	case model.No:
		f.Severity = severityOf(e, s)
		f.Summary = "nothing came back from any port, and the leader has lost it too: a dead host, or one that is cut off from its peers as well."
		f.Fix = steps(s.Name, "look at its console or its hypervisor: is it up, and has it its network?")
	}
	return found(f)
}

// claimedHere reports whether a ZooKeeper of this host has that server's id.
func claimedHere(e *model.Ensemble, s *model.Server) bool {
	return slices.ContainsFunc(e.Hosts, func(h *model.Host) bool {
		return h.HasID && s.Line != nil && s.Line.ID == h.ID
	})
}

const ClientPortMismatch report.Code = "client-port-mismatch"

var clientPortMismatchRule = Rule{
	Code: ClientPortMismatch, Title: "serves clients on another port", Needs: "the client and the election port",
	Explains: []report.Code{"status-script-misleading"},
	Eval:     perServer(checkClientPortMismatch),
}

func checkClientPortMismatch(e *model.Ensemble, s *model.Server) Outcome {
	if s.ClientPort != report.PortRefused {
		return whyNoAnswer(s)
	}
	if why := whyNotBothPorts(s); why.skipped() {
		return why
	}
	h := s.Local
	elsewhere := s.Elsewhere
	if elsewhere == nil && (s.ClientPort != report.PortRefused || s.ElectionPort != report.PortOpen) {
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Summary:  fmt.Sprintf("its election port is open, so it runs; nothing listens on %d. It serves clients on another port, or for TLS only.", s.Port),
		Evidence: []report.Evidence{tcpEvidence(s, clientView(s), "open"), tcpEvidence(s, electionView(s), "")},
		Fix:      advice(fmt.Sprintf("look up clientPort in its zoo.cfg and ask again: zkdoctor check %s:PORT", s.Host)),
	}
	if elsewhere != nil {
		h = elsewhere
		f.Summary = fmt.Sprintf("a ZooKeeper runs on this host (pid %d) and listens for clients at another address than %s.", h.Process.PID, s.Host)
	}
	if h != nil && h.Settings != nil {
		if why := whyNoClientListener(h); why.skipped() {
			return why
		}
		f.Certainty = report.Proven
		addEvidence(&f, settingEvidence(h, "clientPort", h.Settings.ClientPort, ""))
		if a := h.Settings.ClientPortAddress; a.IsSet() {
			addEvidence(&f, settingEvidence(h, "clientPortAddress", a, ""))
		}
	}
	refused := func(s *model.Server) bool { return s.ClientPort == report.PortRefused }
	if f.Certainty != report.Proven && !e.Twice(s, refused) {
		return inOneLook(f) // one that ends or starts in between has the one port open, and not the other
	}
	return found(f)
}

// whyNoClientListener tells why a host's server cannot serve clients on another port: by what
// its host shows it serves them on none. Empty where it may.
func whyNoClientListener(h *model.Host) Outcome {
	port, secure := h.Settings.ClientPort, h.Settings.SecureClientPort
	listens := slices.ContainsFunc(h.Listeners.Value, func(l netip.AddrPort) bool {
		return int(l.Port()) == port.Value || int(l.Port()) == secure.Value
	})
	switch {
	case h.Process == nil:
		return undecided("no ZooKeeper runs there, and something else has its election port")
	case !port.IsSet() && !secure.IsSet():
		return undecided("its configuration gives it no client port")
	case h.Listeners.Seen() && !listens:
		return undecided(fmt.Sprintf("its configuration says %d, and nothing listens there", port.Value))
	}
	return Outcome{}
}

const NotZooKeeper report.Code = "not-zookeeper"

var notZooKeeperRule = Rule{
	Code: NotZooKeeper, Title: "what answers is not ZooKeeper", Needs: "srvr", Keepers: true,
	Eval: perServer(checkNotZooKeeper),
}

func checkNotZooKeeper(e *model.Ensemble, s *model.Server) Outcome {
	if s.Srvr.FailedAs(snapshot.TLS) {
		return undecided(reasonOf(s.Srvr, ""))
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	switch {
	case s.Keeper != nil:
		return found(keeperFinding(e, s))
	case s.Session.Seen():
		return Outcome{} // its client protocol is ZooKeeper's
	case !s.Srvr.FailedAs(snapshot.Protocol) &&
		!s.Srvr.FailedAs(snapshot.TooLarge) && !s.Session.FailedAs(snapshot.Protocol):
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Summary:  "something answers on that port, and not as ZooKeeper does.",
		Evidence: append([]report.Evidence{failedWord("srvr", s.Srvr)}, countedEvidence(e, s)...),
		Fix: []report.Fix{{
			Host: s.Name, Command: fmt.Sprintf("ss -ltnp sport = :%d", s.Port), Note: "which process owns the port",
		}},
	}
	if s.Counted == model.No {
		f.Summary = "something answers on that port, and not as ZooKeeper does. The leader has lost this server: ZooKeeper may well not run there."
	}
	return found(f)
}

const CmdNotWhitelisted report.Code = "cmd-not-whitelisted"

var cmdNotWhitelistedRule = Rule{
	Code: CmdNotWhitelisted, Title: "four-letter words are not allowed", Needs: "the words",
	Eval: perServer(checkCmdNotWhitelisted, whyNoAnswer),
}

func checkCmdNotWhitelisted(_ *model.Ensemble, s *model.Server) Outcome {
	if s.Srvr.Seen() && !told(s.Conf) && !told(s.Mntr) || s.NotServing() && !told(s.Envi) && !told(s.Ruok) {
		return skip(report.SkipNotLooked, "no word but srvr was asked")
	}
	var out Outcome
	for _, w := range []struct {
		word   string
		denied bool
	}{
		{"srvr", s.Srvr.FailedAs(snapshot.NotAllowed)},
		{"conf", s.Server.Conf.FailedAs(snapshot.NotAllowed)},
		{"mntr", s.Server.Mntr.FailedAs(snapshot.NotAllowed)},
		{"envi", s.Envi.FailedAs(snapshot.NotAllowed)},
		{"ruok", s.Ruok.FailedAs(snapshot.NotAllowed)},
		{"isro", s.Isro.FailedAs(snapshot.NotAllowed)},
	} {
		if !w.denied {
			continue
		}
		summary := "the server runs and allows few four-letter words; rules that need the others are skipped."
		if s.Admin.Settings.Seen() {
			summary = "the server runs and allows few four-letter words; its AdminServer told what it knows of the others."
		}
		evidence := []report.Evidence{{Source: w.word, Value: "not in the whitelist"}}
		if s.Admin.Settings.FailedAs(snapshot.TLS) {
			evidence = append(evidence, failedWord(model.SourceAdmin, s.Admin.Settings))
		}
		out = out.and(found(report.Finding{
			Severity: report.Info, Certainty: report.Proven,
			Summary:  summary,
			Evidence: evidence,
			Fix: []report.Fix{{
				Note: "to see more, add to zoo.cfg on every server and restart one at a time: 4lw.commands.whitelist=srvr,ruok,mntr,conf,envi,isro",
				Risk: "with no spare voter each restart is an outage",
			}},
		}))
	}
	return out
}

// told reports whether a look came to an end of its own.
func told[T any](o snapshot.Obs[T]) bool { return o.Tried && !o.Unmade() }
