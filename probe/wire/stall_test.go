package wire

import (
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestStall: peers that do not close. The clock is synctest's, so that a look
// must end exactly when its time is up, whatever the peer does.
func TestStall(t *testing.T) {
	const timeout = 2 * time.Second
	sends := func(text string) func(net.Conn) {
		return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
	}
	for _, tc := range []struct {
		name     string
		behave   func(net.Conn)
		want     snapshot.FailureKind
		wantText string
	}{
		{"nothing", sends(""), snapshot.Silent, "192.0.2.1:2181: connected, but no answer to srvr in 2s"},
		{"half an answer", sends(srvrLeader[:100]), snapshot.Silent, "the answer to srvr stalled after 100 bytes, 2s after the start"},
		{"a whole answer", sends(srvrLeader), snapshot.Silent, "stalled after"},
		{"an SSH banner", sends("SSH-2.0-OpenSSH_9.6\r\n"), snapshot.Protocol, "an SSH server answered"},
		{"a byte now and then", func(conn net.Conn) {
			for _, b := range []byte(srvrLeader) {
				if _, err := conn.Write([]byte{b}); err != nil {
					return
				}
				<-time.After(700 * time.Millisecond)
			}
		}, snapshot.Silent, "stalled after 3 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				var peer sync.WaitGroup
				peer.Go(func() {
					_, _ = io.ReadFull(theirs, make([]byte, 4))
					tc.behave(theirs)
				})
				l := newLook(t.Context(), fakeAddr, timeout)
				l.what = "srvr"
				_, failure := l.exchange(t.Context(), ours, []byte(l.what))
				if l.took() != timeout {
					t.Errorf("took %v, want %v", l.took(), timeout)
				}
				checkKind(t, snapshot.Failed[snapshot.Reply](failure, 0), tc.want, tc.wantText)
				_ = theirs.Close()
				peer.Wait()
			})
		})
	}
}
