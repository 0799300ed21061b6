package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseKeeper(t *testing.T) {
	for text, want := range map[string]*Keeper{
		"ClickHouse Keeper version: v23.8.2.7-stable-f73c8f3\nLatency min/avg/max: 0/0/0\nZxid: 34\nMode: leader\nNode count: 4\n": {"ClickHouse Keeper", "v23.8.2.7-stable-f73c8f3", ModeLeader},
		"RaftKeeper version: v2.1.0-abc\nMode: follower\n":                                                                         {"RaftKeeper", "v2.1.0-abc", ModeFollower},
		"ClickHouse Keeper version: v21\x1b[2J\nMode: king\n":                                                                      {"ClickHouse Keeper", `v21\x1b[2J`, ""},
		keeperNotServing: {Product: "ClickHouse Keeper"},
		NotServingText:   nil,
		"Zookeeper version: 3.9.5\nMode: leader\n": nil,
		"HTTP/1.1 400 Bad Request\r\n":             nil,
		"":                                         nil,
	} {
		if diff := cmp.Diff(want, ParseKeeper([]byte(text))); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
	}
}

func FuzzParseKeeper(f *testing.F) {
	f.Add([]byte("ClickHouse Keeper version: v23\nMode: leader\n"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		if k := ParseKeeper(reply); k != nil && (k.Product == "" || len(k.Version) > MaxForeign) {
			t.Errorf("%+v", k)
		}
	})
}
