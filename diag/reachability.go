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
	Code: TargetUnresolvable, Title: "host name does not resolve", Needs: "name resolution",
	Keepers: true,
	// Where the leader has lost it too.
	Explains: []report.Code{"degraded-no-spare"},
	Eval:     perServer(checkTargetUnresolvable),
}

func checkTargetUnresolvable(e *model.Ensemble, s *model.Server) Outcome {
	if !s.Resolve.Tried || s.Resolve.Unmade() {
		return skip(report.SkipNotLooked, "its name was not resolved")
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
		Summary: "the name does not resolve here, so the server could not be checked. The server may be fine.",
		Evidence: append([]report.Evidence{{
			Source: "dns", Key: host, Value: look.Failure.Text, Wanted: "an address",
		}}, countedEvidence(e, s)...),
		Fix: []report.Fix{
			{Note: "check the spelling; then check DNS and /etc/hosts on this host"},
		},
	}
	switch s.Counted {
	case model.Unknown:
	case model.Yes:
		f.Summary = "the name does not resolve here, so the server could not be checked. The leader counts it in sync: it serves."
	case model.No:
		f.Summary = "the name does not resolve here, so the server could not be checked. The leader no longer counts it as a follower: it is not in the quorum."
		f.Fix = append(f.Fix, report.Fix{Note: "in Kubernetes the name of a pod does not resolve until the pod is ready: kubectl describe pod shows why it is not"})
	}
	return found(f)
}

const HostUnreachable report.Code = "host-unreachable"

var hostUnreachableRule = Rule{
	Code: HostUnreachable, Title: "host cannot be reached from here", Needs: "any port",
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
		return undecided("a ZooKeeper of this host has its id, so the address may be wrong")
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Summary:  "no port replied (timeout): a firewall, a route, a VPN, or a host that is down. This cannot be distinguished from here; the server may be fine.",
		Evidence: []report.Evidence{tcpEvidence(s, clientView(s), "an answer")},
		Fix:      advice(fmt.Sprintf("check from another server of the ensemble; %[2]s cannot be reached from %[1]s", e.Snap.Vantage.Host, s.Name)),
	}
	addPort(&f, s, electionView(s), "an answer")
	addEvidence(&f, countedEvidence(e, s)...)
	switch s.Counted {
	case model.Unknown:
	case model.Yes:
		f.Summary = "no port replied (timeout), but the leader counts it in sync: it serves, and only the network path from here is broken."
	case model.No:
		f.Severity = severityOf(e, s)
		f.Summary = "no port replied (timeout), and the leader no longer counts it as a follower: the host is down, or also cut off from its peers."
		f.Fix = steps(s.Name, "check its console or hypervisor: is the host up, and is its network up?")
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
	Code: ClientPortMismatch, Title: "clients are served on another port", Needs: "the client and the election port",
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
		Summary:  fmt.Sprintf("its election port is open, so it runs, but port %d is refused. It serves clients on another port, or for TLS only.", s.Port),
		Evidence: []report.Evidence{tcpEvidence(s, clientView(s), "open"), tcpEvidence(s, electionView(s), "")},
		Fix:      advice(fmt.Sprintf("find clientPort in its zoo.cfg and check again: zkdoctor check %s:PORT", s.Host)),
	}
	if elsewhere != nil {
		h = elsewhere
		f.Summary = fmt.Sprintf("a ZooKeeper runs on this host (pid %d) and listens for clients at an address other than %s.", h.Process.PID, s.Host)
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
		return undecided("no ZooKeeper runs there, and another program has its election port")
	case !port.IsSet() && !secure.IsSet():
		return undecided("its configuration has no client port")
	case h.Listeners.Seen() && !listens:
		return undecided(fmt.Sprintf("its configuration has port %d, and nothing listens there", port.Value))
	}
	return Outcome{}
}

const NotZooKeeper report.Code = "not-zookeeper"

var notZooKeeperRule = Rule{
	Code: NotZooKeeper, Title: "the client port does not answer as ZooKeeper", Needs: "srvr", Keepers: true,
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
		Summary:  "a program answers on this port, but not as ZooKeeper does.",
		Evidence: append([]report.Evidence{failedWord("srvr", s.Srvr)}, countedEvidence(e, s)...),
		Fix: []report.Fix{{
			Host: s.Name, Command: fmt.Sprintf("ss -ltnp sport = :%d", s.Port), Note: "find out which process owns the port",
		}},
	}
	if s.Counted == model.No {
		f.Summary = "a program answers on this port, but not as ZooKeeper does. The leader no longer counts this server as a follower: ZooKeeper may not run there."
	}
	return found(f)
}

const CmdNotWhitelisted report.Code = "cmd-not-whitelisted"

var cmdNotWhitelistedRule = Rule{
	Code: CmdNotWhitelisted, Title: "four-letter words are not whitelisted", Needs: "the words",
	Eval: perServer(checkCmdNotWhitelisted, whyNoAnswer),
}

func checkCmdNotWhitelisted(_ *model.Ensemble, s *model.Server) Outcome {
	if s.Srvr.Seen() && !tried(s.Conf) && !tried(s.Mntr) || s.NotServing() && !tried(s.Envi) && !tried(s.Ruok) {
		return skip(report.SkipNotLooked, "only srvr was requested")
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
		summary := "the server runs and allows few four-letter words; checks that need the others are skipped."
		if s.Admin.Settings.Seen() {
			summary = "the server runs and allows few four-letter words; its AdminServer reported the rest, as far as it can."
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
				Note: "for more checks, add to zoo.cfg on every server and restart one at a time: 4lw.commands.whitelist=srvr,ruok,mntr,conf,envi,isro",
				Risk: "if the ensemble can lose 0 more, each restart is an outage",
			}},
		}))
	}
	return out
}

// tried reports whether a look came to an end of its own.
func tried[T any](o snapshot.Obs[T]) bool { return o.Tried && !o.Unmade() }
