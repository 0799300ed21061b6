package diag

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about what stands between this host and the servers, and about the
// question itself.

var targetUnresolvableRule = Rule{
	Code: TargetUnresolvable, Title: "a name has no address", Needs: "name resolution",
	// Where the leader has lost it too.
	Explains: []Code{DegradedNoSpare},
	Eval:     checkTargetUnresolvable,
}

func checkTargetUnresolvable(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if !s.Resolve.Tried || s.Resolve.FailedAs(snapshot.Cancelled) {
			return &Skip{Kind: SkipNotLooked, Reason: "its name was not looked up"}
		}
		return nil
	}
	return e.each(canJudge, func(s *server, out *result) {
		look := s.Resolve
		host := s.Host
		if s.PeerResolve.FailedAs(snapshot.Resolve) {
			look, host = s.PeerResolve, s.PeerHost()
		}
		if !look.FailedAs(snapshot.Resolve) {
			return
		}
		f := Finding{
			Severity: Warning, Certainty: Proven, Servers: []string{s.Name},
			Summary:  "the name has no address here, so the server could not be looked at. It may be fine.",
			Evidence: append([]Evidence{{Source: "dns", Server: s.Name, Key: host, Value: look.Failure.Text, Wanted: "an address"}}, e.countedEvidence(s)...),
			Fix: []Fix{
				{Note: "check the spelling"},
				{Command: "getent hosts " + shellWord(host), Note: "what this host's resolver says"},
			},
		}
		switch s.counted {
		case unknown:
		case yes:
			f.Summary = "the name has no address here, so the server could not be looked at. The leader has it in sync: it serves."
		case no:
			f.Summary = "the name has no address here, so the server could not be looked at. The leader has lost it: it is out."
			f.Fix = append(f.Fix, Fix{Note: "in Kubernetes a pod's name has no address until the pod is ready: kubectl describe pod says why it is not"})
		}
		out.findings = append(out.findings, f)
	})
}

// shellWord quotes for a shell what is not plainly a host name or a path.
func shellWord(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:_/+@", r)) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}

// blocked reports a port from which nothing at all came back.
func blocked(p PortState) bool { return p == PortFiltered || p == PortUnreachable }

var hostUnreachableRule = Rule{
	Code: HostUnreachable, Title: "cannot be reached from here", Needs: "any port",
	// Where the leader has lost it too.
	Explains: []Code{DegradedNoSpare},
	Eval:     checkHostUnreachable,
}

func checkHostUnreachable(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if blocked(s.client) {
			return nil
		}
		return s.answered()
	}
	return e.each(canJudge, func(s *server, out *result) {
		if !blocked(s.client) || s.hostAnswers() {
			return
		}
		f := Finding{
			Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
			Summary:  "nothing came back from any port: a firewall, a route, a VPN, or a dead host. From here that cannot be told apart; the server may be fine.",
			Evidence: []Evidence{s.tcp(s.clientView(), "an answer")},
			Fix:      []Fix{{Note: fmt.Sprintf("try from another server of the ensemble; from %s there is no way to %s", e.snap.Vantage.Host, s.Name)}},
		}
		f.addPort(s, s.electionView(), "an answer")
		f.Evidence = append(f.Evidence, e.countedEvidence(s)...)
		switch s.counted {
		case unknown:
		case yes:
			f.Summary = "nothing came back from any port, and the leader has it in sync: it serves, and what is broken is the way to it from here."
		case no:
			f.Severity = e.severity(s)
			f.Summary = "nothing came back from any port, and the leader has lost it too: a dead host, or one that is cut off from its peers as well."
			f.Fix = []Fix{{Host: s.Name, Note: "look at its console or its hypervisor: is it up, and has it its network?"}}
		}
		out.findings = append(out.findings, f)
	})
}

// memberVantage is the server of the ensemble from which was looked, empty when
// zkdoctor ran somewhere else.
func (e *ensemble) memberVantage() string {
	for _, h := range e.hosts {
		if h.server != nil && (h.Process == nil || !h.Process.Container) {
			return h.server.Name
		}
	}
	return ""
}

var clientPortMismatchRule = Rule{
	Code: ClientPortMismatch, Title: "serves clients on another port", Needs: "the client and the election port",
	Explains: []Code{StatusScriptMisleading},
	Eval:     checkClientPortMismatch,
}

func checkClientPortMismatch(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if s.client != PortRefused {
			return s.answered()
		}
		return s.bothPorts()
	}
	return e.each(canJudge, func(s *server, out *result) {
		h := s.host
		elsewhere := s.elsewhere
		if elsewhere == nil && (s.client != PortRefused || s.election != PortOpen) {
			return
		}
		f := Finding{
			Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
			Summary:  fmt.Sprintf("its election port is open, so it runs; nothing listens on %d. It serves clients on another port, or for TLS only.", s.Port),
			Evidence: []Evidence{s.tcp(s.clientView(), "open"), s.tcp(s.electionView(), "")},
			Fix:      []Fix{{Note: fmt.Sprintf("look up clientPort in its zoo.cfg and ask again: zkdoctor check %s:PORT", s.Host)}},
		}
		if elsewhere != nil {
			h = elsewhere
			f.Summary = fmt.Sprintf("a ZooKeeper runs on this host (pid %d) and listens for clients at another address than %s.", h.Process.PID, s.Host)
		}
		if h != nil && h.config != nil {
			f.Certainty = Proven
			f.Evidence = append(f.Evidence, h.setting("clientPort", strconv.Itoa(h.config.ClientPort.Value), h.config.ClientPort.File, h.config.ClientPort.Line))
			if a := h.config.ClientPortAddress; a.IsSet() {
				f.Evidence = append(f.Evidence, h.setting("clientPortAddress", a.Value, a.File, a.Line))
			}
		}
		out.findings = append(out.findings, f)
	})
}

// setting is the evidence that a line of the host's configuration is.
func (h *host) setting(key, value, file string, line int) Evidence {
	return Evidence{Source: "zoo.cfg", Server: h.name(), Key: key, Value: value, File: file, Line: line}
}

var notZooKeeperRule = Rule{
	Code: NotZooKeeper, Title: "what answers is not ZooKeeper", Needs: "srvr",
	Eval: checkNotZooKeeper,
}

func checkNotZooKeeper(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if s.Srvr.FailedAs(snapshot.TLS) {
			return &Skip{Kind: SkipUndecided, Reason: reasonOf(s.Srvr.Failure, "")}
		}
		return s.answered()
	}
	return e.each(canJudge, func(s *server, out *result) {
		switch {
		case s.Session.Seen():
			return // its client protocol is ZooKeeper's
		case !s.Srvr.FailedAs(snapshot.Protocol) && !s.Srvr.FailedAs(snapshot.TooLarge) && !s.Session.FailedAs(snapshot.Protocol):
			return
		}
		if s.Keeper != nil {
			out.findings = append(out.findings, s.keeper())
			return
		}
		f := Finding{
			Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
			Summary:  "something answers on that port, and not as ZooKeeper does.",
			Evidence: append([]Evidence{answer(s, "srvr", s.Srvr)}, e.countedEvidence(s)...),
			Fix:      []Fix{{Host: s.Name, Command: fmt.Sprintf("ss -ltnp sport = :%d", s.Port), Note: "which process owns the port"}},
		}
		if s.counted == no {
			f.Summary = "something answers on that port, and not as ZooKeeper does. The leader has lost this server: ZooKeeper may well not run there."
		}
		out.findings = append(out.findings, f)
	})
}

// keeper is a program that speaks ZooKeeper's words and is none: nothing is wrong with
// that, and ZooKeeper's rules say nothing about it.
func (s *server) keeper() Finding {
	value := strings.TrimSpace(s.Keeper.Product + " " + s.Keeper.Version)
	return Finding{
		Severity: Info, Certainty: Proven, Servers: []string{s.Name},
		Title:    "this is a " + s.Keeper.Product + ", and no ZooKeeper",
		Summary:  "it serves ZooKeeper's clients. By its own word it is " + s.keeperRole() + "; its ports, files and faults are not ZooKeeper's, so that no more is said of it.",
		Evidence: []Evidence{{Source: "srvr", Server: s.Name, Value: value + ", " + s.keeperRole()}},
		Fix:      []Fix{{Note: "ask it with its own tools: clickhouse-keeper-client, and the table system.zookeeper"}},
	}
}

// keeperRole is its role in words.
func (s *server) keeperRole() string {
	if s.Keeper.Mode == "" {
		return "not serving"
	}
	return string(s.Keeper.Mode)
}

var cmdNotWhitelistedRule = Rule{
	Code: CmdNotWhitelisted, Title: "four-letter words are not allowed", Needs: "the words",
	Eval: checkCmdNotWhitelisted,
}

func checkCmdNotWhitelisted(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if why := s.answered(); why != nil {
			return why
		}
		if s.Srvr.Seen() && !told(s.Conf) && !told(s.Mntr) || s.notServing() && !told(s.Envi) && !told(s.Ruok) {
			return &Skip{Kind: SkipNotLooked, Reason: "no word but srvr was asked"}
		}
		return nil
	}
	return e.each(canJudge, func(s *server, out *result) {
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
			evidence := []Evidence{{Source: w.word, Server: s.Name, Value: "not in the whitelist"}}
			if s.Admin.Settings.FailedAs(snapshot.TLS) {
				evidence = append(evidence, answer(s, sourceAdmin, s.Admin.Settings))
			}
			out.findings = append(out.findings, Finding{
				Severity: Info, Certainty: Proven, Servers: []string{s.Name},
				Summary:  summary,
				Evidence: evidence,
				Fix: []Fix{{
					Note: "to see more, add to zoo.cfg on every server and restart one at a time: 4lw.commands.whitelist=srvr,ruok,mntr,conf,envi,isro",
					Risk: "with no spare voter each restart is an outage",
				}},
			})
		}
	})
}

// told reports whether a look came to an end of its own.
func told[T any](o snapshot.Obs[T]) bool { return o.Tried && !o.FailedAs(snapshot.Cancelled) }
