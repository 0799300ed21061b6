package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// framed is a frame: int length, body.
func framed(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// granted is the answer to a ConnectRequest: a session of server 7.
func granted(timeout uint32) []byte {
	body := make([]byte, 37)
	binary.BigEndian.PutUint32(body[4:], timeout)
	body[8] = 7
	binary.BigEndian.PutUint32(body[16:], 16)
	return framed(body)
}

// data is the answer to a request: an error code, or a znode's data.
func data(id, code int32, text string) []byte {
	body := binary.BigEndian.AppendUint32(nil, uint32(id))
	body = binary.BigEndian.AppendUint64(body, 99)
	body = binary.BigEndian.AppendUint32(body, uint32(code))
	if code == 0 {
		body = append(binary.BigEndian.AppendUint32(body, uint32(len(text))), text...)
	}
	return framed(body)
}

// answersInTurn answers each frame with the next of these.
func answersInTurn(answers ...[]byte) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		for _, answer := range answers {
			if _, err := receive(conn); err != nil {
				return
			}
			_, _ = conn.Write(answer)
		}
		untilGone(conn)
	}
}

// listOf is a list of n members.
func listOf(n int) string {
	var b strings.Builder
	for id := 1; id <= n; id++ {
		fmt.Fprintf(&b, "server.%d=zk%d:2888:3888:participant\n", id, id)
	}
	return b.String() + "version=1"
}

// TestOpenSession: what a server, or somebody else, may answer.
func TestOpenSession(t *testing.T) {
	t.Parallel()
	const list = "server.1=zk1:2888:3888:participant;2181\nserver.7=zk7:2888:3888:participant;2181\nversion=100000000"
	event := data(-1, 0, "a notification")
	for name, c := range map[string]struct {
		behave func(*net.TCPConn)
		want   snapshot.FailureKind
		voters int
	}{
		"opens, and lists":    {answersInTurn(granted(4000), data(getDataID, 0, list), data(closeID, 0, "")), "", 2},
		"a notification":      {answersInTurn(granted(4000), append(event, data(getDataID, 0, list)...), data(closeID, 0, "")), "", 2},
		"no such znode":       {answersInTurn(granted(4000), data(getDataID, -101, ""), data(closeID, 0, "")), "", 0},
		"may not be read":     {answersInTurn(granted(4000), data(getDataID, -102, ""), data(closeID, 0, "")), "", 0},
		"no list in it":       {answersInTurn(granted(4000), data(getDataID, 0, "hello"), data(closeID, 0, "")), "", 0},
		"refuses":             {answersInTurn(granted(0)), snapshot.NotServing, 0},
		"does not open":       {answersInTurn(), snapshot.Silent, 0},
		"closes":              {closesAtOnce, snapshot.Reset, 0},
		"another program":     {answersInTurn(framed([]byte("HTTP/1.1 400 Bad Request"))), snapshot.Protocol, 0},
		"a frame without end": {func(c *net.TCPConn) { _, _ = io.WriteString(c, "\x7f\xff\xff\xff"); untilGone(c) }, snapshot.Protocol, 0},
		"half a frame":        {func(c *net.TCPConn) { _, _ = io.WriteString(c, "\x00\x00\x00\x25\x00"); untilGone(c) }, snapshot.Silent, 0},
		"a list too long":     {answersInTurn(granted(4000), data(getDataID, 0, listOf(2000)), data(closeID, 0, "")), snapshot.TooLarge, 0},
		"a list too large":    {answersInTurn(granted(4000), data(getDataID, 0, listOf(20_000)), data(closeID, 0, "")), snapshot.TooLarge, 0},
		"a short answer":      {answersInTurn(granted(4000), framed([]byte("short"))), snapshot.Protocol, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := OpenSession(t.Context(), serve(t, c.behave), Transport{Timeout: brief})
			checkKind(t, got, c.want, "")
			if c.want != "" {
				return
			}
			voters := 0
			if got.Value.Members != nil {
				voters = len(got.Value.Members.Servers)
			}
			if got.Value.MyID != 7 || voters != c.voters {
				t.Errorf("%+v", got.Value)
			}
		})
	}
}
