package lint

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Ports that one server binds.

// effect is what a server does when two of its ports are one. The first one to bind
// gets it: metrics provider, client ports, AdminServer, election, and only on the
// leader quorum. Standalone, the AdminServer comes before the client ports.
type effect int

const (
	// ends: NIOServerCnxnFactory.configure, MetricsProviderBootstrap: exit 1.
	ends effect = iota
	// endsLater: QuorumCnxManager.Listener gives up after three tries: exit 14 from
	// 3.5.6 on, and before that it runs on without elections.
	endsLater
	// cannotFollow: ObserverMaster, which Follower.followLeader starts, cannot bind: the
	// follower leaves its leader, and the election begins again (3.6+).
	cannotFollow
	// cannotLead: Leader cannot bind its quorum port, and the election begins again.
	cannotLead
	// admin: fatal for a standalone server (ZooKeeperServerMain: exit 1 when its own
	// client port finds it taken, 4 when another program has it), a warning in the
	// log of a member (QuorumPeer.start).
	admin
)

// anyHost is the own address of a server of which only the port is known. It is
// none that a client port may be bound to.
const anyHost = "?"

type listener struct {
	key, host string
	file      string
	line      int
	port      int
	versions  string
	effect    effect
}

// listeners are the ports of the server whose file this is, in the order in which
// they are bound.
func (s *subject) listeners() []listener {
	var all []listener
	add := func(key string, setting zoocfg.Setting[int], host, versions string, e effect) {
		if setting.Value > 0 {
			all = append(all, listener{key, host, setting.File, setting.Line, setting.Value, versions, e})
		}
	}
	if strings.HasSuffix(s.MetricsProvider.Value, ".PrometheusMetricsProvider") {
		host, _ := s.Property("metricsProvider.httpHost")
		add("metricsProvider.httpPort", s.MetricsPort, strings.TrimSpace(host.Value), "3.6+", ends)
	}
	add("clientPort", s.ClientPort, listenHost(s.ClientPortAddress), "", ends)
	all = append(all, s.clientParts()...)
	add("secureClientPort", s.SecureClientPort, listenHost(s.SecureClientPortAddress), "3.5+", ends)
	if s.AdminEnabled.Value {
		versions := "3.5-3.9" // off by default from 3.10 on
		if s.AdminEnabled.IsSet() {
			versions = "3.5+"
		}
		add("admin.serverPort", s.AdminPort, s.AdminAddress.Value, versions, admin)
	}
	return append(all, s.peerListeners()...)
}

// listenHost is the address of a setting; an empty one is the loopback address
// (InetAddress.getByName).
func listenHost(address zoocfg.Setting[string]) string {
	if address.IsSet() && address.Value == "" {
		return "127.0.0.1"
	}
	return address.Value
}

// clientParts is the port behind the semicolon of the server's own line, where clientPort
// does not say the same; of a file that may be any server's only that of all lines. It takes
// the place of clientPort (QuorumPeerConfig.setupClientPort).
func (s *subject) clientParts() []listener {
	own := s.own()
	if own == nil || own.Client == nil || own.Client.Port == s.ClientPort.Value {
		return nil
	}
	same := func(m *zoocfg.Server) bool { return m.Client != nil && m.Client.Port == own.Client.Port }
	if s.ID == nil && len(s.linesWith(same)) < len(s.Servers) {
		return nil
	}
	host := own.Client.Host
	if s.ID == nil && !isWildcard(host) {
		host = anyHost
	}
	return []listener{{clientPart + serverKey(own), host, own.File, own.Line, own.Client.Port, "3.5+", ends}}
}

const clientPart = "the client part of "

// own is the line of the server whose file this is, or the first where that is not known;
// nil where there is none.
func (s *subject) own() *zoocfg.Server {
	if s.ID != nil {
		return s.Find(*s.ID)
	}
	if len(s.Servers) == 0 {
		return nil
	}
	return &s.Servers[0]
}

// peerListeners are the quorum and the election port of the server's own line; of
// a file that may be any server's only those that all lines share.
func (s *subject) peerListeners() []listener {
	if !s.Distributed(s.Version) {
		return nil
	}
	own := s.Find(s.Voters()[0].ID)
	if s.ID != nil {
		own = s.own()
	}
	if own == nil || len(own.Addresses) == 0 {
		return nil
	}
	shared := func(port func(zoocfg.Address) int) bool {
		for _, m := range s.Servers {
			if port(m.Addresses[0]) != port(own.Addresses[0]) {
				return false
			}
		}
		return true
	}
	host := own.Addresses[0].Host
	switch {
	case s.QuorumListenOnAllIPs.Value:
		host = ""
	case s.ID == nil:
		host = anyHost
	}
	var all []listener
	add := func(what string, port func(zoocfg.Address) int, e effect) {
		if n := port(own.Addresses[0]); n > 0 && (s.ID != nil || shared(port)) {
			all = append(all, listener{"the " + what + " port of " + serverKey(own), host, own.File, own.Line, n, "", e})
		}
	}
	add("election", func(a zoocfg.Address) int { return a.ElectionPort }, endsLater)
	if port := s.ObserverMasterPort; port.Value > 0 && own.Role == zoocfg.Participant {
		all = append(all, listener{"observerMasterPort", host, port.File, port.Line, port.Value, "3.6+", cannotFollow})
	}
	add("quorum", func(a zoocfg.Address) int { return a.QuorumPort }, cannotLead)
	return all
}

// overlaps reports whether two sockets cannot both be bound. Of two names nothing
// is known.
func overlaps(a, b listener) bool {
	all := func(l listener) bool { return l.host == "" || isWildcard(l.host) }
	return a.port == b.port && (all(a) || all(b) || canonical(a.host) == canonical(b.host))
}

// portCollision compares every two ports of one server.
func portCollision(s *subject) []Remark {
	var all []Remark
	ports := s.listeners()
	for i, a := range ports {
		for _, b := range ports[i+1:] {
			if !overlaps(a, b) || a.line == 0 && b.line == 0 || apart(a, b) {
				continue
			}
			all = append(all, s.collision(a, b))
		}
	}
	for i := range s.Servers {
		all = append(all, lineCollision(&s.Servers[i])...)
	}
	return all
}

// apart reports whether two ports are no matter here: of one server.N line lineCollision
// judges them, and a leader opens no observerMasterPort.
func apart(a, b listener) bool {
	return strings.HasPrefix(a.key, clientPart) && strings.HasPrefix(b.key, "the ") ||
		a.effect == cannotFollow && b.effect == cannotLead
}

// collision is of two ports of which a is bound first.
func (s *subject) collision(a, b listener) Remark {
	at := b
	if b.line == 0 { // the default, which nobody wrote
		at = a
	}
	r := Remark{
		File: at.file, Line: at.line, Key: at.key, Versions: a.versions,
		Found: fmt.Sprintf("%d, for %s and %s", a.port, a.key, b.key), Recommended: "two different ports",
	}
	if strings.HasPrefix(at.key, "the ") { // it ends in server.N
		r.Key = at.key[strings.LastIndexByte(at.key, ' ')+1:]
	}
	switch {
	case a.effect == endsLater && b.effect == cannotLead:
		r.Versions = "3.4" // later ones do not take the line, which is a problem
	case a.versions == "3.6+" && b.versions == "3.5-3.9", a.versions == "3.5-3.9" && b.versions == "3.6+":
		r.Versions = "3.6-3.9"
	case a.versions != "3.6+" && b.versions != "":
		r.Versions = b.versions
	}
	r.Severity, r.Why = s.outcome(b)
	return r
}

func (s *subject) outcome(l listener) (report.Severity, string) {
	switch {
	case l.effect == ends:
		return report.Critical, "ZooKeeper exits at its start: the second one cannot bind the port."
	case l.effect == endsLater:
		return report.Critical, "It cannot listen for elections: from 3.5.6 on it exits with code 14, older ones keep running and never serve."
	case l.effect == cannotFollow:
		return report.Critical, "A follower cannot listen there, and disconnects from its leader each time: no quorum lasts."
	case l.effect == cannotLead:
		return report.Warning, "When it is elected it cannot listen for its followers, and the election starts again."
	case s.distributed():
		return report.Warning, "Its AdminServer does not start."
	}
	return report.Critical, "A standalone server starts its AdminServer first, and exits when its client port is in use."
}

// lineCollision is of one server.N line by itself: its client part binds what its
// election port needs. Of two equal ports of peers 3.5+ dies (QuorumServer), which
// is a problem; 3.4 cannot bind the second one.
func lineCollision(m *zoocfg.Server) []Remark {
	var all []Remark
	for _, a := range m.Addresses {
		if m.Client == nil || !isWildcard(m.Client.Host) && canonical(m.Client.Host) != canonical(a.Host) {
			continue
		}
		r := about(m, report.Critical)
		r.Versions, r.Recommended = "3.5+", "three different ports, as 2888:3888;2181"
		switch m.Client.Port {
		case a.ElectionPort:
			_, r.Why = (&subject{}).outcome(listener{effect: endsLater})
		case a.QuorumPort:
			r.Severity, r.Why = (&subject{}).outcome(listener{effect: cannotLead})
		default:
			continue
		}
		all = append(all, r)
	}
	return all
}

// clientPortContradicts: QuorumPeerConfig.setupClientPort, "client address for this
// server in static config file is different from client address found in dynamic
// file". Of a file that may be any server's, only when every line that has a client part
// contradicts.
func clientPortContradicts(s *subject) []Remark {
	if s.ClientPort.Value <= 0 {
		return nil
	}
	parts := s.linesWith(func(m *zoocfg.Server) bool { return m.Client != nil && (s.ID == nil || *s.ID == m.ID) })
	if len(parts) == 0 || len(s.linesWith(func(m *zoocfg.Server) bool {
		return m.Client != nil && (s.ID == nil || *s.ID == m.ID) && s.contradicts(*m.Client)
	})) < len(parts) {
		return nil
	}
	own := parts[0]
	r := setting("clientPort", s.ClientPort, report.Critical)
	here, there := strconv.Itoa(s.ClientPort.Value), strconv.Itoa(own.Client.Port)
	if own.Client.Port == s.ClientPort.Value {
		r = setting("clientPortAddress", s.ClientPortAddress, report.Critical)
		here, there = cmp.Or(s.ClientPortAddress.Value, "nothing, which is the loopback address"), own.Client.Host
	}
	r.Versions = "3.5+"
	r.Found = fmt.Sprintf("%s here, %s behind the semicolon of %s", here, there, serverKey(own))
	return r.say("only one of the two, or the same address and port in both: ;"+s.staticAddress(),
		"ZooKeeper exits at its start: the client address is different from the one in its server.N line.")
}

// staticAddress is how clientPort and its address are written behind a semicolon.
func (s *subject) staticAddress() string {
	if host := listenHost(s.ClientPortAddress); host != "" {
		return zoocfg.HostPort{Host: host, Port: s.ClientPort.Value}.String()
	}
	return strconv.Itoa(s.ClientPort.Value)
}

// contradicts reports whether a client part is another address than that of clientPort.
// Of two names, or a name and an address, nothing is known.
func (s *subject) contradicts(part zoocfg.HostPort) bool {
	host := listenHost(s.ClientPortAddress)
	switch {
	case part.Port != s.ClientPort.Value:
		return true
	case host == "", isWildcard(host):
		return false
	case isWildcard(part.Host):
		return true
	}
	return isAddress(host) && isAddress(part.Host) && canonical(host) != canonical(part.Host)
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// clientPartMissing: of lines without a client part, and without clientPort, the server
// opens no client port (3.5+).
func clientPartMissing(s *subject) []Remark {
	if s.ClientPort.IsSet() || s.SecureClientPort.IsSet() {
		return nil
	}
	lacking := s.linesWith(func(m *zoocfg.Server) bool { return m.Client == nil && m.SecureClient == nil })
	if len(lacking) == len(s.Servers) {
		return nil
	}
	var all []Remark
	for _, m := range lacking {
		if s.ID != nil && *s.ID != m.ID {
			continue
		}
		r := about(m, report.Warning)
		r.Versions = "3.5+"
		all = append(all, r.say(m.Raw+";2181, or clientPort=2181 in its file",
			"Other lines have a client part, this one has none, and there is no clientPort: no client can connect to this server.")...)
	}
	return all
}

// noClientPort: 3.5+ starts without any (QuorumPeerConfig logs "clientPort is not
// set"); 3.4 does not, which is a problem.
func noClientPort(s *subject) []Remark {
	if s.ClientPort.IsSet() || s.SecureClientPort.IsSet() || s.membersUnknown() {
		return nil
	}
	for _, m := range s.Servers {
		if m.Client != nil || m.SecureClient != nil {
			return nil
		}
	}
	return []Remark{{
		Severity: report.Warning, Key: "clientPort", Versions: "3.5+", Found: "not set, nor secureClientPort, nor a client part in server.N",
		Recommended: "clientPort=2181", Why: "ZooKeeper starts, but no client and no monitor can connect.",
	}}
}

// adminStandalone: "Unable to start AdminServer, exiting abnormally", see admin. The
// default port is one that other programs like.
func adminStandalone(s *subject) []Remark {
	if s.distributed() || !s.AdminEnabled.Value || s.AdminPort.IsSet() {
		return nil
	}
	versions := "3.5-3.9"
	if s.AdminEnabled.IsSet() {
		versions = "3.5+"
	}
	return []Remark{{
		Severity: report.Info, Key: "admin.serverPort", Versions: versions, Found: "not set: 8080",
		Recommended: "admin.enableServer=false, or a port that no other program uses",
		Why:         "If another program has the port, a standalone server exits at its start with code 4.",
	}}
}
