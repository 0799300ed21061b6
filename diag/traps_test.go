package diag

import (
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// The 26 traps and where they are tested. Those marked "probe"
// or "zoocfg" are traps of parsing, which no rule sees.
//
//	 1 2888 refused off the leader     TestHealthyView; quorum-port-filtered alike; here
//	 2 open, imok, alive, not serving  here
//	 3 starting; Netty binds late      server-starting; here
//	 4 leaderServes=no                 TestLeaderServesNo
//	 5 standalone on purpose           TestStandaloneVersions
//	 6 observers, groups, weights      TestList, TestVerdict
//	 7 an election, a rolling restart  TestVerdict
//	 8 two leaders in a hand-over      TestVerdict, split-brain alike
//	 9 whitelist, empty, unknown word  cmd-not-whitelisted; unknown words: never asked
//	10 maxClientCnxns hits the doctor  conn-limit-reached
//	11 TLS-only client port            here
//	12 clientPortAddress on one NIC    TestWhere
//	13 zxids never agree               TestHealthyView; follower-lagging
//	14 Kubernetes names, NAT           here, TestWhere; election-port-held
//	15 forms of server.N               TestList; zoocfg
//	16 dynamicConfigFile               here
//	17 zoo.cfg older than reality      TestList
//	18 dataDir differs                 here; probe: the process's own
//	19 ClickHouse Keeper               here
//	20 AdminServer off                 here
//	21 values trimmed or not           zoocfg
//	22 myid in CR LF                   myid-malformed alike
//	23 latency max is for life         latency-high, fsync-slow
//	24 a reply that was cut            here; probe tells it
//	25 a bastion may not reach 3888    quorum-port-filtered, latent-port-block
//	26 conf and mntr need a quorum     here

func TestTraps(t *testing.T) {
	t.Parallel()
	degraded := "degraded 1: 2 of 3 by conf, need 2, spare 0"
	keeper := func(s *snapshot.Server) {
		s.Srvr.Failure.Text = "192.0.2.3:2181: a ClickHouse Keeper answered"
		s.Keeper = &snapshot.Keeper{Product: "ClickHouse Keeper", Version: "v24.2", Mode: snapshot.ModeFollower}
	}
	cut := func(s *snapshot.Server) { s.Srvr.Failure.Kind = snapshot.Reset }
	off := func(s *snapshot.Server) { s.Admin.Stats = failed[snapshot.Srvr](s, snapshot.Refused, quick) }
	serving := "serving 0: 3 of 3 by conf, need 2, spare 1"
	runGrid(t, []row{
		{
			"1: observers at a follower", look(follower, leader, follower).onWith(1, zoo(3, "observerMasterPort=2191"), withListeners("192.0.2.1:2181", "192.0.2.1:3888", "192.0.2.1:2191")),
			serving, nil,
		},
		{
			"3: Netty, which has no port before its data", look(follower, leader, down).on(3, withListeners(), young(time.Second)), degraded + ", again",
			findings("show server-starting info likely zk3", "fold degraded-no-spare warning proven", "fold status-script-misleading info likely zk3"),
		},
		{
			"12: another clientPortAddress since its start", look(follower, leader, follower).onWith(3, zoo(3, "clientPortAddress=192.0.2.88")), serving, nil,
		},
		{
			"18: another dataDir than its peers'", look(follower, leader, follower).on(1).onWith(3, strings.Replace(zoo(3), "/var/lib", "/srv", 1)), serving, nil,
		},
		{
			"20: no AdminServer", look(but(follower, whitelisted, off), but(leader, whitelisted, off), but(follower, whitelisted, off)).file(zoo(3)),
			"serving 0: 3 of 3 by file, need 2, spare 1", findings("show cmd-not-whitelisted info proven zk1 zk2 zk3"),
		},
		{
			"2: imok proves nothing", look(follower, leader, looking).on(3).twice(), degraded,
			findings("show server-not-serving warning proven zk3", "fold degraded-no-spare warning proven", "fold status-script-misleading info proven zk3"),
		},
		{
			"11: TLS only, plain words are closed at once", look(closing, closing, closing), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("show conn-limit-reached info possible zk1 zk2 zk3"),
		},
		{
			"11: TLS only, no plain port", look(otherPort, otherPort, otherPort).twice(), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("root client-port-mismatch warning likely zk1 zk2 zk3"),
		},
		{
			"14: names of pods that are not ready", look(nameless, nameless, nameless).file(zoo(3)), "unknown 3: 0 of 3 by file, need 2, spare ?",
			findings("root target-unresolvable warning proven zk1 zk2 zk3"),
		},
		{
			"16: no server.N line in zoo.cfg", look(follower, leader, follower).onWith(3, zoo(0, "dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic")),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"19: another program that speaks the words", look(but(nonMember, keeper), but(nonMember, keeper), but(nonMember, keeper)),
			"unknown 3: 0 of 3 by targets, need 2, spare ?", findings("show not-zookeeper info proven zk1 zk2 zk3"),
		},
		{
			"24: reset in the middle of an answer", look(follower, leader, but(closing, cut)), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("show conn-limit-reached info possible zk3"),
		},
		{
			"26: without a quorum conf and mntr are not asked", look(looking, looking, looking).file(zoo(3)).twice(), "down 2: 0 of 3 by file, need 2, spare -1",
			findings("show quorum-lost critical proven", "fold server-not-serving critical proven zk1 zk2 zk3"),
		},
	})
}

// TestSummaries: the headline repeats the numbers and names who is out.
func TestSummaries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scene scene
		want  []string
	}{
		{look(follower, leader, follower), []string{"3 of 3 voters", "Leader zk2", "Can lose 1 more"}},
		{look(follower, leader, down), []string{"2 of 3 voters", "Not in the quorum: zk3", "Can lose 0 more"}},
		{look(follower, leader, gone), []string{"3 of 3 voters", "Can lose 1 more", "Not seen, but in sync with the leader: zk3"}},
		{look(follower, but(leader, whitelisted), gone), []string{"2 of 3 voters", "Can lose 0 to 1 more", "zk3"}},
		{look(follower, gone, gone), []string{"1 of 3 voters", "Leader not seen"}},
		{look(down, down, looking), []string{"no quorum", "1 of 3 targets", "2 needed"}},
		{look(leader, leader, follower), []string{"2 leaders", "zk1, zk2"}},
		{look(gone, gone, gone), []string{"no usable answer"}},
		{look(standalone), []string{"1 standalone server"}},
		{look(looking), []string{"zk1", "Add its peers"}},
		{look(follower, hungLeader, follower), []string{"zk1, zk3", "follow a leader that does not answer", "zk2"}},
	} {
		for _, want := range c.want {
			if got := c.scene.report().Verdict.Summary; !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
	}
}
