package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about ports between servers that something blocks. What is blocked only for
// new connections harms nobody before a restart, and has a name of its own.

var quorumPortFilteredRule = Rule{
	Code: QuorumPortFiltered, Title: "a port between servers is blocked", Needs: "the quorum and election ports",
	Explains: slices.Concat(keptOut, []Code{LeaderFlapping}),
	Eval:     checkQuorumPortFiltered,
}

// checkQuorumPortFiltered reports the blocked ports of servers that are out, or that
// somebody who is out cannot reach, and what a stranger to the ensemble could not reach.
func checkQuorumPortFiltered(e *ensemble) result { return e.blockedPorts(false) }

var latentPortBlockRule = Rule{
	Code: LatentPortBlock, Title: "a blocked port: after a restart it may stay out", Needs: "the quorum and election ports, from a member",
	Eval: checkLatentPortBlock,
}

// checkLatentPortBlock reports the blocked ports between servers that all serve, over
// links that were made before.
func checkLatentPortBlock(e *ensemble) result { return e.blockedPorts(true) }

// sleeps reports whether a blocked way to a server does no harm yet: both its ends
// serve.
func (e *ensemble) sleeps(to *server, from ...string) bool {
	for _, name := range from {
		if s := e.called(name); s == nil || s.serving != yes {
			return false
		}
	}
	return to.serving == yes
}

// blockedPorts finds what is blocked: what does no harm before a restart, or all else.
func (e *ensemble) blockedPorts(latent bool) result {
	if e.vantages != nil {
		return e.portsFromAll(latent)
	}
	canJudge := func(s *server) *Skip {
		switch {
		case s.election == PortNotProbed && s.quorumPort == PortNotProbed:
			return &Skip{Kind: SkipNotLooked, Reason: "its peer ports were not probed"}
		case !s.hostAnswers():
			return &Skip{Kind: SkipUnreachable, Reason: "it could not be reached from here"}
		}
		return nil
	}
	peer := e.memberVantage()
	shut := e.shutIn(e)
	out := e.each(canJudge, func(s *server, out *result) {
		if shut != nil && s.serving == yes {
			return // one finding has them all
		}
		for _, port := range []struct {
			view PortView
			look snapshot.Obs[snapshot.Dial]
		}{{s.electionView(), s.Election.Look}, {s.quorumView(), s.Quorum.Look}} {
			switch {
			case port.view.State == PortFiltered:
				// A bastion may rightly be kept out: what it cannot reach sleeps nowhere.
				if latent == (peer != "" && e.sleeps(s, peer)) {
					out.findings = append(out.findings, e.portFiltered(s, port.view, port.look))
				}
			case port.view.Port == s.Election.Number && s.rejected(port.view.Port, port.look) && s.portHost.distributed():
				if latent == e.sleeps(s) {
					out.findings = append(out.findings, e.portRejected(s, port.view))
				}
			}
		}
	})
	if shut != nil && !latent {
		out.findings = append(out.findings, e.callsNobody(shut, e))
	}
	return out
}

// shutIn is the member on whose host a vantage is, when it is out and reaches the
// election port of nobody who serves, although their hosts are there; nil otherwise.
// Then something on its own side is likelier than something on each of theirs.
func (e *ensemble) shutIn(v *ensemble) *server {
	own := e.called(v.memberVantage())
	if own == nil || own.serving != no {
		return nil
	}
	tried := 0
	for _, s := range e.servers {
		if s == own || s.serving != yes {
			continue
		}
		seen := v.called(s.Name)
		if seen == nil || !blocked(seen.election) || !seen.hostAnswers() {
			return nil
		}
		tried++
	}
	if tried < 2 {
		return nil // one may be the one that is blocked
	}
	return own
}

// callsNobody is the finding for a member that is shut in.
func (e *ensemble) callsNobody(own *server, v *ensemble) Finding {
	f := Finding{
		Severity: e.severity(own), Certainty: Proven, Servers: []string{own.Name},
		Summary: fmt.Sprintf("it is out, and its connections to the election port of all who serve get nothing back, though their hosts answer: something blocks what goes out from %s.", own.Name),
		Fix: []Fix{
			{Host: own.Name, Command: "sudo nft list ruleset", Note: "first the rules for what goes out there: ports 2888 and 3888 of the other members; in a cloud its security group and network policy", Risk: "none"},
			{Note: "then those on the other hosts, for what comes in from its address"},
		},
	}
	for _, s := range v.servers {
		if s.election == PortFiltered || s.election == PortUnreachable {
			f.Evidence = append(f.Evidence, Evidence{Source: "tcp", Server: s.Name, Key: fmt.Sprintf("%d from %s", s.Election.Number, own.Name), Value: s.Election.Look.Failure.Text, Wanted: "open"})
		}
	}
	return f
}

// portFiltered weighs from where the port was found filtered. A server of the
// ensemble must reach it; a bastion may well not be allowed to.
func (e *ensemble) portFiltered(s *server, port PortView, look snapshot.Obs[snapshot.Dial]) Finding {
	from := e.snap.Vantage.Host
	f := Finding{
		Severity: e.severity(s), Certainty: Possible, Servers: []string{s.Name},
		Summary: fmt.Sprintf("the host answers on another port and not on %d. %s is no server of the ensemble, and may rightly be kept out.", port.Port, from),
		Evidence: []Evidence{
			{Source: "tcp", Server: s.Name, Key: strconv.Itoa(port.Port), Value: look.Failure.Text, Wanted: "open, or refused at once"},
		},
		Fix: []Fix{openPort(s, port.Port)},
	}
	f.addPort(s, s.clientView(), "")
	if peer := e.memberVantage(); peer != "" {
		f.Certainty = Proven
		f.Summary = fmt.Sprintf("the host answers on another port, and connections from %s to its port %d get nothing back.", peer, port.Port)
		switch {
		case e.sleeps(s, peer):
			f.warnOfRestart()
		case s.serving == yes:
			f.Summary += fmt.Sprintf(" %s is out, and this may be why.", peer)
		}
	} else if s.prohibited(look) && s.serving != yes {
		f.Certainty = Likely
		f.Summary = fmt.Sprintf("the network itself says that port %d is prohibited, and the server is not in the quorum.", port.Port)
	}
	return f
}

// portRejected is a port on which the host's own sockets show a listener, and
// which refuses all the same: a firewall answers in its name.
func (e *ensemble) portRejected(s *server, port PortView) Finding {
	f := Finding{
		Severity: e.severity(s), Certainty: Proven, Servers: []string{s.Name},
		Summary: fmt.Sprintf("ZooKeeper listens on %d, and whoever connects is refused: a firewall rejects in its name.", port.Port),
		Evidence: []Evidence{
			{Source: "tcp", Server: s.Name, Key: strconv.Itoa(port.Port), Value: "refused", Wanted: "open"},
			{Source: "sockets", Server: s.Name, Key: "listening on " + strconv.Itoa(port.Port), Value: "yes"},
		},
		Fix: []Fix{{Host: s.Name, Command: "sudo nft list ruleset", Note: fmt.Sprintf("find the rule that rejects port %d, and let the peers' addresses through", port.Port)}},
	}
	if e.sleeps(s) {
		f.warnOfRestart()
	}
	return f
}

// openPort is the step that opens a port on the host of a server.
func openPort(s *server, port int) Fix {
	return Fix{
		Host: s.Name, Command: fmt.Sprintf("sudo firewall-cmd --permanent --add-port=%d/tcp && sudo firewall-cmd --reload", port),
		Note: "where firewalld runs; limit the rule to the peers' addresses",
		Risk: "--reload drops rules that were added at run time only",
	}
}

// warnOfRestart says what a block that sleeps will do.
func (f *Finding) warnOfRestart() {
	f.Summary += " It works now, over links made earlier; who is restarted may not come back."
	f.Fix = append([]Fix{{Note: "restart nobody before new connections get through"}}, f.Fix...)
}
