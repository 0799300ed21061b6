package diag

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// dynamic adds the dynamic file that zoo.cfg names.
func dynamic(lines string) func(*snapshot.Local) {
	return func(l *snapshot.Local) { l.Config.Value.AddDynamic("/etc/zookeeper/zoo.cfg.dynamic", []byte(lines)) }
}

// next is a reconfiguration that is not done.
func next(there bool) func(*snapshot.Local) {
	return func(l *snapshot.Local) { l.NextConfig = snapshot.Saw(there, quick) }
}

func configRules() []rule {
	members := zoo(3)[strings.Index(zoo(3), "server.1"):]
	both := zoo(3, "dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic")
	moved := strings.Replace(both, members, "", 1)
	observing := strings.Replace(zoo(3), "zk3:2888:3888", "zk3:2888:3888:observer", 1)
	return []rule{
		{
			DynamicConfigOverrides,
			[]fire{
				{"members in both, running", healthy().onWith(3, both, dynamic(members)), "warning proven zk3"},
				{"members in both, stopped", out().onWith(3, both, dynamic(members), stopped), "warning likely zk3"},
				{"and the quorum is lost", look(down, looking, down).onWith(3, both, dynamic(members), stopped), "critical likely zk3"},
				{"a left-over proposal", healthy().on(3, next(true)).twice(), "warning proven zk3"},
				{"in one check, which may be of one under way", healthy().on(3, next(true)), "info possible zk3"},
				{"begun between the checks", healthy().on(3, next(true)).after(healthy().on(3, next(false))), "info possible zk3"},
			},
			[]alike{
				{"members in the dynamic file", healthy().onWith(3, moved, dynamic(members), next(false))},
				{"3.4 takes those of zoo.cfg", healthy().as(oldest).onWith(3, both, dynamic(members), next(true))},
				{"no dynamic file", healthy().on(3, next(false))},
				{"3.5.0 reads another one", healthyAs("3.5.0").on(3, next(true))},
				{"a left-over proposal of a server that does not run", out().on(3, stopped, next(true))},
			},
			[]blind{
				noLocal(), denied(),
				{"not looked beside it", healthy().on(3), report.SkipUndecided},
				{"may not look beside it", healthy().on(3, func(l *snapshot.Local) {
					l.NextConfig = snapshot.Failed[bool](&snapshot.Failure{Kind: snapshot.Denied, Text: "/etc/zookeeper: permission denied"}, quick)
				}), report.SkipUndecided},
			},
		},
		{
			PeerTypeMismatch,
			[]fire{
				{"an observer by peerType only", healthy().onWith(3, zoo(3, "peerType=observer")), "info proven zk3"},
				{"an observer by the list only", healthy().onWith(3, observing+"peerType=participant\n"), "info proven zk3"},
			},
			[]alike{
				{"both say observer", healthy().onWith(3, observing+"peerType=observer\n")},
				{"not set", healthy().onWith(3, observing)},
				{"standalone", look(standalone).onWith(1, zoo(0, "peerType=observer"))},
				{"no role", healthy().onWith(3, observing+"peerType=voter\n")},
				{"its id is in no line", healthy().onWith(3, zoo(3, "peerType=observer"), myid("9\n"))},
			},
			[]blind{
				noLocal(), denied(),
				{"no id", healthy().onWith(3, zoo(3, "peerType=observer"), noMyid(snapshot.Denied)), report.SkipUndecided},
			},
		},
		{
			ForceSyncOff,
			[]fire{
				{"in zoo.cfg", healthy().onWith(3, zoo(3, "forceSync=no")), "warning proven zk3"},
				{"on the command line", healthy().on(3, func(l *snapshot.Local) { l.Process.ForceSync = "no" }), "warning proven zk3"},
				{"standalone", look(standalone).onWith(1, zoo(0, "forceSync=no")), "warning proven zk1"},
			},
			[]alike{
				{"yes", healthy().onWith(3, zoo(3, "forceSync=yes"))},
				{"a word that ZooKeeper does not know", healthy().onWith(3, zoo(3, "forceSync=false"))},
				{"zoo.cfg over the command line", healthy().onWith(3, zoo(3, "forceSync=yes"), func(l *snapshot.Local) { l.Process.ForceSync = "no" })},
				{"stopped", out().on(3, stopped)},
			},
			[]blind{noLocal(), denied(), {"no configuration", healthy().on(3, func(l *snapshot.Local) {
				l.Config = snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: snapshot.Absent, Text: "/etc/zookeeper/zoo.cfg: no such file"}, quick)
			}), report.SkipDenied}},
		},
	}
}
