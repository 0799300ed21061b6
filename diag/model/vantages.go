package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// From is how the host of a vantage is called: by its server, where it is one's.
func (e *Ensemble) From() string {
	if name := e.MemberVantage(); name != "" {
		return name
	}
	return e.Snap.Vantage.Host
}

// Way is one connect from a member to a peer port of another.
type Way struct {
	From string
	Port int
	Open bool
	Text string
}

// Ways are the connects to a server's peer ports from the other members, as far as
// they tell something about what stands between: those that got through, and those
// that did not although the server's host is there.
func (e *Ensemble) Ways(s *Server) []Way {
	var out []Way
	for _, v := range e.Vantages {
		seen, from := v.ByName(s.Name), v.MemberVantage()
		if seen == nil || from == "" || from == s.Name {
			continue
		}
		for _, p := range []struct {
			state report.PortState
			look  snapshot.PortLook
		}{{seen.ElectionPort, seen.Election}, {seen.QuorumPort, seen.Quorum}} {
			there := seen.HostAnswers() || s.HostAnswers()
			// The quorum port is the leader's alone, and closes the moment it steps down:
			// what refuses there says nothing.
			rejected := p.state == report.PortRefused && p.look.Number == s.Election.Number && s.Role != report.RoleDown &&
				s.RunsHere() && s.Local.ListensAt(s.PeerAddrs().Value, p.look.Number)
			switch {
			case p.state == report.PortOpen:
				out = append(out, Way{from, p.look.Number, true, ""})
			case Blocked(p.state) && there:
				out = append(out, Way{from, p.look.Number, false, p.look.Look.Failure.Text})
			case rejected:
				out = append(out, Way{from, p.look.Number, false, "refused, and its sockets show a listener"})
			}
		}
	}
	return out
}

// Sleeps reports whether a blocked way to a server does no harm yet: both its ends
// serve.
func (e *Ensemble) Sleeps(to *Server, from ...string) bool {
	for _, name := range from {
		if s := e.ByName(name); s == nil || s.Serving != Yes {
			return false
		}
	}
	return to.Serving == Yes
}

// ShutIn is the member on whose host a vantage is, when it is out and reaches the
// election port of nobody who serves, although their hosts are there; nil otherwise.
// Then something on its own side is likelier than something on each of theirs.
func (e *Ensemble) ShutIn(v *Ensemble) *Server {
	own := e.ByName(v.MemberVantage())
	if own == nil || own.Serving != No {
		return nil
	}
	tried := 0
	for _, s := range e.Servers {
		if s == own || s.Serving != Yes {
			continue
		}
		seen := v.ByName(s.Name)
		if seen == nil || !Blocked(seen.ElectionPort) || !seen.HostAnswers() {
			return nil
		}
		tried++
	}
	if tried < 2 {
		return nil // one may be the one that is blocked
	}
	return own
}

// MemberVantage is the server of the ensemble from which was looked, empty when
// zkdoctor ran somewhere else.
func (e *Ensemble) MemberVantage() string {
	for _, h := range e.Hosts {
		if h.Server != nil && (h.Process == nil || !h.Process.Container) {
			return h.Server.Name
		}
	}
	return ""
}
