package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// TestVerdict is the verdict: can clients write, and how many more
// servers may be lost?
func TestVerdict(t *testing.T) {
	t.Parallel()
	runGrid(t, []row{
		{"all serve", look(follower, leader, follower), "serving 0: 3 of 3 by conf, need 2, spare 1", nil},
		{"all serve, two looks", look(follower, leader, follower).twice(), "serving 0: 3 of 3 by conf, need 2, spare 1", nil},
		{"five serve", look(follower, but(leader, insync(4)), follower, follower, follower), "serving 0: 5 of 5 by conf, need 3, spare 2", nil},
		{"3.4 tells no list", look(follower, leader, follower).as(oldest), "serving 0: 3 of 3 by targets, need 2, spare 1", nil},
		{
			"an oracle, and both serve", look(follower, leader).file(zoo(2, "oraclePath=/run/oracle")), "serving 0: 2 of 2 by conf, need 2, spare ?", nil,
		},
		{
			"an oracle lets one lead", look(leader, down).file(zoo(2, "oraclePath=/run/oracle")), "degraded 1: 1 of 2 by conf, need 2, spare ?",
			findings("root process-down warning likely zk2"),
		},
		{
			"an oracle, and one that does not serve", look(looking, down).file(zoo(2, "oraclePath=/run/oracle")).twice(), "unknown 3: 0 of 2 by file, need 2, spare ?",
			findings("root process-down warning likely zk2", "show server-not-serving warning proven zk1"),
		},
		{"two servers, both serve", look(follower, leader).as("3.6.4"), "serving 1: 2 of 2 by conf, need 2, spare 0", findings("root even-or-tiny-ensemble warning proven")},
		{
			"two servers, where an oracle may have a say", look(follower, leader), "serving 0: 2 of 2 by conf, need 2, spare 0",
			findings("show even-or-tiny-ensemble info possible"),
		},
		{
			"one of two leads on, where an oracle may have let it", look(but(leader, insync(0)), down).membership(three[0], three[1]).twice(),
			"unknown 3: 1 of 2 by conf, need 2, spare ?",
			findings("root process-down warning likely zk2", "show leader-not-committing info possible zk1", "show even-or-tiny-ensemble info possible"),
		},
		{
			"one of two leads on, and none may", look(but(leader, insync(0)), down).membership(three[0], three[1]).as("3.6.4").twice(),
			"down 2: 1 of 2 by conf, need 2, spare -1",
			findings("root process-down critical likely zk2", "show leader-not-committing critical likely zk1", "show even-or-tiny-ensemble info proven", "fold quorum-lost critical proven"),
		},
		{
			"a file, and a leader that does not count its followers",
			look(down, but(leader, whitelisted)).as(oldest).file(zoo(2)).twice(), "unknown 3: 1 of 2 by file, need 2, spare ?",
			findings("root process-down warning likely zk1", "root even-or-tiny-ensemble warning likely", "show cmd-not-whitelisted info proven zk2"),
		},
		{
			"a file that lacks the one that follows",
			look(down, but(leader, insync(1))).as(oldest).file(zoo(2)).twice(), "unknown 3: 1 of 2 by targets, need 2, spare ?",
			findings("root process-down warning likely zk1"),
		},

		{
			"one of three is down", look(follower, leader, down), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root process-down warning likely zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"one of five is down", look(follower, but(leader, insync(3)), follower, follower, down), "degraded 1: 4 of 5 by conf, need 3, spare 1",
			findings("root process-down warning likely zk5"),
		},
		{
			"the leader is down and another leads", look(down, leader, follower), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root process-down warning likely zk1", "fold degraded-no-spare warning proven"),
		},
		{
			"one looks on, seen once", look(follower, leader, looking), "degraded 1: 2 of 3 by conf, need 2, spare 0, again",
			findings("show degraded-no-spare warning proven", "show server-not-serving info possible zk3"),
		},
		{
			"one looks on, seen twice", look(follower, leader, looking).twice(), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("show server-not-serving warning proven zk3", "fold degraded-no-spare warning proven"),
		},

		{
			"two of three are down: one look decides", look(down, down, looking), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("root process-down critical likely zk1 zk2", "fold quorum-lost critical likely", "fold server-not-serving critical proven zk3"),
		},
		{
			"all are down", look(down, down, down), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("root process-down critical likely zk1 zk2 zk3", "fold quorum-lost critical likely"),
		},
		{
			"the number is the file's: proven", look(down, down, looking).file(zoo(3)), "down 2: 0 of 3 by file, need 2, spare -1",
			findings("root process-down critical likely zk1 zk2", "fold quorum-lost critical proven", "fold server-not-serving critical proven zk3"),
		},
		{
			"two down and one unreachable", look(down, down, gone), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("root process-down critical likely zk1 zk2", "root host-unreachable warning likely zk3", "fold quorum-lost critical likely"),
		},
		{
			"nobody serves in one look", look(looking, looking, looking), "unknown 3: 0 of 3 by targets, need 2, spare ?, again",
			findings("show server-not-serving info possible zk1 zk2 zk3", "show election-in-progress info possible"),
		},
		{
			"nobody serves in two looks", look(looking, looking, looking).twice(), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("show quorum-lost critical likely", "fold server-not-serving critical proven zk1 zk2 zk3"),
		},
		{
			"one that runs alone can elect nobody, and one is down", look(standalone, looking, looking, down).file(zoo(4)),
			"down 2: 0 of 4 by file, need 3, spare -1", findings(
				"root standalone-in-ensemble critical proven zk1", "root process-down critical likely zk4",
				"show even-or-tiny-ensemble info likely", "fold quorum-lost critical proven",
				"fold server-not-serving critical proven zk2 zk3",
			),
		},
		{
			"one that runs alone is no quorum that served a moment ago", look(standalone, looking, looking).twice(),
			"down 2: 0 of 3 by targets, need 2, spare -1", findings(
				"show quorum-lost critical likely", "show standalone-in-ensemble info possible zk1",
				"fold server-not-serving critical proven zk2 zk3",
			),
		},
		{
			"an election passed between two looks", look(follower, leader, follower).after(look(looking, looking, looking)),
			"serving 0: 3 of 3 by conf, need 2, spare 1", findings("show election-in-progress info proven"),
		},
		{
			"served in the first look, not in the second", look(looking, looking, looking).after(look(follower, leader, follower)),
			"unknown 3: 0 of 3 by targets, need 2, spare ?", findings("show server-not-serving info possible zk1 zk2 zk3"),
		},
		{
			"the first look saw nobody at all", look(looking, looking, looking).after(look(cancelled, cancelled, cancelled)),
			"unknown 3: 0 of 3 by targets, need 2, spare ?", findings("show server-not-serving info possible zk1 zk2 zk3"),
		},
		{
			"the first look was cut short", look(looking, looking, looking).after(look(looking, cancelled, cancelled)),
			"unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("show server-not-serving warning proven zk1", "show server-not-serving info possible zk2 zk3"),
		},
		{
			"read-only is no quorum", look(readOnly, down, down), "down 2: 0 of 3 by targets, need 2, spare -1",
			findings("root process-down critical likely zk2 zk3", "fold quorum-lost critical likely", "fold read-only-mode critical proven zk1"),
		},

		{
			"two leaders in one look", look(leader, leader, follower), "unknown 3: 3 of 3 by conf, need 2, spare ?, again", nil,
		},
		{
			"two leaders, one in the look before", look(leader, leader, follower).after(look(leader, follower, follower)),
			"unknown 3: 3 of 3 by conf, need 2, spare ?", nil,
		},
		{
			"two leaders in the look before only", look(leader, follower, follower).after(look(leader, leader, follower)),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"two leaders in two looks", look(leader, leader, follower).twice(), "split 2: 3 of 3 by conf, need 2, spare ?",
			findings("root split-brain critical proven zk1 zk2"),
		},

		{
			"one unreachable while a quorum serves", look(follower, leader, gone), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root host-unreachable warning likely zk3"),
		},
		{
			"all unreachable", look(gone, gone, gone), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("root host-unreachable warning likely zk1 zk2 zk3"),
		},
		{
			"no route to any", look(noRoute, noRoute, noRoute).twice(), "unknown 3: 0 of 3 by targets, need 2, spare ?",
			findings("root host-unreachable warning likely zk1 zk2 zk3"),
		},
		{"nobody was looked at", look(unlooked, unlooked, unlooked), "unknown 3: 0 of 3 by targets, need 2, spare ?", nil},
		{"no server", look(), "unknown 3: 0 of 0 by targets, need 1, spare ?", nil},
		{
			"the quorum is two of two unseen", look(follower, gone, gone), "serving 1: 1 of 3 by conf, need 2, spare ?",
			findings("root host-unreachable warning likely zk2 zk3"),
		},

		{"one standalone server", look(standalone), "serving 0: 1 of 1 by targets, need 1, spare 0", nil},
		{
			"one server alone, not serving", look(looking), "unknown 3: 0 of 1 by targets, need 1, spare ?, again",
			findings("show server-not-serving info possible zk1", "show election-in-progress info possible"),
		},
		{
			"one server alone, not serving twice", look(looking).twice(), "unknown 3: 0 of 1 by targets, need 1, spare ?",
			findings("show server-not-serving warning proven zk1"),
		},
		{
			"one member of three, named alone", look(follower).membership(three...), "serving 0: 1 of 3 by conf, need 2, spare ?",
			findings("show targets-incomplete info proven"),
		},

		{
			"observers are never counted", look(follower, leader, follower, observer, observer).observing(4, 5),
			"serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"an observer down costs nothing", look(follower, leader, follower, observer, down).observing(4, 5),
			"serving 1: 3 of 3 by conf, need 2, spare 1", findings("root process-down warning likely zk5"),
		},
		{
			"observers do not make up for voters", look(looking, down, down, looking, looking).observing(4, 5).
				file(zoo(3, "server.4=zk4:2888:3888:observer", "server.5=zk5:2888:3888:observer")),
			"down 2: 0 of 3 by file, need 2, spare -1",
			findings("root process-down critical likely zk2 zk3", "show observer-counted info proven zk4 zk5", "fold quorum-lost critical proven",
				"fold server-not-serving critical proven zk1", "fold server-not-serving warning proven zk4 zk5"),
		},
		{
			"an observer proves a quorum", look(gone, gone, gone, observer).observing(4), "serving 1: 0 of 3 by conf, need 2, spare ?",
			findings("root host-unreachable warning likely zk1 zk2 zk3"),
		},

		{
			"the followers follow a leader that is paused", look(follower, hungLeader, follower), "unknown 3: 2 of 3 by conf, need 2, spare ?, again",
			findings("show server-hung info possible zk2"),
		},
		{
			"and still do in the second look", look(follower, hungLeader, follower).twice(), "unknown 3: 2 of 3 by conf, need 2, spare ?",
			findings("root server-hung warning likely zk2"),
		},
		{
			"the others elected another leader", look(leader, hung, follower).twice(), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root server-hung warning likely zk2", "fold degraded-no-spare warning proven"),
		},
		{
			"a leader whose followers are dead", look(down, leader, down), "unknown 3: 1 of 3 by conf, need 2, spare ?, again",
			findings("root process-down warning likely zk1 zk3"),
		},
		{
			"and it still leads in the second look", look(down, but(leader, insync(0)), down).twice(), "down 2: 1 of 3 by conf, need 2, spare -1",
			findings("root process-down critical likely zk1 zk3", "show leader-not-committing critical likely zk2", "fold quorum-lost critical proven"),
		},
		{
			"and it counts two in sync: others follow it", look(down, leader, down).twice(), "unknown 3: 1 of 3 by conf, need 2, spare ?",
			findings("root process-down warning likely zk1 zk3"),
		},
		{
			"one of two that follow is not the leader's", look(follower, but(leader, insync(1)), follower).twice(), "serving 0: 3 of 3 by conf, need 2, spare ?", nil,
		},
		{
			"it was so in one look", look(follower, leader, follower).after(look(follower, but(leader, insync(1)), follower)), "serving 0: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"the followers follow a leader that is dead", look(follower, down, follower), "unknown 3: 2 of 3 by conf, need 2, spare ?, again",
			findings("root process-down warning likely zk2"),
		},
		{
			"a leader whose followers do not serve, twice", look(leader, looking, looking).twice(), "down 2: 1 of 3 by conf, need 2, spare -1",
			findings("show quorum-lost critical proven", "fold server-not-serving critical proven zk2 zk3"),
		},
		{
			"one server alone, down", look(down), "unknown 3: 0 of 1 by targets, need 1, spare ?",
			findings("root process-down warning likely zk1"),
		},
		{
			"by session: no word is allowed", look(silentServer, silentServer, silentServer), "serving 0: 3 of 3 by targets, need 2, spare 1",
			findings("show cmd-not-whitelisted info proven zk1 zk2 zk3"),
		},
		{
			"spare is open while a voter is unseen", look(follower, leader, follower, down, gone), "degraded 1: 3 of 5 by conf, need 3, spare ?, again",
			findings("root process-down warning likely zk4", "root host-unreachable warning likely zk5"),
		},
		{
			"the leader has lost the unseen one, twice", look(follower, leader, follower, down, gone).twice(), "degraded 1: 3 of 5 by conf, need 3, spare 0",
			findings("root process-down warning likely zk4", "root host-unreachable warning likely zk5", "fold degraded-no-spare warning proven"),
		},
		{
			"the leader has lost it in the second look", look(follower, but(leader, insync(1)), gone).after(look(follower, leader, gone)), "serving 1: 2 of 3 by conf, need 2, spare ?",
			findings("root host-unreachable warning likely zk3"),
		},
		{
			"the leader counts some of the unseen", look(follower, leader, gone, gone, follower).twice(), "degraded 1: 3 of 5 by conf, need 3, spare 0",
			findings("root host-unreachable warning likely zk3 zk4", "fold degraded-no-spare warning proven"),
		},
		{
			"the leader counts one of two unseen", look(follower, but(leader, insync(3)), gone, gone, follower).twice(), "serving 1: 3 of 5 by conf, need 3, spare ?",
			findings("root host-unreachable warning likely zk3 zk4"),
		},
		{
			"it counts one that hangs, or the unseen one", look(follower, but(leader, insync(2)), hung, gone, down).twice(), "degraded 1: 2 of 5 by conf, need 3, spare ?",
			findings("root process-down warning likely zk5", "root server-hung warning likely zk3", "root host-unreachable warning likely zk4"),
		},
		{
			"the leader does not tell", look(follower, but(leader, whitelisted), gone), "serving 1: 2 of 3 by conf, need 2, spare ?",
			findings("root host-unreachable warning likely zk3", "show cmd-not-whitelisted info proven zk2"),
		},
		{
			"no peer ports probed, and the leader has lost one", look(but(follower, peers("-", "-")), but(leader, insync(1), peers("-", "-")), but(down, peers("-", "-"))).twice(),
			"degraded 1: 2 of 3 by conf, need 2, spare 0", findings("root process-down warning likely zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"no peer ports probed", look(but(follower, peers("-", "-")), but(leader, peers("-", "-")), but(down, peers("-", "-"))),
			"serving 1: 3 of 3 by conf, need 2, spare 1", nil,
		},
		{
			"a critical finding beats a serving verdict", look(but(follower, says(2)), leader, follower),
			"serving 2: 2 of 3 by conf, need 2, spare 0", findings("root myid-duplicate critical proven zk1 zk2", "fold myid-wrong-server warning likely zk1"),
		},
	})
}

var three = []string{"server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant", "server.3=zk3:2888:3888:participant"}

// TestSplitByOracle: two leaders with one list of two have no majority of it.
func TestSplitByOracle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scene scene
		want  bool
	}{
		"an oracle may be there":       {look(leader, leader).twice(), true},
		"their file has one":           {look(leader, leader).file(zoo(2, "oraclePath=/run/oracle")).twice(), true},
		"their file has none":          {look(leader, leader).file(zoo(2)).twice(), false},
		"before there were oracles":    {look(leader, leader).as("3.7.2").twice(), false},
		"each has a majority of three": {look(leader, leader, follower).twice(), false},
	} {
		r := c.scene.report()
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Code == SplitBrain })
		if i < 0 || strings.Contains(r.Findings[i].Summary, "oracle") != c.want {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}
