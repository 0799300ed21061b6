package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
			shape: shape{name: "a balancer beside its servers", do: balance, args: outside("@1", "@2", "@3", "@client")},
			root:  diag.SeveralServers, servers: []int64{4}, state: report.Serving, exit: 1,
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
			shape: shape{
				name: "one id twice and all serve, from outside",
				options: zktest.Options{
					Hosts: zktest.Namespaces, NoWait: true, NoStart: true,
					Config: map[string]string{"quorumListenOnAllIPs": "true"}, Edit: sameID,
				},
				do: serveAsDuplicates, args: outside("@1", "@2", "@3"),
			},
			root: diag.MyidDuplicate, servers: []int64{1, 2}, shows: "zk2", state: report.Serving, exit: 2,
		},
		{
			shape: shape{
				name: "one server at two addresses, both given", options: namespaces(), do: twoAddresses,
				args: outside("@1", secondAddress, "@2", "@3"),
			},
			fires: []report.Code{diag.TargetDuplicate}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{again: true, name: "a name of three servers, one of them down", do: func(t *testing.T, ens *zktest.Ensemble) {
				nameAll(t, ens)
				kill(2)(t, ens)
				waitLost(t, ens)
			}, args: outside("zk:2181/app")},
			root: diag.ProcessDown, servers: []int64{2}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
	}
}

// nameAll has the client's resolver know all servers by one name, as a headless service does.
func nameAll(t *testing.T, ens *zktest.Ensemble) {
	var lines []string
	for _, s := range ens.Servers {
		lines = append(lines, s.Addr+" zk")
	}
	must(t, ens.Client.SetHosts(lines))
}

// bothFamilies gives the hosts of the servers IPv6 addresses too, which the client's resolver knows.
func bothFamilies(t *testing.T, ens *zktest.Ensemble) {
	runOn(t, ens.Client, "ip", "addr", "add", "fd99::100/64", "dev", "eth0", "nodad")
	var lines []string
	for _, s := range ens.Servers {
		six := fmt.Sprintf("fd99::%d", s.ID)
		runOn(t, s.Host, "ip", "addr", "add", six+"/64", "dev", "eth0", "nodad")
		lines = append(lines, fmt.Sprintf("%s zk zk-%d", s.Addr, s.ID), fmt.Sprintf("%s zk zk-%d", six, s.ID))
	}
	must(t, ens.Client.SetHosts(lines))
}

// serveAsDuplicates starts the servers until all serve, two of them with one id. The leader hears of
// the second only where it calls the host of that line while it looks for a leader itself.
func serveAsDuplicates(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
	must(t, ens.Wait(t.Context(), "all to serve", func() bool {
		soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if ens.WaitServing(soon) == nil {
			return true
		}
		must(t, ens.Server(3).Kill())
		must(t, ens.Server(3).Start(t.Context()))
		return false
	}))
}

// secondAddress is the one that twoAddresses adds to the first server's host.
const secondAddress = "10.99.0.51"

func twoAddresses(t *testing.T, ens *zktest.Ensemble) {
	runOn(t, ens.Server(1).Host, "ip", "addr", "add", secondAddress+"/24", "dev", "eth0")
}

// runOn runs a command on a host, which must succeed.
func runOn(t *testing.T, h *zktest.Host, command ...string) {
	t.Helper()
	result, err := h.Run(t.Context(), command...)
	must(t, err)
	if result.ExitCode != 0 {
		t.Fatalf("%q: %s", command, result.Stderr)
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
