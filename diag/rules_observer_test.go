package diag

import "github.com/zkdoctor/zkdoctor/diag/report"

func observerRules() []rule {
	grouped := []string{
		"server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant", "server.3=zk3:2888:3888:participant",
		"server.4=zk4:2888:3888:observer", "server.5=zk5:2888:3888:observer", "group.1=1:2:3",
	}
	lost := look(looking, down, down, looking, looking).file(zoo(3, "server.4=zk4:2888:3888:observer", "server.5=zk5:2888:3888:observer")).observing(4, 5)
	return []rule{{
		ObserverCounted,
		[]fire{
			{"three of five up, without a quorum", lost, "info proven zk4 zk5"},
			{"four of five up, and none to spare", look(follower, leader, down, observer, observer).observing(4, 5), "info proven zk4 zk5"},
			{"two voters, both needed", look(follower, leader, observer, observer, observer).observing(3, 4, 5), "info proven zk3 zk4 zk5"},
		},
		[]alike{
			{"all is well", look(follower, leader, follower, observer, observer).observing(4, 5)},
			{"no observers", look(looking, down, down).file(zoo(3))},
			{"they are down as well", look(follower, leader, down, down, down).observing(4, 5)},
			{"with them there would be no majority either", look(looking, down, down, looking, down).file(zoo(3, "server.4=zk4:2888:3888:observer", "server.5=zk5:2888:3888:observer")).observing(4, 5)},
			{"standalone", look(standalone)},
		},
		[]blind{
			{"who votes is not known", look(looking, down, down, looking, looking), report.SkipNotReported},
			{"not looked at", unvisited(), report.SkipNotReported},
			{"a voter was not seen", look(follower, but(leader, whitelisted), gone, observer, observer).observing(4, 5), report.SkipUndecided},
			{"groups decide", look(follower, leader, down, observer, observer).membership(grouped...), report.SkipUndecided},
		},
	}}
}
