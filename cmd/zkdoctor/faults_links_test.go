package main

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// linkFaults are about who is connected with whom.
func linkFaults() []fault {
	return []fault{
		{
			// Each of the three is waited for, 10 s as ZooKeeper is usually configured.
			shape: shape{
				name: "idle connections on an election port", options: zktest.Options{Hosts: zktest.Namespaces, Config: map[string]string{"tickTime": "2000"}},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					must(t, ens.Server(2).Kill())
					_, err := ens.Server(1).HoldConnections(t.Context(), 3888, 3)
					must(t, err)
					must(t, ens.Server(2).Start(t.Context()))
					waitLooking(t, ens, ens.Server(2))
					must(t, ens.Wait(t.Context(), "server.2 to wait behind them", func() bool {
						return strings.Contains(sockets(t, ens.Server(1), "established", "]:3888"), "10.99.0.2]:")
					}))
				}, from: 1,
			},
			root: diag.ElectionPortHeld, servers: []int64{1, 2}, fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "a health check on an election port", options: namespaces(),
				do: func(t *testing.T, ens *zktest.Ensemble) { connectAgain(t, ens.Client, ens.Server(1).Addr+":3888") }, from: 1,
			},
			fires: []report.Code{diag.ElectionPortHeld}, shows: "another one in the previous check", state: report.Serving, exit: 0,
		},
		{
			shape: shape{
				name: "a member has moved, and its old address is still called", only: ends, why: "on 3.7.2 its new address was called before that showed",
				options: zktest.Options{
					Hosts: zktest.Namespaces, NoWait: true,
					// As in a JVM with a security manager: names are looked up once.
					JVM: []string{"-Dsun.net.inetaddr.ttl=-1"}, Edit: named,
				}, do: both(dropAtClient, both(move(1), waitCalled(1))), from: 2,
			},
			root: diag.PeerAddrStale, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			// What is refused is over at once, and only the log tells of it.
			shape: shape{
				name: "a member has moved, and its old address refuses", only: ends, why: "on 3.7.2 its new address was called before that showed", options: zktest.Options{
					Hosts: zktest.Namespaces, NoWait: true, JVM: []string{"-Dsun.net.inetaddr.ttl=-1"}, Edit: named,
				}, do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.WaitServing(t.Context()))
					refused := func() int {
						return strings.Count(ens.Server(2).Log(), "Cannot open channel to 1 at election address zk1/10.99.0.1:3888")
					}
					before := refused() // while they started
					move(1)(t, ens)
					must(t, ens.Wait(t.Context(), "a call to be refused", func() bool { return refused() > before }))
				}, from: 2,
			},
			root: diag.PeerAddrStale, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "a firewall has forgotten the election connections", options: namespaces(), do: both(forgetElection, waitRetries(2)), from: 2,
			},
			root: diag.PeerConnectionDead, servers: []int64{2}, proven: true, fires: []report.Code{diag.ProcessDown, diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{
				again: true, name: "a firewall has forgotten them, seen from the host that was called", from: 1,
			},
			root: diag.PeerConnectionDead, servers: []int64{1}, fires: []report.Code{diag.ProcessDown, diag.QuorumLost}, state: report.Down, exit: 2,
		},
	}
}

// connectAgain connects from a host to an address again and again, and writes nothing. There is
// always a connection, and none for longer than a second.
func connectAgain(t *testing.T, from *zktest.Host, addr string) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	t.Cleanup(func() { cancel(); calls.Wait() })
	first := make(chan struct{})
	calls.Go(func() {
		var open net.Conn
		for n := 0; ctx.Err() == nil; n++ {
			conn, err := from.Dial(ctx, addr)
			if err != nil {
				continue
			}
			if open != nil {
				_ = open.Close()
			}
			if open = conn; n == 0 {
				close(first)
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
		_ = open.Close()
	})
	<-first
}

// forgetElection lets all hosts lose the packets of the election connections, and kills the
// leader: the other two send to each other in vain.
func forgetElection(t *testing.T, ens *zktest.Ensemble) {
	letLead(t, ens, ens.Server(3))
	for _, s := range ens.Servers {
		must(t, s.Forget(t.Context(), s.ElectionPort))
	}
	must(t, ens.Server(3).Kill())
	waitLooking(t, ens, ens.Server(1))
	waitLooking(t, ens, ens.Server(2))
}

// waitRetries waits until a server's kernel has tried for the sixth time what nobody acknowledges,
// for 13 s by then. What a rule drops on its own host is not sent at all, and is probed for.
func waitRetries(id int) func(*testing.T, *zktest.Ensemble) {
	sixth := regexp.MustCompile(`timer:\((?:on|persist),[^,]*,(?:[6-9]|1[0-9])\)`)
	return func(t *testing.T, ens *zktest.Ensemble) {
		must(t, ens.Wait(t.Context(), "a sixth retry", func() bool {
			return sixth.MatchString(sockets(t, ens.Server(id), "established", "]:3888", "-o"))
		}))
	}
}

// ends are the oldest and the newest release.
func ends(version string) bool { return version == zktest.Oldest || version == zktest.Newest }

// dropAtClient loses what is called at the client's host.
func dropAtClient(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Client.DropIn(t.Context(), 3888))
}

// named lists the servers by their names.
func named(s *zktest.Server) {
	for i := range s.ServerLines {
		s.ServerLines[i] = fmt.Sprintf("server.%d=zk%d:2888:3888", i+1, i+1)
	}
}

// move gives a server another address once the others run, and its name as well. It
// has the lowest id, so they have to call it. The client's host has its old address.
func move(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		must(t, ens.WaitServing(t.Context()))
		s := ens.Server(id)
		must(t, s.Kill())
		old, moved := s.Addr, "10.99.0.51"
		on(t, s, fmt.Sprintf("ip addr del %s/24 dev eth0 && ip addr add %s/24 dev eth0", old, moved))
		if _, err := ens.Client.Run(t.Context(), "ip", "addr", "add", old+"/24", "dev", "eth0"); err != nil {
			t.Fatal(err)
		}
		s.Addr = moved
		names := []string{"127.0.0.1 localhost"}
		for _, o := range ens.Servers {
			names = append(names, o.Addr+" "+o.Name)
		}
		for _, o := range ens.Servers {
			must(t, o.SetHosts(names))
		}
		must(t, s.Start(t.Context()))
		waitLooking(t, ens, s)
	}
}

// waitCalled waits until server 2 calls a member at the address that it had.
func waitCalled(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		old := fmt.Sprintf("10.99.0.%d", id)
		// A call lasts for 5 s: one that begins now is seen twice.
		begun := sockets(t, ens.Server(2), "syn-sent", old+"]:3888")
		must(t, ens.Wait(t.Context(), "the old address to be called anew", func() bool {
			now := sockets(t, ens.Server(2), "syn-sent", old+"]:3888")
			return now != "" && now != begun
		}))
	}
}

// sockets are the connections of a host in a state that have a text in them.
func sockets(t *testing.T, s *zktest.Server, state, with string, options ...string) string {
	t.Helper()
	result, err := s.Run(t.Context(), slices.Concat([]string{"ss", "-Htn"}, options, []string{"state", state})...)
	must(t, err)
	var out string
	for line := range strings.Lines(string(result.Stdout)) {
		if strings.Contains(line, with) {
			out += line
		}
	}
	return out
}
