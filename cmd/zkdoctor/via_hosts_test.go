package main

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestHostsOfOneName: hosts with one hostname are all in the report, and a host that has
// two names is in it once.
func TestHostsOfOneName(t *testing.T) {
	now := time.Now()
	on := func(hostname string, addrs ...string) *snapshot.Snapshot {
		s := &snapshot.Snapshot{Started: now, Servers: []snapshot.Server{{Name: "zk1"}}, Local: []snapshot.Local{{ConfigPath: hostname}}}
		s.Vantage.Host = hostname
		for _, addr := range addrs {
			s.Vantage.Addrs = snapshot.Saw(append(s.Vantage.Addrs.Value, netip.MustParseAddr(addr)), 0)
		}
		return s
	}
	for _, c := range []struct {
		name    string
		reached []visit
		own     *snapshot.Snapshot
		want    []string
	}{
		{
			"clones",
			[]visit{{host: "zk1", snap: on("vm", "127.0.0.1", "192.0.2.1")}, {host: "zk2", snap: on("vm", "127.0.0.1", "192.0.2.2")}},
			on("bastion", "192.0.2.9"),
			[]string{"bastion", "vm (zk1)", "vm (zk2)"},
		},
		{
			"clones, and this host is one more",
			[]visit{{host: "zk1", snap: on("vm", "192.0.2.1")}, {host: "zk2", snap: on("vm", "192.0.2.2")}},
			on("vm", "192.0.2.9"),
			[]string{"vm (this host)", "vm (zk1)", "vm (zk2)"},
		},
		{
			"two names of one host",
			[]visit{{host: "zk1", snap: on("a", "192.0.2.1", "::1")}, {host: "alias", snap: on("a", "::1", "192.0.2.1")}},
			on("b", "192.0.2.9"),
			[]string{"a", "b"},
		},
		{
			"this host is one of theirs",
			[]visit{{host: "zk1", snap: on("a", "192.0.2.1")}, {host: "zk2", snap: on("b", "192.0.2.2")}},
			on("b", "192.0.2.2"),
			[]string{"a", "b"},
		},
		{
			"this host was left alone",
			[]visit{{host: "zk1", snap: on("a", "192.0.2.1")}},
			on("a"),
			[]string{"a"},
		},
		{
			"addresses that every host has",
			[]visit{{host: "zk1", snap: on("vm", "127.0.0.1")}, {host: "zk2", snap: on("vm", "127.0.0.1")}},
			on("b", "192.0.2.2"),
			[]string{"b", "vm (zk1)", "vm (zk2)"},
		},
	} {
		snaps := distinguished(c.reached, c.own)
		var got []string
		for _, s := range snaps {
			got = append(got, s.Vantage.Host)
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if merged, err := snapshot.Merge(snaps); err != nil || len(merged.Local) != len(c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
