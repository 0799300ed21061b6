package diag

import (
	"net/netip"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

func reachRules() []rule {
	shut := but(follower, peers(snapshot.Refused, snapshot.Filtered))
	shutOut := but(looking, peers(snapshot.Refused, snapshot.Filtered))
	alias := but(follower, says(3), at("192.0.2.3", "192.0.2.3", 2181))
	peerNameless := but(follower, func(s *snapshot.Server) { s.PeerResolve = failed[[]netip.Addr](s, snapshot.Resolve, quick) })
	return []rule{
		{
			HostUnreachable,
			[]fire{
				{"no answer from any port", look(follower, leader, gone), "warning likely zk3"},
				{"no route", look(follower, leader, noRoute), "warning likely zk3"},
				{"no answer, one port asked", look(follower, leader, but(gone, peers("-", "-"))), "warning likely zk3"},
			},
			[]alike{
				{"it refuses", look(follower, leader, down)},
				{"another port answers", look(follower, leader, but(gone, peers(snapshot.Refused, "")))},
				{"hung", look(follower, leader, hung)},
			},
			[]blind{
				{"not looked at", unvisited(), report.SkipNotLooked},
				{"cut short", look(follower, leader, cancelled), report.SkipNotLooked},
				{"no address", look(follower, leader, nameless), report.SkipUnreachable},
			},
		},
		{
			ConnLimitReached,
			[]fire{
				{"closes at once", look(follower, leader, closing), "info possible zk3"},
				{"this host holds 60", look(follower, leader, but(closing, holding(60))), "warning likely zk3"},
				{"this host holds the file's 10", look(follower, leader, but(closing, holding(10))).file(zoo(3, "maxClientCnxns=10")), "warning proven zk3"},
				{"its AdminServer counts 10 of this host, of 10", look(follower, leader, but(closing, holders(10, of("192.0.2.9", 3), of(ourAddress, 10)))), "warning proven zk3"},
				{"its AdminServer counts 10 of another, of 10", look(follower, leader, but(closing, holders(10, of("192.0.2.9", 10)))), "warning likely zk3"},
				{"its AdminServer counts 10 of another, and 2 of this host", look(follower, leader, but(closing, holders(10, of("192.0.2.9", 10), of(ourAddress, 2)))), "info possible zk3"},
				{"its AdminServer counts few of anybody", look(follower, leader, but(closing, holders(10, of("192.0.2.9", 3)))), "info possible zk3"},
				{"its AdminServer counts many, and there is no limit", look(follower, leader, but(closing, holders(0, of(ourAddress, 300)))), "info possible zk3"},
				{"reset instead", look(follower, leader, but(closing, func(s *snapshot.Server) { s.Srvr.Failure.Kind = snapshot.Reset })), "info possible zk3"},
				{"no limit at all", look(follower, leader, but(closing, holding(500))).file(zoo(3, "maxClientCnxns=0")), "info possible zk3"},
				{"all clients together have as many as its file allows", totalFull(3, look(follower, leader, closing)), "warning proven zk3"},
				{"the same by the AdminServer's count and the file that was named", look(follower, leader, but(closing, connected(25, 7))).file(zoo(3, "maxCnxns=20")), "warning likely zk3"},
				{"maxCnxns by the file that was named, and no count", look(follower, leader, closing).file(zoo(3, "maxCnxns=20")), "warning likely zk3"},
				{"it rejects, and no address has many", look(follower, leader, but(closing, connected(25, 7))), "warning likely zk3"},
				{"all of them do", look(closing, closing, closing).file(zoo(3, "maxCnxns=20")), "critical likely zk1 zk2 zk3"},
				{"of those that were named, all do", look(but(closing, connected(25, 7)), but(closing, connected(25, 7))).as(oldest), "warning likely zk1 zk2"},
				{"maxCnxns is set, and fewer are connected", look(follower, leader, but(closing, connected(5, 7))).file(zoo(3, "maxCnxns=20")), "info possible zk3"},
				{"it rejects none", look(follower, leader, but(closing, connected(25, 0))), "info possible zk3"},
				{"its file has no maxCnxns", look(follower, leader, but(closing, connected(25, 7))).on(3), "info possible zk3"},
				{"maxCnxns is set, and this host has all that one address may", look(follower, leader, but(closing, holding(60))).file(zoo(3, "maxCnxns=20")), "warning likely zk3"},
			},
			[]alike{
				{"serves clients", look(follower, leader, but(closing, func(s *snapshot.Server) { s.Session = snapshot.Saw(snapshot.Serving{}, quick) }))},
				{"hung", look(follower, leader, hung)},
				{"down", look(follower, leader, down)},
			},
			[]blind{{"unreachable", look(follower, leader, gone), report.SkipUnreachable}, {"not looked at", unvisited(), report.SkipNotLooked}},
		},
		{
			NotZooKeeper,
			[]fire{
				{"HTTP", look(follower, leader, nonMember), "warning likely zk3"},
				{"a Keeper", look(follower, leader, but(nonMember, func(s *snapshot.Server) { s.Keeper = &snapshot.Keeper{Product: "RaftKeeper"} })), "warning proven zk3"},
			},
			[]alike{
				{"not serving", look(follower, leader, looking)},
				{"closes at once", look(follower, leader, closing)},
				{"another answers it, and it serves clients", look(follower, leader, but(nonMember, func(s *snapshot.Server) {
					s.Session = snapshot.Saw(snapshot.Serving{}, quick)
				}))},
			},
			[]blind{{"unreachable", look(follower, leader, gone), report.SkipUnreachable}, {"not looked at", unvisited(), report.SkipNotLooked}},
		},
		{
			ClientPortMismatch,
			[]fire{
				{"its election port is open", look(follower, leader, otherPort).twice(), "warning likely zk3"},
				{"its election port is open, in one check", look(follower, leader, otherPort), "info possible zk3"},
				{"it answered in the check before, and ended since", look(follower, leader, otherPort).after(look(follower, leader, but(follower, peers(snapshot.Refused, "")))), "info possible zk3"},
				{"its file says another port", look(follower, leader, otherPort).onWith(3, zoo(3, "clientPort=2281"), withListeners("[::]:2281", "[::]:3888")), "warning proven zk3"},
			},
			[]alike{
				{"down", look(follower, leader, down)},
				{"unreachable", look(follower, leader, gone)},
				{"its file says that port, and nothing listens there", look(follower, leader, otherPort).onWith(3, zoo(3), withListeners("[::]:3888"))},
				{"its file has no client port", look(follower, leader, otherPort).onWith(3, strings.Replace(zoo(3), "clientPort=2181\n", "", 1), withListeners("[::]:3888"))},
				{"it does not run, and another program has its election port", look(follower, leader, otherPort).on(3, stopped, withListeners("[::]:3888"))},
				{"no client port by design is no row of its own", look(follower, leader, looking)},
			},
			[]blind{
				{"peer ports not probed", look(follower, leader, but(otherPort, peers("-", "-"))), report.SkipNotLooked},
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
				{"refused, and the election port filtered", look(follower, leader, but(down, peers(snapshot.Filtered, snapshot.Filtered))), report.SkipUndecided},
			},
		},
		{
			QuorumPortFiltered,
			[]fire{
				{"from a bastion: possible", look(follower, leader, shut), "info possible zk3"},
				{"from a peer: likely", look(follower, leader, shutOut).on(1).twice(), "warning likely zk3"},
				{"prohibited, from a peer", look(follower, leader, but(looking, prohibited)).on(1).twice(), "warning proven zk3"},
				{"what goes out is prohibited", look(looking, but(leader, prohibited), but(follower, prohibited)).on(1).twice(), "warning proven zk1"},
				{"the quorum port of the leader, from who is out", look(looking, but(leader, peers(snapshot.Filtered, "")), follower).on(1).twice(), "warning likely zk2"},
				{"what goes out of a member that is out", look(looking, but(leader, peers(snapshot.Filtered, snapshot.Filtered)), shut).on(1).twice(), "warning likely zk1"},
				{"one that serves can be called", look(looking, leader, shut).on(1).twice(), "warning likely zk3"},
				{"the network says so", look(follower, leader, but(looking, prohibited)).twice(), "warning likely zk3"},
				{"refused, and its own sockets listen", look(follower, leader, but(looking, peers(snapshot.Refused, snapshot.Refused))).on(3), "warning proven zk3"},
				{"it costs the quorum", look(down, looking, but(looking, peers(snapshot.Refused, snapshot.Filtered))).on(2).twice(), "critical likely zk3"},
			},
			[]alike{
				{"2888 refused on a follower", look(follower, leader, follower).on(1)},
				{"both ends serve", look(follower, leader, shut).on(1)},
				{"2888 refused on who led a moment ago", look(follower, leader, follower).on(3, func(l *snapshot.Local) {
					l.Listeners.Value = append(l.Listeners.Value, netip.MustParseAddrPort("192.0.2.3:2888"))
				})},
				{"the whole host is unreachable", look(follower, leader, gone).on(1)},
				{"no route, slowly: the host is dead", look(follower, leader, noRoute).on(1)},
			},
			[]blind{
				{"not probed", look(but(follower, peers("-", "-")), but(leader, peers("-", "-")), but(follower, peers("-", "-"))), report.SkipNotLooked},
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
			},
		},
		{
			LatentPortBlock,
			[]fire{
				{"from a peer", look(follower, leader, shut).on(1), "warning likely zk3"},
				{"prohibited, from a peer", look(follower, leader, but(follower, prohibited)).on(1), "warning proven zk3"},
				{"the quorum port of the leader", look(follower, but(leader, peers(snapshot.Filtered, "")), follower).on(1), "warning likely zk2"},
				{"of a follower, which may lead tomorrow", look(but(follower, peers(snapshot.Filtered, "")), leader, follower).on(2), "warning likely zk1"},
				{"refused, and its own sockets listen", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).on(3), "warning proven zk3"},
				{"beside a server that is down", look(shut, leader, down).on(2), "warning likely zk1"},
				{"refused, from a peer", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).file(zoo(3)).on(1).twice(), "warning likely zk3"},
			},
			[]alike{
				{"refused while it was down, and it serves now", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).file(zoo(3)).on(1).after(look(follower, leader, down).file(zoo(3)).on(1))},
				{"2888 refused on a follower", look(follower, leader, follower).on(1)},
				{"from a bastion", look(follower, leader, shut)},
				{"prohibited, from a bastion", look(follower, leader, but(follower, prohibited))},
				{"refused, from a bastion", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).file(zoo(3))},
				{"refused, at a port that is assumed", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).on(1)},
				{"it is out", look(follower, leader, shutOut).on(1).twice()},
				{"who cannot reach it is out", look(looking, leader, shut).on(1).twice()},
				{"what it does is not known", look(follower, leader, but(gone, peers(snapshot.Refused, snapshot.Filtered))).on(1)},
				{"the whole host is unreachable", look(follower, leader, gone).on(1)},
			},
			[]blind{
				{"refused, in one look", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Refused))).file(zoo(3)).on(1), report.SkipOneLook},
				{"not probed", look(but(follower, peers("-", "-")), but(leader, peers("-", "-")), but(follower, peers("-", "-"))), report.SkipNotLooked},
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
			},
		},
		{
			TargetUnresolvable,
			[]fire{
				{"no such name", look(follower, leader, nameless), "warning proven zk3"},
				{"the name of its line", look(follower, leader, peerNameless), "warning proven zk3"},
			},
			[]alike{{"unreachable", look(follower, leader, gone)}, {"down", look(follower, leader, down)}},
			[]blind{
				{"not looked up", unvisited(), report.SkipNotLooked},
				{"cut short", look(follower, leader, func(_ where, s *snapshot.Server) {
					s.Resolve = failed[[]netip.Addr](s, snapshot.Cancelled, quick)
				}), report.SkipNotLooked},
			},
		},
		{
			TargetsIncomplete,
			[]fire{
				{"one of three named", look(follower).membership(three...), "info proven"},
				{"by the file of this host", look(looking).onWith(1, zoo(3)), "info proven"},
				{"a name with more addresses than are looked at", healthy().edit(func(s *snapshot.Snapshot) {
					s.Plan.Unasked = []snapshot.Unasked{{Host: "zk", Addresses: 3}}
				}), "info proven"},
			},
			[]alike{
				{"all were named", look(follower, leader, follower)},
				{"all, at translated addresses", look(follower, leader).membership("server.1=10.9.9.1:2888:3888:participant", "server.2=10.9.9.2:2888:3888:participant")},
				{"standalone", look(standalone)},
			},
			[]blind{{"3.4 does not tell", look(follower).as(oldest), report.SkipNotReported}, {"unreachable", unseen(), report.SkipNotReported}},
		},
		{
			MembershipTooLarge,
			[]fire{
				{"conf", look(follower).membership(memberLines(1001)), "warning proven zk1"},
				{"a session", look(but(follower, noWords, func(s *snapshot.Server) { s.Opened = failed[snapshot.Opened](s, snapshot.TooLarge, quick) })), "warning proven zk1"},
				{"an AdminServer", look(but(follower, noWords, func(s *snapshot.Server) {
					s.Admin.Voters = failed[*zoocfg.Membership](s, snapshot.TooLarge, quick)
				})), "warning proven zk1"},
				{"of an older snapshot", look(follower).edit(func(s *snapshot.Snapshot) {
					list, _ := zoocfg.ParseMembership(memberLines(1001) + "\nversion=0")
					s.Servers[0].Conf.Value.Membership = &list
				}), "warning proven zk1"},
				{"a file", look(down, down).file(zoo(1001)), "warning proven"},
				{"the file of this host", look(looking).onWith(1, zoo(1001)), "warning proven zk1"},
			},
			[]alike{
				{"1,000 members", look(follower).membership(memberLines(1000))},
				{"1,000 in a file", look(down).file(zoo(1000))},
				{"another answer is too large", look(but(follower, func(s *snapshot.Server) { s.Mntr = failed[snapshot.Mntr](s, snapshot.TooLarge, quick) }))},
			},
			[]blind{{"3.4 does not tell", look(follower).as(oldest), report.SkipNotReported}, {"unreachable", unseen(), report.SkipNotReported}},
		},
		{
			TargetDuplicate,
			[]fire{
				{"by name and by number", look(follower, leader, follower, alias).membership(three...), "info proven zk3 192.0.2.3"},
				{"two addresses, and each counts the other", look(follower, but(leader, inTurn(10, 12)), follower, but(leader, says(2), inTurn(11, 13))).membership(three...), "info proven zk2 zk4"},
				{"the addresses of two members", look(but(follower, inTurn(10, 12)), leader, but(follower, says(1), inTurn(11, 13))).file(zoo(3)), "warning likely zk1 zk3"},
				{"the same name twice", look(follower, leader, follower, but(follower, says(3), at("zk3", "192.0.2.3", 2181))).membership(three...), "info proven zk3"},
			},
			[]alike{
				{"two servers with one id", look(but(follower, says(3), inTurn(10, 11)), leader, but(follower, inTurn(10, 11)))},
				{"another port of the host", look(follower, but(leader, at("zk1", "192.0.2.1", 2182))).membership(
					"server.1=zk1:2888:3888:participant", "server.2=zk1:2889:3889:participant")},
				{"a port of the host that leads to another", look(follower, but(leader, at("zk1", "192.0.2.1", 2182)))},
				{"three servers", look(follower, leader, follower)},
			},
			[]blind{
				{"no address", look(follower, leader, nameless), report.SkipUnreachable},
				{"no server at all", look(), report.SkipNotLooked},
			},
		},
	}
}
