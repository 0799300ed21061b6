package lint

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// The list of servers.

// about is a remark on a server.N line.
func about(m *zoocfg.Server, severity report.Severity) Remark {
	return Remark{Severity: severity, File: m.File, Line: m.Line, Key: serverKey(m), Found: withoutComment(m.Raw)}
}

// noQuorumPossible: QuorumHierarchical.containsQuorum can never hold, as when too
// many groups have voters of weight 0 only.
func noQuorumPossible(s *subject) []Remark {
	q := s.Quorum()
	if len(s.Groups) == 0 || len(q.Voters()) == 0 || q.Needed() <= len(q.Voters()) || s.diesOfGroups() {
		return nil
	}
	g := s.Groups[0]
	return []Remark{{
		Severity: report.Critical, File: g.File, Line: g.Line, Key: fmt.Sprintf("group.%d", g.ID),
		Found: "groups and weights that all voters together do not satisfy", Recommended: "voters with a weight above 0 in more than half of the groups",
		Why: "No set of servers is a quorum, so no leader is ever elected.",
	}}
}

// diesOfGroups reports whether zoocfg has said what is wrong with the groups.
func (s *subject) diesOfGroups() bool {
	for _, p := range s.Problems {
		if p.Kind == zoocfg.BadGroups || strings.HasPrefix(p.Key, "group") || strings.HasPrefix(p.Key, "weight") {
			return true
		}
	}
	return false
}

// voterLine is the line on which the last voter stands.
func (s *subject) voterLine() (file string, line int) {
	for _, v := range s.Voters() {
		if v.Line > line {
			file, line = v.File, v.Line
		}
	}
	return file, line
}

// twoVoters: QuorumPeerConfig warns "No server failure will be tolerated".
func twoVoters(s *subject) []Remark {
	if EvenVoters(s.Quorum(), s.OraclePath.IsSet()) != 2 {
		return nil
	}
	file, line := s.voterLine()
	return []Remark{{
		Severity: report.Warning, File: file, Line: line, Found: "2 voters", Recommended: "3",
		Why: "Both are needed for a quorum: if either one fails, no client can write, which is worse than one standalone server.",
	}}
}

// evenVoters: QuorumPeerConfig warns "consider an odd number of servers".
func evenVoters(s *subject) []Remark {
	n := EvenVoters(s.Quorum(), s.OraclePath.IsSet())
	if n < 4 {
		return nil
	}
	file, line := s.voterLine()
	return []Remark{{
		Severity: report.Info, File: file, Line: line, Found: fmt.Sprintf("%d voters", n),
		Recommended: fmt.Sprintf("%d, or %d and an observer", n-1, n-1),
		Why:         fmt.Sprintf("%d voters can lose %d, as %d can; the last one only makes writes slower.", n, (n-1)/2, n-1),
	}}
}

// oneVoter: QuorumPeerConfig logs "only one server specified (ignoring)" and runs
// standalone; from 3.5 on standaloneEnabled=false makes it a member.
func oneVoter(s *subject) []Remark {
	voters := s.Voters()
	if len(voters) != 1 || len(s.Servers) != 1 {
		return nil
	}
	only := &voters[0]
	r := about(only, report.Info)
	r.Found = "1 server.N line"
	switch {
	case s.distributed():
		r.Versions = "3.5+"
		return r.say("3 of them, for an ensemble that can lose one",
			"With standaloneEnabled=false it is a quorum of one, which can lose 0. It needs the line, and its id in myid.")
	case only.Client != nil && !s.ClientPort.IsSet():
		return r.say(fmt.Sprintf("keep the line, and %d in myid; 3 lines for an ensemble", only.ID),
			"ZooKeeper runs standalone, and its client port comes from this line: without it, or without myid, no client port is open.")
	}
	return r.say("3 of them, or none for a standalone server",
		"ZooKeeper ignores a single line and runs standalone, without myid and without ports for peers.")
}

// sameAddress: two servers cannot bind one address (QuorumCnxManager.Listener,
// Leader). Names are compared as they are written.
func sameAddress(s *subject) []Remark {
	var all []Remark
	first := map[string]*zoocfg.Server{}
	for i := range s.Servers {
		m := &s.Servers[i]
		at, other := "", (*zoocfg.Server)(nil)
		for _, taken := range sockets(m) {
			if first[taken] == nil {
				first[taken] = m
			} else if other == nil && first[taken] != m {
				at, other = taken, first[taken]
			}
		}
		if other == nil {
			continue
		}
		r := about(m, report.Warning)
		all = append(all, r.say("a separate address and ports for each server", fmt.Sprintf("%s also has %s: only one of them can listen there, and the other cannot join.", serverKey(other), at))...)
	}
	return all
}

// sockets are what a server.N line says where its peers reach it.
func sockets(m *zoocfg.Server) []string {
	var all []string
	for _, a := range m.Addresses {
		for _, port := range []int{a.QuorumPort, a.ElectionPort} {
			if port > 0 && !isWildcard(a.Host) {
				all = append(all, zoocfg.HostPort{Host: canonical(a.Host), Port: port}.String())
			}
		}
	}
	return all
}

func canonical(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// linesWith are the server.N lines for which that holds.
func (s *subject) linesWith(holds func(*zoocfg.Server) bool) []*zoocfg.Server {
	var lines []*zoocfg.Server
	for i := range s.Servers {
		if holds(&s.Servers[i]) {
			lines = append(lines, &s.Servers[i])
		}
	}
	return lines
}

func wildcardAddress(s *subject) []Remark {
	lines := s.linesWith(IsWildcard)
	var all []Remark
	for _, m := range lines {
		r := about(m, report.Info)
		r.Recommended = "the server's own address, and quorumListenOnAllIPs=true if it must listen on all addresses"
		r.Why = "With 3.5.0 to 3.5.7 and 3.6.0 peers are sent this address to connect to, and the server cannot rejoin (ZOOKEEPER-2164); later ones bind all addresses, and conf shows an address that cannot be used."
		switch {
		case len(lines) > 1:
			r.Severity = report.Warning
			r.Why = "Only a server's own line may be a wildcard: with the other ones this server connects to itself."
		case TellsWildcard(s.Version) && s.distributed():
			r.Severity, r.Versions = report.Warning, wildcardReleases
			r.Why = "Peers are sent this address to connect to, and the server cannot rejoin after a restart (ZOOKEEPER-2164)."
		}
		all = append(all, r)
	}
	return all
}

// loopbackAddress: each server reads all lines, and for every other server the
// address is its own host (QuorumCnxManager.connectOne).
func loopbackAddress(s *subject) []Remark {
	here := s.linesWith(func(m *zoocfg.Server) bool { return len(m.Addresses) > 0 && isLoopback(m.Addresses[0].Host) })
	if len(here) == len(s.Servers) { // a laboratory on one host
		return nil
	}
	var all []Remark
	for _, m := range here {
		if neverConnected(s.Config, m) {
			continue
		}
		r := about(m, report.Warning)
		r.Recommended = "an address that all servers can reach"
		r.Why = "It is a loopback address and the others are not: the server listens for its peers where they cannot connect."
		// The line of the server whose file this is: where that is not known, the only one.
		if own := s.ID != nil && *s.ID == m.ID || s.ID == nil && len(here) == 1; own && s.QuorumListenOnAllIPs.Value {
			if !LoopbackKeepsOut(s.Config, m.ID, s.Version) {
				continue
			}
			r.Versions = ownAddressReleases
			r.Why = "The server listens on all addresses, but sends this one to its peers: those with a higher id then connect to themselves, and it does not join."
		}
		all = append(all, r)
	}
	return all
}

// idRange: the guide wants 1 to 255, and 1 to 254 with extendedTypesEnabled. The lowest
// byte of the id is the top one of all session ids (SessionTrackerImpl
// .initializeNextSessionId), so two ids that share it give the same sessions out twice.
func idRange(s *subject) []Remark {
	var all []Remark
	first := map[byte]*zoocfg.Server{}
	for i := range s.Servers {
		m := &s.Servers[i]
		low := byte(m.ID) //nolint:gosec // its lowest byte is what is asked for
		other := first[low]
		first[low] = m
		r := about(m, report.Info)
		r.Found, r.Recommended = fmt.Sprintf("id %d", m.ID), "an id from 1 to 255, or to 254 with extendedTypesEnabled"
		switch {
		case other != nil:
			r.Severity = report.Warning
			r.Why = fmt.Sprintf("Its lowest byte is that of %s, so both may assign the same session id.", serverKey(other))
		case m.ID >= 1 && m.ID <= 255:
			continue
		case m.ID > 255:
			r.Why = "ZooKeeper accepts it, but only its lowest byte distinguishes its sessions from those of other servers."
		default:
			r.Why = "ZooKeeper accepts it, but its guide requires another."
		}
		all = append(all, r)
	}
	return all
}

// extendedID: EphemeralType.validateServerId, which SessionTrackerImpl calls where a server
// begins to lead.
func extendedID(s *subject) []Remark {
	const most = 254
	p, _ := s.Property("extendedTypesEnabled")
	if !strings.EqualFold(strings.TrimSpace(p.Value), "true") || !s.distributed() {
		return nil
	}
	var all []Remark
	for _, m := range s.linesWith(func(m *zoocfg.Server) bool { return m.ID > most && m.Role == zoocfg.Participant }) {
		r := about(m, report.Warning)
		r.Versions, r.Found = "3.5.4+", fmt.Sprintf("id %d, with extendedTypesEnabled=true", m.ID)
		all = append(all, r.say("an id from 1 to 254", "This server cannot lead: when it is elected it gives up, and the election starts again.")...)
	}
	return all
}

// peerType: where the id is not known, no line may be the server's.
func peerType(s *subject) []Remark {
	if s.membersUnknown() {
		return nil
	}
	r := setting("peerType", s.PeerType, report.Info)
	r.Recommended = "remove peerType: the server.N line has the role"
	if s.ID != nil {
		own := OtherRole(s.Config, *s.ID, s.Version)
		if own == nil {
			return nil
		}
		r.Why = fmt.Sprintf("%s has %s, and that is the role of the server.", serverKey(own), own.Role)
		return []Remark{r}
	}
	if !saysRole(s.Config, s.Version) {
		return nil
	}
	for _, m := range s.Servers {
		if m.Role == s.PeerType.Value {
			return nil // it may be the one whose file this is
		}
	}
	r.Why = fmt.Sprintf("No server.N line has %s, and the lines decide.", s.PeerType.Value)
	return []Remark{r}
}

// nextFile: QuorumPeer.setLastSeenQuorumVerifier writes it when a reconfiguration
// is proposed, setQuorumVerifier deletes it when it is done.
func nextFile(s *subject) []Remark {
	if s.Next == "" {
		return nil
	}
	return []Remark{{
		Severity: report.Warning, File: s.Next, Versions: nextRead,
		Found: "a file of a reconfiguration that is not finished", Recommended: "compare it with what conf reports on every server; ZooKeeper removes it when it is committed",
		Why: "The server reads it at its start and connects to the servers that it lists.",
	}}
}

// reconfigNoSuper: reconfig checks the ACL of /zookeeper/config, which allows only
// reading until a super user changes it (PrepRequestProcessor, DataTree
// .addConfigNode; 3.5.3+).
func reconfigNoSuper(s *subject) []Remark {
	const key = "DigestAuthenticationProvider.superDigest"
	if _, found := s.Property(key); found || !s.ReconfigEnabled.Value || !s.distributed() || s.yes("skipACL") {
		return nil
	}
	r := setting("reconfigEnabled", s.ReconfigEnabled, report.Info)
	r.Versions, r.Found = "3.5.3+", "true, and no "+key
	return r.say(key+" here or in SERVER_JVMFLAGS, if no user may reconfigure yet", "Only the super user, and users with rights to /zookeeper/config, can reconfigure.")
}

// yes is how ZooKeeper reads skipACL: nothing but "yes".
func (s *subject) yes(key string) bool {
	p, found := s.Property(key)
	return found && strings.TrimSpace(p.Value) == "yes"
}
