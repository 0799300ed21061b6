package diag

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// The states in which a scene can have a server: what findings.md 2.6 tells
// apart.

// but is a state with something changed in what is seen.
func but(is state, changes ...func(*probe.Server)) state {
	return func(w where, s *probe.Server) {
		is(w, s)
		for _, change := range changes {
			change(s)
		}
	}
}

func leader(w where, s *probe.Server) {
	tells(w, s, "leader")
	peers("", "")(s)
}

func follower(w where, s *probe.Server) {
	tells(w, s, "follower")
	peers(probe.Refused, "")(s)
}

func observer(w where, s *probe.Server) {
	tells(w, s, "observer")
	peers(probe.Refused, "")(s)
}

func standalone(w where, s *probe.Server) {
	tells(w, s, "standalone")
	peers(probe.Refused, probe.Refused)(s)
}

func readOnly(w where, s *probe.Server) {
	tells(w, s, "read-only")
	peers(probe.Refused, "")(s)
}

// looking runs, answers, and has no quorum.
func looking(w where, s *probe.Server) {
	tells(w, s, "not-serving")
	peers(probe.Refused, "")(s)
}

// noListener answers that it does not serve, and refuses its peers.
func noListener(w where, s *probe.Server) {
	looking(w, s)
	peers(probe.Refused, probe.Refused)(s)
}

// secretLeader leads with leaderServes=no.
func secretLeader(w where, s *probe.Server) {
	looking(w, s)
	peers("", "")(s)
}

// unanswered is a client port to which TCP does that.
func unanswered(s *probe.Server, kind probe.FailureKind) {
	s.Client = tcp(s, s.Port, kind)
	s.Srvr = probe.Failed[probe.Srvr](s.Client.Failure, s.Client.Took)
}

func down(_ where, s *probe.Server) {
	unanswered(s, probe.Refused)
	peers(probe.Refused, probe.Refused)(s)
}

// otherPort runs, and nothing listens on its client port.
func otherPort(_ where, s *probe.Server) {
	unanswered(s, probe.Refused)
	peers(probe.Refused, "")(s)
}

// gone gives no answer from any port.
func gone(_ where, s *probe.Server) {
	unanswered(s, probe.Filtered)
	peers(probe.Filtered, probe.Filtered)(s)
}

// noRoute is a host that the network cannot reach.
func noRoute(_ where, s *probe.Server) {
	unanswered(s, probe.Unreachable)
	peers(probe.Unreachable, probe.Unreachable)(s)
}

// accepts takes the connection and answers srvr with that failure.
func accepts(s *probe.Server, kind probe.FailureKind) {
	s.Client = tcp(s, s.Port, "")
	took := quick
	if kind == probe.Silent {
		took = timeout
	}
	s.Srvr = failed[probe.Srvr](s, kind, took)
}

// hung is a leader or follower that was stopped: the kernel answers for it.
func hung(_ where, s *probe.Server) {
	accepts(s, probe.Silent)
	peers(probe.Refused, "")(s)
}

func hungLeader(w where, s *probe.Server) {
	hung(w, s)
	peers("", "")(s)
}

// queueFull is a hung server whose queue of connections is full.
func queueFull(_ where, s *probe.Server) {
	unanswered(s, probe.Filtered)
	peers(probe.Refused, "")(s)
}

// insync makes a leader count its followers.
func insync(n int) func(*probe.Server) { return counts("zk_synced_followers", strconv.Itoa(n)) }

// forbids is an ICMP "prohibited" from the client port.
func forbids(s *probe.Server) {
	unanswered(s, probe.Unreachable)
	s.Client.Took = quick
}

// starting loads its data.
func starting(_ where, s *probe.Server) {
	accepts(s, probe.Silent)
	peers(probe.Refused, probe.Refused)(s)
}

// closing closes connections without a word, to srvr and to clients.
func closing(_ where, s *probe.Server) {
	accepts(s, probe.Empty)
	s.Session = failed[probe.Serving](s, probe.Empty, quick)
	s.Held = probe.Saw(3, quick)
	peers(probe.Refused, "")(s)
}

// mute answers no four-letter word, and serves clients.
func mute(_ where, s *probe.Server) {
	accepts(s, probe.NotAllowed)
	s.Session = probe.Saw(probe.Serving{}, quick)
	peers(probe.Refused, "")(s)
}

// stranger is a program that is not ZooKeeper.
func stranger(_ where, s *probe.Server) {
	accepts(s, probe.Protocol)
	s.Srvr.Failure.Text = s.Name + ": an HTTP server answered"
	peers(probe.Refused, probe.Refused)(s)
}

// nameless has a name without an address.
func nameless(_ where, s *probe.Server) {
	s.Resolve = failed[[]netip.Addr](s, probe.Resolve, quick)
}

// unlooked was not looked at at all.
func unlooked(_ where, s *probe.Server) { s.Resolve = probe.Obs[[]netip.Addr]{} }

// cancelled had its looks cut short.
func cancelled(_ where, s *probe.Server) {
	unanswered(s, probe.Cancelled)
	peers(probe.Cancelled, probe.Cancelled)(s)
}

// Changes.

// at moves a server to another address, port and name.
func at(host, address string, port int) func(*probe.Server) {
	return func(s *probe.Server) {
		s.Host, s.Port, s.Name = host, port, host
		s.Resolve = probe.Saw(addrs(address), quick)
		if s.Client.Seen() {
			s.Client = tcp(s, port, "")
		}
	}
}

// says makes conf tell another id.
func says(id int64) func(*probe.Server) {
	return func(s *probe.Server) { s.Conf.Value.ServerID = &id }
}

// lists makes conf tell another list.
func lists(text string) func(*probe.Server) {
	return func(s *probe.Server) {
		s.Conf = conf(where{newest, text, int(*s.Conf.Value.ServerID)}, "follower", int(*s.Conf.Value.ServerID))
	}
}

// whitelisted allows srvr alone.
func whitelisted(s *probe.Server) {
	s.Conf = failed[probe.Conf](s, probe.NotAllowed, quick)
	s.Mntr = failed[probe.Mntr](s, probe.NotAllowed, quick)
}

// opened has shown its list in a session.
func opened(list *zoocfg.Membership) func(*probe.Server) {
	return func(s *probe.Server) { s.Opened = probe.Saw(probe.Opened{Members: list}, quick) }
}

// wordless had the words after srvr cut short.
func wordless(s *probe.Server) {
	s.Conf = failed[probe.Conf](s, probe.Cancelled, quick)
	s.Mntr = failed[probe.Mntr](s, probe.Cancelled, quick)
}

// holding is the number of connections that this host holds to it.
func holding(n int) func(*probe.Server) {
	return func(s *probe.Server) { s.Held = probe.Saw(n, quick) }
}

const ourAddress = "192.0.2.200"

func of(address string, n int) probe.ClientCount {
	return probe.ClientCount{Address: address, Connections: n}
}

// holders has the AdminServer count the connections to its client port, and limit them.
func holders(limit int, list ...probe.ClientCount) func(*probe.Server) {
	return func(s *probe.Server) {
		s.Client.Value.Local = netip.AddrPortFrom(netip.MustParseAddr(ourAddress), 50000)
		s.Admin.Settings = probe.Saw(probe.Conf{ServerID: new(int64(3)), ClientPort: &s.Port, MaxClientCnxns: &limit}, quick)
		slices.SortFunc(list, func(a, b probe.ClientCount) int { return b.Connections - a.Connections })
		s.Admin.Clients = probe.Saw(probe.AdminClients{Plain: list}, quick)
	}
}

// prohibited is an ICMP "prohibited": no route to host, at once.
func prohibited(s *probe.Server) {
	s.Election.Look = tcp(s, 3888, probe.Unreachable)
	s.Election.Look.Took = quick
}
