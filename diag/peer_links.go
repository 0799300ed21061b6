package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about who is connected with whom.

const ElectionPortHeld report.Code = "election-port-held"

var electionPortHeldRule = Rule{
	Code: ElectionPortHeld, Title: "a non-member holds its election port", Needs: "a server's own connections, twice",
	// A full queue of connections lets nobody in: that port is not blocked.
	Explains: slices.Concat(keptOut, []report.Code{"latent-port-block"}),
	Eval:     perHost(checkElectionPortHeld),
}

// checkElectionPortHeld reports connections of non-members on a server's election port.
// One thread accepts there and reads the first bytes itself, for tickTime x syncLimit
// at most, before it accepts another (QuorumCnxManager.Listener, all versions, without
// quorum SASL).
func checkElectionPortHeld(e *model.Ensemble, h *model.Host) Outcome {
	if h.Sets("quorum.auth.enableSasl") {
		return Outcome{} // threads of their own read there
	}
	pair, reason := linksOf(e, h)
	if pair == nil {
		return undecided(reason)
	}
	ports := electionPortsOf(claimedLine(h))
	onPort := func(l snapshot.Link) bool { return !l.Calling && slices.Contains(ports, l.Local.Port()) }
	foreign := func(l snapshot.Link) bool { return onPort(l) && isOutside(pair, l) }
	switch {
	case len(ports) == 0:
		return undecided("its own line is not known")
	case !slices.ContainsFunc(h.Links.Value.Sockets, foreign):
		return Outcome{}
	case h.Process.State == "T" || h.Server != nil && model.Hangs(h.Server):
		return undecided("its process does not respond, and accepts no connections")
	case pair.before == nil:
		return skip(report.SkipOneLook, "non-members are connected to its election port; two checks are needed").lookAgain(true)
	}
	held := stayIn(pair, foreign)
	if len(held) == 0 {
		return calledAgain(e, h, comeAgain(pair, foreign))
	}
	// Behind NAT, or with several networks, a member has an address that is not its
	// own. Such a connection stands for the one that is missing.
	if missing := notLinked(e, h); len(held) <= len(missing) {
		return undecided(fmt.Sprintf("non-members are connected to its election port; they may be %s behind NAT", strings.Join(missing, " and ")))
	}
	waiting := stayIn(pair, func(l snapshot.Link) bool { return onPort(l) && l.Waiting })
	f := portHeld(e, h, held, waiting)
	if f.Certainty == report.Possible && nonMembersFollow(e) {
		return undecided("non-members are connected to its election port; they may be a server that joins or leaves, which the leader reports")
	}
	return found(f)
}

// calledAgain is the outcome for hosts that have another connection to an election port in each
// look: what checks a port's health connects, closes, and connects again.
func calledAgain(e *model.Ensemble, h *model.Host, calls []snapshot.Link) Outcome {
	switch missing := notLinked(e, h); {
	case len(calls) == 0:
		return Outcome{}
	case len(calls) <= len(missing):
		return undecided(fmt.Sprintf("non-members connect to its election port; they may be %s behind NAT", strings.Join(missing, " and ")))
	case nonMembersFollow(e):
		return undecided("non-members connect to its election port; they may be a server that joins or leaves, which the leader reports")
	}
	f := portHeld(e, h, calls, nil)
	if f.Certainty == report.Possible {
		// It connects; that a member waits for it was not seen.
		f.Certainty, f.Severity, f.Later = report.Likely, report.Info, true
	}
	f.Title = "a non-member keeps connecting to its election port"
	f.Summary = fmt.Sprintf("%s, which is not a member, has a new connection to its election port %d in each check: members wait while the server reads from it.", remotes(calls), calls[0].Local.Port())
	for i := range min(len(calls), len(f.Evidence)) {
		f.Evidence[i].Value = "established, and another one in the previous check"
	}
	return found(f)
}

// nonMembersFollow reports whether the leader tells of followers that are no members, or
// before 3.6, which cannot, of more learners than there are other members: one that joins
// or leaves is connected to all election ports as well.
func nonMembersFollow(e *model.Ensemble) bool {
	lead := e.OnlyLeader()
	if lead == nil || !lead.Mntr.Seen() || !e.List.Proven() {
		return false
	}
	if n, ok := lead.Mntr.Value.NonVotingFollowers(); ok {
		return n > 0
	}
	n, _ := lead.Mntr.Value.Learners()
	return lead.Srvr.Value.Version.AtLeast(3, 5, 0) && n > int64(len(e.List.Servers)-1)
}

// notLinked are the members, not known to be down, with which a host has no election
// connection.
func notLinked(e *model.Ensemble, h *model.Host) []string {
	var out []string
	for _, m := range h.Settings.Servers {
		s := e.ByLine(m.ID)
		if m.ID == h.ID || s != nil && s.Role == report.RoleDown || hasLink(h, m.ID) {
			continue
		}
		name := fmt.Sprintf("server.%d", m.ID)
		if s != nil {
			name = s.Name
		}
		out = append(out, name)
	}
	return out
}

func portHeld(e *model.Ensemble, h *model.Host, held, waiting []snapshot.Link) report.Finding {
	port := held[0].Local.Port()
	f := report.Finding{
		Certainty: report.Possible, Servers: serversOf(h),
		Summary: fmt.Sprintf("a connection to its election port %d from %s, which is not a member, stays open: while the server waits for its first bytes, no member can connect.", port, remotes(held)),
		Fix: []report.Fix{
			inspect(nameOf(h), fmt.Sprintf("sudo ss -tnp state established '( sport = :%d )'", port),
				"find out which hosts are connected"),
			{Note: fmt.Sprintf("remove port %d from the health check, scanner or monitor on %s. ZooKeeper closes each connection after tickTime x syncLimit; no restart is needed", port, remotes(held))},
			step(nameOf(h), fmt.Sprintf("allow only the members to reach port %d, with a firewall there", port)),
		},
	}
	for _, l := range held {
		addEvidence(&f, report.Evidence{
			Source: "sockets", Server: nameOf(h), Key: fmt.Sprintf("%s to %d", l.Remote, port),
			Value: "established, in both checks", Wanted: "members only",
		})
		if len(f.Evidence) == maxSockets {
			break
		}
	}
	if said := logEvidences(h, []logline.Sign{logline.ChallengeTimeout}); len(said) > 0 {
		f.Certainty = report.Likely
		addEvidence(&f, said...)
	}
	if len(waiting) > 0 {
		f.Certainty = report.Likely
		addEvidence(&f, report.Evidence{
			Source: "sockets", Server: nameOf(h), Key: fmt.Sprintf("waiting on %d", port),
			Value: plural(len(waiting), "connection") + ", not accepted in both checks", Wanted: "none",
		})
	}
	for _, l := range h.Links.Value.Sockets {
		for _, r := range h.Resolved {
			s := e.ByLine(r.ID)
			if s == nil || s.Serving != model.No || !l.Waiting || l.Local.Port() != port ||
				!slices.Contains(r.Addrs.Value, l.Remote.Addr()) || slices.Contains(f.Servers, s.Name) {
				continue
			}
			f.Servers = append(f.Servers, s.Name)
			f.Summary += fmt.Sprintf(" %s waits for it.", s.Name)
			if severityOf(e, s) == report.Critical {
				f.Severity = report.Critical
			}
		}
	}
	return f
}

// remotes are the addresses at the other end.
func remotes(links []snapshot.Link) string {
	var out []string
	for _, l := range links {
		if remote := l.Remote.Addr().String(); !slices.Contains(out, remote) {
			out = append(out, remote)
		}
	}
	return enumerate(out)
}

const PeerAddrStale report.Code = "peer-addr-stale"

var peerAddrStaleRule = Rule{
	Code: PeerAddrStale, Title: "a peer still uses a member's old address",
	Needs:    "a server's own connections, twice, and its log",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: keptOut,
	Eval:     perHost(checkPeerAddrStale),
}

// checkPeerAddrStale reports members that a server calls at an address which their
// names no longer mean: its JVM looked them up before.
func checkPeerAddrStale(e *model.Ensemble, h *model.Host) Outcome {
	pair, reason := linksOf(e, h)
	if pair == nil {
		return undecided(reason)
	}
	own := claimedLine(h)
	if own == nil {
		return undecided("its own line is not known")
	}
	listens := append(electionPortsOf(own), model.QuorumPortsOf(own)...)
	wrong := func(l snapshot.Link) bool {
		return isOutside(pair, l) && !slices.Contains(listens, l.Local.Port()) && (l.Own || !h.Links.Value.Owners.Seen())
	}
	logged := loggedStale(e, pair)
	switch {
	case !slices.ContainsFunc(h.Links.Value.Sockets, wrong), pair.before == nil && logged != nil:
		return found(logged...)
	case pair.before == nil:
		return skip(report.SkipOneLook, "it connects to an address of no member; two checks are needed").lookAgain(true)
	}
	var stale []report.Finding
	for _, l := range stayIn(pair, wrong) {
		if f := addrStale(e, h, l); f != nil {
			stale = append(stale, *f)
		}
	}
	if len(stale) == 0 {
		return found(logged...)
	}
	return found(stale...)
}

// addrStale is the finding for a connection to an address that is no member's; nil
// where all that have its port are linked.
func addrStale(e *model.Ensemble, h *model.Host, l snapshot.Link) *report.Finding {
	// Who serves and has no other connection is there, by another address of its own.
	serves := func(m *zoocfg.Server) bool {
		s := e.ByLine(m.ID)
		return s != nil && s.Serving == model.Yes && !l.Calling
	}
	var lost []*zoocfg.Server
	for i := range h.Settings.Servers {
		m := &h.Settings.Servers[i]
		if m.ID != h.ID && slices.Contains(peerPortsOf(m), l.Remote.Port()) &&
			!hasLink(h, m.ID) && !serves(m) {
			lost = append(lost, m)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	// One that is down would not be called back.
	down := func(m *zoocfg.Server) bool { s := e.ByLine(m.ID); return s != nil && s.Role == report.RoleDown }
	if up := slices.DeleteFunc(slices.Clone(lost), down); len(up) > 0 {
		lost = up
	}
	how := "connected to"
	if l.Calling {
		how = "connecting to"
	}
	f := &report.Finding{
		Severity: report.Warning, Certainty: report.Possible, Servers: []string{},
		Evidence: []report.Evidence{{
			Source: "sockets", Server: nameOf(h), Key: how, Value: l.Remote.String(), Wanted: "an address of a member",
		}},
	}
	var named []string
	for _, m := range lost {
		r, _ := h.ResolvedFor(m.ID)
		addEvidence(f, report.Evidence{
			Source: "dns", Server: nameOf(h), Key: r.Host, Value: joinAddrs(r.Addrs.Value),
		})
		named = append(named, r.Host)
		if s := e.ByLine(m.ID); s != nil {
			f.Servers = append(f.Servers, s.Name)
		}
	}
	r, _ := h.ResolvedFor(lost[0].ID)
	f.Summary = fmt.Sprintf("%s is %s %s, which is not the address of a member: %s may have had it before.", nameOf(h), how, l.Remote, strings.Join(named, " or "))
	if s := e.ByLine(lost[0].ID); len(lost) == 1 {
		f.Summary = fmt.Sprintf("the name %s resolves to %s now, but %s is still %s the old address %s: its JVM resolved the name before the change.", r.Host, joinAddrs(r.Addrs.Value), nameOf(h), how, l.Remote)
		if s != nil && s.Serving == model.No && !down(lost[0]) && h.Links.Value.Owners.Seen() {
			f.Certainty, f.Severity = report.Likely, severityOf(e, s)
		}
	}
	if line := unreached(h); line != nil && line.Fields.Address.Addr() == l.Remote.Addr() {
		addEvidence(f, lineEvidence(h, *line))
	}
	f.Fix = freshAddress(e, h, r.Host, l.Remote)
	return f
}

// unreached is the newest line about a peer that the server could not connect to; nil
// for none.
func unreached(h *model.Host) *snapshot.LogLine {
	i := slices.IndexFunc(h.Log.Value.Lines, func(l snapshot.LogLine) bool { return l.Sign == logline.PeerUnreached })
	if i < 0 {
		return nil
	}
	return &h.Log.Value.Lines[i]
}

// recentCall is how old a line about a call may be: who is not called back tries again
// once a minute at least (FastLeaderElection.maxNotificationInterval).
const recentCall = 2 * time.Minute

// loggedStale is the finding where no call is seen and the log has one: a call that is
// refused is over at once.
func loggedStale(e *model.Ensemble, pair *linkPair) []report.Finding {
	h := pair.now
	line := unreached(h)
	if line == nil {
		return nil
	}
	id, at := line.Fields.Peer, line.Fields.Address
	m, s := h.Settings.Find(id), e.ByLine(id)
	age, known := logAge(h.Log.Value, line.At, e.Snap.Started)
	switch {
	case !at.IsValid() || !known || age > recentCall || m == nil || s == nil:
		return nil
	case slices.Contains(pair.known, at.Addr()), hasLink(h, id), s.Serving != model.No, s.Role == report.RoleDown:
		return nil
	}
	r, _ := h.ResolvedFor(id)
	return []report.Finding{{
		Severity: severityOf(e, s), Certainty: report.Likely, Servers: []string{s.Name},
		Summary: fmt.Sprintf("the name %s resolves to %s now, but %s connected to the old address %s a moment ago: its JVM resolved the name before the change.", r.Host, joinAddrs(r.Addrs.Value), nameOf(h), at),
		Evidence: []report.Evidence{
			lineEvidence(h, *line),
			{Source: "dns", Server: nameOf(h), Key: r.Host, Value: joinAddrs(r.Addrs.Value), Wanted: at.Addr().String()},
		},
		Fix: freshAddress(e, h, r.Host, at),
	}}
}

// freshAddress orders the steps: names first, and restarts last.
func freshAddress(e *model.Ensemble, h *model.Host, name string, old netip.AddrPort) []report.Fix {
	risk := "if the ensemble can lose 0 more, each restart is an outage"
	if spare := e.Verdict.Spare; spare != nil && *spare <= 0 {
		risk = "the ensemble can lose 0 more: this restart stops the service until the server is back"
	}
	return []report.Fix{
		{Note: fmt.Sprintf("check that the name %s resolves to the new address on every server; correct DNS or /etc/hosts before any restart", name)},
		{Note: "wait a minute and run zkdoctor check again: by default a JVM resolves a name again after 30 seconds"},
		{Note: fmt.Sprintf("without a restart: add the address %s to the moved server, if no other host has it", old.Addr())},
		risky(nameOf(h), "otherwise restart ZooKeeper there, one server at a time, the leader last; wait until it follows before the next",
			risk),
	}
}
