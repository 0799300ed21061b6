package diag

import (
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// means makes the name of server id mean nothing on the host.
func meansNothing(id int64) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		for i := range l.Resolved {
			if l.Resolved[i].ID == id {
				l.Resolved[i].Addrs = snapshot.Failed[[]netip.Addr](&snapshot.Failure{Kind: snapshot.Resolve, Text: "no such host"}, quick)
			}
		}
	}
}

// logs are lines that the log of the host's server has.
func logs(signs ...logline.Sign) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{Path: "/opt/zookeeper/logs/zookeeper.out"}, quick)
		for _, sign := range signs {
			l.Log.Value.Lines = append(l.Log.Value.Lines, snapshot.LogLine{Sign: sign, At: "2026-11-22 03:04:05", Text: "what it said", Count: 1})
		}
	}
}

// alsoSays has conf give another id when it is asked once more.
func alsoSays(id int) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		version := s.Srvr.Value.Version
		s.Again = append(s.Again, snapshot.Again{Conf: conf(where{version: version.String(), list: "version=0"}, "follower", id)})
	}
}

// alsoAt has envi name another host when it is asked once more.
func alsoAt(host string) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		other := s.Envi
		other.Value.HostName = host
		s.Again = append(s.Again, snapshot.Again{Envi: other})
	}
}

// reportedID has conf give that id.
func reportedID(id int64) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Conf.Value.ServerID = &id }
}

// inTurn has srvr, asked in turn with another target, count that many packets.
func inTurn(first, second int64) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		for _, received := range []int64{first, second} {
			srvr := s.Srvr
			srvr.Value.Received = received
			s.InTurn = append(s.InTurn, srvr)
		}
	}
}

// hostName has envi name the server's host.
func hostName(name string) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Envi = snapshot.Saw(snapshot.Envi{HostName: name}, quick) }
}

// mntrOf has mntr answer as a server in another state.
func mntrOf(state string) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Mntr = reply(newest, state, snapshot.WordMntr, snapshot.ParseMntr)
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
				{"no own files", look(follower, leader, nameless), report.SkipLocalFiles},
				{"not looked up", look(follower, leader, follower).on(1, unresolved), report.SkipUndecided},
				denied(),
			},
		},
		{
			QuorumPortConflict,
			[]fire{
				{"one look", look(follower, leader, taken), "info possible zk3"},
				{"two looks", look(follower, leader, taken).twice(), "warning likely zk3"},
				{"of two that serve nobody", look(looking, but(looking, peers("", "")), but(looking, peers("", ""))).on(1).twice(), "critical likely zk2 zk3"},
				{"of all, from outside", look(but(looking, peers("", "")), but(looking, peers("", "")), but(looking, peers("", ""))).twice(), "critical likely zk1 zk2 zk3"},
				{"its host shows who", look(follower, leader, taken).on(3, owned("[::]:2888 77 /usr/bin/nc")), "warning proven zk3"},
				{"of one that is in no quorum", look(looking, down, looking).on(3, owned("[::]:2888 77 /usr/bin/nc")), "warning proven zk3"},
			},
			[]alike{
				{"the leader's", look(follower, leader, follower).twice()},
				{"it led in the look before", look(follower, leader, taken).after(look(follower, follower, leader))},
				{"of one that is being elected", look(looking, looking, but(looking, peers("", ""))).twice()},
				{"of two that are elected at once", look(looking, but(looking, peers("", "")), but(looking, peers("", ""))).twice()},
				{"on loopback", look(follower, leader, but(taken, at("127.0.0.3", "127.0.0.3", 2181))).twice()},
				{"a leader that serves no clients", look(follower, secretLeader, follower)},
				{"at another address of its host", look(follower, leader, follower).on(3, owned("192.0.2.99:2888 77 /usr/bin/nc"))},
				{"another member's", look(follower, leader, follower).on(2).on(3, owned("[::]:2888 1002 /usr/bin/java jvm"))},
			},
			[]blind{
				{"not probed", look(follower, leader, but(taken, peers("-", ""))), report.SkipNotLooked},
				{"two leaders", look(leader, leader, taken), report.SkipUndecided},
				{"two that serve nobody, one look", look(looking, but(looking, peers("", "")), but(looking, peers("", ""))).on(1), report.SkipOneLook},
				{"whose it is was not seen", look(follower, leader, taken).on(3, withListeners("[::]:2181", "[::]:2888"), unownedPorts), report.SkipUndecided},
				{"unreachable", look(follower, leader, gone), report.SkipUnreachable},
			},
		},
		{
			ClientPortConflict,
			[]fire{
				{"a web server has it", look(follower, leader, nonMember).on(3, stopped, withListeners("[::]:2181")), "warning likely zk3"},
				{"and its log says so", look(follower, leader, nonMember).on(3, stopped, withListeners("[::]:2181"), logs(logline.AddressInUse)), "warning proven zk3"},
				{"something silent that is no Java program has it", look(follower, leader, starting).on(3, stopped, owned("[::]:2181 77 /usr/bin/nc")), "warning likely zk3"},
				{"something silent has it", look(follower, leader, hung).on(3, stopped, withListeners("192.0.2.3:2181"), logs(logline.AddressInUse)), "warning proven zk3"},
			},
			[]alike{
				{"it runs", look(follower, leader, nonMember).on(3, withListeners("[::]:2181"))},
				{"nothing listens", look(follower, leader, down).on(3, stopped, withListeners())},
				{"silent, and nothing else tells: a hung ZooKeeper may hide", look(follower, leader, hung).on(3, stopped, withListeners("192.0.2.3:2181"))},
				{"silent, and in Java", look(follower, leader, starting).on(3, stopped, owned("[::]:2181 77 /usr/bin/java jvm"))},
				{"silent, and whose it is was not seen", look(follower, leader, starting).on(3, stopped, withListeners("[::]:2181"), unownedPorts)},
				{"what answers is elsewhere", look(follower, leader, nonMember).on(3, stopped, withListeners("192.0.2.4:2181"))},
				{"ZooKeeper answers: its process was not seen", look(follower, leader, follower).on(3, stopped, withListeners("[::]:2181"))},
			},
			[]blind{
				denied(),
				{"no own files", look(follower, leader, nonMember), report.SkipLocalFiles},
				{"not all processes", look(follower, leader, nonMember).on(3, stopped, mayRun, withListeners("[::]:2181")), report.SkipUndecided},
			},
		},
		{
			ElectionPortConflict,
			[]fire{
				{"another program has it", look(follower, leader, otherPort).on(3, stopped, withListeners("192.0.2.3:3888")), "warning likely zk3"},
				{"and its log says so", look(follower, leader, otherPort).on(3, stopped, withListeners("192.0.2.3:3888"), logs(logline.AddressInUse)), "warning proven zk3"},
				{"it runs without", look(follower, leader, looking).on(3, kept, owned("192.0.2.3:3888 77 /usr/bin/nc")), "warning proven zk3"},
				{"it serves without", look(follower, leader, follower).on(3, kept, owned("[::]:3888 77 /usr/bin/nc")), "warning proven zk3"},
			},
			[]alike{
				{"it runs, on another client port", look(follower, leader, otherPort).on(3)},
				{"it has it itself, and another program at another address", look(follower, leader, follower).on(3, bound("[::]:2181", "192.0.2.3:3888"), owned("127.0.0.1:3888 77 /usr/bin/nc"))},
				{"another server of the ensemble has it", look(follower, leader, looking).on(2).on(3, kept, owned("[::]:3888 1002 /usr/bin/java jvm"))},
				{"it is loading its data", look(follower, leader, starting).on(3, kept, owned("[::]:3888 77 /usr/bin/nc"))},
				{"nothing listens", look(follower, leader, down).on(3, stopped, withListeners())},
			},
			[]blind{
				denied(),
				{"no own files", look(follower, leader, otherPort), report.SkipLocalFiles},
				{"whose it is was not seen", look(follower, leader, looking).on(3, kept, withListeners("[::]:2181", "192.0.2.3:3888"), unownedPorts), report.SkipUndecided},
				{"it has just started", look(follower, leader, looking).on(3, kept, young(time.Second), owned("192.0.2.3:3888 77 /usr/bin/nc")), report.SkipUndecided},
				{"not all processes", look(follower, leader, otherPort).on(3, stopped, mayRun, withListeners("192.0.2.3:3888")), report.SkipUndecided},
			},
		},
		{
			SeveralServers,
			[]fire{
				{"two ids in one look", look(but(follower, alsoSays(2))), "warning proven zk1"},
				{"beside one that is one", look(leader, but(follower, alsoSays(1)), follower).as(oldest), "warning proven zk2"},
				{"the first id is back", look(follower).after(look(but(follower, alsoSays(2)))), "warning proven zk1"},
				{"hosts, and none serves", look(but(looking, alsoAt("zk9"))), "warning proven zk1"},
			},
			[]alike{
				{"one server", look(follower, leader, follower).twice()},
				{"asked again, and the same", look(but(follower, alsoSays(1)))},
				{"started again with another id", look(but(follower, reportedID(2))).after(look(follower))},
				{"elected in between", look(leader, follower).after(look(follower, leader))},
				{"in an earlier run", look(but(follower, reportedID(2))).after(look(but(follower, alsoSays(1)))).edit(func(s *snapshot.Snapshot) { s.EarlierRun = true })},
			},
			[]blind{
				{"another role in the next word", look(but(follower, mntrOf("leader")), leader, follower), report.SkipUndecided},
				{"no answer", look(gone), report.SkipNotReported},
			},
		},
		{
			TargetsMixed,
			[]fire{
				{"two that lead", look(leader, elsewhere).membership(three...), "warning proven"},
				{"one id twice", look(follower, but(elsewhere, says(1))), "warning proven"},
				{"other ids", look(follower, but(leader, says(7), lists("server.7=other1:2888:3888:participant\nversion=0"))), "warning proven"},
				{"as of one ensemble with two networks", look(follower, elsewhere).membership(three...), "warning likely"},
			},
			[]alike{
				{"one ensemble", look(follower, leader, follower)},
				{"lists that differ by one", look(follower, but(leader, lists("server.1=zk1:2888:3888:participant\nserver.2=zk2:2888:3888:participant\nversion=0")), follower)},
				{"a file lists them", look(follower, elsewhere).file(zoo(2))},
			},
			[]blind{
				{"3.4 tells no list", look(follower, leader, follower).as(oldest), report.SkipNotReported},
				{"not looked at", unvisited(), report.SkipNotReported},
			},
		},
	}
}
