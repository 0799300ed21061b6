package probe

import (
	"net/netip"
	"strconv"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestNamedAs: a member that was named by another name or address is not named again.
func TestNamedAs(t *testing.T) {
	list := listOf(t, "server.1=10.0.0.1:2888:3888:participant\nserver.2=zk2:2888:3888:participant;2182\nserver.3=zk3:2888:3888:participant\nversion=1")
	byAddress := snapshot.Server{Target: snapshot.Target{Host: "one.example", Port: 2181}, Resolve: snapshot.Saw([]netip.Addr{netip.MustParseAddr("10.0.0.1")}, 0)}
	byID := snapshot.Server{Target: snapshot.Target{Host: "forwarded", Port: 12181}, Conf: snapshot.Saw(snapshot.Conf{ServerID: new(int64(3)), InitLimit: new(10)}, 0)}
	elsewhere := snapshot.Server{Target: snapshot.Target{Host: "zk2", Port: 2181}}
	got := (&snapshot.Snapshot{Servers: []snapshot.Server{byAddress, byID, elsewhere}}).NamedAs(list.Servers)
	if got[0] == nil || got[0].Host != "one.example" || got[1] != nil || got[2] == nil || got[2].Host != "forwarded" {
		t.Errorf("%+v", got)
	}
}

// TestReachedAt: what a server lists may be anything.
func TestReachedAt(t *testing.T) {
	for text, want := range map[string]string{
		"server.1=zk1:2888:3888:participant":               "zk1:2281",
		"server.1=zk1:2888:3888:participant;2182":          "zk1:2182",
		"server.1=zk1:2888:3888:participant;0.0.0.0:2182":  "zk1:2182",
		"server.1=zk1:2888:3888:participant;10.0.0.9:2182": "10.0.0.9:2182",
		"server.1=zk1/../x:2888:3888:participant":          "",
		"server.1=zk1,zk9:2888:3888:participant":           "",
		"server.1=-oProxyCommand:2888:3888:participant":    "",
	} {
		m, err := zoocfg.ParseMembership(text + "\nversion=0")
		if err != nil {
			continue
		}
		got, ok := ReachedAt(&m.Servers[0], 2281)
		if text := got.Host + ":" + strconv.Itoa(got.Port); ok != (want != "") || ok && text != want {
			t.Errorf("%+v: %s", m, text)
		}
	}
}
