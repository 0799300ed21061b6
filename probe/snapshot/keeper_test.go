package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/keepers"
	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

const clickHouseVersion = "v23.8.2.7-stable-f73c8f378874e8b2cd7d6dbf8e3d8b6ab8fa4e72"

// TestParseKeeper: what is known of a Keeper by each of its words, as its sources format them (see
// internal/keepers).
func TestParseKeeper(t *testing.T) {
	leader := keepers.Server{Role: "leader", Peers: 2, Synced: 1}
	for name, c := range map[string]struct {
		server keepers.Server
		words  string
		want   *Keeper
	}{
		"ClickHouse by all":             {leader, "srvr mntr", &Keeper{ClickHouseKeeper, clickHouseVersion, ModeLeader, new(true), new(int64(2)), new(int64(1))}},
		"ClickHouse by srvr":            {leader, "srvr", &Keeper{Product: ClickHouseKeeper, Version: clickHouseVersion, Mode: ModeLeader, Serves: new(true)}},
		"ClickHouse by mntr":            {keepers.Server{Role: "follower"}, "mntr", &Keeper{Product: ClickHouseKeeper, Version: clickHouseVersion, Mode: ModeFollower, Serves: new(true)}},
		"ClickHouse by envi":            {leader, "envi", &Keeper{Product: ClickHouseKeeper, Version: clickHouseVersion}},
		"ClickHouse without a leader":   {keepers.Server{Role: "follower", Leaderless: true}, "srvr mntr envi", &Keeper{Product: ClickHouseKeeper, Version: clickHouseVersion, Serves: new(false)}},
		"one of both, without a leader": {keepers.Server{Role: "follower", Leaderless: true}, "mntr", &Keeper{Product: SomeKeeper, Serves: new(false)}},
		"RaftKeeper by all":             {keepers.Server{Raft: true, Role: "leader", Peers: 2, Synced: 2}, "srvr mntr", &Keeper{RaftKeeper, "2.1.0-07b56d88063f61247caff05d639ab91baa17c879", ModeLeader, new(true), new(int64(2)), new(int64(2))}},
		"RaftKeeper by srvr":            {keepers.Server{Raft: true, Role: "follower"}, "srvr", &Keeper{Product: RaftKeeper, Version: "2.1.0", Mode: ModeFollower}},
		"RaftKeeper without a leader":   {keepers.Server{Raft: true, Role: "follower", Leaderless: true}, "srvr mntr", &Keeper{Product: RaftKeeper, Version: "2.1.0", Mode: ModeFollower, Serves: new(false)}},
		"RaftKeeper by envi":            {keepers.Server{Raft: true, Role: "follower"}, "envi", &Keeper{Product: RaftKeeper, Version: "2.1.0"}},
		"neither by ruok and isro":      {leader, "ruok isro", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var replies [][]byte
			for word := range strings.FieldsSeq(c.words) {
				reply := []byte(c.server.Reply(word))
				replies = append(replies, reply)
				if OnlyZooKeeper(reply) {
					t.Errorf("%s: taken for ZooKeeper's: %q", word, reply)
				}
			}
			if diff := cmp.Diff(c.want, ParseKeeper(replies...)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestNoKeeper: other programs, and a terminal's escape sequences in a version.
func TestNoKeeper(t *testing.T) {
	for text, want := range map[string]*Keeper{
		"ClickHouse Keeper version: v21\x1b[2J\nMode: king\n": {Product: ClickHouseKeeper, Version: `v21\x1b[2J`},
		"HTTP/1.1 400 Bad Request\r\n":                        nil,
		"-ERR unknown command 'srvr'\r\n":                     nil,
		"":                                                    nil,
	} {
		if diff := cmp.Diff(want, ParseKeeper([]byte(text))); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
		if OnlyZooKeeper([]byte(text)) {
			t.Errorf("%q: taken for ZooKeeper's", text)
		}
	}
}

// TestOnlyZooKeeper: what real servers replied to srvr, mntr and envi shows that they are ZooKeeper,
// and no Keeper.
func TestOnlyZooKeeper(t *testing.T) {
	servers, err := recorded.Servers()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		for _, word := range []string{"srvr", "mntr", "envi"} {
			reply, ok := s.Reply(word)
			if ok && (!OnlyZooKeeper(reply) || ParseKeeper(reply) != nil) {
				t.Errorf("%s %s, %s: %.60q", s.Version, s.State, word, reply)
			}
		}
	}
}

func FuzzParseKeeper(f *testing.F) {
	for _, word := range []string{"srvr", "mntr", "envi"} {
		f.Add([]byte(keepers.Server{Role: "leader"}.Reply(word)))
		f.Add([]byte(keepers.Server{Role: "leader", Raft: true}.Reply(word)))
	}
	f.Fuzz(func(t *testing.T, reply []byte) {
		k := ParseKeeper(reply)
		if k != nil && (k.Product == "" || len(k.Version) > MaxForeign) {
			t.Errorf("%+v", k)
		}
		if k != nil && OnlyZooKeeper(reply) {
			t.Errorf("both: %q", reply)
		}
	})
}
