package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// logFaults are those that a server's own log tells of.
func logFaults() []fault {
	large := zktest.Options{JVM: []string{largeBuffer}}
	// A server that joins and leaves without end takes a processor of its own, and one
	// of the leader's.
	patient := []string{"-c", "@c1", "--timeout", "5s", "--deadline", "30s"}
	return []fault{
		{
			shape: shape{name: "jute.maxbuffer lost at a restart", options: large, do: func(t *testing.T, ens *zktest.Ensemble) {
				loseBuffer(t, ens, func(*zktest.Server) {})
				andEnd(func(*testing.T, *zktest.Ensemble) {}, 1)(t, ens)
			}, args: []string{"-c", "@c1"}},
			root: diag.DataUnreasonableLength, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			// It joins and leaves hundreds of times a second: whether it answers is luck.
			shape: shape{name: "jute.maxbuffer lost, and the record is the leader's", options: large, do: func(t *testing.T, ens *zktest.Ensemble) {
				loseBuffer(t, ens, func(s *zktest.Server) {
					must(t, os.RemoveAll(filepath.Join(s.DataDir, "version-2")))
					must(t, os.RemoveAll(filepath.Join(s.DataLogDir, "version-2")))
				})
				waitLog(t, ens, ens.Server(1), "Unreasonable length = ")
			}, args: patient},
			root: diag.DataUnreasonableLength, servers: []int64{1}, exit: 1,
		},
		{
			shape: shape{name: "data of another ensemble", do: func(t *testing.T, ens *zktest.Ensemble) {
				killWith(1, epoch("acceptedEpoch", "153"))(t, ens)
				must(t, ens.Server(1).Start(t.Context()))
				waitLog(t, ens, ens.Server(1), "is less than accepted epoch, 153")
			}, args: patient},
			root: diag.ForeignData, servers: []int64{1}, exit: 1,
		},
		{
			shape: shape{
				name: "another program on the AdminServer's port", only: from35, why: noAdmin,
				options: zktest.Options{Admin: true, NoStart: true, NoWait: true}, do: takeAdminPort, args: []string{"-c", "@c1"},
			},
			fires: []report.Code{diag.AdminPortConflict}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{
				name: "another program on the AdminServer's port, standalone", only: from35, why: noAdmin,
				options: zktest.Options{Servers: 1, Admin: true, NoStart: true, NoWait: true}, do: takeAdminPort, args: []string{"-c", "@c1"},
			},
			root: diag.AdminPortConflict, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "an answer of 0.95 MiB", only: from36, why: "before 3.6 mntr does not tell how long answers are", do: func(t *testing.T, ens *zktest.Ensemble) {
				session, err := ens.Server(1).OpenSession(t.Context(), 20*time.Second)
				must(t, err)
				must(t, session.Create(t.Context(), "/large", make([]byte, 996_000), false))
				must(t, session.Watch(t.Context(), "/large")) // which reads it
				must(t, session.Close(t.Context()))
			}, args: []string{"-c", "@c1"}},
			root: diag.OversizePacket, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			// A follower that joins a leader with a quorum has all the time it wants, as
			// long as data flows. One without which there is none has initLimit ticks.
			shape: shape{
				name: "data that arrives too late", options: zktest.Options{Hosts: zktest.Namespaces, Servers: 2, Config: map[string]string{"initLimit": "4"}},
				do: func(t *testing.T, ens *zktest.Ensemble) { slowLink(t, ens) }, from: 2,
			},
			root: diag.SyncTooSlow, servers: []int64{1, 2}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "HTTP to the client port", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				for range 3 {
					conn, err := ens.Client.Dial(t.Context(), clientAddress(s))
					must(t, err)
					_, err = conn.Write([]byte("GET /metrics HTTP/1.1\r\n\r\n"))
					must(t, err)
					t.Cleanup(func() { _ = conn.Close() })
				}
				waitLog(t, ens, s, "1195725856")
			}, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.OversizePacket}, state: report.Serving, exit: 0,
		},
	}
}

// slowLink lets the second of two servers have 8 MB of data, the first none, and the
// line between them 1.5 MB a second.
func slowLink(t *testing.T, ens *zktest.Ensemble) {
	t.Helper()
	one, two := ens.Server(1), ens.Server(2)
	session, err := two.OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	for i := range 8 {
		must(t, session.Create(t.Context(), fmt.Sprintf("/large%d", i), make([]byte, 1_000_000), false))
	}
	must(t, session.Close(t.Context()))
	must(t, one.Kill())
	must(t, os.RemoveAll(filepath.Join(one.DataDir, "version-2")))
	must(t, os.RemoveAll(filepath.Join(one.DataLogDir, "version-2")))
	on(t, two, "tc qdisc add dev eth0 root tbf rate 12mbit burst 32kbit latency 100ms")
	must(t, one.Start(t.Context()))
	waitLog(t, ens, two, "Waiting for a quorum of followers, only synced with sids")
	waitLog(t, ens, one, "Getting a snapshot from leader")
}

const noAdmin = "3.4 has no AdminServer"

// takeAdminPort starts the servers while another program has the port of the first
// one's AdminServer.
func takeAdminPort(t *testing.T, ens *zktest.Ensemble) {
	one := ens.Server(1)
	l, err := one.Listen(t.Context(), one.Addr+":8080")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
	if len(ens.Servers) > 1 {
		must(t, ens.WaitServing(t.Context()))
		return
	}
	must(t, ens.Wait(t.Context(), "the server to end", func() bool { return !one.Running() }))
}

const largeBuffer = "-Djute.maxbuffer=8000000"

// loseBuffer writes a znode that takes a large buffer, and starts server 1 without
// one.
func loseBuffer(t *testing.T, ens *zktest.Ensemble, change func(*zktest.Server)) {
	t.Helper()
	session, err := ens.Server(2).OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	must(t, session.Create(t.Context(), "/large", make([]byte, 2_500_000), false))
	must(t, session.Close(t.Context()))
	s := ens.Server(1)
	// The others are enough to confirm it: this one may still be writing.
	must(t, ens.Wait(t.Context(), "server.1 to have it too", func() bool {
		info, err := os.Stat(newestFile(t, s.DataLogDir, "log."))
		return err == nil && info.Sys().(*syscall.Stat_t).Blocks*512 > 2_500_000
	}))
	must(t, s.Kill())
	s.JVM = slices.DeleteFunc(s.JVM, func(flag string) bool { return strings.HasPrefix(flag, "-Djute.maxbuffer") })
	change(s)
	must(t, ens.WaitQuorum(t.Context()))
	must(t, s.Start(t.Context()))
}
