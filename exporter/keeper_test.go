package exporter

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/keepers"
)

// keeper answers as a ClickHouse Keeper or RaftKeeper, as its sources format it (internal/keepers).
func keeper(s keepers.Server) answer {
	return func(f *fake, conn *net.TCPConn) { _, _ = io.WriteString(conn, s.Reply(f.word(conn))) }
}

// TestKeepers: of a Keeper are up, its role and the verdict, as it reports them; a healthy one has no
// series that an alert fires on.
func TestKeepers(t *testing.T) {
	for name, c := range map[string]struct {
		servers []keepers.Server
		want    facts
	}{
		"ClickHouse Keeper": {
			[]keepers.Server{{Role: "leader", Peers: 1, Synced: 1}, {Role: "follower"}},
			facts{"up": 1, "serving": 1, "quorum": 1, "leaders": 1, "verdict serving": 1},
		},
		"RaftKeeper": {
			[]keepers.Server{{Raft: true, Role: "leader", Peers: 1, Synced: 1}, {Raft: true, Role: "follower"}},
			facts{"up": 1, "serving": 1, "quorum": 1, "leaders": 1, "verdict serving": 1},
		},
		"RaftKeeper without a leader": {
			[]keepers.Server{{Raft: true, Role: "follower", Leaderless: true}, {Raft: true, Role: "follower", Leaderless: true}},
			facts{"up": 1, "serving": 0, "quorum": 0, "leaders": 0, "verdict unknown": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var targets []string
			for _, s := range c.servers {
				f := startFake(t, keeper(s))
				targets = append(targets, f.target)
				t.Cleanup(func() {
					if slices.Contains(f.asked(), "session") {
						t.Errorf("asked %q", f.asked())
					}
				})
			}
			s := serve(t, Options{}, targets...)
			found := s.metrics(t)
			product, _, _ := strings.Cut(name, " without")
			for _, target := range targets {
				of := `{ensemble="test",server="` + target + `"`
				if found["zookeeper_up"+of+"}"] != c.want["up"] || found["zookeeper_serving"+of+"}"] != c.want["serving"] {
					t.Errorf("%s", found.values("zookeeper_up", "zookeeper_serving"))
				}
				if info := `zookeeper_server_info` + of + `,server_id="",version="` + product + `"}`; found[info] != 1 {
					t.Errorf("no %s\n%s", info, found.values("zookeeper_server_info"))
				}
				for _, series := range found.of(target, "zookeeper_") {
					if !strings.HasPrefix(series, "zookeeper_up") && !strings.HasPrefix(series, "zookeeper_serving") && !strings.HasPrefix(series, "zookeeper_server_info") {
						t.Errorf("%s is ZooKeeper's", series)
					}
				}
			}
			if found[`zkdoctor_quorum{ensemble="test"}`] != c.want["quorum"] || found[`zkdoctor_leaders{ensemble="test"}`] != c.want["leaders"] {
				t.Errorf("%s", found.values("zkdoctor_quorum", "zkdoctor_leaders"))
			}
			for _, state := range []string{"serving", "unknown"} {
				if found[`zkdoctor_verdict{ensemble="test",state="`+state+`"}`] != c.want["verdict "+state] {
					t.Errorf("%s", found.values("zkdoctor_verdict"))
				}
			}
			if c.want["quorum"] == 0 {
				return
			}
			for series, value := range found {
				alarms := strings.HasPrefix(series, "zkdoctor_finding{") && !strings.Contains(series, `severity="info"`) ||
					strings.HasPrefix(series, "zkdoctor_unexplained{") && value != 0 ||
					strings.HasPrefix(series, "zkdoctor_port_open{") && value != 1
				if alarms {
					t.Errorf("%s %v", series, value)
				}
			}
		})
	}
}
