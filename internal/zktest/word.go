package zktest

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Word sends a four letter word to the server's client port, from its own host,
// and returns the whole reply.
func (s *Server) Word(ctx context.Context, word string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, wordTimeout)
	defer cancel()
	conn, err := s.Dial(ctx, net.JoinHostPort(s.Addr, strconv.Itoa(s.ClientPort)))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if secure := s.ensemble.options.TLS; secure != nil && !secure.Unified {
		if conn, err = secure.secure(ctx, conn); err != nil {
			return "", fmt.Errorf("TLS to server.%d: %w", s.ID, err)
		}
	}
	if _, err := io.WriteString(conn, word); err != nil {
		return "", fmt.Errorf("%s to server.%d: %w", word, s.ID, err)
	}
	reply, err := io.ReadAll(conn)
	if err != nil {
		return string(reply), fmt.Errorf("%s from server.%d: %w", word, s.ID, err)
	}
	return string(reply), nil
}

// Mode returns what the server's srvr gives after "Mode: ", or "" when it is
// not serving, not answering or not running.
func (s *Server) Mode(ctx context.Context) string {
	if !s.Running() || s.Paused() {
		return ""
	}
	reply, err := s.Word(ctx, "srvr")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(reply) {
		if mode, ok := strings.CutPrefix(line, "Mode: "); ok {
			return strings.TrimSpace(mode)
		}
	}
	return ""
}

// HoldConnections opens n connections to a port of the server from the client
// host, sends nothing and holds them until release is called or the ensemble is
// closed.
func (s *Server) HoldConnections(ctx context.Context, port, n int) (release func(), err error) {
	var conns []net.Conn
	release = func() {
		for _, conn := range conns {
			conn.Close()
		}
	}
	for range n {
		conn, err := s.ensemble.Client.Dial(ctx, net.JoinHostPort(s.Addr, strconv.Itoa(port)))
		if err != nil {
			release()
			return nil, err
		}
		conns = append(conns, conn)
	}
	s.ensemble.onClose(release)
	return release, nil
}
