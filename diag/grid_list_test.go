package diag

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// groups is a hierarchical quorum of nine: three groups of three.
var groups = []string{"group.1=1:2:3", "group.2=4:5:6", "group.3=7:8:9"}

func nine(states ...state) scene {
	lines := strings.Split(strings.TrimSuffix(look(states...).memberList(), "\nversion=0"), "\n")
	return look(states...).membership(append(lines, groups...)...)
}

// TestList: whose list of voters counts, and how a quorum is counted by it.
func TestList(t *testing.T) {
	t.Parallel()
	fourWithObserver := []string{three[0], three[1], three[2], "server.4=zk4:2888:3888:observer"}
	runGrid(t, []row{
		{
			"conf before the file", look(follower, leader, follower).membership(three...).onWith(1, zoo(5)), "serving 1: 3 of 3 by conf, need 2, spare 1",
			findings("root membership-divergent warning proven zk1"),
		},
		{"the file, where conf does not tell", look(follower, leader, follower).as(oldest).file(zoo(3)), "serving 0: 3 of 3 by file, need 2, spare 1", nil},
		{"the file of this host", look(follower, leader, follower).as(oldest).on(1), "serving 0: 3 of 3 by file, need 2, spare 1", nil},
		{"the targets, where nothing else tells", look(follower, leader, follower).as(oldest), "serving 0: 3 of 3 by targets, need 2, spare 1", nil},
		{
			"the leader's list before a follower's", look(but(follower, lists(strings.Join(three, "\n")+"\nversion=0")), but(leader, insync(3)), follower, follower),
			"serving 2: 4 of 4 by conf, need 3, spare 1", findings("root membership-divergent critical proven zk1 zk2 zk3 zk4"),
		},
		{
			"more were configured than named", look(follower, leader).membership(three...), "serving 0: 3 of 3 by conf, need 2, spare 1",
			findings("show targets-incomplete info proven"),
		},
		{
			"and the leader has lost the one that was not named", look(follower, but(leader, insync(1))).membership(three...).twice(), "degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("show degraded-no-spare warning proven", "show targets-incomplete info proven"),
		},
		{
			"and one look says that it has lost it", look(follower, but(leader, insync(1))).membership(three...), "serving 0: 2 of 3 by conf, need 2, spare ?, again",
			findings("show targets-incomplete info proven"),
		},
		{
			"an observer by the list does not count, whatever it is now", look(follower, leader, follower, down).membership(fourWithObserver...),
			"serving 1: 3 of 3 by conf, need 2, spare 1", findings("root process-down warning likely zk4"),
		},
		{
			"an observer among targets does not count", look(follower, leader, follower, observer).as(oldest),
			"serving 0: 3 of 3 by targets, need 2, spare 1", nil,
		},
		{
			"IPv6, roles and client parts", look(follower, leader).membership("server.1=[2001:db8::1]:2888:3888:participant;0.0.0.0:2181",
				"server.2=zk2:2888:3888:participant;[::]:2181"),
			"serving 0: 2 of 2 by conf, need 2, spare 0", findings("show even-or-tiny-ensemble info possible"),
		},
		{
			"two ids alike are one vote", look(but(follower, says(3)), leader, follower), "serving 2: 2 of 3 by conf, need 2, spare 0",
			findings("root myid-duplicate critical proven zk1 zk3", "fold myid-wrong-server warning likely zk1"),
		},
		{
			"two ids alike are one vote, without a list", look(but(follower, says(2)), leader, follower).as(oldest),
			"serving 2: 2 of 3 by targets, need 2, spare 0", findings("root myid-duplicate critical likely zk1 zk2"),
		},

		{
			"groups: all serve", nine(follower, but(leader, insync(8)), follower, follower, follower, follower, follower, follower, follower),
			"serving 0: 9 of 9 by conf, need 4, spare 3", nil,
		},
		{
			"groups: one is lost", nine(follower, but(leader, insync(5)), follower, follower, follower, follower, down, down, down),
			"degraded 1: 6 of 9 by conf, need 4, spare 1", findings("root process-down warning likely zk7 zk8 zk9"),
		},
		{
			"groups: four of nine are enough", nine(follower, but(leader, insync(3)), down, follower, follower, down, down, down, down),
			"degraded 1: 4 of 9 by conf, need 4, spare 0",
			findings("root process-down warning likely zk3 zk6 zk7 zk8 zk9", "fold degraded-no-spare warning proven"),
		},
		{
			"groups: five of nine are not", look(looking, looking, looking, looking, down, down, looking, down, down).file(zoo(9, groups...)),
			"down 2: 0 of 9 by file, need 4, spare -1",
			findings("root process-down critical likely zk5 zk6 zk8 zk9", "fold quorum-lost critical proven",
				"fold server-not-serving critical proven zk1 zk2 zk3 zk4 zk7"),
		},
		{
			"weight 0 is missed by nobody", look(follower, leader, follower, down).membership(three[0], three[1], three[2],
				"server.4=zk4:2888:3888:participant", "group.1=1:2:3:4", "weight.4=0"),
			"degraded 1: 3 of 4 by conf, need 2, spare 1", findings("root process-down warning likely zk4"),
		},
	})
}

// TestOfTheNamed: where the number of voters is the user's, the headline says so
// and nothing that rests on it is proven.
func TestOfTheNamed(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]scene{
		"serving":  look(follower, leader, follower).as(oldest),
		"degraded": look(follower, leader, down).as(oldest),
		"down":     look(down, down, looking),
		"lost":     look(looking, looking, looking).twice(),
	} {
		r := s.report()
		if !strings.Contains(r.Verdict.Summary, "3 targets") {
			t.Errorf("%s: %s", name, r.Verdict.Summary)
		}
		for _, code := range []report.Code{QuorumLost, DegradedNoSpare} {
			for _, line := range concluded(r, code) {
				if strings.Contains(line, string(report.Proven)) {
					t.Errorf("%s: %s %s", name, code, line)
				}
			}
		}
		for _, v := range r.Servers {
			if v.ID != nil && *v.ID < 0 {
				t.Errorf("%s: a made-up id is shown", name)
			}
		}
	}
}

// TestExplains: what is folded is explained by something that concerns it.
func TestExplains(t *testing.T) {
	t.Parallel()
	missing := []func(*snapshot.Local){stopped, noMyid(snapshot.Absent)}
	runGrid(t, []row{
		{
			"a chain folds as a whole", look(follower, leader, down).file(zoo(3)).on(3, stopped, myid("2\n")),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("root myid-duplicate warning proven zk3 zk2", "fold degraded-no-spare warning proven",
				"fold process-down warning proven zk3", "fold myid-wrong-server warning proven zk3"),
		},
		{
			"one cause does not explain another server", look(follower, leader, follower, down, down).on(5, missing...),
			"degraded 1: 3 of 5 by conf, need 3, spare 0",
			findings("root myid-missing warning proven zk5", "root process-down warning likely zk4", "fold degraded-no-spare warning proven", "fold process-down warning proven zk5"),
		},
		{
			"what is only possible explains nothing", look(follower, leader, but(looking, peers(snapshot.Refused, snapshot.Filtered))).twice(),
			"degraded 1: 2 of 3 by conf, need 2, spare 0",
			findings("show server-not-serving warning proven zk3", "show quorum-port-filtered info possible zk3", "fold degraded-no-spare warning proven"),
		},
		{
			"an observer does not explain why nothing is spare", look(follower, leader, looking, down).observing(4),
			"degraded 1: 2 of 3 by conf, need 2, spare 0, again",
			findings("root process-down warning likely zk4", "show degraded-no-spare warning proven", "show server-not-serving info possible zk3"),
		},
		{
			"another server does not explain this host's script", look(follower, leader, hung).twice().membership(append(three, "server.4=zk4:2888:3888:participant")...).
				onWith(4, strings.ReplaceAll(zoo(4), "\n", "\r\n"), func(l *snapshot.Local) { l.Script = snapshot.Saw(snapshot.Srvr{Mode: "follower"}, quick) }),
			"degraded 1: 2 of 4 by conf, need 3, spare ?",
			findings("root server-hung warning likely zk3", "show targets-incomplete info proven", "show even-or-tiny-ensemble info proven",
				"show status-script-misleading info proven"),
		},
	})
}

// TestExplainsNothing: a port that is blocked at a server that serves does not
// explain why another one is out.
func TestExplainsNothing(t *testing.T) {
	t.Parallel()
	r := look(but(follower, peers(snapshot.Refused, snapshot.Filtered)), leader, looking).on(2).twice().report()
	for _, f := range r.Findings {
		if f.Code == QuorumPortFiltered || f.Code == LatentPortBlock && len(f.Explains) > 0 {
			t.Errorf("%s at %v, which serves, explains %v", f.Code, f.Servers, f.Explains)
		}
	}
}

// TestMerged: findings of one code on several servers are one finding, and its
// title is true of all.
func TestMerged(t *testing.T) {
	t.Parallel()
	r := look(but(follower, peers(snapshot.Filtered, "")), leader, but(follower, peers(snapshot.Refused, snapshot.Filtered))).on(2).report()
	if len(r.Findings) != 1 || r.Findings[0].Code != LatentPortBlock {
		t.Fatalf("got %v", digest(r))
	}
	f := r.Findings[0]
	if strings.Contains(f.Title, "2888") != strings.Contains(f.Title, "3888") {
		t.Errorf("the title of %v is %q", f.Evidence, f.Title)
	}
}

//
