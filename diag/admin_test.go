package diag

import (
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// locked takes the words from a server and gives it an AdminServer.
func locked(id int64, mode snapshot.Mode, voters *zoocfg.Membership) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		server := &s.Servers[id-1]
		denied := &snapshot.Failure{Kind: snapshot.NotAllowed, Text: "not in the whitelist"}
		server.Conf, server.Mntr = snapshot.Failed[snapshot.Conf](denied, quick), snapshot.Failed[snapshot.Mntr](denied, quick)
		server.Admin.Settings = snapshot.Saw(snapshot.Conf{ServerID: &id, ClientPort: new(2181)}, quick)
		server.Admin.Voters = snapshot.Saw(voters, quick)
		server.Admin.Monitor = snapshot.Saw(snapshot.Mntr{Keys: snapshot.Pairs{{Key: "zk_digest_mismatches_count", Value: "1"}}}, quick)
		if !server.Srvr.Seen() {
			server.Admin.Stats = snapshot.Saw(snapshot.Srvr{Mode: mode, Version: server.Envi.Value.Version}, quick)
		}
	}
}

// voters are so many members, all of whom vote.
func voters(n int) *zoocfg.Membership {
	m := zoocfg.Parse("zoo.cfg", []byte(zoo(n))).Membership
	return &m
}

// TestAdminInsteadOfWords: where words are not allowed, ids, members and counters come
// from the AdminServer, and the report says so.
func TestAdminInsteadOfWords(t *testing.T) {
	r := look(follower, leader, follower).edit(locked(1, "", voters(3))).edit(locked(2, "", voters(3))).edit(locked(3, "", voters(3))).report()
	if r.Verdict.VotersSource != model.SourceAdmin || r.Verdict.Voters != 3 || r.Verdict.State != report.Serving {
		t.Errorf("%+v", r.Verdict)
	}
	for i, s := range r.Servers {
		if s.ID == nil || *s.ID != int64(i+1) || s.IDSource != model.SourceAdmin || !slices.Contains(s.Skipped, "conf") {
			t.Errorf("%+v", s)
		}
	}
	i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Code == DataDigestMismatch })
	if i < 0 || r.Findings[i].Evidence[0].Source != model.SourceAdmin {
		t.Errorf("%+v", r.Findings)
	}
}

// TestAdminTellsTheRole: a leader that refuses clients, and a server whose client port
// speaks TLS, are seen serving.
func TestAdminTellsTheRole(t *testing.T) {
	r := look(follower, looking, follower).edit(locked(2, snapshot.ModeLeader, voters(3))).report()
	if s := r.Servers[1]; s.Role != report.Leader || s.Inferred || r.Verdict.State != report.Serving || len(concluded(r, LeaderServesNo)) == 0 {
		t.Errorf("%+v\n%+v", s, r.Verdict)
	}
	if r.Verdict.ServingVoters != 3 {
		t.Errorf("%d serve", r.Verdict.ServingVoters)
	}
	r = look(follower, leader, closing).edit(locked(3, snapshot.ModeFollower, voters(3))).report()
	if s := r.Servers[2]; s.Role != report.Follower || r.Verdict.ServingVoters != 3 {
		t.Errorf("%+v\n%+v", s, r.Verdict)
	}
}

// TestAdminLacksObservers: its list has the voters alone; the file has the others.
func TestAdminLacksObservers(t *testing.T) {
	file := zoo(3) + "server.4=zk4:2888:3888:observer\n"
	r := look(follower, leader, follower, observer).observing(4).file(file).edit(locked(2, "", voters(3))).edit(func(s *snapshot.Snapshot) {
		for i := range s.Servers {
			s.Servers[i].Conf = snapshot.Obs[snapshot.Conf]{}
		}
	}).report()
	if r.Verdict.VotersSource != model.SourceAdmin || r.Verdict.Voters != 3 || r.Servers[3].ID == nil || len(concluded(r, TargetsIncomplete)) > 0 {
		t.Errorf("%+v\n%+v", r.Verdict, r.Servers[3])
	}
}
