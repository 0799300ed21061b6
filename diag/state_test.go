package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// The states in which a scene can have a server: what the decision table tells
// apart.

// but is a state with something changed in what is seen.
func but(is state, changes ...func(*snapshot.Server)) state {
	return func(w where, s *snapshot.Server) {
		is(w, s)
		for _, change := range changes {
			change(s)
		}
	}
}

func leader(w where, s *snapshot.Server) {
	tells(w, s, "leader")
	peers("", "")(s)
}

func follower(w where, s *snapshot.Server) {
	tells(w, s, "follower")
	peers(snapshot.Refused, "")(s)
}

func observer(w where, s *snapshot.Server) {
	tells(w, s, "observer")
	peers(snapshot.Refused, "")(s)
}

func standalone(w where, s *snapshot.Server) {
	tells(w, s, "standalone")
	peers(snapshot.Refused, snapshot.Refused)(s)
}

func readOnly(w where, s *snapshot.Server) {
	tells(w, s, "read-only")
	peers(snapshot.Refused, "")(s)
}

// looking runs, answers, and has no quorum.
func looking(w where, s *snapshot.Server) {
	tells(w, s, "not-serving")
	peers(snapshot.Refused, "")(s)
}

// noListener answers that it does not serve, and refuses its peers.
func noListener(w where, s *snapshot.Server) {
	looking(w, s)
	peers(snapshot.Refused, snapshot.Refused)(s)
}

// secretLeader leads with leaderServes=no.
func secretLeader(w where, s *snapshot.Server) {
	looking(w, s)
	peers("", "")(s)
}

// unanswered is a client port to which TCP does that.
func unanswered(s *snapshot.Server, kind snapshot.FailureKind) {
	s.Client = tcp(s, s.Port, kind)
	s.Srvr = snapshot.Failed[snapshot.Srvr](s.Client.Failure, s.Client.Took)
}

func down(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Refused)
	peers(snapshot.Refused, snapshot.Refused)(s)
}

// otherPort runs, and nothing listens on its client port.
func otherPort(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Refused)
	peers(snapshot.Refused, "")(s)
}

// gone gives no answer from any port.
func gone(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Filtered)
	peers(snapshot.Filtered, snapshot.Filtered)(s)
}

// noRoute is a host that the network cannot reach.
func noRoute(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Unreachable)
	peers(snapshot.Unreachable, snapshot.Unreachable)(s)
}

// accepts takes the connection and answers srvr with that failure.
func accepts(s *snapshot.Server, kind snapshot.FailureKind) {
	s.Client = tcp(s, s.Port, "")
	took := quick
	if kind == snapshot.Silent {
		took = timeout
	}
	s.Srvr = failed[snapshot.Srvr](s, kind, took)
}

// hung is a leader or follower that was stopped: the kernel answers for it.
func hung(_ where, s *snapshot.Server) {
	accepts(s, snapshot.Silent)
	peers(snapshot.Refused, "")(s)
}

func hungLeader(w where, s *snapshot.Server) {
	hung(w, s)
	peers("", "")(s)
}

// queueFull is a hung server whose queue of connections is full.
func queueFull(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Filtered)
	peers(snapshot.Refused, "")(s)
}

// insync makes a leader count its followers.
func insync(n int) func(*snapshot.Server) { return counts("zk_synced_followers", strconv.Itoa(n)) }

// forbids is an ICMP "prohibited" from the client port.
func forbids(s *snapshot.Server) {
	unanswered(s, snapshot.Unreachable)
	s.Client.Took = quick
}

// starting loads its data.
func starting(_ where, s *snapshot.Server) {
	accepts(s, snapshot.Silent)
	peers(snapshot.Refused, snapshot.Refused)(s)
}

// closing closes connections without a word.
func closing(_ where, s *snapshot.Server) {
	accepts(s, snapshot.Empty)
	s.Held = snapshot.Saw(3, quick)
	peers(snapshot.Refused, "")(s)
}

// silentServer answers no four-letter word, and serves clients.
func silentServer(_ where, s *snapshot.Server) {
	accepts(s, snapshot.NotAllowed)
	s.Session = snapshot.Saw(snapshot.Serving{}, quick)
	peers(snapshot.Refused, "")(s)
}

// nonMember is a program that is not ZooKeeper.
func nonMember(_ where, s *snapshot.Server) {
	accepts(s, snapshot.Protocol)
	s.Srvr.Failure.Text = s.Name + ": an HTTP server answered"
	peers(snapshot.Refused, snapshot.Refused)(s)
}

// nameless has a name without an address.
func nameless(_ where, s *snapshot.Server) {
	s.Resolve = failed[[]netip.Addr](s, snapshot.Resolve, quick)
}

// unlooked was not checked at all.
func unlooked(_ where, s *snapshot.Server) { s.Resolve = snapshot.Obs[[]netip.Addr]{} }

// cancelled had its looks cut short.
func cancelled(_ where, s *snapshot.Server) {
	unanswered(s, snapshot.Cancelled)
	peers(snapshot.Cancelled, snapshot.Cancelled)(s)
}

// Changes.

// at moves a server to another address, port and name.
func at(host, address string, port int) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Host, s.Port, s.Name = host, port, host
		s.Resolve = snapshot.Saw(addrs(address), quick)
		if s.Client.Seen() {
			s.Client = tcp(s, port, "")
		}
	}
}

// says makes conf tell another id.
func says(id int64) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Conf.Value.ServerID = &id }
}

// lists makes conf tell another list.
func lists(text string) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Conf = conf(where{newest, text, int(*s.Conf.Value.ServerID)}, "follower", int(*s.Conf.Value.ServerID))
	}
}

// whitelisted allows srvr alone.
func whitelisted(s *snapshot.Server) {
	s.Conf = failed[snapshot.Conf](s, snapshot.NotAllowed, quick)
	s.Mntr = failed[snapshot.Mntr](s, snapshot.NotAllowed, quick)
}

// opened has shown its list in a session.
func opened(list *zoocfg.Membership) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Opened = snapshot.Saw(snapshot.Opened{Members: list}, quick) }
}

// noWords had the words after srvr cut short.
func noWords(s *snapshot.Server) {
	s.Conf = failed[snapshot.Conf](s, snapshot.Cancelled, quick)
	s.Mntr = failed[snapshot.Mntr](s, snapshot.Cancelled, quick)
}

// holding is the number of connections that this host holds to it.
func holding(n int) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Held = snapshot.Saw(n, quick) }
}

const ourAddress = "192.0.2.200"

func of(address string, n int) snapshot.ClientCount {
	return snapshot.ClientCount{Address: address, Connections: n}
}

// holders has the AdminServer count the connections to its client port, and limit them.
func holders(limit int, list ...snapshot.ClientCount) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Client.Value.Local = netip.AddrPortFrom(netip.MustParseAddr(ourAddress), 50000)
		s.Admin.Settings = snapshot.Saw(snapshot.Conf{ServerID: new(int64(3)), ClientPort: &s.Port, MaxClientCnxns: &limit}, quick)
		slices.SortFunc(list, func(a, b snapshot.ClientCount) int { return b.Connections - a.Connections })
		s.Admin.Clients = snapshot.Saw(snapshot.AdminClients{Plain: list}, quick)
	}
}

// connected has the AdminServer count the connections of all its clients, of a few addresses,
// and those that it rejected.
func connected(n, rejected int64) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		holders(60, of("192.0.2.9", 3))(s)
		s.Admin.Stats = snapshot.Saw(snapshot.Srvr{Mode: snapshot.ModeFollower, Connections: n}, quick)
		counts(connectionsRejected, fmt.Sprint(rejected))(s)
	}
}

// totalFull is a scene on the host of a server whose file allows four connections, with five.
func totalFull(id int, s scene) scene {
	return s.onWith(id, zoo(id, "maxCnxns=4"), func(l *snapshot.Local) { l.Clients = snapshot.Saw(5, quick) })
}

// prohibited is an ICMP "prohibited": no route to host, at once.
func prohibited(s *snapshot.Server) {
	s.Election.Look = tcp(s, 3888, snapshot.Unreachable)
	s.Election.Look.Took = quick
}
