package main

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// severalFaults are targets that are more than one server.
func severalFaults() []fault {
	return []fault{
		{
			shape: shape{name: "a balancer as the only target", do: balance, args: outside("@client")},
			root:  diag.SeveralServers, servers: []int64{1}, state: report.Unknown, exit: 3,
		},
		{
			shape: shape{
				name: "a balancer, and a server that is cut off", options: namespaces(),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.Server(1).Cut(t.Context(), ens.Server(2).Host, ens.Server(3).Host))
					must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
					must(t, ens.WaitQuorum(t.Context()))
					balance(t, ens)
				},
				args: outside("@client"),
			},
			root: diag.SeveralServers, servers: []int64{1}, state: report.Unknown, exit: 3, shows: "not serving",
		},
		{
			shape: shape{name: "a balancer beside its servers", do: balance, args: outside("@1", "@2", "@3", "@client")},
			root:  diag.SeveralServers, servers: []int64{4}, state: report.Serving, exit: 1,
		},
	}
}

// balance has the client's own address lead to the client ports of all servers in turn, the
// leader's first.
func balance(t *testing.T, ens *zktest.Ensemble) {
	leader, err := ens.Leader(t.Context())
	must(t, err)
	first := slices.Index(ens.Servers, leader)
	l, err := ens.Client.Listen(t.Context(), ":2181")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		all.Wait()
	})
	var turn atomic.Int64
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s := ens.Servers[(first+int(turn.Add(1))-1)%len(ens.Servers)]
			all.Go(func() { pipe(ctx, conn, s) })
		}
	})
}

// pipe joins a connection with one to a server, until either ends.
func pipe(ctx context.Context, conn net.Conn, s *zktest.Server) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	there, err := s.Host.Dial(ctx, clientAddress(s))
	if err != nil {
		return
	}
	defer there.Close()
	go func() {
		_, _ = io.Copy(there, conn)
	}()
	_, _ = io.Copy(conn, there)
}
