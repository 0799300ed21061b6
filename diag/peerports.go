package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about ports between servers that something blocks. What is blocked only for
// new connections harms nobody before a restart, and has a name of its own.

const QuorumPortFiltered report.Code = "quorum-port-filtered"

var quorumPortFilteredRule = Rule{
	Code: QuorumPortFiltered, Title: "port between servers is blocked", Needs: "the quorum and election ports",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: slices.Concat(keptOut, []report.Code{"leader-flapping"}),
	// The blocked ports of servers that are out, or that one that is out cannot reach, and
	// what a host that is no member could not reach.
	Eval: func(e *model.Ensemble) Outcome { return blockedPorts(e, false) },
}

const LatentPortBlock report.Code = "latent-port-block"

var latentPortBlockRule = Rule{
	Code: LatentPortBlock, Title: "blocked port: may not rejoin after a restart",
	Needs:  "the quorum and election ports, from a member",
	Traits: theory.Traits{BreaksStart: true},
	// The blocked ports between servers that all serve, over links that were made before.
	Eval: func(e *model.Ensemble) Outcome { return blockedPorts(e, true) },
}

// lossy is what a connect that got no answer may be as well: it is one attempt, of which the
// packets may have been lost.
const lossy = " A network that loses packets, or a server with a full connection queue, has the same symptoms."

// blockedPorts finds what is blocked: what does no harm before a restart, or all else.
func blockedPorts(e *model.Ensemble, latent bool) Outcome {
	if e.Vantages != nil {
		return portsFromAll(e, latent)
	}
	peer := e.MemberVantage()
	shut := shutIn(e, e)
	out := eachServer(e, func(s *model.Server) Outcome {
		switch {
		case s.ElectionPort == report.PortNotProbed && s.QuorumPort == report.PortNotProbed:
			return skip(report.SkipNotLooked, "its peer ports were not probed")
		case !s.HostAnswers():
			return skip(report.SkipUnreachable, "it could not be reached from here")
		}
		if shut != nil && s.Serving == model.Yes {
			return Outcome{} // one finding has them all
		}
		var out Outcome
		for _, port := range []struct {
			view report.PortView
			look snapshot.Obs[snapshot.Dial]
		}{{electionView(s), s.Election.Look}, {quorumView(s), s.Quorum.Look}} {
			switch {
			case port.view.State == report.PortFiltered:
				// A bastion may rightly be kept out: what it cannot reach sleeps nowhere.
				if latent == (peer != "" && sleeps(e, s, peer)) {
					out = out.and(found(portFiltered(e, s, port.view, port.look)))
				}
			case port.view.Port == s.Election.Number && rejectedAt(s, port.view.Port, port.look) && s.PortLocal.Distributed():
				if latent == sleeps(e, s) {
					out = out.and(found(portRejected(e, s, port.view)))
				}
			case port.view.Port == s.Election.Number && latent && peer != "" && refusesPeers(s) && sleeps(e, s, peer):
				out = out.and(refusedTwice(e, s, portRefused(s, port.view, peer)))
			}
		}
		return out
	})
	if shut == nil || latent {
		return out
	}
	return out.and(found(connectsToNone(e, shut, e)))
}

// connectsToNone is the finding for a member that is shut in.
func connectsToNone(e *model.Ensemble, own *model.Server, v *model.Ensemble) report.Finding {
	f := report.Finding{
		Severity: severityOf(e, own), Certainty: report.Likely, Servers: []string{own.Name},
		Summary: fmt.Sprintf("it is not in the quorum, and its connections to the election ports of all serving members get no reply, although their hosts answer: something blocks outgoing traffic from %s.", own.Name),
		Fix: []report.Fix{
			inspect(own.Name, "sudo nft list ruleset", "check first the rules for outgoing traffic there: ports 2888 and 3888 of the other members; in a cloud also the security group and network policy"),
			{Note: "then check the rules for incoming traffic from its address on the other hosts"},
		},
	}
	reported := false
	for _, s := range v.Servers {
		if s.ElectionPort == report.PortFiltered || s.ElectionPort == report.PortUnreachable {
			reported = reported || s.Prohibited(s.Election.Look)
			addEvidence(&f, report.Evidence{
				Source: "tcp", Server: s.Name, Key: fmt.Sprintf("%d from %s", s.Election.Number, own.Name),
				Value: s.Election.Look.Failure.Text, Wanted: "open",
			})
		}
	}
	if reported || slices.ContainsFunc(waysOf(e, own), func(w way) bool { return !w.Open }) {
		f.Certainty = report.Proven
	} else {
		f.Summary += lossy
	}
	return f
}

// portFiltered weighs from where the port was found filtered. A server of the
// ensemble must reach it; a bastion may well not be allowed to.
func portFiltered(
	e *model.Ensemble, s *model.Server, port report.PortView, look snapshot.Obs[snapshot.Dial],
) report.Finding {
	from := e.Snap.Vantage.Host
	f := report.Finding{
		Certainty: report.Possible,
		Summary:   fmt.Sprintf("the host answers on another port, but not on %d. %s is not a server of the ensemble; a firewall may block it on purpose.", port.Port, from),
		Evidence: []report.Evidence{
			{Source: "tcp", Key: strconv.Itoa(port.Port), Value: look.Failure.Text, Wanted: "open, or refused at once"},
		},
		Fix: []report.Fix{openPort(e, s, port.Port)},
	}
	addPort(&f, s, clientView(s), "")
	if peer := e.MemberVantage(); peer != "" {
		f.Certainty = report.Proven
		f.Summary = fmt.Sprintf("the host answers on another port, but connections from %s to its port %d get no reply (timeout).", peer, port.Port)
		if !s.Prohibited(look) {
			f.Certainty = report.Likely
			f.Summary += lossy
		}
		switch {
		case sleeps(e, s, peer):
			warnOfRestart(&f)
		case s.Serving == model.Yes:
			f.Summary += fmt.Sprintf(" %s is not in the quorum, and this may be the reason.", peer)
		}
	} else if s.Prohibited(look) && s.Serving != model.Yes {
		f.Certainty = report.Likely
		f.Summary = fmt.Sprintf("the network reports that port %d is prohibited, and the server is not in the quorum.", port.Port)
	}
	alsoSilent(&f, s)
	return f
}

// alsoSilent adds what is seen of a server behind a blocked port that does not answer its clients
// either: to open the port is not enough then.
func alsoSilent(f *report.Finding, s *model.Server) {
	if !model.Silent(s) {
		return
	}
	f.Summary += " Its client port also accepts connections without an answer: the server does not respond (hung), or is still loading its data."
	addEvidence(f, failedWord("srvr", s.Srvr))
	f.Fix = append(f.Fix, step(s.Name, "check the process too, because opening the port may not be enough: top, and jstack PID three times, some seconds apart"))
}

// portRejected is a port on which the host's own sockets show a listener, and
// which refuses all the same: a firewall answers in its name.
func portRejected(e *model.Ensemble, s *model.Server, port report.PortView) report.Finding {
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   fmt.Sprintf("ZooKeeper listens on %d, but connections are refused: a firewall rejects them.", port.Port),
		Evidence: []report.Evidence{
			{Source: "tcp", Key: strconv.Itoa(port.Port), Value: "refused", Wanted: "open"},
			listenerEvidence(port.Port, "yes", ""),
		},
		Fix: []report.Fix{{Host: s.Name, Command: "sudo nft list ruleset", Note: fmt.Sprintf("find the rule that rejects port %d, and allow the peers' addresses", port.Port)}},
	}
	if sleeps(e, s) {
		warnOfRestart(&f)
	}
	return f
}

// portRefused is an election port that refuses a member, on a host that was not checked.
func portRefused(s *model.Server, port report.PortView, peer string) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary: fmt.Sprintf("it serves, but its port %d refuses connections from %s: a firewall rejects them, or nothing listens there.",
			port.Port, peer),
		Evidence: []report.Evidence{{Source: "tcp", Key: strconv.Itoa(port.Port), Value: "refused", Wanted: "open"}},
		Fix: []report.Fix{
			inspect(s.Name, fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", port.Port), "check whether ZooKeeper listens there"),
			inspect(s.Name, "sudo nft list ruleset", fmt.Sprintf("if it does: find the rule that rejects port %d, and allow the peers' addresses", port.Port)),
		},
	}
	addPort(&f, s, clientView(s), "")
	warnOfRestart(&f)
	return f
}

// refusedTwice is a port that refuses a server which serves in two checks. The port is tried in the
// first: of a server that was down then, and came in since, it would be no block.
func refusedTwice(e *model.Ensemble, s *model.Server, f report.Finding) Outcome {
	if e.Before == nil {
		return skip(report.SkipOneLook, "its election port refuses; two checks are needed to see that it serves anyway").lookAgain(true)
	}
	if then := e.Before.ByName(s.Name); then == nil || then.Serving != model.Yes {
		return Outcome{}
	}
	return found(f)
}

// refusesPeers reports whether a server that serves in a quorum has an election port that
// refuses connections, and its own host was not checked, which would tell why. Only the default
// election uses that port; a server of several addresses may be reached at another.
func refusesPeers(s *model.Server) bool {
	alg := s.Conf.Value.ElectionAlg
	return s.Election.Look.FailedAs(snapshot.Refused) && !s.Election.Assumed && s.PortLocal == nil &&
		s.ClientPort == report.PortOpen && s.Mode().InQuorum() && (alg == nil || *alg == 3) &&
		(s.Line == nil || len(s.Line.Addresses) == 1)
}

// warnOfRestart says what a block that sleeps will do.
func warnOfRestart(f *report.Finding) {
	f.Summary += " It works now over existing connections; a server that is restarted may not rejoin."
	f.Fix = append(advice("restart no server before new connections get through"), f.Fix...)
}

// portsFromAll is blockedPorts from what all hosts saw.
func portsFromAll(e *model.Ensemble, latent bool) Outcome {
	var shut []string
	var alone []report.Finding
	for _, v := range e.Vantages {
		if own := shutIn(e, v); own != nil {
			shut, alone = append(shut, own.Name), append(alone, connectsToNone(e, own, v))
		}
	}
	out := eachServer(e, func(s *model.Server) Outcome {
		if !triedByMember(e, s) {
			return skip(report.SkipNotLooked, "no other member probed its peer ports")
		}
		ways := slices.DeleteFunc(waysOf(e, s), func(w way) bool {
			return !w.Open && slices.Contains(shut, w.From) && s.Serving == model.Yes
		})
		var evidence []report.Evidence
		blockedFrom, openFrom := map[int][]string{}, map[int][]string{}
		for _, w := range ways {
			ev := report.Evidence{Source: "tcp", Key: fmt.Sprintf("%d from %s", w.Port, w.From), Value: "open"}
			if !w.Open {
				ev.Value, ev.Wanted = w.Text, "open"
				blockedFrom[w.Port] = append(blockedFrom[w.Port], w.From)
			} else {
				openFrom[w.Port] = append(openFrom[w.Port], w.From)
			}
			evidence = append(evidence, ev)
		}
		for _, port := range []int{s.Election.Number, s.Quorum.Number} {
			if from := blockedFrom[port]; len(from) > 0 && latent == sleeps(e, s, from...) {
				f := wayBlocked(e, s, port, from, openFrom[port], evidence)
				if f.Certainty = sureOfBlock(e, s, port); f.Certainty != report.Proven {
					f.Summary += lossy
				}
				return found(f) // one a server: the evidence has all ports
			}
		}
		return Outcome{}
	})
	if latent {
		return out
	}
	return out.and(found(alone...))
}

// sureOfBlock is how sure it is that a port is blocked: proven where a host or the network says
// so, and where two members or both directions see it, which lost packets seldom do. A full
// queue of connections looks the same to all of them.
func sureOfBlock(e *model.Ensemble, s *model.Server, port int) report.Certainty {
	var from []string
	for _, w := range waysOf(e, s) {
		switch {
		case w.Open || w.Port != port:
		case w.Reported:
			return report.Proven
		default:
			from = append(from, w.From)
		}
	}
	back := func(name string) bool {
		peer := e.ByName(name)
		return peer != nil && slices.ContainsFunc(waysOf(e, peer), func(w way) bool { return !w.Open && w.From == s.Name })
	}
	if takesConnections(s, port) && (len(from) > 1 || slices.ContainsFunc(from, back)) {
		return report.Proven
	}
	return report.Likely
}

// takesConnections reports whether a server's own sockets show that it accepts what connects to a peer
// port: none waits there. The kernel drops what comes to a full queue without a word.
func takesConnections(s *model.Server, port int) bool {
	if s.Local == nil || !s.Local.Links.Seen() || s.Local.Links.Value.Total > len(s.Local.Links.Value.Sockets) {
		return false
	}
	return !slices.ContainsFunc(s.Local.Links.Value.Sockets, func(l snapshot.Link) bool {
		return l.Waiting && !l.Calling && int(l.Local.Port()) == port
	})
}

// triedByMember reports whether another member has tried a server's peer ports.
func triedByMember(e *model.Ensemble, s *model.Server) bool {
	return slices.ContainsFunc(e.Vantages, func(v *model.Ensemble) bool {
		seen, from := v.ByName(s.Name), v.MemberVantage()
		return seen != nil && from != "" && from != s.Name &&
			(seen.ElectionPort != report.PortNotProbed || seen.QuorumPort != report.PortNotProbed)
	})
}

func wayBlocked(
	e *model.Ensemble, s *model.Server, port int, from, open []string, evidence []report.Evidence,
) report.Finding {
	f := report.Finding{
		Evidence: evidence,
		Summary:  fmt.Sprintf("its host is up, but connections from %s to its port %d do not get through.", strings.Join(from, " and "), port),
		Fix: []report.Fix{
			openPort(e, s, port),
			{
				Host: s.Name, Command: "sudo nft list ruleset",
				Note: "any other firewall: find the rule for port " + strconv.Itoa(port),
			},
		},
	}
	if len(open) > 0 {
		f.Summary = fmt.Sprintf("connections from %s to its port %d do not get through, but those from %s do: something blocks only the former.",
			strings.Join(from, " and "), port, strings.Join(open, " and "))
	}
	if sleeps(e, s, from...) {
		warnOfRestart(&f)
	}
	alsoSilent(&f, s)
	return f
}

// rejectedAt reports whether the election port was refused here although the
// server's own host has a listener on it: a firewall answers in its name. The
// quorum port is no such proof, for it closes the moment a leader steps down; and
// the server must answer on its client port, or it may have ended meanwhile.
func rejectedAt(s *model.Server, port int, look snapshot.Obs[snapshot.Dial]) bool {
	addrs := s.PeerAddrs().Value
	return look.FailedAs(snapshot.Refused) && s.ClientPort == report.PortOpen &&
		s.RunsHere() && s.Local.ListensAt(addrs, port) &&
		s.PortLocal != nil && s.PortLocal.ListensAt(addrs, port)
}

// sleeps reports whether a blocked way to a server does no harm yet: both its ends
// serve.
func sleeps(e *model.Ensemble, to *model.Server, from ...string) bool {
	for _, name := range from {
		if s := e.ByName(name); s == nil || s.Serving != model.Yes {
			return false
		}
	}
	return to.Serving == model.Yes
}

// shutIn is the member on whose host a vantage is, when it is out and reaches the
// election port of nobody who serves, although their hosts are there; nil otherwise.
// Then something on its own side is likelier than something on each of theirs.
func shutIn(e *model.Ensemble, v *model.Ensemble) *model.Server {
	own := e.ByName(v.MemberVantage())
	if own == nil || own.Serving != model.No {
		return nil
	}
	tried := 0
	for _, s := range e.Servers {
		if s == own || s.Serving != model.Yes {
			continue
		}
		seen := v.ByName(s.Name)
		if seen == nil || !model.Blocked(seen.ElectionPort) || !seen.HostAnswers() {
			return nil
		}
		tried++
	}
	if tried < 2 {
		return nil // one may be the one that is blocked
	}
	return own
}
