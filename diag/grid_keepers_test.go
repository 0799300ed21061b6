package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/keepers"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// keeper is a server that is no ZooKeeper and replies as the sources of that program format it (see
// internal/keepers).
func keeper(server keepers.Server) state {
	return func(_ where, s *snapshot.Server) {
		accepts(s, snapshot.Protocol)
		s.Keeper = snapshot.ParseKeeper([]byte(server.Reply("srvr")), []byte(server.Reply("mntr")), []byte(server.Reply("envi")))
		s.Srvr.Failure.Text = s.Name + ": a " + s.Keeper.Product + " answered"
		peers(snapshot.Refused, snapshot.Refused)(s)
	}
}

var (
	keeperLeads    = keeper(keepers.Server{Role: "leader", Peers: 2, Synced: 2})
	keeperFollows  = keeper(keepers.Server{Role: "follower"})
	keeperIdle     = keeper(keepers.Server{Role: "follower", Leaderless: true})
	raftLeads      = keeper(keepers.Server{Raft: true, Role: "leader", Peers: 2, Synced: 2})
	raftFollows    = keeper(keepers.Server{Raft: true, Role: "follower"})
	raftIdle       = keeper(keepers.Server{Raft: true, Role: "follower", Leaderless: true})
	raftSrvrAlone  = keeper(keepers.Server{Raft: true, Role: "follower", Allowed: []string{"srvr"}})
	keeperOnlyEnvi = keeper(keepers.Server{Role: "follower", Allowed: []string{"envi"}})
)

// TestKeepers: servers of ClickHouse Keeper and RaftKeeper are judged by the roles that they report.
func TestKeepers(t *testing.T) {
	t.Parallel()
	all := findings("show not-zookeeper info proven zk1 zk2 zk3")
	runGrid(t, []row{
		{"ClickHouse, all serve", look(keeperFollows, keeperLeads, keeperFollows), "serving 0: 3 of 3 by targets, need 2, spare 1", all},
		{"ClickHouse, two looks", look(keeperFollows, keeperLeads, keeperFollows).twice(), "serving 0: 3 of 3 by targets, need 2, spare 1", all},
		{"ClickHouse, mntr is not allowed", look(keeperFollows, keeper(keepers.Server{Role: "leader", Allowed: []string{"srvr"}}), keeperFollows), "serving 0: 3 of 3 by targets, need 2, spare 1", all},
		{"ClickHouse with ZooKeeper's file", look(keeperFollows, keeperLeads, keeperFollows).file(zoo(3)), "serving 0: 3 of 3 by file, need 2, spare 1", all},
		{"RaftKeeper, all serve", look(raftFollows, raftLeads, raftFollows), "serving 0: 3 of 3 by targets, need 2, spare 1", all},
		{"standalone", look(keeper(keepers.Server{Role: "standalone"})), "serving 0: 1 of 1 by targets, need 1, spare 0", findings("show not-zookeeper info proven zk1")},
		{"one of three was given", look(keeperFollows), "serving 0: 1 of 1 by targets, need 1, spare ?", findings("show not-zookeeper info proven zk1")},
		{"two of three were given", look(keeperFollows, keeperLeads), "serving 0: 2 of 2 by targets, need 2, spare ?", findings("show not-zookeeper info proven zk1 zk2")},
		{
			"an observer", look(keeperFollows, keeper(keepers.Server{Role: "leader", Peers: 3, Synced: 3}), keeperFollows, keeper(keepers.Server{Role: "observer"})),
			"serving 0: 3 of 3 by targets, need 2, spare 1", findings("show not-zookeeper info proven zk1 zk2 zk3 zk4"),
		},
		{
			"one is down", look(keeperFollows, keeperLeads, down), "degraded 1: 2 of 3 by targets, need 2, spare 0",
			findings("show degraded-no-spare warning likely", "show not-zookeeper info proven zk1 zk2"),
		},
		{
			"one does not serve", look(keeperFollows, keeperLeads, keeperIdle).twice(), "degraded 1: 2 of 3 by targets, need 2, spare 0",
			findings("show degraded-no-spare warning likely", "show not-zookeeper info proven zk1 zk2 zk3"),
		},
		{
			"one cannot be reached", look(keeperFollows, keeperLeads, gone), "serving 1: 2 of 3 by targets, need 2, spare ?",
			findings("root host-unreachable warning likely zk3", "show not-zookeeper info proven zk1 zk2"),
		},
		{"none has a leader, in one look", look(keeperIdle, keeperIdle, keeperIdle), "unknown 3: 0 of 3 by targets, need 2, spare ?, again", all},
		{
			"none has a leader", look(keeperIdle, keeperIdle, keeperIdle).twice(), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("show quorum-lost critical likely", "show not-zookeeper info proven zk1 zk2 zk3"),
		},
		{
			"RaftKeeper, none has a leader", look(raftIdle, raftIdle, raftIdle).twice(), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("show quorum-lost critical likely", "show not-zookeeper info proven zk1 zk2 zk3"),
		},
		{"RaftKeeper, srvr does not tell of a leader", look(raftSrvrAlone, raftSrvrAlone, raftSrvrAlone), "unknown 3: 0 of 3 by targets, need 2, spare ?", all},
		{"ClickHouse, only envi is allowed", look(keeperOnlyEnvi, keeperOnlyEnvi, keeperOnlyEnvi), "unknown 3: 0 of 3 by targets, need 2, spare ?", all},
		{
			"a leader whose peers do not keep up", look(keeperFollows, keeper(keepers.Server{Role: "leader", Peers: 2}), keeperFollows).twice(),
			"unknown 3: 3 of 3 by targets, need 2, spare ?", all,
		},
		{"two lead", look(keeperLeads, keeperLeads, keeperFollows).twice(), "unknown 3: 3 of 3 by targets, need 2, spare ?", all},
		{
			"a Keeper among ZooKeepers", look(follower, leader, keeperFollows), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root not-zookeeper warning proven zk3"),
		},
		{
			"a ZooKeeper among Keepers", look(keeperFollows, keeperLeads, standalone), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("root not-zookeeper warning proven zk1 zk2", "show standalone-in-ensemble info possible zk3"),
		},
		{
			"Keepers of both products", look(keeperFollows, keeperLeads, raftFollows), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("root not-zookeeper warning proven zk1 zk2 zk3"),
		},
		{
			"a web server among Keepers", look(keeperFollows, keeperLeads, nonMember), "serving 1: 2 of 3 by targets, need 2, spare ?",
			findings("root not-zookeeper warning likely zk3", "show not-zookeeper info proven zk1 zk2"),
		},
	})
}

// TestKeepersAreMarked: a report on Keepers says that it is as they report, and names no ZooKeeper
// version of theirs; all rules about ZooKeeper are skipped for that reason, whatever they need.
func TestKeepersAreMarked(t *testing.T) {
	t.Parallel()
	r := look(keeperFollows, keeperLeads, keeperFollows).on(1).report()
	if r.Verdict.Product != snapshot.ClickHouseKeeper || !strings.Contains(r.Verdict.Summary, "ClickHouse Keeper, not ZooKeeper: as it reports, not proven.") {
		t.Errorf("%+v", r.Verdict)
	}
	for _, s := range r.Servers {
		if s.Product != snapshot.ClickHouseKeeper || s.Version == nil || s.Zxid != nil || !strings.Contains(s.Note, s.Product) {
			t.Errorf("%+v", s)
		}
	}
	for _, rule := range Catalogue() {
		skipped := slices.ContainsFunc(r.Checks.Skips, func(s report.Skip) bool {
			return s.Check == rule.Code && s.Kind == report.SkipNotZooKeeper
		})
		if skipped == rule.Keepers {
			t.Errorf("%s: skipped %v, for Keepers %v", rule.Code, skipped, rule.Keepers)
		}
	}
	if z := look(follower, leader, follower).report(); z.Verdict.Product != "" || z.Servers[0].Product != "" {
		t.Errorf("%+v", z.Verdict)
	}
}
