package diag

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestHeadline: numbers that would read as what is not so are told with words.
func TestHeadline(t *testing.T) {
	t.Parallel()
	alone := func(s *snapshot.Snapshot) { s.Servers, s.Plan.Targets = s.Servers[:1], s.Plan.Targets[:1] }
	for want, s := range map[string]scene{
		"3 of 3 voters. Can lose 1 more. Leader zk2.":                                                         look(follower, leader, follower),
		"2 of 3 voters. Can lose 0 more. Not in the quorum: zk3. Leader zk2.":                                 look(follower, leader, down),
		"a quorum serves. 1 of 3 voters checked: 1 serves. ":                                                  look(follower, leader, follower).membership(three...).edit(alone),
		"2 of 2 targets. How many more it can lose is not known: the leader is not among the targets. Leader": look(follower, follower).as(oldest),
		"no quorum: 1 of 3 voters up, 2 ":                                                                     look(looking, down, down).file(zoo(3)),
		"no quorum: 2 of 3 voters up, not enough by their groups and weights. ": look(looking, looking, down).
			file(zoo(3, "group.1=1:2:3", "weight.1=1", "weight.2=1", "weight.3=3")),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := s.report().Verdict.Summary; !strings.HasPrefix(got, want) {
				t.Errorf("got %q", got)
			}
		})
	}
}
