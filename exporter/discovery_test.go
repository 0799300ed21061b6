package exporter

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// asked is a server that was looked at and gave nothing.
func asked(t *testing.T, target string) snapshot.Server {
	t.Helper()
	targets, err := probe.ParseTargets([]string{target})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Server{Name: target, Target: targets[0]}
}

// lists adds what a server of 3.5+ says in conf.
func lists(t *testing.T, s snapshot.Server, id int64, mode snapshot.Mode, lines ...string) snapshot.Server {
	t.Helper()
	m, err := zoocfg.ParseMembership(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.Conf = snapshot.Saw(snapshot.Conf{ServerID: &id, InitLimit: new(10), PeerType: new(snapshot.PeerParticipant), ClientPort: new(2181), Membership: &m}, 0)
	s.Srvr = snapshot.Saw(snapshot.Srvr{Mode: mode}, 0)
	return s
}

// allOf are all members that a snapshot lists, as if each were allowed.
func allOf(snap *snapshot.Snapshot) []snapshot.Target {
	var all []snapshot.Target
	if members := snap.Members(); members != nil {
		for i := range members.Servers {
			if target, ok := probe.ReachedAt(&members.Servers[i], members.ClientPort); ok {
				target.Member = &members.Servers[i]
				all = append(all, target)
			}
		}
	}
	return all
}

func TestDiscoveryTargets(t *testing.T) {
	three := []string{
		"server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181", "server.2=zk2:2888:3888:participant;2182",
		"server.3=[2001:db8::3]:2888:3888:observer;[2001:db8::9]:2183", "version=100",
	}
	behind := asked(t, "zk1.example.org:12181") // a forwarded port: known by its id alone
	byAddr := asked(t, "one.example.org")
	byAddr.Resolve = snapshot.Saw([]netip.Addr{netip.MustParseAddr("10.0.0.1")}, 0)
	old := asked(t, "zk4:2184")
	old.Member = &zoocfg.Server{ID: 4, Role: zoocfg.Observer}
	silentServer := asked(t, "zk5")
	follows := asked(t, "zk6")
	follows.Srvr = snapshot.Saw(snapshot.Srvr{Mode: snapshot.ModeFollower}, 0)
	for name, c := range map[string]struct {
		servers []snapshot.Server
		want    string
	}{
		"as ZooKeeper lists them": {
			[]snapshot.Server{lists(t, asked(t, "zk2:2182"), 2, snapshot.ModeLeader, three...)},
			"10.0.0.1:2181 1 participant, zk2:2182 2 participant, [2001:db8::9]:2183 3 observer",
		},
		"the configured address stays, known by its id": {
			[]snapshot.Server{lists(t, behind, 1, snapshot.ModeFollower, three...)},
			"zk1.example.org:12181 1 participant, zk2:2182 2 participant, [2001:db8::9]:2183 3 observer",
		},
		"the configured address stays, known by its address": {
			[]snapshot.Server{byAddr, lists(t, asked(t, "zk2:2182"), 2, snapshot.ModeLeader, three...)},
			"one.example.org:2181 1 participant, zk2:2182 2 participant, [2001:db8::9]:2183 3 observer",
		},
		"a duplicate id does not move a server": {
			[]snapshot.Server{lists(t, asked(t, "other"), 2, snapshot.ModeFollower, three...), lists(t, asked(t, "zk2:2182"), 2, snapshot.ModeLeader, three...)},
			"10.0.0.1:2181 1 participant, zk2:2182 2 participant, [2001:db8::9]:2183 3 observer",
		},
		"the leader's list before a newer one": {
			[]snapshot.Server{
				lists(t, asked(t, "zk1"), 1, snapshot.ModeFollower, "server.1=zk1:2888:3888:participant;2181", "version=200"),
				lists(t, asked(t, "zk2:2182"), 2, snapshot.ModeLeader, three...),
			},
			"zk1:2181 1 participant, zk2:2182 2 participant, [2001:db8::9]:2183 3 observer",
		},
		"without a leader the newest list": {
			[]snapshot.Server{
				lists(t, asked(t, "zk2:2182"), 2, snapshot.ModeFollower, three...),
				lists(t, asked(t, "zk1"), 1, snapshot.ModeFollower, "server.1=zk1:2888:3888:participant;2181", "version=200"),
			},
			"zk1:2181 1 participant",
		},
		"lines without a client port": {
			[]snapshot.Server{lists(t, asked(t, "zk1:2181"), 1, snapshot.ModeLeader, "server.1=zk1:2888:3888", "server.2=zk2:2888:3888", "version=0")},
			"zk1:2181 1 participant, zk2:2181 2 participant",
		},
		"three servers on one host": {
			[]snapshot.Server{
				lists(t, asked(t, "lo:2181"), 1, snapshot.ModeFollower, "server.1=lo:2888:3888;2181", "server.2=lo:2889:3889;2182", "version=0"),
				asked(t, "lo:2182"),
			},
			"lo:2181 1 participant, lo:2182 2 participant",
		},
		"nothing that is no host": {
			[]snapshot.Server{lists(t, asked(t, "zk1"), 1, snapshot.ModeLeader, "server.1=zk1:2888:3888;2181", "server.2=a/b?c=<x>:2888:3888;2181", "server.3=zk3:2888:3888;0", "version=0")},
			"zk1:2181 1 participant",
		},
		"no list": {[]snapshot.Server{old, silentServer, follows, silentServer}, "zk4:2184 4 observer, zk5:2181 - -, zk6:2181 - participant"},
		"nobody":  {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			snap := &snapshot.Snapshot{Servers: c.servers}
			for _, g := range discoveryTargets("prod", snap, allOf(snap)) {
				if len(g.Targets) != 1 || g.Labels[labelEnsemble] != "prod" {
					t.Errorf("%v", g)
				}
				label := func(key string) string {
					if v, ok := g.Labels[key]; ok {
						return v
					}
					return "-"
				}
				got = append(got, g.Targets[0]+" "+label(labelServerID)+" "+label(labelRole))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteDiscovery(t *testing.T) {
	for want, groups := range map[string][]sdGroup{
		"[]\n": nil,
		`[{"targets":["zk4:2184"],"labels":{"__meta_zookeeper_ensemble":"a\"<b>","__meta_zookeeper_role":"observer","__meta_zookeeper_server_id":"4"}}]` + "\n": discoveryTargets(`a"<b>`, &snapshot.Snapshot{Servers: []snapshot.Server{
			{Target: snapshot.Target{Host: "zk4", Port: 2184, Member: &zoocfg.Server{ID: 4, Role: zoocfg.Observer}}},
		}}, nil),
	} {
		w := httptest.NewRecorder()
		if err := writeDiscovery(w, groups); err != nil {
			t.Fatal(err)
		}
		if w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
	}
	if got := discoveryTargets("prod", nil, nil); got == nil || len(got) > 0 {
		t.Errorf("without a look: %v", got)
	}
}
