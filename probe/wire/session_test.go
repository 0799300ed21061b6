package wire

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// connectResponse is what a server of 3.4+ says to an unknown session.
func connectResponse(readOnly byte) string {
	body := make([]byte, 16, 37)
	body = binary.BigEndian.AppendUint32(body, 16)
	body = append(body, make([]byte, 16)...)
	body = append(body, readOnly)
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + string(body)
}

// takesRequest reads a ConnectRequest to its end, then behaves as told.
func takesRequest(then func(*net.TCPConn)) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		_, _ = io.ReadFull(conn, make([]byte, len(connectRequest(bogusSession))-4))
		then(conn)
	}
}

func TestAskSession(t *testing.T) {
	t.Parallel()
	serving := connectResponse(0)
	noFlag := "\x00\x00\x00\x24" + serving[4:40]
	// A ReplyHeader with err -119, NOTREADONLY.
	header := "\x00\x00\x00\x10" + strings.Repeat("\x00", 15) + "\x89"
	for _, tc := range []struct {
		name     string
		behave   func(*net.TCPConn)
		timeout  time.Duration
		want     snapshot.FailureKind
		wantText string
		readOnly bool
	}{
		{"serving", replies(serving), long, "", "", false},
		{"serving, before 3.4", replies(noFlag), long, "", "", false},
		{"read-only", replies(connectResponse(1)), long, "", "", true},
		{"no quorum", closesAtOnce, long, snapshot.Empty, "without an answer to a ConnectRequest", false},
		{"no quorum, request unread", resetsAtOnce, long, snapshot.Empty, "connection reset", false},
		{"silent", neverAnswers, brief, snapshot.Silent, "no answer to a ConnectRequest", false},
		{"reply header", replies(header), long, snapshot.Protocol, "a frame of 16 bytes", false},
		{"half an answer", replies(serving[:20]), long, snapshot.Protocol, "a frame of 37 bytes with 16 bytes in it", false},
		{"three bytes", replies("\x00\x00\x00"), long, snapshot.Protocol, "only 3 bytes", false},
		{"HTTP", replies("HTTP/1.1 400 Bad Request\r\n\r\n"), long, snapshot.Protocol, "an HTTP server answered", false},
		{"not a response", replies("\x00\x00\x00\x25" + strings.Repeat("x", 37)), long, snapshot.Protocol, "not a ConnectResponse", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := AskSession(t.Context(), serve(t, takesRequest(tc.behave)), Transport{Timeout: tc.timeout})
			checkKind(t, got, tc.want, tc.wantText)
			if got.Value.ReadOnly != tc.readOnly {
				t.Errorf("read-only: %v", got.Value.ReadOnly)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		checkKind(t, AskSession(t.Context(), refusing(t), Transport{Timeout: long}), snapshot.Refused, "")
	})
}

// TestConnectRequest holds the request to its length, so that it can never be
// taken for a four-letter word, and to a session that is not new.
func TestConnectRequest(t *testing.T) {
	request := connectRequest(bogusSession)
	if len(request) != 49 || string(request[:4]) != "\x00\x00\x00\x2d" {
		t.Errorf("got %q", request)
	}
	if id := binary.BigEndian.Uint64(request[20:]); id != bogusSession {
		t.Errorf("session %#x: 0 would open one", id)
	}
}

func FuzzParseConnectResponse(f *testing.F) {
	f.Add([]byte(connectResponse(0)))
	f.Add([]byte(connectResponse(1)))
	f.Add([]byte("\x00\x00\x00\x24"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := parseConnectResponse(data); err == nil && len(data) != 40 && len(data) != 41 {
			t.Errorf("%d bytes were taken: %q", len(data), data)
		}
	})
}
