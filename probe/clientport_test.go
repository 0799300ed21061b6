package probe

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
			if s := look(t, targetAt(addr, long), nil).Servers[0]; !s.Srvr.FailedAs(c.want) || hellos.Load() > 0 {
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
		declines(conn)
	})
	admin := serve(t, page(fmt.Sprintf(`{"client_port":%d,"server_id":2,"command":"configuration","error":null}`, addr.Port())))
	question := targetAt(addr, long)
	question.Admin, question.AdminPort = true, int(admin.Port())
	if s := look(t, question, nil).Servers[0]; !s.Session.Seen() || !s.Admin.Settings.Seen() || *s.Admin.Settings.Value.ServerID != 2 {
		t.Errorf("%+v\n%+v", s.Session, s.Admin)
	}
}

// TestNotAskedTLS: a port for TLS alone is silent to plain text, as a server that hangs
// is. A fifth byte tells them apart, and only then is a hello sent, and it shows its
// certificate; within one timeout. One that hangs is sent nothing else.
func TestNotAskedTLS(t *testing.T) {
	t.Parallel()
	const brief = time.Second // on a busy machine too
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for name, c := range map[string]struct {
		at   netip.AddrPort
		want snapshot.FailureKind
	}{
		"TLS":   {secure.Listener.Addr().(*net.TCPAddr).AddrPort(), snapshot.TLS},
		"hangs": {serve(t, func(conn *net.TCPConn) { _, _ = io.Copy(io.Discard, conn) }), snapshot.Silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := look(t, targetAt(c.at, brief), nil).Servers[0]
			if !s.Srvr.FailedAs(c.want) || (s.Client.Value.TLS.Fault == snapshot.TLSNotAsked) != (c.want == snapshot.TLS) {
				t.Errorf("%+v\n%+v", s.Srvr, s.Client)
			}
			if s.Srvr.Took > 2*brief {
				t.Errorf("it took %v", s.Srvr.Took)
			}
		})
	}
}
