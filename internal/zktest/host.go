package zktest

import (
	"context"
	"errors"
	"net"
	"time"
)

const (
	// maxServers keeps the servers' addresses below the client's.
	maxServers = 99
	// clientNumber is the last part of the client host's address.
	clientNumber = 100
)

// Dial opens a TCP connection from the host to addr (host:port, with an IP
// address for host).
func (h *Host) Dial(ctx context.Context, addr string) (conn net.Conn, err error) {
	dialer := net.Dialer{Timeout: wordTimeout}
	if h.space == nil && h == h.ensemble.Client {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(h.Addr)} // as another machine would
	}
	inErr := h.in(func() { conn, err = dialer.DialContext(ctx, "tcp", addr) })
	return conn, errors.Join(inErr, err)
}

// Listen takes a port (":2181", or with an IP address before it) on the host,
// as another program would.
func (h *Host) Listen(ctx context.Context, addr string) (l net.Listener, err error) {
	if host, port, splitErr := net.SplitHostPort(addr); splitErr == nil && host == "" && h.space == nil {
		addr = net.JoinHostPort(h.Addr, port)
	}
	inErr := h.in(func() { l, err = new(net.ListenConfig).Listen(ctx, "tcp", addr) })
	return l, errors.Join(inErr, err)
}

// wordTimeout bounds one four letter word: a paused server never answers.
const wordTimeout = 2 * time.Second
