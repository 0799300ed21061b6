package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
)

// What happened between the two looks. Averages and maxima that servers tell are
// of their whole life, so that an hour of trouble hides in them, and never ends.

// ComparedKeys are the keys of mntr that the rules compare with those of a later
// look: is it the same election still, whom has the leader lost, and what happened
// meanwhile? Whoever keeps looks may forget the other keys of the earlier one.
func ComparedKeys() []string {
	keys := []string{"zk_uptime", "zk_synced_followers", model.NonVotingFollowers, model.Proposals, model.Commits}
	for _, key := range dataSetKeys() {
		keys = append(keys, key.name)
	}
	for _, name := range []string{fsyncTime, readLatency, updateLatency, jvmPause} {
		for _, pair := range model.SummaryKeys(name) {
			keys = append(keys, pair[:]...)
		}
	}
	return keys
}
