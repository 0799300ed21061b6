package diag

import (
	"net/netip"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestDecisionTable is the decision table, row by row: what the client port, the
// election port and srvr of one server mean. The other two servers serve.
func TestDecisionTable(t *testing.T) {
	t.Parallel()
	const twoServe = "degraded 1: 2 of 3 by conf, need 2, spare 0"
	noSpare := "fold degraded-no-spare warning proven"
	silentBehindFirewall := but(hung, peers(snapshot.Filtered, snapshot.Filtered))
	runGrid(t, []row{
		{"open, open, Mode: follower", look(follower, leader, follower), "serving 0: 3 of 3 by conf, need 2, spare 1", nil},
		{
			"open, open, not serving", look(follower, leader, looking).twice(), twoServe,
			findings("show server-not-serving warning proven zk3", noSpare),
		},
		{
			"open, refused, not serving", look(follower, leader, noListener).twice(), twoServe,
			findings("show server-not-serving warning proven zk3", noSpare),
		},
		{
			"open, timeout, not serving, from a bastion", look(follower, leader, but(looking, peers(snapshot.Filtered, snapshot.Filtered))).twice(), twoServe,
			findings("show server-not-serving warning proven zk3", "show quorum-port-filtered info possible zk3", noSpare),
		},
		{
			"open, timeout, serving, from a bastion", look(follower, leader, but(follower, peers(snapshot.Filtered, snapshot.Filtered))),
			"serving 0: 3 of 3 by conf, need 2, spare 1", findings("show quorum-port-filtered info possible zk3"),
		},
		{
			"open, timeout, serving, from a peer", look(follower, leader, but(follower, peers(snapshot.Refused, snapshot.Filtered))).on(1),
			"serving 1: 3 of 3 by conf, need 2, spare 1", findings("root latent-port-block warning likely zk3"),
		},
		{
			"open, no route at once, not serving, from a bastion", look(follower, leader, but(looking, prohibited)).twice(), twoServe,
			findings("root quorum-port-filtered warning likely zk3", noSpare, "fold server-not-serving warning proven zk3"),
		},
		{
			"open, no route at once, serving, from a bastion", look(follower, leader, but(follower, prohibited)),
			"serving 0: 3 of 3 by conf, need 2, spare 1", findings("show quorum-port-filtered info possible zk3"),
		},
		{
			"open, open, empty", look(follower, leader, closing), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("show conn-limit-reached info possible zk3"),
		},
		{
			"open, open, silence", look(follower, leader, hung).twice(), twoServe,
			findings("root server-hung warning likely zk3", noSpare),
		},
		{
			"open, open, silence in one look", look(follower, leader, hung), twoServe + ", again",
			findings("show degraded-no-spare warning proven", "show server-hung info possible zk3"),
		},
		{
			"open, refused, silence", look(follower, leader, starting), twoServe + ", again",
			findings("show server-starting info likely zk3", noSpare),
		},
		{
			"open, timeout, silence", look(follower, leader, silentBehindFirewall), twoServe + ", again",
			findings("show degraded-no-spare warning proven", "show quorum-port-filtered info possible zk3"),
		},
		{
			"refused, open", look(follower, leader, otherPort).twice(), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root client-port-mismatch warning likely zk3"),
		},
		{
			"refused, open, and it ran out of memory: the thread of its client port went first",
			look(follower, leader, otherPort).on(3, remembers(1000, 0), ranOut("java.lang.OutOfMemoryError: Java heap space")), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root heap-pressure warning proven zk3", "fold client-port-mismatch warning proven zk3", "fold status-script-misleading info proven zk3"),
		},
		{
			"refused, refused", look(follower, leader, down), twoServe,
			findings("root process-down warning likely zk3", noSpare),
		},
		{
			"timeout, timeout", look(follower, leader, gone), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root host-unreachable warning likely zk3"),
		},
		{
			"timeout, open: the host is there, its client port is not", look(follower, leader, but(gone, peers(snapshot.Refused, ""))),
			"serving 1: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"refused, timeout: nothing is known", look(follower, leader, but(down, peers(snapshot.Filtered, snapshot.Filtered))),
			"serving 1: 3 of 3 by conf, need 2, spare 1", findings("show quorum-port-filtered info possible zk3"),
		},
		{
			"Mode: standalone beside an ensemble", look(follower, leader, standalone), "degraded 2: 2 of 3 by conf, need 2, spare 0",
			findings("root standalone-in-ensemble critical proven zk3", noSpare),
		},
		{
			"Mode: read-only", look(follower, leader, readOnly).twice(), twoServe, findings("show read-only-mode warning proven zk3", noSpare),
		},
	})
}

// TestLeaderServesNo: a leader that serves no clients
// answers like a server without a quorum.
func TestLeaderServesNo(t *testing.T) {
	t.Parallel()
	serving := "serving 0: 3 of 3 by conf, need 2, spare 1"
	runGrid(t, []row{
		{"inferred", look(follower, secretLeader, follower).twice(), serving, findings("show leader-serves-no info likely zk2")},
		{
			"inferred from one look: it may be stepping down", look(follower, secretLeader, follower), serving + ", again",
			findings("show leader-serves-no info possible zk2"),
		},
		{
			"nobody followed it a moment ago", look(follower, secretLeader, follower).after(look(looking, secretLeader, looking)), serving,
			findings("show election-in-progress info proven", "show leader-serves-no info possible zk2"),
		},
		{
			"it led and served a moment ago: it steps down", look(follower, secretLeader, follower).after(look(follower, leader, follower)),
			"unknown 3: 2 of 3 by conf, need 2, spare ?", findings("show server-not-serving info possible zk2"),
		},
		{
			"said by its process", look(follower, secretLeader, follower).on(2, func(l *snapshot.Local) { l.Process.LeaderServes = "no" }).twice(), serving,
			findings("show leader-serves-no info proven zk2", "fold status-script-misleading info proven zk2"),
		},
		{
			"said by its file", look(follower, secretLeader, follower).onWith(2, zoo(3, "leaderServes=no")).twice(), serving,
			findings("show leader-serves-no info proven zk2", "fold status-script-misleading info proven zk2"),
		},
		{
			"a voter is unseen: it may be the leader", look(follower, secretLeader, gone), "serving 1: 1 of 3 by conf, need 2, spare ?, again",
			findings("root host-unreachable warning likely zk3", "show server-not-serving info possible zk2"),
		},
		{
			"a voter was not named: it may be the leader", look(follower, secretLeader).membership(three...),
			"serving 1: 1 of 3 by conf, need 2, spare ?, again",
			findings("show server-not-serving info possible zk2", "show targets-incomplete info proven"),
		},
		{
			"a voter is silent: it may be the leader", look(follower, secretLeader, hungLeader).twice(),
			"unknown 3: 1 of 3 by conf, need 2, spare ?",
			findings("root server-hung warning likely zk3", "show server-not-serving info possible zk2"),
		},
		{
			"another leads", look(leader, secretLeader, follower).twice(), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("show server-not-serving warning proven zk2", "fold degraded-no-spare warning proven"),
		},
		{
			"the port is closed", look(follower, looking, follower).twice(), "unknown 3: 2 of 3 by conf, need 2, spare ?",
			findings("show server-not-serving warning proven zk2"),
		},
		{
			"two have the port open", look(follower, secretLeader, secretLeader).twice(), "unknown 3: 1 of 3 by conf, need 2, spare ?",
			findings("root quorum-port-conflict warning likely zk2 zk3", "fold server-not-serving info possible zk2 zk3"),
		},
		{
			"the port was not tried", look(follower, but(looking, peers("-", "-")), follower).twice(), "serving 1: 2 of 3 by conf, need 2, spare ?",
			findings("show server-not-serving info possible zk2"),
		},
		{
			"a firewall is before the port", look(follower, but(looking, peers(snapshot.Filtered, "")), follower).twice(), "serving 1: 2 of 3 by conf, need 2, spare ?",
			findings("show server-not-serving info possible zk2", "show quorum-port-filtered info possible zk2"),
		},
		{
			"the port was not tried, and its file has no such setting", look(follower, but(looking, peers("-", "-")), follower).onWith(2, zoo(3)).twice(), "unknown 3: 2 of 3 by conf, need 2, spare ?",
			findings("show server-not-serving warning proven zk2", "fold status-script-misleading info proven zk2"),
		},
		{
			"nobody follows", look(looking, secretLeader, looking).twice(), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("show quorum-lost critical likely", "fold server-not-serving critical proven zk1 zk2 zk3"),
		},
		{
			"an observer leads nobody", look(follower, leader, follower, secretLeader).observing(4).twice(),
			"serving 1: 3 of 3 by conf, need 2, spare 1", findings("show server-not-serving warning proven zk4"),
		},
	})
}

// TestWhere is about servers that are not where their lines have them: behind
// translated addresses, several on one host, on another address of their host.
func TestWhere(t *testing.T) {
	t.Parallel()
	inside := []string{"server.1=10.99.0.1:2888:3888:participant", "server.2=10.99.0.2:2888:3888:participant", "server.3=10.99.0.3:2888:3888:participant"}
	pseudo := []string{"server.1=localhost:2888:3888:participant", "server.2=localhost:2889:3889:participant", "server.3=localhost:2890:3890:participant"}
	loop := func(port int) func(*snapshot.Server) { return at("localhost", "127.0.0.1", port) }
	rename := func(s *snapshot.Snapshot) {
		for i := range s.Servers {
			s.Servers[i].Name = []string{"localhost", "localhost:2182", "localhost:2183"}[i]
		}
	}
	numeric := func(id int) func(*snapshot.Server) { return at(addrOf(id).String(), addrOf(id).String(), 2181) }
	runGrid(t, []row{
		{
			"translated addresses are matched by id", look(follower, leader, follower).membership(inside...),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"translated addresses in another order", look(but(follower, says(3)), but(leader, says(1)), but(follower, says(2))).membership(inside...),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"three servers on one host", look(but(follower, loop(2181)), but(leader, loop(2182)), but(follower, loop(2183))).membership(pseudo...).edit(rename),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"three servers on one host, client ports in the list", look(but(follower, loop(2181)), but(leader, loop(2182)), but(down, loop(2183), peers("-", "-"))).
				membership(pseudo[0]+";2181", pseudo[1]+";2182", pseudo[2]+";2183").edit(rename),
			"serving 1: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"named by number, listed by name, one down", look(but(follower, numeric(1)), but(leader, numeric(2)), but(down, numeric(3))),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root process-down warning likely 192.0.2.3", "fold degraded-no-spare warning proven"),
		},
		{
			"conf writes other addresses than the file", look(follower, leader, down).membership(inside...).file(zoo(3)),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root process-down warning likely zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"named by number, listed by name", look(but(follower, numeric(1)), but(leader, numeric(2)), but(follower, numeric(3))),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"translated addresses, one not serving", look(leader, follower, looking).membership(inside...).twice(),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("show server-not-serving warning proven zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"named by number, this host's file has names", look(but(looking, numeric(1)), but(looking, numeric(2)), but(looking, numeric(3))).on(1).twice(),
			"down 2: 0 of 3 by file, need 2, spare -1",
			findings("show quorum-lost critical proven", "fold server-not-serving critical proven 192.0.2.1 192.0.2.2 192.0.2.3", "fold status-script-misleading info proven 192.0.2.1"),
		},
		{
			"its own line is the wildcard", look(follower, leader, down).membership("server.1=zk1:2888:3888:participant",
				"server.2=0.0.0.0:2888:3888:participant", "server.3=zk3:2888:3888:participant"),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root process-down warning likely zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"localhost, and clientPortAddress is another address",
			look(but(down, at("localhost", "127.0.0.1", 2181))).onWith(1, zoo(3, "clientPortAddress=192.0.2.1")),
			"unknown 3: 0 of 3 by file, need 2, spare ?",
			findings("root client-port-mismatch warning proven localhost", "show targets-incomplete info proven"),
		},
		{
			"one server under two names", look(follower, leader, follower, but(follower, says(3), at("192.0.2.3", "192.0.2.3", 2181))).membership(three...),
			"serving 0: 3 of 3 by conf, need 2, spare 1", findings("show target-duplicate info proven zk3 192.0.2.3"),
		},
		{
			"one server under two names, no list", look(follower, leader, follower, but(follower, says(3), at("192.0.2.3", "192.0.2.3", 2181))).as(oldest),
			"serving 0: 3 of 3 by targets, need 2, spare 1", findings("show target-duplicate info proven zk3 192.0.2.3"),
		},
		{
			"a server that is down under two names, no list", look(follower, leader, down, but(down, at("192.0.2.3", "192.0.2.3", 2181))).as(oldest),
			"degraded 1: 2 of 3 by targets, need 2, spare 0",
			findings("root process-down warning likely zk3 192.0.2.3", "show target-duplicate info proven zk3 192.0.2.3", "fold degraded-no-spare warning likely"),
		},
		{
			"one standalone server under two names", look(standalone, but(standalone, at("localhost", "192.0.2.1", 2181))),
			"serving 0: 1 of 1 by targets, need 1, spare 0", findings("show target-duplicate info proven zk1 localhost"),
		},
		{
			"several addresses of one name", look(but(follower, func(s *snapshot.Server) {
				s.Resolve.Value = append([]netip.Addr{addr("2001:db8::1")}, s.Resolve.Value...)
			}), leader, follower),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
	})
}
