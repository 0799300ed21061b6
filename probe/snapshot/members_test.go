package snapshot

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

func listOf(t *testing.T, text string) *zoocfg.Membership {
	t.Helper()
	m, err := zoocfg.ParseMembership(text)
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

// TestMembers: conf counts before a session, and that before an AdminServer; of those the
// leader's list, then that of the highest version; and at last what was told before.
func TestMembers(t *testing.T) {
	three := listOf(t, "server.1=zk1:2888:3888:participant\nserver.2=zk2:2888:3888:participant\nserver.3=zk3:2888:3888:participant\nversion=1")
	two := listOf(t, "server.1=zk1:2888:3888:participant\nserver.2=zk2:2888:3888:participant\nversion=2")
	server := func(mode Mode, list *zoocfg.Membership, port int) Server {
		return Server{Srvr: Saw(Srvr{Mode: mode}, 0), Conf: Saw(Conf{Membership: list, ClientPort: &port}, 0)}
	}
	silentServer := Server{Admin: AdminLook{Settings: Saw(Conf{ClientPort: new(2183)}, 0), Voters: Saw(three, 0)}}
	silentLeader := Server{Admin: AdminLook{Stats: Saw(Srvr{Mode: ModeLeader}, 0), Voters: Saw(two, 0)}}
	opened := Server{Opened: Saw(Opened{Members: two}, 0), Admin: silentServer.Admin}
	known := &Members{Membership: *three}
	for name, c := range map[string]struct {
		servers []Server
		known   *Members
		members int
		by      Witness
		port    int
	}{
		"the leader's":             {[]Server{server(ModeFollower, two, 2182), server(ModeLeader, three, 2281)}, nil, 3, ByConf, 2281},
		"the newer one":            {[]Server{server(ModeFollower, three, 2182), server(ModeFollower, two, 2281)}, nil, 2, ByConf, 2281},
		"of two leaders the newer": {[]Server{server(ModeLeader, two, 2182), server(ModeLeader, three, 2281)}, nil, 2, ByConf, 2182},
		"an AdminServer's":         {[]Server{silentServer}, known, 3, ByAdmin, 2183},
		"the leader's AdminServer": {[]Server{silentServer, silentLeader}, nil, 2, ByAdmin, 0},
		"a session's":              {[]Server{silentServer, opened}, nil, 2, BySession, 0},
		"conf's before those":      {[]Server{opened, server(ModeFollower, three, 2182)}, nil, 3, ByConf, 2182},
		"nobody's":                 {[]Server{{}}, nil, 0, "", 0},
		"what was told before":     {[]Server{{}}, known, 3, ByConf, 0},
		"a TLS port has no -1":     {[]Server{server(ModeLeader, three, -1)}, nil, 3, ByConf, 0},
	} {
		got := (&Snapshot{Servers: c.servers, Known: c.known}).Members()
		if got == nil {
			got = new(Members)
		}
		if len(got.Servers) != c.members || got.By != c.by || got.ClientPort != c.port {
			t.Errorf("%s: %d members by %q, port %d", name, len(got.Servers), got.By, got.ClientPort)
		}
	}
}
