package diag

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// rule is what each code of the catalogue must be tested for: it fires, it does
// not fire on what looks alike, and without its evidence it is skipped.
type rule struct {
	code   report.Code
	fires  []fire
	alikes []alike
	blinds []blind
}

type fire struct {
	name  string
	scene scene
	// finding is severity, certainty and servers; folded or not.
	finding string
}

type alike struct {
	name  string
	scene scene
}

type blind struct {
	name  string
	scene scene
	kind  report.SkipKind
}

func allRules() []rule {
	return slices.Concat(
		ensembleRules(),
		serverRules(),
		reachRules(),
		myidRules(),
		addressRules(),
		nameRules(),
		configRules(),
		stateRules(),
		shapeRules(),
		paceRules(),
		dataRules(),
		startRules(),
		memoryRules(),
		logRules(),
		linkRules(),
		deadLinkRules(),
		commitRules(),
		observerRules(),
		outsiderRules(),
		dataSetRules(),
		wideOpenRules(),
		tlsRules(),
	)
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, r := range allRules() {
		t.Run(string(r.code), func(t *testing.T) {
			t.Parallel()
			for _, c := range r.fires {
				if got := concluded(c.scene.report(), r.code); !slices.Contains(got, c.finding) {
					t.Errorf("%s: got %q, want %q", c.name, got, c.finding)
				}
			}
			for _, c := range r.alikes {
				if got := concluded(c.scene.report(), r.code); got != nil {
					t.Errorf("%s: got %q, want none", c.name, got)
				}
			}
			for _, c := range r.blinds {
				c.check(t, r.code)
			}
		})
	}
}

func (c blind) check(t *testing.T, code report.Code) {
	t.Helper()
	got := c.scene.report()
	if found := concluded(got, code); found != nil {
		t.Errorf("%s: got %q, want a skip", c.name, found)
	}
	if slices.Contains(got.Checks.PassedCodes, code) {
		t.Errorf("%s: passed without its evidence", c.name)
	}
	skipped := func(s report.Skip) bool { return s.Check == code && s.Kind == c.kind && s.Reason != "" }
	if !slices.ContainsFunc(got.Checks.Skips, skipped) {
		t.Errorf("%s: no skip of kind %s in %+v", c.name, c.kind, got.Checks.Skips)
	}
}

// concluded is what the report says with that code, shown or folded.
func concluded(r *report.Report, code report.Code) []string {
	var out []string
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		if f.Code == code {
			_, line, _ := strings.Cut(findingLine(f, false), string(code)+" ")
			out = append(out, line)
		}
	}
	return out
}

// TestRulesAreTested keeps the tables whole when the catalogue grows.
func TestRulesAreTested(t *testing.T) {
	t.Parallel()
	tested := map[report.Code]rule{}
	for _, r := range allRules() {
		if _, twice := tested[r.code]; twice {
			t.Errorf("%s stands in the tables twice", r.code)
		}
		tested[r.code] = r
	}
	for _, c := range Catalogue() {
		r := tested[c.Code]
		if len(r.fires) == 0 || len(r.alikes) == 0 || len(r.blinds) == 0 {
			t.Errorf("%s: %d cases that fire, %d alike, %d without evidence; want one of each", c.Code, len(r.fires), len(r.alikes), len(r.blinds))
		}
		delete(tested, c.Code)
	}
	for code := range tested {
		t.Errorf("%s is tested and not in the catalogue", code)
	}
}

func unseen() scene    { return look(gone, gone, gone) }
func unvisited() scene { return look(unlooked, unlooked, unlooked) }

func ensembleRules() []rule {
	slow := but(leader, set(ticks, 2000)) // as usually set
	return []rule{
		{
			QuorumLost,
			[]fire{
				{"by number", look(down, down, looking), "critical likely"},
				{"by the file's number", look(down, down, looking).file(zoo(3)), "critical proven"},
				{"by two looks", look(looking, looking, looking).twice(), "critical likely"},
			},
			[]alike{
				{"an election", look(looking, looking, looking)},
				{"leaderServes=no", look(follower, secretLeader, follower)},
				{"observers out", look(follower, leader, follower, down, down).observing(4, 5)},
			},
			[]blind{{"all unreachable", unseen(), report.SkipUndecided}, {"not looked at", unvisited(), report.SkipUndecided}},
		},
		{
			DegradedNoSpare,
			[]fire{
				{"two of three", look(follower, leader, down), "warning proven"},
				{"two of three named", look(follower, leader, down).as(oldest), "warning likely"},
				{"three of five", look(follower, leader, follower, down, down), "warning proven"},
			},
			[]alike{
				{"two of two, as built", look(follower, leader)},
				{"four of five", look(follower, leader, follower, follower, down)},
				{"an observer is out", look(follower, leader, follower, down).observing(4)},
				{"standalone", look(standalone)},
			},
			[]blind{
				{"all unreachable", unseen(), report.SkipUndecided},
				{"one is down, another unseen", look(follower, leader, follower, down, gone), report.SkipUndecided},
				{"one is unseen", look(follower, but(leader, whitelisted), gone), report.SkipUndecided},
			},
		},
		{
			ElectionInProgress,
			[]fire{
				{"one look", look(looking, looking, looking), "info possible"},
				{"one has asked nobody since the others elected", look(follower, but(leader, counts("zk_uptime", "20000")), looking).on(3, logged(askedAgo(50))).twice(), "info proven zk3"},
				{"it passed", look(follower, leader, follower).after(look(looking, looking, looking)), "info proven"},
			},
			[]alike{
				{"an outage", look(looking, looking, looking).twice()},
				{"one server looks on", look(follower, leader, looking)},
				{"one has asked since, and is out all the same", look(follower, but(leader, counts("zk_uptime", "90000")), looking).on(3, logged(askedAgo(50))).twice()},
				{"one was to ask again, and is out all the same", look(follower, but(leader, counts("zk_uptime", "20000")), looking).on(3, logged(askedAgo(80))).twice()},
				{"too few alive", look(down, down, looking)},
			},
			[]blind{{"all unreachable", unseen(), report.SkipUnreachable}},
		},
		{
			SplitBrain,
			[]fire{
				{"two looks, one list: one may have lost its followers", look(slow, slow, follower).twice(), "critical likely zk1 zk2"},
				{"both have written between the looks", look(but(slow, wrote(3, 9)), but(slow, wrote(4, 9)), follower).after(look(but(slow, wrote(3, 8)), but(slow, wrote(4, 8)), follower)), "critical proven zk1 zk2"},
				{"one has written, and the other has not", look(slow, but(slow, wrote(4, 9)), follower).after(look(slow, but(slow, wrote(4, 8)), follower)), "critical likely zk1 zk2"},
				{"longer than one says so without followers", look(slow, slow, follower).twice().edit(func(s *snapshot.Snapshot) {
					s.Started = s.Started.Add(20 * time.Second)
				}), "critical proven zk1 zk2"},
				{"five servers, two lists", halfGrown().twice(), "critical proven zk2 zk5"},
			},
			[]alike{
				{"one leader", look(follower, leader, follower)},
				{"a hand-over that ended", look(leader, follower, follower).after(look(leader, leader, follower))},
			},
			[]blind{
				{"one look", look(leader, leader, follower), report.SkipOneLook},
				{"a hand-over that began", look(leader, leader, follower).after(look(leader, follower, follower)), report.SkipOneLook},
				{"all unreachable", unseen(), report.SkipUnreachable},
			},
		},
		{
			MembershipDivergent,
			[]fire{
				{"half a growth from 3 to 5", halfGrown(), "critical proven zk1 zk2 zk3 zk4 zk5"},
				{"an observer for one, a voter for another", look(follower, leader, but(follower, lists(
					three[0]+"\n"+three[1]+"\nserver.3=zk3:2888:3888:observer\nversion=0"))), "critical proven zk1 zk2 zk3"},
				{"two files", look(follower, leader, looking).as(oldest).on(1).onWith(3, zoo(5)), "critical proven zk1 zk3"},
				{"by two AdminServers", look(follower, leader, follower).edit(locked(1, "", voters(3))).edit(locked(2, "", voters(3))).edit(locked(3, "", voters(5))), "critical proven zk1 zk2 zk3"},
				{"by an AdminServer and conf", look(follower, leader, follower).edit(locked(3, "", voters(5))), "critical proven zk1 zk2 zk3"},
				{"by a session and conf", look(follower, leader, but(follower, whitelisted, opened(voters(5)))), "critical proven zk1 zk2 zk3"},
				{"lists with versions, twice", halfMoved().twice(), "critical proven zk1 zk2 zk3"},
				{"a file that was edited since the start", look(follower, leader, follower).onWith(1, zoo(5)), "warning proven zk1"},
				{"two hosts swapped in one list", look(follower, leader, but(follower, lists(swappedLines))), "critical proven zk1 zk2 zk3"},
				{"two hosts swapped in the file of who is out", look(follower, leader, looking).onWith(3, exchanged(1, 2)).twice(), "critical proven zk1 zk2 zk3"},
				{"two hosts swapped in two files", look(follower, leader, looking).as(oldest).on(1).onWith(3, exchanged(1, 2)), "critical proven zk1 zk3"},
				{"two hosts swapped in one file, whose servers say otherwise", look(follower, leader, looking).as(oldest).onWith(3, exchanged(1, 2)).twice(), "warning likely zk3"},
				{"its own host swapped, and it has ended", look(follower, leader, down).onWith(3, exchanged(2, 3), stopped), "warning likely zk3"},
				{"its own host swapped, and it has ended over that", look(follower, leader, down).onWith(3, exchanged(2, 3), stopped, ended("exit-code", 1, 14)), "warning proven zk3"},
				{"others swapped, and it has ended", look(follower, leader, down).onWith(3, exchanged(1, 2), stopped), "warning proven zk3"},
				{"another host for a member, and one is out", look(follower, leader, looking).onWith(3, strings.Replace(zoo(3), "=zk2:", "=192.0.2.77:", 1)).twice(), "warning likely zk1 zk3"},
				{"a file that was edited, of a server that tells nothing", look(follower, leader, follower).as(oldest).on(1).onWith(3, zoo(5), edited), "warning likely zk3"},
				{"one server in the lists of two ensembles", look(follower, but(leader, insync(1)), but(follower, lists(othersBeside3))).twice(), "warning likely zk3"},
				{"one server in the lists of two ensembles, and both lead", look(follower, leader, but(leader, lists(othersBeside3))).twice(), "critical likely zk3"},
				{"the leader is in no list of one that is out", look(looking, follower, follower, leader).onWith(1, zoo(3)), "critical proven zk1 zk2 zk3 zk4"},
				{"a file of this minute", look(follower, leader, looking).as(oldest).on(1).onWith(3, zoo(5), justEdited), "critical likely zk1 zk3"},
				{"a voter made an observer, in the file", look(follower, leader, follower).onWith(1, zoo(2, "server.3=zk3:2888:3888:observer")), "warning proven zk1"},
			},
			[]alike{
				{"the same lists", look(follower, leader, follower)},
				{"other addresses, same ids", look(follower, leader, but(follower, lists(
					three[0]+"\n"+three[1]+"\nserver.3=0.0.0.0:2888:3888:participant\nversion=0")))},
				{"a standalone server has none", look(follower, leader, standalone).onWith(3, zoo(1))},
				{"the file of a server that does not run", look(follower, leader, down).onWith(3, zoo(5), stopped)},
				{"an AdminServer leaves observers out", look(follower, leader, follower, observer).observing(4).edit(locked(3, "", voters(3)))},
				{"a file that was edited, of a server that tells nothing", look(but(follower, whitelisted), leader, follower).on(1)},
				{"a file without observers, beside an AdminServer", look(follower, leader, follower, observer).observing(4).edit(locked(1, "", voters(3))).onWith(1, zoo(3, "server.4=zk4:2888:3888:observer"))},
				{"a file that was edited, and no other list", look(follower, leader, looking).as(oldest).onWith(3, zoo(5), edited)},
				{"another host for a member, and all serve", look(follower, leader, but(follower, lists(
					three[0]+"\nserver.2=192.0.2.77:2888:3888:participant\n"+three[2]+"\nversion=0")))},
				{"such lists, and the leader counts all", look(follower, leader, but(follower, lists(othersBeside3))).twice()},
				{"such lists, and it counted fewer in one look", look(follower, leader, but(follower, lists(othersBeside3))).after(look(follower, but(leader, insync(1)), but(follower, lists(othersBeside3))))},
				{"it counts fewer, with one list", look(follower, but(leader, insync(1)), follower).twice()},
				{"another name of one host, and one is out", look(follower, leader, looking).onWith(3, strings.Replace(zoo(3), "=zk2:", "=192.0.2.2:", 1)).twice()},
				{"it was so in the first look", look(follower, leader, follower).after(halfMoved())},
			},
			[]blind{
				{"lists with versions, one look", halfMoved(), report.SkipOneLook},
				{"they agreed a moment ago", halfMoved().after(look(follower, leader, follower)), report.SkipOneLook},
				{"one tells", look(but(follower, whitelisted), leader, but(follower, whitelisted)), report.SkipNotReported},
				{"3.4 does not tell", look(follower, leader, follower).as(oldest), report.SkipNotReported},
			},
		},
		{
			StandaloneInEnsemble,
			[]fire{
				{"beside two that serve", look(follower, leader, standalone), "critical proven zk3"},
				{"three of them", look(standalone, standalone, standalone), "critical likely zk1 zk2 zk3"},
				{"three, and a list", look(standalone, standalone, standalone).file(zoo(3)), "critical proven zk1 zk2 zk3"},
				{"its file has one line", look(follower, leader, standalone).onWith(3, zoo(1)), "critical proven zk3"},
				{"one that is no member: it may be alone on purpose", look(follower, leader, follower, standalone).membership(three...), "info possible zk4"},
				{"a member that has lost its list", look(follower, leader, follower).onWith(3, zoo(0)), "warning proven zk3"},
				{"alone, with the zxid of a member", look(but(standalone, wrote(2, 1))), "warning likely zk1"},
				{"alone, with the zxid of a member, on its host", look(but(standalone, wrote(2, 1))).onWith(1, zoo(0)), "warning likely zk1"},
				{"stopped, with the files of a member", look(down).onWith(1, zoo(0), stopped, keeps(epochs("2", "2"))), "warning likely zk1"},
				{"beside two that serve and tell no list", look(follower, leader, standalone).as(oldest), "critical likely zk3"},
			},
			[]alike{
				{"alone, on purpose", look(standalone)},
				{"alone, its file has no line", look(standalone).onWith(1, zoo(0))},
				{"alone, its file has one line", look(standalone).file(zoo(1))},
				{"a member with its list", healthy().on(3)},
				{"stopped, with files of its own", look(down).onWith(1, zoo(0), stopped, keeps(func(d *snapshot.Data) { d.Dir.CurrentEpoch = noPart[snapshot.EpochFile](snapshot.Absent) }))},
			},
			[]blind{{"unreachable", look(follower, leader, gone), report.SkipUnreachable}, {"not looked at", unvisited(), report.SkipNotLooked}},
		},
	}
}

// othersBeside3 is a list that has other hosts for servers 1 and 2.
const othersBeside3 = "server.1=192.0.2.71:2888:3888:participant\nserver.2=192.0.2.72:2888:3888:participant\nserver.3=zk3:2888:3888:participant\nversion=0"

// swappedLines is a list in which servers 1 and 2 have each other's host.
const swappedLines = "server.1=zk2:2888:3888:participant\nserver.2=zk1:2888:3888:participant\nserver.3=zk3:2888:3888:participant\nversion=0"

// askedAgo is a line, in the server's own time zone, of one that asked its peers so many seconds ago and waits a minute.
func askedAgo(seconds int) snapshot.LogLine {
	at := now().Add(time.Hour - time.Duration(seconds)*time.Second).Format(time.DateTime)
	return snapshot.LogLine{Sign: logline.Asking, At: at, Text: "Notification time out: 60000", Count: 3, Fields: logline.Fields{WaitMs: 60000}}
}

// halfMoved is a reconfiguration that has not reached server 3.
func halfMoved() scene {
	moved := lists(strings.Join(three, "\n") + "\nserver.4=zk4:2888:3888:participant\nversion=100000002")
	return look(but(follower, moved), but(leader, moved), but(follower, lists(strings.Join(three, "\n")+"\nversion=100000000")))
}

// halfGrown: servers 1 and 2 still list three servers, 3,
// 4 and 5 list five; each camp elected its leader.
func halfGrown() scene {
	small := lists(strings.Join(three, "\n") + "\nversion=0")
	return look(but(follower, small), but(leader, small), follower, follower, leader)
}
