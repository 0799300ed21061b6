package probe

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestReported: which of the members that a server lists may be visited, by the address of that
// server and by what their names resolve to.
func TestReported(t *testing.T) {
	t.Parallel()
	const other, here, beside = "192.0.2.1", "127.0.0.1", "169.254.1.1"
	for _, c := range []struct{ from, host, resolved, want string }{
		{other, "192.0.2.9", "", ""},
		{other, "zk9", "192.0.2.9", ""},
		{other, "127.0.0.1", "", "a loopback"},
		{other, "127.9.9.9", "", "a loopback"},
		{other, "::1", "", "a loopback"},
		{other, "::ffff:127.0.0.1", "", "a loopback"},
		{other, "localhost", "127.0.0.1", "a loopback"},
		{other, "zk9", "127.0.0.1", "a loopback"},
		{other, "zk9", "192.0.2.9 ::1", "a loopback"},
		{other, "2130706433", "127.0.0.1", "a loopback"}, // as some resolvers read it
		{other, "0x7f000001", "127.0.0.1", "a loopback"},
		{other, "169.254.169.254", "", "a link-local"},
		{other, "::ffff:169.254.169.254", "", "a link-local"},
		{other, "fe80::1", "", "a link-local"},
		{other, "224.0.0.1", "", "a multicast"},
		{other, "ff02::1", "", "a multicast"},
		{other, "255.255.255.255", "", "a multicast"},
		{other, "0.0.0.0", "", "an unspecified"},
		{other, "0.0.0.1", "", "an unspecified"},
		{other, "::", "", "an unspecified"},
		{here, "127.0.0.2", "", ""},
		{"::ffff:127.0.0.1", "127.0.0.2", "", ""},
		{here, "::1", "", ""},
		{here, "169.254.169.254", "", "a link-local"},
		{here, "0.0.0.0", "", "an unspecified"},
		{beside, "169.254.1.2", "", ""},
		{beside, "127.0.0.1", "", "a loopback"},
		{"", "127.0.0.1", "", "a loopback"},
	} {
		for what, line := range map[string]string{
			"client port": "server.9=192.0.2.9:2888:3888:participant;[%s]:2181", "peer ports": "server.9=[%s]:2888:3888:participant;192.0.2.9:2181",
		} {
			list := listOf(t, fmt.Sprintf(line, c.host)+"\nversion=1")
			target, ok := ReachedAt(&list.Servers[0], 2181)
			if !ok {
				t.Fatalf("%s: not reached", c.host)
			}
			target.Member = &list.Servers[0]
			if strings.Trim(c.host, "[]") == "0.0.0.0" || c.host == "::" {
				if what == "client port" { // it stands for the other one
					continue
				}
			}
			reported := Reported{names: names{}}
			for _, host := range hostsOf([]snapshot.Target{target}, nil) {
				addrs := []netip.Addr{}
				for text := range strings.FieldsSeq(c.resolved) {
					addrs = append(addrs, netip.MustParseAddr(text))
				}
				if addr, err := netip.ParseAddr(host); err == nil {
					addrs = []netip.Addr{addr}
				}
				reported.names[host] = snapshot.Saw(addrs, 0)
			}
			from, _ := netip.ParseAddr(c.from)
			got := reported.whyNot(&target, from)
			if (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
				t.Errorf("from %q, %s of %s (%s): got %q, want %q", c.from, what, c.host, c.resolved, got, c.want)
			}
		}
	}
}

// TestReportedHere: a server elsewhere may send zkdoctor to this host's ZooKeeper, and to no other port
// of this host; one at this host may.
func TestReportedHere(t *testing.T) {
	t.Parallel()
	own, other := netip.MustParseAddr("192.0.2.5"), netip.MustParseAddr("192.0.2.1")
	config := zoocfg.Parse("zoo.cfg", []byte("clientPort=2181\ndataDir=/d\nserver.1=192.0.2.5:2888:3888\nserver.2=192.0.2.1:2888:3888\n"))
	process := &snapshot.Process{Listens: snapshot.Saw([]netip.AddrPort{netip.AddrPortFrom(own, 2281)}, 0)}
	running := []snapshot.Local{{Config: snapshot.Saw(config, 0), Process: process}}
	for _, c := range []struct {
		line  string
		from  netip.Addr
		local []snapshot.Local
		want  string
	}{
		{"192.0.2.5:2888:3888:participant;2181", other, running, ""},
		{"192.0.2.5:2888:3888:participant;2281", other, running, ""},
		{"192.0.2.5:2888:3888:participant;5006", other, running, "5006"},
		{"192.0.2.5:22:3888:participant;2181", other, running, "22"},
		{"192.0.2.5:2888:25:participant;2181", other, running, "25"},
		{"192.0.2.9:2888:3888:participant;192.0.2.5:5006", other, running, "5006"},
		{"[::ffff:192.0.2.5]:2888:3888:participant;5006", other, running, "5006"},
		{"192.0.2.5:2888:3888:participant;2181", other, nil, "2181"},
		{"192.0.2.5:2888:3888:participant;5006", netip.Addr{}, running, "5006"},
		{"192.0.2.5:22:3888:participant;5006", own, nil, ""},
		{"192.0.2.5:22:3888:participant;5006", netip.MustParseAddr("127.0.0.1"), nil, ""},
		{"192.0.2.9:22:3888:participant;5006", other, nil, ""},
	} {
		member := &listOf(t, "server.9="+c.line+"\nversion=1").Servers[0]
		target, _ := ReachedAt(member, 2181)
		target.Member = member
		reported := Reported{names: names{}, here: hereOf(c.local)}
		reported.here.addrs = []netip.Addr{own}
		for _, host := range hostsOf([]snapshot.Target{target}, nil) {
			reported.names[host] = snapshot.Saw([]netip.Addr{netip.MustParseAddr(host)}, 0)
		}
		got := reported.whyNot(&target, c.from)
		if (got == "") != (c.want == "") || !strings.Contains(got, "port "+c.want) && c.want != "" {
			t.Errorf("%s, told from %v: %q, want %q", c.line, c.from, got, c.want)
		}
	}
}

// lister is a server that answers srvr and conf, with that list of members.
func lister(t *testing.T, list string, asked *atomic.Int64) netip.AddrPort {
	t.Helper()
	return serve(t, func(conn *net.TCPConn) {
		asked.Add(1)
		switch readWord(conn) {
		case "srvr":
			_, _ = io.WriteString(conn, "Zookeeper version: 3.9.5-1, built on 2026-01-01 00:00 UTC\nLatency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 1\nConnections: 1\nOutstanding: 0\nZxid: 0x100000001\nMode: follower\nNode count: 5\n")
		case "conf":
			_, _ = io.WriteString(conn, "clientPort=2181\ndataDir=/d\ntickTime=2000\nserverId=1\ninitLimit=10\nsyncLimit=5\nelectionPort=3888\nquorumPort=2888\npeerType=0\nmembership: \n"+list+"version=1")
		}
	})
}

// TestDiscoverReported: members at addresses that are only the host's own are left alone, and
// noted; a server at a loopback address may list others at such.
func TestDiscoverReported(t *testing.T) {
	t.Parallel()
	var asked, visited atomic.Int64
	second := lister(t, "", &visited)
	list := fmt.Sprintf("server.1=127.0.0.1:2888:3888:participant;127.0.0.1:1\nserver.2=127.0.0.1:2888:3888:participant;127.0.0.1:%d\n", second.Port()) +
		"server.3=169.254.169.254:80:81:participant;80\nserver.4=224.0.0.1:80:81:participant;80\nserver.5=a/b:1:2:participant;80\n"
	question := targetAt(lister(t, list, &asked), long)
	question.Discover = true
	s := look(t, question, nil)
	var why []string
	for _, u := range s.Plan.Unvisited {
		why = append(why, fmt.Sprint(u.ID, " ", u.Address, " ", u.Why))
	}
	want := []string{
		"5 a/b its line has no host name and port",
		"3 169.254.169.254:80 a link-local address, which means another host there than here",
		"4 224.0.0.1:80 a multicast address, which means another host there than here",
	}
	if !slices.Equal(why, want) || len(s.Servers) != 2 || visited.Load() == 0 {
		t.Errorf("%d servers, %d connections to the second, not visited: %q", len(s.Servers), visited.Load(), why)
	}
}

// TestDiscoverMany: of a list of 10,000 nobody is visited, and of one of 1,000 all are, once.
func TestDiscoverMany(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{10_000: 1, 1000: 1000} {
		var b strings.Builder
		var asked, visited atomic.Int64
		port := lister(t, "", &visited).Port()
		for id := 1; id <= n; id++ {
			host := fmt.Sprintf("127.0.%d.%d", id/250, 1+id%250)
			fmt.Fprintf(&b, "server.%d=%s:2888:3888:participant;%s:%d\n", id, host, host, port)
		}
		question := targetAt(lister(t, b.String(), &asked), long)
		question.Discover = true
		started := time.Now()
		s := look(t, question, nil)
		if len(s.Servers) != want || asked.Load() > 8 {
			t.Errorf("of %d members: %d servers looked at, %d connections to the one that lists them", n, len(s.Servers), asked.Load())
		}
		if n > snapshot.MaxMembers && (!s.Servers[0].Conf.FailedAs(snapshot.TooLarge) || visited.Load() > 0) {
			t.Errorf("%+v, %d connections to those listed", s.Servers[0].Conf.Failure, visited.Load())
		}
		t.Logf("%d members: %v", n, time.Since(started))
	}
}
