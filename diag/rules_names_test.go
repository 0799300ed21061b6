package diag

import (
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe"
)

// means makes the name of server id mean nothing on the host.
func meansNothing(id int64) func(*probe.Local) {
	return func(l *probe.Local) {
		for i := range l.Resolved {
			if l.Resolved[i].ID == id {
				l.Resolved[i].Addrs = probe.Failed[[]netip.Addr](&probe.Failure{Kind: probe.Resolve, Text: "no such host"}, quick)
			}
		}
	}
}

func nameRules() []rule {
	taken := but(follower, peers("", ""))
	elsewhere := but(leader, lists("server.1=other1:2888:3888:participant\nserver.2=other2:2888:3888:participant\nserver.3=other3:2888:3888:participant\nversion=0"))
	return []rule{
		{
			PeerNameUnresolvable,
			[]fire{
				{"a peer's", look(follower, leader, follower).on(1, meansNothing(3)), "warning likely zk3"},
				{"its own", look(follower, leader, down).on(3, stopped, meansNothing(3)), "warning likely zk3"},
				{"it costs the quorum", look(looking, down, down).on(1, meansNothing(3)), "critical likely zk3"},
			},
			[]alike{
				{"all mean something", look(follower, leader, follower).on(1)},
				{"the name that was asked for, elsewhere", look(follower, leader, nameless)},
			},
			[]blind{
				{"no own files", look(follower, leader, nameless), SkipLocalFiles},
				{"not looked up", look(follower, leader, follower).on(1, unresolved), SkipUndecided},
				denied(),
			},
		},
		{
			QuorumPortConflict,
			[]fire{
				{"one look", look(follower, leader, taken), "info possible zk3"},
				{"two looks", look(follower, leader, taken).twice(), "warning likely zk3"},
			},
			[]alike{
				{"the leader's", look(follower, leader, follower).twice()},
				{"it led in the look before", look(follower, leader, taken).after(look(follower, follower, leader))},
				{"on loopback", look(follower, leader, but(taken, at("127.0.0.3", "127.0.0.3", 2181))).twice()},
				{"a leader that serves no clients", look(follower, secretLeader, follower)},
			},
			[]blind{
				{"not probed", look(follower, leader, but(taken, peers("-", ""))), SkipNotLooked},
				{"two leaders", look(leader, leader, taken), SkipUndecided},
				{"unreachable", look(follower, leader, gone), SkipUnreachable},
			},
		},
		{
			TargetsMixed,
			[]fire{{"two ensembles", look(follower, elsewhere), "warning proven"}},
			[]alike{
				{"one ensemble", look(follower, leader, follower)},
				{"lists that differ by one", look(follower, but(leader, lists("server.1=zk1:2888:3888:participant\nserver.2=zk2:2888:3888:participant\nversion=0")), follower)},
				{"a file lists them", look(follower, elsewhere).file(zoo(2))},
			},
			[]blind{
				{"3.4 tells no list", look(follower, leader, follower).as(oldest), SkipNotTold},
				{"not looked at", unvisited(), SkipNotTold},
			},
		},
	}
}
