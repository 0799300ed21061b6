package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What several hosts saw together: who reaches whom. One host alone cannot tell a
// firewall that blocks one way, or one pair, from a dead host.

// from is how the host of a vantage is called: by its server, where it is one's.
func (e *ensemble) from() string {
	if name := e.memberVantage(); name != "" {
		return name
	}
	return e.snap.Vantage.Host
}

// reach is the matrix of the report.
func (e *ensemble) reach() []Reach {
	var out []Reach
	for _, v := range e.vantages {
		for _, s := range e.servers {
			if seen := v.called(s.Name); seen != nil && seen.Name != v.memberVantage() {
				out = append(out, Reach{From: v.from(), To: s.Name, Quorum: seen.quorumPort, Election: seen.election})
			}
		}
	}
	return out
}

// way is one connect from a member to a peer port of another.
type way struct {
	from string
	port int
	open bool
	text string
}

// ways are the connects to a server's peer ports from the other members, as far as
// they tell something about what stands between: those that got through, and those
// that did not although the server's host is there.
func (e *ensemble) ways(s *server) []way {
	var out []way
	for _, v := range e.vantages {
		seen, from := v.called(s.Name), v.memberVantage()
		if seen == nil || from == "" || from == s.Name {
			continue
		}
		for _, p := range []struct {
			state PortState
			look  snapshot.PortLook
		}{{seen.election, seen.Election}, {seen.quorumPort, seen.Quorum}} {
			there := seen.hostAnswers() || s.hostAnswers()
			// The quorum port is the leader's alone, and closes the moment it steps down:
			// what refuses there says nothing.
			rejected := p.state == PortRefused && p.look.Number == s.Election.Number && s.role != RoleDown &&
				s.runsHere() && s.host.listensAt(s.PeerAddrs().Value, p.look.Number)
			switch {
			case p.state == PortOpen:
				out = append(out, way{from, p.look.Number, true, ""})
			case blocked(p.state) && there:
				out = append(out, way{from, p.look.Number, false, p.look.Look.Failure.Text})
			case rejected:
				out = append(out, way{from, p.look.Number, false, "refused, and its sockets show a listener"})
			}
		}
	}
	return out
}

// portsFromAll is blockedPorts from what all hosts saw.
func (e *ensemble) portsFromAll(latent bool) result {
	canJudge := func(s *server) *Skip {
		for _, v := range e.vantages {
			seen := v.called(s.Name)
			if seen != nil && v.memberVantage() != "" && v.memberVantage() != s.Name && (seen.election != PortNotProbed || seen.quorumPort != PortNotProbed) {
				return nil
			}
		}
		return &Skip{Kind: SkipNotLooked, Reason: "no other member has tried its peer ports"}
	}
	var shut []string
	var alone []Finding
	for _, v := range e.vantages {
		if own := e.shutIn(v); own != nil {
			shut, alone = append(shut, own.Name), append(alone, e.callsNobody(own, v))
		}
	}
	out := e.each(canJudge, func(s *server, out *result) {
		ways := slices.DeleteFunc(e.ways(s), func(w way) bool { return !w.open && slices.Contains(shut, w.from) && s.serving == yes })
		var evidence []Evidence
		blockedFrom, openFrom := map[int][]string{}, map[int][]string{}
		for _, w := range ways {
			ev := Evidence{Source: "tcp", Server: s.Name, Key: fmt.Sprintf("%d from %s", w.port, w.from), Value: "open"}
			if !w.open {
				ev.Value, ev.Wanted = w.text, "open"
				blockedFrom[w.port] = append(blockedFrom[w.port], w.from)
			} else {
				openFrom[w.port] = append(openFrom[w.port], w.from)
			}
			evidence = append(evidence, ev)
		}
		for _, port := range []int{s.Election.Number, s.Quorum.Number} {
			if from := blockedFrom[port]; len(from) > 0 && latent == e.sleeps(s, from...) {
				out.findings = append(out.findings, e.wayBlocked(s, port, from, openFrom[port], evidence))
				return // one finding a server: the evidence has all ports
			}
		}
	})
	if !latent {
		out.findings = append(out.findings, alone...)
	}
	return out
}

func (e *ensemble) wayBlocked(s *server, port int, from, open []string, evidence []Evidence) Finding {
	f := Finding{
		Severity: e.severity(s), Certainty: Proven, Servers: []string{s.Name}, Evidence: evidence,
		Summary: fmt.Sprintf("its host is up, and connections from %s to its port %d do not get through.", strings.Join(from, " and "), port),
		Fix: []Fix{
			openPort(s, port),
			{Host: s.Name, Command: "sudo nft list ruleset", Note: "any other firewall: find the rule for port " + strconv.Itoa(port)},
		},
	}
	if len(open) > 0 {
		f.Summary = fmt.Sprintf("connections from %s to its port %d do not get through, and from %s they are taken: something blocks that way alone.",
			strings.Join(from, " and "), port, strings.Join(open, " and "))
	}
	if e.sleeps(s, from...) {
		f.warnOfRestart()
	}
	return f
}
