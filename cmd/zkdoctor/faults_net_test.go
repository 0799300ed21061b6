package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// coldStart restarts servers one after the other once the network is broken.
func coldStart(ids ...int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		for _, id := range ids {
			must(t, ens.Server(id).Kill())
		}
		for _, id := range ids {
			must(t, ens.Server(id).Start(t.Context()))
		}
		for _, id := range ids {
			waitLooking(t, ens, ens.Server(id))
		}
	}
}

// restoreAll takes back what firewalls were told.
func restoreAll(t *testing.T, ens *zktest.Ensemble) {
	must(t, ens.Client.Restore(t.Context()))
	for _, s := range ens.Servers {
		must(t, s.Restore(t.Context()))
	}
}

// waitLooking waits until a server runs, answers, and has nobody to follow.
func waitLooking(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	must(t, ens.Wait(t.Context(), fmt.Sprintf("server.%d to look for a leader", s.ID), func() bool {
		reply, err := s.Word(t.Context(), "srvr")
		return err == nil && strings.Contains(reply, "not currently serving")
	}))
}

func networkFaults() []fault {
	return []fault{
		{
			shape: shape{name: "2888 dropped everywhere", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				for _, s := range ens.Servers {
					must(t, s.DropIn(t.Context(), 2888))
				}
				coldStart(1, 2, 3)(t, ens)
			}, from: 1, args: []string{"--timeout", "1s"}},
			root: diag.QuorumPortFiltered, servers: []int64{2, 3}, fires: []report.Code{diag.QuorumLost, diag.ServerNotServing},
			state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "3888 dropped at one server, seen from its peer", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).DropIn(t.Context(), 3888))
				coldStart(1)(t, ens)
			}, from: 2, args: []string{"--timeout", "1s"}},
			root: diag.QuorumPortFiltered, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{again: true, name: "3888 rejected as prohibited, from outside", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.Server(1).Reject(t.Context(), 3888, zktest.AdminProhibited))
				coldStart(1)(t, ens)
			}, args: []string{"@1", "@2", "@3", "--timeout", "1s"}},
			root: diag.QuorumPortFiltered, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "outgoing 3888 dropped at one server, seen from there", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).DropOut(t.Context(), 3888))
				coldStart(1)(t, ens)
			}, from: 1, args: []string{"--timeout", "1s"}},
			root: diag.QuorumPortFiltered, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "3888 dropped while healthy, seen from a peer", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).DropIn(t.Context(), 3888))
			}, from: 3, args: []string{"--timeout", "1s"}},
			root: diag.LatentPortBlock, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "3888 rejected by a reset while healthy, seen from a peer", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.Server(1).Reject(t.Context(), 3888, zktest.TCPReset))
			}, from: 3},
			root: diag.LatentPortBlock, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			// A bastion may rightly be kept out: a remark, no alarm.
			shape: shape{again: true, name: "peer ports dropped for a bastion", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				for _, s := range ens.Servers {
					must(t, s.DropIn(t.Context(), 3888, ens.Client))
					must(t, s.DropIn(t.Context(), 2888, ens.Client))
				}
			}, args: []string{"@1", "@2", "@3", "--timeout", "1500ms"}},
			fires: []report.Code{diag.QuorumPortFiltered}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{again: true, name: "one host out of reach", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.Server(3).Cut(t.Context(), ens.Client))
			}, args: []string{"@1", "@2", "@3", "--timeout", "1500ms"}},
			root: diag.HostUnreachable, servers: []int64{3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "all hosts out of reach", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.Client.Cut(t.Context()))
			}, args: []string{"@1", "@2", "@3", "--timeout", "1500ms"}},
			root: diag.HostUnreachable, servers: []int64{1, 2, 3}, state: report.Unknown, exit: 3,
		},
		{
			// Its peers cannot be reached from it, and all can from outside, where no
			// cause shows.
			shape: shape{again: true, name: "one server cut off from its peers, from outside", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.Server(1).Cut(t.Context(), ens.Server(2).Host, ens.Server(3).Host))
				must(t, ens.WaitMode(t.Context(), ens.Server(1), ""))
			}, args: []string{"@1", "@2", "@3"}},
			fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			// The leader's count tells it from a host that only zkdoctor does not reach.
			shape: shape{again: true, name: "a dead host", do: func(t *testing.T, ens *zktest.Ensemble) {
				restoreAll(t, ens)
				must(t, ens.WaitServing(t.Context()))
				letLead(t, ens, ens.Server(3))
				must(t, ens.Server(1).Cut(t.Context()))
				waitLost(t, ens)
			}, args: []string{"-c", "@c2", "--no-local", "--timeout", "1500ms"}},
			root: diag.HostUnreachable, servers: []int64{1}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "own name means loopback", options: zktest.Options{Hosts: zktest.Namespaces, NoWait: true, Edit: func(s *zktest.Server) {
				own := fmt.Sprintf("server.%d=", s.ID)
				for i, line := range s.ServerLines {
					if strings.HasPrefix(line, own) {
						s.ServerLines[i] = own + "127.0.1.1:2888:3888"
					}
				}
			}}, do: func(t *testing.T, ens *zktest.Ensemble) {
				for _, s := range ens.Servers {
					waitLooking(t, ens, s)
				}
			}, from: 1},
			root: diag.SelfAddrLoopback, servers: []int64{1}, fires: []report.Code{diag.QuorumLost, diag.ServerNotServing, diag.StatusScriptMisleading},
			state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "own line is localhost, and it listens on all", only: from35, why: "3.4 tells its peers no address", options: zktest.Options{Hosts: zktest.Namespaces, NoWait: true, NoStart: true, Edit: func(s *zktest.Server) {
				own := fmt.Sprintf("server.%d=", s.ID)
				for i, line := range s.ServerLines {
					if s.ID == 1 && strings.HasPrefix(line, own) {
						s.ServerLines[i] = own + "localhost:2888:3888"
						s.Set("quorumListenOnAllIPs", "true")
					}
				}
			}}, do: func(t *testing.T, ens *zktest.Ensemble) {
				// The others serve before: who comes up does call it.
				must(t, ens.Server(2).Start(t.Context()))
				must(t, ens.Server(3).Start(t.Context()))
				waitOthers(1)(t, ens)
				must(t, ens.Server(1).Start(t.Context()))
				waitLooking(t, ens, ens.Server(1))
			}, from: 1},
			root: diag.SelfAddrLoopback, servers: []int64{1}, fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare},
			state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "own address is nobody's", options: zktest.Options{Hosts: zktest.Namespaces, NoWait: true, NoStart: true, Edit: foreignAddress(1)},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					startUnrouted(t, ens)
					waitOthers(1)(t, ens)
				}, from: 1, args: []string{"-c", "@c1"},
			},
			root: diag.SelfAddrNotLocal, servers: []int64{1}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "too many connections from here", options: zktest.Options{Hosts: zktest.Namespaces, Config: map[string]string{"maxClientCnxns": "4"}},
				do: holdFour(2), args: []string{"-c", "@c1", "--no-local"},
			},
			root: diag.ConnLimitReached, servers: []int64{2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "all clients together have all connections", options: crowded(), only: from36, why: noTotalLimit,
				do: fillUp, args: outside("@1", "@2", "@3", "--timeout", "8s"),
			},
			root: diag.ConnLimitReached, servers: []int64{1, 2, 3}, shows: "closed", state: report.Serving, exit: 2,
		},
		{
			shape: shape{
				again: true, name: "all clients together have all connections, by configuration", only: from36, why: noTotalLimit,
				args: []string{"-c", "@c1", "--no-local", "--no-admin", "--timeout", "8s"},
			},
			root: diag.ConnLimitReached, servers: []int64{1, 2, 3}, state: report.Unknown, exit: 2,
		},
		{
			shape: shape{
				again: true, name: "all clients together have all connections, on a server", only: from36, why: noTotalLimit,
				from: 1, args: []string{"--timeout", "8s"},
			},
			root: diag.ConnLimitReached, servers: []int64{1, 2, 3}, state: report.Serving, exit: 2,
		},
		{
			shape: shape{name: "a web server in its place", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(2)
				must(t, s.Kill())
				var l net.Listener
				must(t, ens.Wait(t.Context(), "the client port to be free", func() bool {
					var err error
					l, err = s.Listen(t.Context(), fmt.Sprintf("%s:%d", s.Addr, s.ClientPort))
					return err == nil
				}))
				answerHTTP(t, l)
				must(t, ens.WaitQuorum(t.Context()))
			}, args: []string{"-c", "@c1", "--no-local"}},
			root: diag.NotZooKeeper, servers: []int64{2}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "another client port", options: zktest.Options{Edit: func(s *zktest.Server) {
				if s.ID == 3 {
					s.ClientPort = 2182
					s.Set("clientPort", "2182")
				}
			}}, args: outside("@1", "@2", "@3")},
			root: diag.ClientPortMismatch, servers: []int64{3}, state: report.Serving, exit: 1,
		},
	}
}

// holdFour has the client host hold four connections with a server: all that
// maxClientCnxns=4 allows it.
func holdFour(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		_, err := s.HoldConnections(t.Context(), s.ClientPort, 4)
		must(t, err)
	}
}

// noTotalLimit is why maxCnxns cannot be reached.
const noTotalLimit = "maxCnxns came with 3.6"

// crowded are servers that have four connections of clients at most, whoever has them.
func crowded() zktest.Options {
	return zktest.Options{Hosts: zktest.Namespaces, Admin: true, Config: map[string]string{
		"maxCnxns": "4", "nio.sessionlessCnxnTimeout": "600000", // 10 s, of a connection without a session
	}}
}

// fillUp has the client host take all connections that the servers give. A refused word alone
// does not show that: the server counts the connection of the word before, too, until it has
// closed it.
func fillUp(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		must(t, ens.Wait(t.Context(), "it to refuse clients", func() bool {
			if reply, _ := s.Word(t.Context(), "srvr"); reply == "" {
				held := sockets(t, s, "established", fmt.Sprintf("]:%d ", s.ClientPort))
				return strings.Count(held, "\n") >= 4
			}
			_, _ = s.HoldConnections(t.Context(), s.ClientPort, 1)
			return false
		}))
	}
}

// answerHTTP answers whatever comes as a web server answers what it does not
// understand.
func answerHTTP(t *testing.T, l net.Listener) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(conn, make([]byte, 4))
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
}

// longerList has the last of five servers list a sixth. The other four are a majority of
// that list too, so that it can join them whenever it comes; of four, two are none.
func longerList() zktest.Options {
	return zktest.Options{Servers: 5, Edit: func(s *zktest.Server) {
		if s.ID == 5 {
			s.ServerLines = append(s.ServerLines, "server.6=127.0.0.44:2888:3888")
		}
	}}
}

func memberFaults() []fault {
	return []fault{
		{
			shape: shape{name: "a standalone server beside the others", options: zktest.Options{Edit: func(s *zktest.Server) {
				if s.ID == 3 {
					s.ServerLines = nil
				}
			}}, args: outside("@1", "@2", "@3")},
			root: diag.StandaloneInEnsemble, servers: []int64{3}, state: report.Degraded, exit: 2,
		},
		{
			shape: shape{name: "a server that lists only itself", options: zktest.Options{Edit: func(s *zktest.Server) {
				if s.ID == 3 {
					s.ServerLines = s.ServerLines[2:]
				}
			}}, args: outside("@1", "@2", "@3")},
			root: diag.StandaloneInEnsemble, servers: []int64{3}, state: report.Degraded, exit: 2,
		},
		{
			shape: shape{name: "one server with a list of its own", options: longerList(), args: []string{"-c", "@c1"}},
			// Whose list counts, and so whether a sixth is missed, is a matter of who leads.
			root: diag.MembershipDivergent, servers: []int64{1, 2, 3, 4, 5}, exit: 2,
		},
		{
			shape: shape{
				name: "split brain, by half an expansion", options: zktest.Options{Servers: 5, NoWait: true, Edit: halfExpansion},
				do: waitTwoLeaders, args: []string{"-c", "@c5"},
			},
			root: diag.MembershipDivergent, servers: []int64{1, 2, 3, 4, 5}, fires: []report.Code{diag.SplitBrain},
			state: report.Split, exit: 2,
		},
		{
			// Without conf nothing tells the lists: the leaders alone show it.
			shape: shape{
				name: "split brain, from outside, srvr only", options: zktest.Options{Servers: 5, NoWait: true, Edit: halfExpansion, Whitelist: "srvr"},
				do: waitTwoLeaders, args: outside("@1", "@2", "@3", "@4", "@5"),
			},
			root: diag.SplitBrain, servers: []int64{2, 5}, state: report.Split, exit: 2,
		},
	}
}

// halfExpansion is the growth from 3 to 5 that stopped half way: servers 1 and 2
// still have the list of three.
func halfExpansion(s *zktest.Server) {
	if s.ID <= 2 {
		s.ServerLines = slices.DeleteFunc(s.ServerLines, func(line string) bool {
			return strings.HasPrefix(line, "server.4=") || strings.HasPrefix(line, "server.5=")
		})
	}
}

// waitTwoLeaders starts the camps of a split brain one after the other, so that
// each elects a leader of its own.
func waitTwoLeaders(t *testing.T, ens *zktest.Ensemble) {
	for _, id := range []int{3, 4, 5} {
		must(t, ens.Server(id).Kill())
	}
	must(t, ens.Wait(t.Context(), "the first camp's leader", func() bool { return ens.Server(2).Mode(t.Context()) == "leader" }))
	for _, id := range []int{3, 4, 5} {
		must(t, ens.Server(id).Start(t.Context()))
	}
	must(t, ens.Wait(t.Context(), "two leaders", func() bool {
		leaders := 0
		for _, mode := range ens.Modes(t.Context()) {
			if mode == "leader" {
				leaders++
			}
		}
		return leaders == 2
	}))
}

func targetFaults() []fault {
	return []fault{
		{
			shape: shape{name: "a name that does not exist", args: outside("@1", "@2", "@3", "zk4.invalid")},
			root:  diag.TargetUnresolvable, servers: []int64{4}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{again: true, name: "one server not named", args: []string{"-c", "@c1", "@1", "@2"}},
			fires: []report.Code{diag.TargetsIncomplete}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{again: true, name: "one server named twice", args: outside("@1", "@2", "@3", "@1")},
			fires: []report.Code{diag.TargetDuplicate}, state: report.Serving, exit: 0,
		},
	}
}
