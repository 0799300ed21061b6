package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// configPath is where the list in force is (ZooDefs.CONFIG_NODE, 3.5+).
const configPath = "/zookeeper/config"

// The requests of a session (ZooDefs.OpCode), and their numbers here.
const (
	opGetData = 4
	opClose   = -11
	getDataID = 1
	closeID   = 2
)

// maxFrame bounds one answer: the list, with a header and the znode's Stat.
const maxFrame = snapshot.MaxList

// OpenSession opens a session, reads the list of members, and closes the session.
func OpenSession(ctx context.Context, addr netip.AddrPort, t Transport) snapshot.Obs[snapshot.Opened] {
	l := newLook(ctx, addr, t.Timeout)
	l.what, l.tls = "a session", t.TLS
	conn, _, failure := l.dial(ctx)
	if failure != nil {
		return snapshot.Failed[snapshot.Opened](failure, l.took())
	}
	defer conn.Close()
	defer l.bound(ctx, conn)()
	if l.tls != nil {
		if conn, failure = l.secure(ctx, conn); failure != nil {
			return snapshot.Failed[snapshot.Opened](failure, l.took())
		}
	}
	opened, err := handshake(conn)
	took := l.took()
	if err == nil {
		opened.Members, err = readMembers(conn)
		// It is closed whatever came, so that it need not expire.
		_ = request(conn, closeID, opClose)
		_, _ = receive(conn)
	}
	switch {
	case errors.Is(err, errNotSession):
		return snapshot.Failed[snapshot.Opened](l.fail(snapshot.Protocol, "%v", err), took)
	case errors.Is(err, snapshot.ErrTooLarge):
		return snapshot.Failed[snapshot.Opened](l.fail(snapshot.TooLarge, "%v", err), took)
	case errors.Is(err, errRefused):
		return snapshot.Failed[snapshot.Opened](l.fail(snapshot.NotServing, "%v", err), took)
	case err != nil:
		return snapshot.Failed[snapshot.Opened](l.readFailure(ctx, nil, err), took)
	}
	return snapshot.Saw(opened, took)
}

var (
	errNotSession = errors.New("what answers is no ZooKeeper")
	errRefused    = errors.New("the session was refused")
)

// handshake opens the session.
func handshake(conn net.Conn) (snapshot.Opened, error) {
	if _, err := conn.Write(connectRequest(0)); err != nil {
		return snapshot.Opened{}, err
	}
	body, err := receive(conn)
	switch {
	case errors.Is(err, snapshot.ErrTooLarge): // another program's first four bytes
		return snapshot.Opened{}, fmt.Errorf("%w: %w", errNotSession, err)
	case err != nil:
		return snapshot.Opened{}, err
	}
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...) //nolint:gosec // under maxFrame
	serving, err := parseConnectResponse(frame)
	if err != nil {
		return snapshot.Opened{}, fmt.Errorf("%w: %w", errNotSession, err)
	}
	if timeout := binary.BigEndian.Uint32(body[4:]); timeout == 0 {
		return snapshot.Opened{}, errRefused
	}
	return snapshot.Opened{MyID: body[8], ReadOnly: serving.ReadOnly}, nil
}

// readMembers reads the list of members; nil where there is none.
func readMembers(conn net.Conn) (*zoocfg.Membership, error) {
	path := binary.BigEndian.AppendUint32(nil, uint32(len(configPath)))
	if err := request(conn, getDataID, opGetData, append(append(path, configPath...), 0)...); err != nil {
		return nil, err
	}
	for {
		// ReplyHeader: int xid, long zxid, int error; then buffer data and the znode's Stat.
		body, err := receive(conn)
		switch {
		case err != nil:
			return nil, err
		case len(body) < 16:
			return nil, fmt.Errorf("%w: an answer of %d bytes", errNotSession, len(body))
		}
		id := int32(binary.BigEndian.Uint32(body))                         //nolint:gosec // the same bits
		code, rest := int32(binary.BigEndian.Uint32(body[12:])), body[16:] //nolint:gosec // the same bits
		switch {
		case id != getDataID:
			continue // a notification
		case code != 0 || len(rest) < 4:
			return nil, nil //nolint:nilnil // there is none, or an ACL of the operator's own hides it
		}
		size := binary.BigEndian.Uint32(rest)
		if int64(size) > int64(len(rest)-4) {
			return nil, nil //nolint:nilnil // -1: it has no data
		}
		m, err := zoocfg.ParseMembership(string(rest[4 : 4+size]))
		if tooMany := snapshot.CheckMembers(&m); tooMany != nil {
			return nil, fmt.Errorf("%s has %w", configPath, tooMany)
		}
		if err != nil || len(m.Servers) == 0 {
			return nil, nil //nolint:nilnil // nothing that can be used
		}
		return &m, nil
	}
}

// request sends a RequestHeader (int xid, int type) with what follows it.
func request(conn net.Conn, id, op int32, body ...byte) error {
	frame := binary.BigEndian.AppendUint32(nil, uint32(8+len(body))) //nolint:gosec // some bytes
	frame = binary.BigEndian.AppendUint32(frame, uint32(id))         //nolint:gosec // the same bits
	frame = binary.BigEndian.AppendUint32(frame, uint32(op))         //nolint:gosec // the same bits
	_, err := conn.Write(append(frame, body...))
	return err
}

// receive reads one frame: int length, body.
func receive(conn net.Conn) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > maxFrame {
		return nil, fmt.Errorf("%w: a frame of %d bytes", snapshot.ErrTooLarge, size)
	}
	var body bytes.Buffer // it grows with what comes, not with what was announced
	if _, err := io.CopyN(&body, conn, int64(size)); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}
