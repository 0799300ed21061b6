package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// AskSession asks whether a server serves clients, without opening a session and
// for want of any answer to a four-letter word. It sends a ConnectRequest for a
// session that does not exist (0x1234, with a wrong password). A server that
// serves declines it with timeout 0 (ZooKeeperServer.reopenSession,
// finishSessionInit); no transaction is written, but a warning is logged. Only what has shown
// that it is ZooKeeper may be asked: a ClickHouse Keeper opens a session instead
// (KeeperTCPHandler::receiveHandshake leaves the id unread), which is a write of its quorum.
//
// A server without a quorum closes without a byte, and so does one that has too
// many connections from here: both are Empty. An RST in place of the FIN is Empty
// too: the system sends it for a server that leaves our request unread.
func AskSession(ctx context.Context, addr netip.AddrPort, t Transport) snapshot.Obs[snapshot.Serving] {
	l := newLook(ctx, addr, t.Timeout)
	l.what, l.tls, l.room = "a ConnectRequest", t.TLS, connectRoom
	var reply snapshot.Reply
	conn, _, failure := l.dial(ctx)
	if failure == nil {
		reply, failure = l.exchange(ctx, conn, connectRequest(bogusSession))
	}
	if failure != nil && failure.Kind == snapshot.Reset {
		failure.Kind = snapshot.Empty
	}
	if failure != nil {
		return snapshot.Failed[snapshot.Serving](failure, l.took())
	}
	serving, err := parseConnectResponse(reply.Data)
	if err == nil {
		return snapshot.Saw(serving, l.took())
	}
	if foreign := snapshot.Foreign(reply.Data); foreign != "" {
		return snapshot.Failed[snapshot.Serving](l.fail(snapshot.Protocol, "%s answered", foreign), l.took())
	}
	failure = l.fail(snapshot.Protocol, "the answer to %s is not ZooKeeper's: %v", l.what, err)
	return snapshot.Failed[snapshot.Serving](failure, l.took())
}

// connectRoom is more than a ConnectResponse has.
const connectRoom = 64

// bogusSession is no session of any server: real ones carry the server id in
// their first byte and a clock below it (SessionTrackerImpl.initializeNextSessionId).
const bogusSession = 0x1234

// connectRequest is a frame (int length, body) with
// org.apache.zookeeper.proto.ConnectRequest: int protocolVersion, long
// lastZxidSeen, int timeOut, long sessionId, buffer passwd, boolean readOnly
// (3.4+). readOnly is true so that a read-only server answers too. Session 0 asks for
// a new one.
func connectRequest(session uint64) []byte {
	const length = 4 + 8 + 4 + 8 + 4 + 16 + 1
	body := make([]byte, 0, 4+length)
	body = binary.BigEndian.AppendUint32(body, length)
	body = binary.BigEndian.AppendUint32(body, 0)
	body = binary.BigEndian.AppendUint64(body, 0)
	body = binary.BigEndian.AppendUint32(body, 4000) // within every sane [min,max]SessionTimeout
	body = binary.BigEndian.AppendUint64(body, session)
	body = binary.BigEndian.AppendUint32(body, 16)
	body = append(body, make([]byte, 16)...)
	return append(body, 1)
}

// parseConnectResponse reads int length, then proto.ConnectResponse: int
// protocolVersion, int timeOut, long sessionId, buffer passwd (16), and boolean
// readOnly, which servers before 3.4 leave out.
func parseConnectResponse(data []byte) (snapshot.Serving, error) {
	const plain, withReadOnly = 36, 37
	if len(data) < 4 {
		return snapshot.Serving{}, fmt.Errorf("only %d bytes", len(data))
	}
	length, body := binary.BigEndian.Uint32(data), data[4:]
	if int64(length) != int64(len(body)) || length != plain && length != withReadOnly {
		return snapshot.Serving{}, fmt.Errorf("a frame of %d bytes with %d bytes in it", length, len(body))
	}
	if version, passwd := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[16:]); version != 0 || passwd != 16 {
		return snapshot.Serving{}, errors.New("not a ConnectResponse")
	}
	return snapshot.Serving{ReadOnly: length == withReadOnly && body[36] != 0}, nil
}
