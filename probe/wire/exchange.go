package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// exchange writes the request, reads until the peer closes, and closes.
func (l look) exchange(ctx context.Context, conn net.Conn, request []byte) (snapshot.Reply, *snapshot.Failure) {
	defer conn.Close()
	defer l.bound(ctx, conn)()
	if l.tls != nil {
		secured, failure := l.secure(ctx, conn)
		if failure != nil {
			return snapshot.Reply{}, failure
		}
		conn = secured
	}
	if _, err := conn.Write(request); err != nil {
		return snapshot.Reply{}, l.readFailure(ctx, nil, err)
	}
	stop := func() bool { return false }
	if l.sendNewline > 0 {
		stop = sendNewline(conn, l.sendNewline)
	}
	var answer io.Reader = conn
	var some *namespaceReader
	if l.namespaces > 0 {
		some = newNamespaceReader(conn, l.namespaces)
		answer = some
	}
	if l.share != nil {
		answer = &sharedReader{Reader: answer, share: l.share}
	}
	data, err := readAll(answer, l.room, l.limit)
	reply := snapshot.Reply{From: l.addr, Data: data, Nudged: stop()}
	if some != nil {
		reply.LeftOut = some.leftOut
	}
	// TLS that ends in the middle of a record was cut, as by an RST.
	reply.Reset = errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case errors.Is(err, snapshot.ErrTooLarge):
		return snapshot.Reply{}, l.fail(snapshot.TooLarge, "the answer to %s is larger than %d KiB",
			l.what, l.limit>>10)
	case errors.Is(err, errSpent):
		return snapshot.Reply{}, l.fail(snapshot.TooLarge, "the answer to %s was given up: those of all servers are too large together", l.what)
	case err != nil && (!reply.Reset || len(data) == 0):
		return reply, l.readFailure(ctx, data, err)
	case len(data) == 0:
		return reply, l.fail(snapshot.Empty, "closed the connection without an answer to %s", l.what)
	}
	return reply, nil
}

// sendNewline sends a newline after a while, unless it is stopped before, and says whether it
// did.
func sendNewline(conn net.Conn, after time.Duration) (stop func() bool) {
	sent := make(chan struct{})
	timer := time.AfterFunc(after, func() {
		defer close(sent)
		_, _ = conn.Write([]byte{'\n'}) // what became of it shows in the answer
	})
	return func() bool {
		if timer.Stop() {
			return false
		}
		<-sent
		return true
	}
}

// readAll reads to the end, but no more than limit. What it read is returned with any
// error; the end is no error. room is how much is expected.
func readAll(conn io.Reader, room, limit int) ([]byte, error) {
	data := bytes.NewBuffer(make([]byte, 0, room))
	_, err := data.ReadFrom(io.LimitReader(conn, int64(limit)+1))
	if data.Len() > limit {
		return nil, snapshot.ErrTooLarge
	}
	return data.Bytes(), err
}
