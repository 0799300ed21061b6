package probe

import (
	"net/netip"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestIsElsewhere: what answers at the peer ports of a forward's address is another program.
func TestIsElsewhere(t *testing.T) {
	const three = "\nserver.2=zk2:2888:3888:participant\nserver.3=zk3:2888:3888:participant\nversion=0"
	for name, c := range map[string]struct {
		list   string // empty: conf tells none
		shared bool
		want   bool
	}{
		"at its own address":                     {"server.1=192.0.2.1:2888:3888:participant" + three, true, false},
		"behind NAT":                             {"server.1=10.0.0.1:2888:3888:participant" + three, false, true},
		"its line has the wildcard":              {"server.1=0.0.0.0:2888:3888:participant" + three, false, false},
		"one of two addresses":                   {"server.1=10.0.0.1:2888:3888|192.0.2.1:2888:3888:participant" + three, false, false},
		"none of two addresses":                  {"server.1=10.0.0.1:2888:3888|10.1.0.1:2888:3888:participant" + three, false, true},
		"by the same name":                       {"server.1=ZK1:2888:3888:participant" + three, true, false},
		"by another name":                        {"server.1=zk1.example:2888:3888:participant" + three, false, false},
		"by another name, on a host with others": {"server.1=zk1.example:2888:3888:participant" + three, true, true},
		"no line of its own":                     {three[1:], false, false},
		"3.4 reports no address":                 {"", false, false},
		"3.4, on a host with others":             {"", true, true},
	} {
		conf := snapshot.Conf{ServerID: new(int64(1))}
		if c.list != "" {
			conf.Membership = listOf(t, c.list)
		}
		s := &snapshot.Server{Target: snapshot.Target{Host: "zk1"}, Resolve: snapshot.Saw([]netip.Addr{netip.MustParseAddr("192.0.2.1")}, 0), Conf: snapshot.Saw(conf, 0)}
		if got := isElsewhere(&serverTask{server: s, shared: c.shared}); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
