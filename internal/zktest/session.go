package zktest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Session is a client's session with a server, just enough of one to give the
// server znodes, ephemerals and watches to report. It sends no pings by itself:
// unused, it expires after its timeout.
type Session struct {
	// ID is the session id; its top byte is the server's myid.
	ID int64
	// Timeout is what the server granted.
	Timeout time.Duration

	conn net.Conn
	xid  int32
}

// The request types used here (ZooDefs.OpCode) and the xid of a ping
// (ClientCnxn.PING_XID).
const (
	opCreate   = 1
	opGetData  = 4
	opPing     = 11
	opReconfig = 16
	opClose    = -11
	pingXid    = -2
	// watchXid marks a fired watch among the replies.
	watchXid = -1
)

// OpenSession opens a session with the server from the client host. It lasts
// until the ensemble is closed at the latest.
func (s *Server) OpenSession(ctx context.Context, timeout time.Duration) (*Session, error) {
	return s.OpenSessionFrom(ctx, s.ensemble.Client, timeout)
}

// OpenSessionFrom does that from another host.
func (s *Server) OpenSessionFrom(ctx context.Context, from *Host, timeout time.Duration) (*Session, error) {
	conn, err := from.Dial(ctx, net.JoinHostPort(s.Addr, strconv.Itoa(s.ClientPort)))
	if err != nil {
		return nil, err
	}
	c := &Session{conn: conn}
	// ConnectRequest: protocolVersion, lastZxidSeen, timeOut, sessionId,
	// passwd, and readOnly, which 3.4 added.
	reply, err := c.exchange(ctx, int32(0), int64(0), int32(timeout.Milliseconds()), int64(0), make([]byte, 16), false)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("session with server.%d: %w", s.ID, err)
	}
	// ConnectResponse: protocolVersion, timeOut, sessionId, ...
	var head struct {
		Version, Timeout int32
		ID               int64
	}
	if err := binary.Read(bytes.NewReader(reply), binary.BigEndian, &head); err != nil {
		conn.Close()
		return nil, fmt.Errorf("session with server.%d: short reply: %w", s.ID, err)
	}
	c.ID, c.Timeout = head.ID, time.Duration(head.Timeout)*time.Millisecond
	s.ensemble.onClose(c.Drop)
	return c, nil
}

// Create makes a znode that anyone may do anything with.
func (c *Session) Create(ctx context.Context, path string, data []byte, ephemeral bool) error {
	const allPermissions = 31
	flags := int32(0)
	if ephemeral {
		flags = 1
	}
	return c.request(ctx, opCreate, path, data, int32(1), int32(allPermissions), "world", "anyone", flags)
}

// Watch sets a data watch on a znode.
func (c *Session) Watch(ctx context.Context, path string) error {
	return c.request(ctx, opGetData, path, true)
}

// Data returns what a znode holds.
func (c *Session) Data(ctx context.Context, path string) ([]byte, error) {
	c.xid++
	reply, err := c.reply(ctx, c.xid, opGetData, path, false)
	if err != nil {
		return nil, err
	}
	// A buffer: its length, -1 for none, and its bytes; the stat after it.
	var size int32
	if err := binary.Read(bytes.NewReader(reply), binary.BigEndian, &size); err != nil {
		return nil, fmt.Errorf("data of %s: short reply: %w", path, err)
	}
	if size < 0 || int(size) > len(reply)-4 {
		return nil, nil
	}
	return reply[4 : 4+size], nil
}

// Reconfigure adds servers to the ensemble and takes others out (3.5+, with
// reconfigEnabled=true and skipACL=yes): joining are server lines with a client part,
// leaving are ids, both separated by commas.
func (c *Session) Reconfigure(ctx context.Context, joining, leaving string) error {
	orNull := func(list string) any {
		if list == "" {
			return nil
		}
		return list
	}
	return c.request(ctx, opReconfig, orNull(joining), orNull(leaving), nil, int64(-1))
}

// Ping keeps the session alive for another Timeout.
func (c *Session) Ping(ctx context.Context) error { return c.send(ctx, pingXid, opPing) }

// Close ends the session, and with it its ephemerals.
func (c *Session) Close(ctx context.Context) error {
	err := c.request(ctx, opClose)
	c.conn.Close()
	return err
}

// Drop closes the connection and leaves the session to expire, as a client that
// dies does.
func (c *Session) Drop() { c.conn.Close() }

func (c *Session) request(ctx context.Context, op int32, fields ...any) error {
	c.xid++
	return c.send(ctx, c.xid, op, fields...)
}

func (c *Session) send(ctx context.Context, xid, op int32, fields ...any) error {
	_, err := c.reply(ctx, xid, op, fields...)
	return err
}

// reply sends a request and returns what its reply has after the head: xid, zxid, error code.
func (c *Session) reply(ctx context.Context, xid, op int32, fields ...any) ([]byte, error) {
	reply, err := c.exchange(ctx, append([]any{xid, op}, fields...)...)
	for {
		if err != nil {
			return nil, fmt.Errorf("request of type %d: %w", op, err)
		}
		var head struct {
			Xid  int32
			Zxid int64
			Code int32
		}
		if err := binary.Read(bytes.NewReader(reply), binary.BigEndian, &head); err != nil {
			return nil, fmt.Errorf("request of type %d: short reply: %w", op, err)
		}
		switch {
		case head.Xid == watchXid:
			reply, err = c.receive()
			continue
		case head.Xid != xid:
			return nil, fmt.Errorf("request of type %d: reply to %d, want %d", op, head.Xid, xid)
		case head.Code != 0:
			return nil, fmt.Errorf("request of type %d: error code %d (KeeperException.Code)", op, head.Code)
		}
		return reply[binary.Size(head):], nil
	}
}

// exchange sends one packet and returns the next that comes.
func (c *Session) exchange(ctx context.Context, fields ...any) ([]byte, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(30 * time.Second) // a write waits for a quorum's disks, on a busy machine
	}
	if err := c.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	packet := jute(fields)
	if _, err := c.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(packet))), packet...)); err != nil {
		return nil, err
	}
	return c.receive()
}

func (c *Session) receive() ([]byte, error) {
	var size uint32
	if err := binary.Read(c.conn, binary.BigEndian, &size); err != nil {
		return nil, err
	}
	if size > 1<<20 { // jute.maxbuffer
		return nil, fmt.Errorf("a packet of %d bytes", size)
	}
	packet := make([]byte, size)
	_, err := io.ReadFull(c.conn, packet)
	return packet, err
}

// jute writes the fields in ZooKeeper's wire format.
func jute(fields []any) []byte {
	var b []byte
	for _, field := range fields {
		switch v := field.(type) {
		case nil: // a string or buffer that is not there
			b = binary.BigEndian.AppendUint32(b, ^uint32(0))
		case bool:
			if v {
				b = append(b, 1)
			} else {
				b = append(b, 0)
			}
		case int32:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		default:
			panic(fmt.Sprintf("jute: %T", field))
		}
	}
	return b
}
