package snapshot

import (
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// TestConnectIsNoListen: an address that could not be assigned for a connection says nothing of the server's own.
func TestConnectIsNoListen(t *testing.T) {
	const (
		head   = "2026-12-01 13:31:58,699 [myid:] - WARN  [QuorumConnectionThread-[myid=1]-3:o.a.z.s.q.QuorumCnxManager@398] - "
		none   = "java.net.BindException: Cannot assign requested address\n\tat java.base/sun.nio.ch.Net.connect0(Native Method)\n"
		open   = head + "Cannot open channel to 2 at election address /10.99.0.2:3888\n" + none
		listen = head + "Exception while listening to address /10.99.0.1:3888\n" + none
	)
	for text, want := range map[string]bool{open: false, listen: true, open + listen: true, listen + open: true, open + open: false} {
		foreign := slices.ContainsFunc(ScanLog([]byte(text), false).Lines, func(l LogLine) bool { return l.Sign == logline.AddressForeign })
		if foreign != want {
			t.Errorf("%t, want %t: %s", foreign, want, text)
		}
	}
}
