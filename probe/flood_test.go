package probe

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestFlood: of servers that all send as much as is read of one answer, some are given up, and the
// run says so; those that say what servers say are seen whole, in a second look too.
func TestFlood(t *testing.T) {
	t.Parallel()
	pad := strings.Repeat("zk_p1_ack_latency{key=\"1\"}\t1\n", snapshot.MaxReply/30)
	flood := serve(t, func(conn *net.TCPConn) {
		switch readWord(conn) {
		case "srvr":
			_, _ = io.WriteString(conn, "Zookeeper version: 3.9.5-1, built on 2026-01-01 00:00 UTC\nLatency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 1\nConnections: 1\nOutstanding: 0\nZxid: 0x100000001\nMode: follower\nNode count: 5\n")
		case "mntr":
			_, _ = io.WriteString(conn, "zk_version\t3.9.5-1\nzk_server_state\tfollower\n")
			_, _ = io.WriteString(conn, pad)
		}
	})
	honest := newMember(t)
	q := Question{Timeout: long, Again: func(*snapshot.Snapshot) time.Duration { return time.Millisecond }}
	const floods = 20
	for range floods {
		q.Targets = append(q.Targets, snapshot.Target{Host: "127.0.0.1", Port: int(flood.Port())})
	}
	q.Targets = append(q.Targets, snapshot.Target{Host: "127.0.0.1", Port: int(honest.client.Port())})
	second := look(t, q, nil)
	if second.Before == nil {
		t.Fatal("there is no second look")
	}
	for _, s := range []*snapshot.Snapshot{second.Before, second} {
		if s.Incomplete != "too-large" {
			t.Errorf("incomplete: %q", s.Incomplete)
		}
		seen := 0
		for i := range s.Servers[:floods] {
			mntr := s.Servers[i].Mntr
			switch {
			case mntr.Seen():
				seen++
			case !mntr.FailedAs(snapshot.TooLarge) || !strings.Contains(mntr.Failure.Text, "of all servers"):
				t.Errorf("mntr: %v", mntr.Failure)
			}
			if !s.Servers[i].Srvr.Seen() {
				t.Errorf("srvr: %v", s.Servers[i].Srvr.Failure)
			}
		}
		// A key and its value take up about twice what they are on the wire: there is room for six.
		if seen < 4 || seen > floods/2 {
			t.Errorf("of %d answers to mntr %d are kept", floods, seen)
		}
		if one := &s.Servers[floods]; !one.Srvr.Seen() || !one.Conf.Seen() || !one.Mntr.Seen() {
			t.Errorf("of the honest one: %v, %v, %v", one.Srvr.Failure, one.Conf.Failure, one.Mntr.Failure)
		}
	}
}
