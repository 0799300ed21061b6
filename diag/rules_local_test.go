package diag

import (
	"net/netip"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// healthy is three servers that serve; out is server 3 gone.
func healthy() scene { return look(follower, leader, follower) }
func out() scene     { return look(follower, leader, down) }

// healthyAs is healthy of another release.
func healthyAs(version string) scene {
	return look(but(follower, runs(version)), but(leader, runs(version)), but(follower, runs(version)))
}

func noLocal() blind { return blind{"no files", healthy(), report.SkipLocalFiles} }
func denied() blind  { return blind{"files denied", out().on(3, unreadable), report.SkipDenied} }

// noDataDir: the directory itself is not there.
func noDataDir(l *snapshot.Local) { l.DataDir = snapshot.Saw(false, quick) }

func myidRules() []rule {
	return []rule{
		{
			MyidMissing,
			[]fire{
				{"stopped", out().on(3, stopped, noMyid(snapshot.Absent)), "warning proven zk3"},
				{"removed under a running server", healthy().on(3, noMyid(snapshot.Absent)), "warning proven zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, noMyid(snapshot.Absent)), "critical proven zk3"},
				{"its dataDir may be a container's", out().on(3, stopped, noMyid(snapshot.Absent), noDataDir), "warning likely zk3"},
				{"its dataDir is gone, and its log says so", out().on(3, stopped, noMyid(snapshot.Absent), noDataDir, logged(snapshot.LogLine{Sign: logline.MyIDMissing, Text: "/var/lib/zookeeper/myid file is missing"})), "warning proven zk3"},
			},
			[]alike{
				{"a standalone server needs none", look(standalone).onWith(1, zoo(0), noMyid(snapshot.Absent))},
				{"it is there", out().on(3, stopped)},
				{"it is empty", out().on(3, stopped, myid(""))},
			},
			[]blind{
				noLocal(), denied(),
				{"it answers, and its process was not seen", healthy().on(3, stopped, noMyid(snapshot.Absent)), report.SkipUndecided},
				{"may not be read", out().on(3, noMyid(snapshot.Denied)), report.SkipUndecided},
				{"not looked at", out().on(3, unreadMyid), report.SkipUndecided},
			},
		},
		{
			MyidMalformed,
			[]fire{
				{"a blank behind it", out().on(3, stopped, myid("3 \n")), "warning proven zk3"},
				{"a byte order mark", out().on(3, stopped, myid("\xef\xbb\xbf3\n")), "warning proven zk3"},
				{"empty", out().on(3, stopped, myid("")), "warning proven zk3"},
				{"two ids", out().on(3, stopped, myid("1 3\n")), "warning proven zk3"},
			},
			[]alike{
				{"CR LF is fine", out().on(3, stopped, myid("3\r\n"))},
				{"no line end is fine", out().on(3, stopped, myid("3"))},
				{"a second line is fine", out().on(3, stopped, myid("3\nx\n"))},
			},
			[]blind{
				noLocal(), denied(),
				{"it answers, and its process was not seen", healthy().on(3, stopped, myid("3 \n")), report.SkipUndecided},
				{"may not be read", out().on(3, noMyid(snapshot.Denied)), report.SkipUndecided},
				{"not looked at", out().on(3, unreadMyid), report.SkipUndecided},
			},
		},
		{
			MyidNotInServers,
			[]fire{
				{"9", out().on(3, stopped, myid("9\n")), "warning proven zk3"},
				{"the list is old", look(follower, leader, down).onWith(3, zoo(2), stopped), "warning proven zk3"},
			},
			[]alike{
				{"in the list", out().on(3, stopped)},
				{"another server's", out().on(3, stopped, myid("2\n"))},
				{"standalone", look(standalone).onWith(1, zoo(0), myid("9\n"))},
			},
			[]blind{
				noLocal(), denied(),
				{"it answers, and its process was not seen", healthy().on(3, stopped, myid("9\n")), report.SkipUndecided},
				{"may not be read", out().on(3, noMyid(snapshot.Denied)), report.SkipUndecided},
				{"no number", out().on(3, stopped, myid("x\n")), report.SkipUndecided},
				{"not there", out().on(3, stopped, noMyid(snapshot.Absent)), report.SkipUndecided},
			},
		},
		{
			MyidWrongServer,
			[]fire{
				{"its own files", out().on(3, stopped, myid("2\n")), "warning proven zk3"},
				{"its own files alone", look(gone, gone, down).as(oldest).on(3, stopped, myid("2\n")), "warning likely zk3"},
				{"its own files, and another has its id", look(follower, leader, down).as(oldest).on(3, stopped, myid("2\n")), "warning proven zk3"},
				{"swapped, by conf", look(but(follower, says(3)), leader, but(follower, says(1))), "warning likely zk1 zk3"},
			},
			[]alike{
				{"right", out().on(3, stopped)},
				{"translated addresses", look(but(follower, says(3)), leader, but(follower, says(1))).membership(
					"server.1=10.9.9.1:2888:3888:participant", "server.2=10.9.9.2:2888:3888:participant", "server.3=10.9.9.3:2888:3888:participant")},
				{"no line is this host's", look(follower, leader, down).file(zoo(3)).on(3, stopped, has("10.0.0.3"))},
				{"two hosts swapped in the list that counts", look(follower, but(leader, lists(swappedLines)), follower)},
				{"two hosts swapped in its own file", out().onWith(3, exchanged(2, 3), stopped)},
				{"two hosts swapped in the file of who is out", look(follower, leader, looking).as(oldest).onWith(3, exchanged(1, 2)).twice()},
			},
			[]blind{
				{"neither files nor conf", healthy().as(oldest), report.SkipLocalFiles},
				{"a container's names", look(gone, gone, gone).on(3, contained), report.SkipUndecided},
				{"all on loopback", look(down, down, down).as(oldest).on(3, stopped, myid("2\n"), resolves(1, "127.0.0.1"), resolves(2, "127.0.0.2"), resolves(3, "127.0.0.3")), report.SkipUndecided},
				{"not there", out().on(3, stopped, noMyid(snapshot.Absent)), report.SkipUndecided},
			},
		},
		{
			MyidDuplicate,
			[]fire{
				{"by conf", look(but(follower, says(2)), leader, follower), "critical proven zk1 zk2"},
				{"each has its own address in its own list", look(follower, leader, follower, but(follower, says(1), lists(
					"server.1=192.0.2.4:2888:3888:participant\nserver.2=192.0.2.5:2888:3888:participant\nserver.3=zk3:2888:3888:participant\nversion=0"))), "critical likely zk4 zk1"},
				{"by the files of two", look(looking, looking, looking).on(1).on(3, myid("1\n")), "critical proven zk3 zk1"},
				{"translated addresses, one role", look(but(follower, says(3)), leader, follower).as(oldest), "info possible zk1 zk3"},
				{"another role at another address", look(follower, leader, but(follower, says(2), at("192.0.2.9", "192.0.2.9", 2181))).as(oldest), "critical likely zk2 192.0.2.9"},
				{"another role behind a balancer", look(follower, leader, but(follower, says(2), at("192.0.2.9", "192.0.2.9", 2181), balancedAway)).as(oldest), "info possible zk2 192.0.2.9"},
				{"translated addresses, one role, each counts for itself", look(but(follower, says(3), inTurn(10, 11)), leader, but(follower, inTurn(10, 11))).as(oldest), "critical likely zk1 zk3"},
				{"translated addresses, one list, two hosts", look(but(follower, says(3), inTurn(10, 12), hostName("a")), leader, but(follower, inTurn(11, 13), hostName("b"))).membership(
					"server.1=10.9.9.1:2888:3888:participant", "server.2=10.9.9.2:2888:3888:participant", "server.3=10.9.9.3:2888:3888:participant"), "critical proven zk1 zk3"},
			},
			[]alike{
				{"three ids", healthy()},
				{"one server under two names", look(follower, leader, follower, but(follower, says(3), at("192.0.2.3", "192.0.2.3", 2181))).membership(three...)},
				{"one server at two addresses", look(but(follower, says(3), inTurn(10, 12)), leader, but(follower, inTurn(11, 13))).as(oldest)},
				{"one server at the addresses of two lines", look(but(follower, says(3), inTurn(10, 12)), leader, but(follower, inTurn(11, 13))).file(zoo(3))},
				{"standalone servers have id 0", look(standalone, standalone)},
				{"a member and its own files", healthy().on(1)},
			},
			[]blind{
				{"nobody tells", look(but(follower, whitelisted), but(leader, whitelisted), but(follower, whitelisted)), report.SkipNotReported},
				{"unreachable", unseen(), report.SkipNotReported},
			},
		},
	}
}

// balancedAway has the address refuse what its server has as its election port.
func balancedAway(s *snapshot.Server) {
	s.Election.Assumed = false
	peers("-", snapshot.Refused)(s)
}

func addressRules() []rule {
	byFile := look(follower, leader, down).file(zoo(3))
	bare := withListeners("[::]:2181")
	crlf := strings.ReplaceAll(zoo(3), "\n", "\r\n")
	loopback2 := strings.Replace(zoo(3, "quorumListenOnAllIPs=true"), "zk2", "127.0.0.1", 1)
	noSockets := func(l *snapshot.Local) { l.Listeners = snapshot.Obs[[]netip.AddrPort]{} }
	noAddrs := func(l *snapshot.Local) { l.Addrs = snapshot.Obs[[]netip.Addr]{} }
	return []rule{
		{
			SelfAddrNotLocal,
			[]fire{
				{"it has a listener there", look(follower, leader, noListener).file(zoo(3)).on(3, has("10.0.0.3"), withListeners("[::]:2181", "192.0.2.3:3888")), "warning likely zk3"},
				{"it has a listener there, and serves", healthy().file(zoo(3)).on(3, has("10.0.0.3")), "info possible zk3"},
				{"another has a listener there", look(follower, leader, noListener).file(zoo(3)).on(3, has("10.0.0.3"), bound("[::]:2181")), "warning proven zk3"},
				{"its address is elsewhere", byFile.on(3, stopped, has("10.0.0.3")), "warning proven zk3"},
				{"3.4 runs on", look(follower, leader, noListener).as(oldest).file(zoo(3)).on(3, has("10.0.0.3"), bare), "warning proven zk3"},
			},
			[]alike{
				{"it listens on all", byFile.onWith(3, zoo(3, "quorumListenOnAllIPs=true"), stopped, has("10.0.0.3"))},
				{"the wildcard", byFile.onWith(3, strings.Replace(zoo(3), "zk3:", "0.0.0.0:", 1), stopped, has("10.0.0.3"))},
				{"one of several addresses", byFile.on(3, stopped, has("10.0.0.3"), resolves(3, "192.0.2.33", "10.0.0.3"))},
				{"loopback", healthy().on(3, resolves(3, "127.0.1.1"))},
			},
			[]blind{noLocal(), denied(), {"a container's names", healthy().on(3, contained), report.SkipUndecided}, {"addresses not seen", healthy().on(3, noAddrs), report.SkipUndecided}},
		},
		{
			SelfAddrLoopback,
			[]fire{
				{"127.0.1.1", look(follower, leader, noListener).on(3, resolves(3, "127.0.1.1"), withListeners("[::]:2181", "127.0.1.1:3888")), "warning proven zk3"},
				{"::1", look(follower, leader, noListener).on(3, resolves(3, "::1"), withListeners("[::]:2181", "[::1]:3888")), "warning proven zk3"},
				{"its name was loopback when it started", look(follower, leader, noListener).on(3, withListeners("[::]:2181", "127.0.1.1:3888")), "warning proven zk3"},
				{"its name was another when it started", healthy().on(3, resolves(3, "127.0.1.1")), "warning likely zk3"},
				{"its name was another, and another listens there", look(follower, leader, noListener).on(3, resolves(3, "127.0.1.1"), bound("[::]:2181")), "warning proven zk3"},
				{"it listens on all and serves", healthy().onWith(2, loopback2), "warning proven zk2"},
				{"it listens on all and is out", look(follower, looking, leader).onWith(2, loopback2), "warning likely zk2"},
				{"it listens on all and does not run", look(follower, down, leader).onWith(2, loopback2, stopped), "warning likely zk2"},
			},
			[]alike{
				{"it listens on all, and 3.4 tells no address", healthyAs(oldest).onWith(2, loopback2)},
				{"it listens on all, and has the highest id", healthy().onWith(3, strings.Replace(loopback2, "zk3", "127.0.0.1", 1))},
				{"all on loopback", healthy().on(3, resolves(1, "127.0.0.1"), resolves(2, "127.0.0.2"), resolves(3, "127.0.0.3"))},
				{"it listens on all", healthy().onWith(3, zoo(3, "quorumListenOnAllIPs=true"), resolves(3, "127.0.1.1"))},
				{"a real address too", healthy().on(3, resolves(3, "127.0.1.1", "192.0.2.3"))},
			},
			[]blind{noLocal(), denied(), {"a container's names", healthy().on(3, contained), report.SkipUndecided}, {"names not looked up", healthy().on(3, unresolved), report.SkipUndecided}},
		},
		{
			ProcessWithoutListener,
			[]fire{
				{"3.4 after a failed bind", look(follower, leader, noListener).as(oldest).on(3, bare), "warning proven zk3"},
				{"it costs the quorum", look(down, looking, noListener).on(3, bare).twice(), "critical proven zk3"},
			},
			[]alike{
				{"it listens on all", healthy().on(3, withListeners("[::]:2181", "[::]:3888"))},
				{"it is loading its data", look(follower, leader, starting).on(3, bare)},
				{"its name was another when it started", healthy().on(3, resolves(3, "127.0.1.1"))},
				{"standalone", look(standalone).onWith(1, zoo(0), bare)},
				{"another election port", healthy().onWith(3, strings.ReplaceAll(zoo(3), ":3888", ":3889"), withListeners("[::]:2181", "192.0.2.3:3889"))},
				{"no process", out().on(3, stopped)},
			},
			[]blind{
				noLocal(), denied(),
				{"sockets not seen", healthy().on(3, noSockets), report.SkipUndecided},
				{"a young process", look(follower, leader, noListener).on(3, bare, young(time.Second)), report.SkipUndecided},
				{"its port is not known", look(follower, leader, noListener).on(3, bare, noMyid(snapshot.Denied)), report.SkipUndecided},
			},
		},
		{
			StatusScriptMisleading,
			[]fire{
				{"CR LF", healthy().onWith(3, crlf), "info proven zk3"},
				{"not serving", look(follower, leader, looking).on(3), "info proven zk3"},
				{"leaderServes=no", look(follower, secretLeader, follower).on(2), "info proven zk2"},
				{"an address that refuses", healthy().on(3, func(l *snapshot.Local) {
					l.Script = snapshot.Failed[snapshot.Srvr](&snapshot.Failure{Kind: snapshot.Refused, Text: "192.0.2.9:2181: connection refused"}, quick)
				}), "info proven zk3"},
			},
			[]alike{
				{"it is right", healthy().on(3)},
				{"it serves since it was asked", healthy().on(3, func(l *snapshot.Local) {
					l.Script = snapshot.Failed[snapshot.Srvr](&snapshot.Failure{Kind: snapshot.NotServing}, quick)
				})},
				{"nothing runs, as it says", out().on(3, stopped)},
			},
			[]blind{
				noLocal(), denied(),
				{"a container's script", healthy().on(3, contained), report.SkipUndecided},
				{"the look was cut short", healthy().on(3, func(l *snapshot.Local) {
					l.Script = snapshot.Failed[snapshot.Srvr](&snapshot.Failure{Kind: snapshot.Cancelled}, 0)
				}), report.SkipUndecided},
			},
		},
	}
}
