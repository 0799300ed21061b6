package diag

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// outsiderRules are about servers that follow and are no members: zk4 here.
func outsiderRules() []rule {
	list := strings.Join(three, "\n") + "\nversion=100000000"
	lone := but(follower, lists(list))
	joins := look(lone, but(leader, lists(list)), lone, but(follower, lists(list)))
	counted := but(leader, counts(model.NonVotingFollowers, "1"))
	dynamic := func(l *snapshot.Local) {
		l.Config.Value.Dynamic = "/etc/zookeeper/zoo.cfg.dynamic.100000000"
	}
	leads := linked("192.0.2.4:40008 192.0.2.2:2888")
	return []rule{{
		NonVotingFollower,
		[]fire{
			{"it says who it is", joins, "info proven zk4"},
			{"on its own host, which was not named", look(follower, leader, follower).onWith(4, zoo(3), dynamic, leads), "info proven"},
			{"not yet connected to the leader", look(follower, leader, follower).onWith(4, zoo(3), dynamic), "info likely"},
			{"the leader counts it", look(follower, counted, follower), "info proven"},
			{"by its AdminServer", look(follower, leader, follower, but(follower, whitelisted)).membership(three...).edit(locked(4, "", voters(3))), "info proven zk4"},
		},
		[]alike{
			{"all are members", look(follower, leader, follower)},
			{"an observer that is in no list", look(follower, leader, follower, observer).membership(three...)},
			{"it runs with another list", look(follower, leader, follower, but(follower, lists(list+"\nserver.4=zk4:2888:3888:participant")))},
			{"standalone", look(standalone)},
			{"its id is another's, by address", look(follower, leader, follower).membership(three[0], three[1], "server.7=zk3:2888:3888:participant")},
			{"a list that was edited since its start", look(follower, leader, follower).onWith(4, zoo(3), leads)},
		},
		[]blind{
			{"3.4 does not tell", look(follower, leader, follower, follower).as(oldest), report.SkipNotReported},
			{"the leader was not seen", look(follower, gone, follower), report.SkipNotReported},
			{"not looked at", unvisited(), report.SkipNotReported},
		},
	}}
}
