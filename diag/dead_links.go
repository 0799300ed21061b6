package diag

import (
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const PeerConnectionDead report.Code = "peer-connection-dead"

var peerConnectionDeadRule = Rule{
	Code: PeerConnectionDead, Title: "peer connections transfer no data",
	Needs:    "a server's own connections, twice, and the peer ports",
	Traits:   theory.Traits{Unsettled: true},
	Explains: keptOut,
	Eval:     perHost(checkPeerConnectionDead),
}

// Of a connection on which nothing was acknowledged for so many retries, seven packets in a row are
// lost, over 12 s at least: the first is sent again, or probed for, after 200 ms at the earliest, and
// each wait is twice the one before (TCP_RTO_MIN, net/ipv4/tcp_timer.c, tcp_output.c). On a link of
// which most packets are lost that is rare, where new connections open on it.
const (
	deadRetries = 6
	leastRetry  = 200 * time.Millisecond
)

// deadLink is a connection with another member that carries nothing.
type deadLink struct {
	snapshot.Link
	peer *model.Server
	// port is the peer port that it was made to, and on says at which of both ends.
	port int
	on   *model.Server
	// certainty is how sure it is that new connections get through where this one does not.
	certainty report.Certainty
}

// checkPeerConnectionDead reports a server that does not serve and whose connections with
// other members carry nothing, while new ones open: something between them has forgotten the
// connection, as firewalls and NAT do with idle ones, and drops its packets. ZooKeeper makes no
// other while it has one: it writes into this one until the kernel gives up, some 15 minutes
// later (QuorumCnxManager.connectOne, SendWorker; all versions).
func checkPeerConnectionDead(e *model.Ensemble, h *model.Host) Outcome {
	switch {
	case h.Server == nil:
		return undecided("which server this host is could not be determined")
	case h.Server.Serving == model.Yes:
		return Outcome{}
	case h.Server.Serving == model.Unknown:
		return whyNoAnswer(h.Server)
	}
	pair, reason := linksOf(e, h)
	if pair == nil {
		return undecided(reason)
	}
	waits := func(l snapshot.Link) bool { return !l.Calling && !l.Waiting && l.Unacked > 0 }
	switch {
	case !slices.ContainsFunc(h.Links.Value.Sockets, waits):
		return Outcome{}
	case pair.before == nil:
		return skip(report.SkipOneLook, "bytes wait on its connections; two checks are needed to see that none is acknowledged").lookAgain(true)
	}
	var dead []deadLink
	for _, l := range h.Links.Value.Sockets {
		if !waits(l) || !stands(pair.before.Links.Value.Sockets, l) || h.Links.Value.Owners.Seen() && !l.Own {
			continue
		}
		if d := deadLinkOf(e, h, l); d != nil {
			dead = append(dead, *d)
		}
	}
	if len(dead) == 0 {
		return Outcome{}
	}
	return found(deadLinksFinding(e, h, dead))
}

// stands reports whether nothing was acknowledged on a connection since an earlier check. Any
// answer, such as that there is no room, sets the count of retries back to 0
// (net/ipv4/tcp_input.c, tcp_ack).
func stands(before []snapshot.Link, l snapshot.Link) bool {
	return slices.ContainsFunc(before, func(b snapshot.Link) bool {
		return b.Compare(l) == 0 && b.Unacked > 0 && l.Unacked >= b.Unacked && l.Retries >= max(1, b.Retries)
	})
}

// deadLinkOf is a connection as one with a member; nil where it is with none, and where new
// ones do not get through either: then a port is blocked, or a host is down.
func deadLinkOf(e *model.Ensemble, h *model.Host, l snapshot.Link) *deadLink {
	m := memberAt(h, l)
	if m == nil {
		return nil
	}
	d := deadLink{Link: l, peer: e.ByLine(m.ID)}
	if d.peer == nil {
		return nil
	}
	to := int(l.Remote.Port())
	if slices.Contains(peerPortsOf(m), l.Remote.Port()) {
		d.on, d.port = d.peer, to
	} else if slices.Contains(peerPortsOf(claimedLine(h)), l.Local.Port()) {
		d.on, d.port, to = h.Server, int(l.Local.Port()), d.peer.Election.Number
	} else {
		return nil
	}
	out, in := seenFrom(e, h.Server, d.peer, to), report.PortNotProbed
	if d.on == h.Server {
		in = seenFrom(e, d.peer, h.Server, d.port)
	}
	switch {
	case d.on == d.peer && out == report.PortOpen, in == report.PortOpen:
		d.certainty = report.Proven
	case in != report.PortNotProbed:
		return nil
	case out == report.PortOpen:
		d.certainty = report.Likely // its host is there, and may be kept from this one's port
	case out == report.PortNotProbed:
		d.certainty = report.Possible
	default:
		return nil
	}
	return &d
}

// memberAt is the other member whose address the other end of a connection has; nil for none,
// and for an address that several share.
func memberAt(h *model.Host, l snapshot.Link) *zoocfg.Server {
	var id int64
	n := 0
	for _, r := range h.Resolved {
		if slices.Contains(r.Addrs.Value, l.Remote.Addr()) && (n == 0 || r.ID != id) {
			id = r.ID
			n++
		}
	}
	if n != 1 || h.HasID && id == h.ID {
		return nil
	}
	return h.Settings.Find(id)
}

// seenFrom is the state of a peer port of one member as another one's host saw it.
func seenFrom(e *model.Ensemble, from, to *model.Server, port int) report.PortState {
	views := e.Vantages
	if views == nil {
		views = []*model.Ensemble{e}
	}
	for _, v := range views {
		seen := v.ByName(to.Name)
		if v.MemberVantage() != from.Name || seen == nil {
			continue
		}
		for _, view := range []report.PortView{electionView(seen), quorumView(seen)} {
			if view.Port == port {
				return view.State
			}
		}
	}
	return report.PortNotProbed
}

// couldElect reports whether a server and the members with which none of its connections is
// dead are a quorum: then these do not keep it out by themselves.
func couldElect(e *model.Ensemble, h *model.Host, dead []deadLink) bool {
	able := votersThat(e, func(s *model.Server) bool {
		cut := slices.ContainsFunc(dead, func(d deadLink) bool { return d.peer == s })
		return s == h.Server || !cut && s.Role != report.RoleDown
	})
	return e.List.Quorums.Contains(able)
}

func deadLinksFinding(e *model.Ensemble, h *model.Host, dead []deadLink) report.Finding {
	f := report.Finding{Certainty: sureOfDead(dead), Servers: serversOf(h)}
	var peers []string
	for _, d := range dead {
		if !slices.Contains(peers, d.peer.Name) {
			peers = append(peers, d.peer.Name)
		}
		if len(f.Evidence) < maxSockets {
			addEvidence(&f, deadLinkEvidence(e, h, d)...)
		}
	}
	f.Fix = renewLinks(h, dead)
	lossy := f.Certainty == report.Proven && !slices.ContainsFunc(dead, beyondLoss)
	if lossy {
		f.Certainty = report.Likely
		f.Fix = append(advice("wait 15 s and run zkdoctor check again: if the network only loses packets, some get through by then; if not, the dead connections are proven"), f.Fix...)
	}
	f.Summary = fmt.Sprintf("data that it sends to %s on established connections is never acknowledged, and ZooKeeper opens no new ones while these exist.", enumerate(peers))
	if couldElect(e, h, dead) {
		f.Certainty = report.Possible
		f.Summary += " The other voters that it reaches are enough for a quorum."
	}
	switch {
	case lossy && f.Certainty == report.Likely:
		f.Summary += " New connections get through: a firewall or NAT in between has dropped the old ones, as happens to idle ones, or the network loses most packets."
	case f.Certainty == report.Proven:
		f.Summary += " New connections get through: a firewall or NAT in between has dropped the old ones, as happens to idle ones."
	case f.Certainty == report.Likely:
		f.Summary += " The other host accepts new connections: a firewall or NAT in between has dropped the old ones, as happens to idle ones, or now blocks traffic to this server."
	}
	return f
}

// beyondLoss reports whether new connections open where this one has carried nothing for longer
// than a network does that loses packets.
func beyondLoss(d deadLink) bool { return d.certainty == report.Proven && d.Retries >= deadRetries }

// silence is for how long nothing was acknowledged, at least: up to the last retry.
func silence(retries uint64) time.Duration {
	return leastRetry * (1<<min(retries, 15) - 1)
}

// sureOfDead is how sure it is of the connections together: any one of them keeps its two ends
// apart.
func sureOfDead(dead []deadLink) report.Certainty {
	sure := report.Possible
	for _, d := range dead {
		if sure == report.Possible || d.certainty == report.Proven {
			sure = d.certainty
		}
	}
	return sure
}

// deadLinkEvidence is what is seen of a connection, and of a new one.
func deadLinkEvidence(e *model.Ensemble, h *model.Host, d deadLink) []report.Evidence {
	out := []report.Evidence{{
		Source: "sockets", Server: nameOf(h), Key: fmt.Sprintf("%s to %s", d.Local, d.Remote),
		Value: fmt.Sprintf("%d bytes not acknowledged in both checks, tried again %d times over %s at least",
			d.Unacked, d.Retries, silence(d.Retries)),
		Wanted: "acknowledged within milliseconds",
	}}
	from, to, port := h.Server, d.on, d.port
	if d.on == h.Server {
		from = d.peer
		if seenFrom(e, from, to, port) == report.PortNotProbed {
			from, to, port = h.Server, d.peer, d.peer.Election.Number
		}
	}
	if state := seenFrom(e, from, to, port); state != report.PortNotProbed {
		out = append(out, report.Evidence{
			Source: "tcp", Server: to.Name,
			Key: fmt.Sprintf("%d from %s", port, from.Name), Value: "a new connection: " + string(state),
		})
	}
	return out
}

// renewLinks are the steps that make dead connections anew, and keep them.
func renewLinks(h *model.Host, dead []deadLink) []report.Fix {
	var fix []report.Fix
	if first := dead[0]; sureOfDead(dead) != report.Proven {
		from := first.peer
		if first.on == first.peer {
			from = h.Server
		}
		fix = append(fix, inspect(from.Name, fmt.Sprintf("nc -vz -w 3 %s %d", shellWord(first.on.Host), first.port),
			"check first that a new connection opens; if it does not, the port is blocked: zkdoctor explain quorum-port-filtered"))
	}
	// Of two that do not serve one is enough: the same one, whichever of their hosts is asked.
	one, lowest := h.Server, h.ID
	for _, d := range dead {
		if d.peer.Local != nil && d.peer.Serving == model.No && d.peer.Line.ID < lowest {
			one, lowest = d.peer, d.peer.Line.ID
		}
	}
	fix = append(fix, report.Fix{
		Host: one.Name, Risk: "none: it does not serve",
		Note: "restart ZooKeeper on " + one.Name + " only: that renews its connections, and the servers at the other end need no restart",
	})
	const idle = "set net.ipv4.tcp_keepalive_time on every host below the time after which the firewall drops idle connections"
	v, known := h.Server.Version()
	switch {
	case h.Sets("tcpKeepAlive"):
		return append(fix, report.Fix{Note: "tcpKeepAlive=true is set: " + idle})
	case known && !v.AtLeast(3, 5, 4):
		return append(fix, report.Fix{Note: "then raise the idle timeout of the firewall on the peer ports; from 3.5.4 on, tcpKeepAlive=true in zoo.cfg keeps connections alive"})
	}
	return append(fix, report.Fix{Note: "then set tcpKeepAlive=true in zoo.cfg of every server (3.5.4 and later), for its next restart, and " + idle})
}
