package probe

import (
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestCut: a server that has closed before it answered is asked once more, and nothing is
// sent to it in TLS, which would stand in its log.
func TestCut(t *testing.T) {
	for name, c := range map[string]struct {
		closes int32 // how many connections it closes before it answers
		want   snapshot.FailureKind
	}{
		"lost its leader a moment ago": {1, snapshot.NotServing},
		"takes no connections":         {1000, snapshot.Empty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls, hellos atomic.Int32
			addr := serve(t, func(conn *net.TCPConn) {
				got := readWord(conn)
				if strings.HasPrefix(got, "\x16\x03") { // a record of TLS, of a handshake
					hellos.Add(1)
				}
				if calls.Add(1) > c.closes {
					_, _ = io.WriteString(conn, snapshot.NotServingText+"\n")
				}
			})
			plan := Plan{Plan: snapshot.Plan{Targets: []snapshot.Target{{Host: addr.Addr().String(), Port: int(addr.Port())}}, Timeout: long}}
			if s := Gather(t.Context(), plan, nil).Servers[0]; !s.Srvr.FailedAs(c.want) || hellos.Load() > 0 {
				t.Errorf("%+v, greeted in TLS %d times", s.Srvr.Failure, hellos.Load())
			}
		})
	}
}

// TestSrvrRefused: what serves clients and allows not even srvr is asked on through its
// AdminServer.
func TestSrvrRefused(t *testing.T) {
	addr := serve(t, func(conn *net.TCPConn) {
		if word := readWord(conn); word == "srvr" {
			_, _ = io.WriteString(conn, word+snapshot.NotAllowedText+"\n")
			return
		}
		takesRequest(func(conn *net.TCPConn) { _, _ = io.WriteString(conn, connectResponse(0)) })(conn)
	})
	body := strings.Replace(goodConf, "2181", strconv.Itoa(int(addr.Port())), 1)
	admin := serve(t, page("200 OK", "", body))
	plan := Plan{Plan: snapshot.Plan{Targets: []snapshot.Target{{Host: addr.Addr().String(), Port: int(addr.Port())}}, Timeout: long, Admin: true, AdminPort: int(admin.Port())}}
	if s := Gather(t.Context(), plan, nil).Servers[0]; !s.Session.Seen() || !s.Admin.Settings.Seen() || *s.Admin.Settings.Value.ServerID != 2 {
		t.Errorf("%+v\n%+v", s.Session, s.Admin)
	}
}

// TestIsElsewhere: what answers at the peer ports of a forward's address is somebody else.
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
		"3.4 tells no address":                   {"", false, false},
		"3.4, on a host with others":             {"", true, true},
	} {
		conf := snapshot.Conf{ServerID: new(int64(1))}
		if c.list != "" {
			conf.Membership = listOf(t, c.list)
		}
		s := &snapshot.Server{Target: snapshot.Target{Host: "zk1"}, Resolve: snapshot.Saw([]netip.Addr{netip.MustParseAddr("192.0.2.1")}, 0), Conf: snapshot.Saw(conf, 0)}
		if got := (&gatherer{server: s, shared: c.shared}).isElsewhere(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
