package diag

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// reachViews is the matrix of the report.
func reachViews(e *model.Ensemble) []report.Reach {
	var out []report.Reach
	for _, v := range e.Vantages {
		for _, s := range e.Servers {
			if seen := v.ByName(s.Name); seen != nil && seen.Name != v.MemberVantage() {
				out = append(out, report.Reach{From: fromOf(v), To: s.Name, Quorum: seen.QuorumPort, Election: seen.ElectionPort})
			}
		}
	}
	return out
}

// fromOf is how the host of a vantage is called: by its server, where it is one's.
func fromOf(e *model.Ensemble) string {
	if name := e.MemberVantage(); name != "" {
		return name
	}
	return e.Snap.Vantage.Host
}

// way is one connect from a member to a peer port of another.
type way struct {
	From string
	Port int
	Open bool
	// Reported: what did not get through was answered, so that no lost packet can be why.
	Reported bool
	Text     string
}

// waysOf are the connects to a server's peer ports from the other members, as far as
// they tell something about what stands between: those that got through, and those
// that did not although the server's host is there.
func waysOf(e *model.Ensemble, s *model.Server) []way {
	var out []way
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
				out = append(out, way{From: from, Port: p.look.Number, Open: true})
			case model.Blocked(p.state) && there:
				look := p.look.Look
				out = append(out, way{From: from, Port: p.look.Number, Reported: seen.Prohibited(look), Text: look.Failure.Text})
			case rejected:
				const why = "refused, and its sockets show a listener"
				out = append(out, way{From: from, Port: p.look.Number, Reported: true, Text: why})
			}
		}
	}
	return out
}

// addressesAt are what a host of a list means, as far as that was looked up: none where it means
// another host on each.
func addressesAt(e *model.Ensemble, host string) []netip.Addr {
	var all []netip.Addr
	if addr, err := netip.ParseAddr(host); err == nil {
		all = append(all, addr)
	}
	for _, s := range e.Servers {
		if strings.EqualFold(s.Host, host) {
			all = append(all, s.Resolve.Value...)
		}
	}
	for _, h := range e.Hosts {
		for _, r := range h.Resolved {
			if strings.EqualFold(r.Host, host) {
				all = append(all, r.Addrs.Value...)
			}
		}
	}
	if slices.ContainsFunc(all, func(a netip.Addr) bool { return a.IsLoopback() || a.IsUnspecified() }) {
		return nil
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}
