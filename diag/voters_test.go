package diag

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestKnownMembership: without a quorum nobody tells the list of members, and
// the one that was told before still holds.
func TestKnownMembership(t *testing.T) {
	t.Parallel()
	before := look(follower, leader, follower).membership("server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant",
		"server.3=zk3:2888:3888:participant", "server.4=zk4:2888:3888:participant", "server.5=zk5:2888:3888:participant").snap()
	now := look(looking, looking, looking).snap()
	if v := Diagnose(now, Options{}).Verdict; v.Voters != 3 || v.VotersSource != model.SourceTargets {
		t.Errorf("without memory: %d voters by %s", v.Voters, v.VotersSource)
	}
	now.Known = before.Members()
	if v := Diagnose(now, Options{}).Verdict; v.Voters != 5 || v.VotersSource != model.SourceConf {
		t.Errorf("with memory: %d voters by %s", v.Voters, v.VotersSource)
	}
	if m := (&snapshot.Snapshot{}).Members(); m != nil {
		t.Errorf("nothing was told, got %v", m)
	}
}
