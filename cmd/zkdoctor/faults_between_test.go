package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// These are what stands between servers, and what only their own logs tell.

// betweenFaults are those rows.
func betweenFaults() []fault {
	unstarted := zktest.Options{Hosts: zktest.Namespaces, NoWait: true, NoStart: true}
	return []fault{
		{
			shape: shape{name: "a proxy accepts between all servers", options: unstarted, do: sidecars, from: 1},
			root:  diag.QuorumPortConflict, servers: []int64{2, 3}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{again: true, name: "a proxy accepts between all servers, from outside", args: outside("@1", "@2", "@3")},
			root:  diag.QuorumPortConflict, servers: []int64{1, 2, 3}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{name: "two of three down on one address, by configuration", options: zktest.Options{Edit: oneAddress}, do: kill(2, 3), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{2, 3}, fires: []report.Code{diag.QuorumLost}, state: report.Down, exit: 2,
		},
	}
}

// oneAddress gives all servers the address of the first, and ports of their own.
func oneAddress(s *zktest.Server) {
	at := s.Addr[:strings.LastIndexByte(s.Addr, '.')+1] + "1"
	s.Host.Addr = at
	s.ClientPort, s.QuorumPort, s.ElectionPort = 3180+s.ID, 2887+s.ID, 3887+s.ID
	s.Set("clientPort", fmt.Sprint(s.ClientPort))
	s.Set("clientPortAddress", at)
	for i := range s.ServerLines {
		s.ServerLines[i] = fmt.Sprintf("server.%d=%s:%d:%d", i+1, at, 2888+i, 3888+i)
	}
}

// sidecars has a proxy on each host take what comes in for the peer ports, as a service mesh does. It
// forwards to loopback, where ZooKeeper does not listen, so that it closes each connection.
func sidecars(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		l, err := s.Listen(t.Context(), ":15006")
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_ = conn.Close()
			}
		}()
		on(t, s, `nft -f - <<'END'
add table ip mesh
add chain ip mesh in { type nat hook prerouting priority -100; }
add rule ip mesh in tcp dport { 2888, 3888 } redirect to :15006
END`)
		must(t, s.Start(t.Context()))
	}
	for _, s := range ens.Servers {
		waitLooking(t, ens, s)
		waitAge(t, ens, s)
	}
}

// dropPings loses what Java asks a host for to learn whether it is there.
func dropPings(t *testing.T, ens *zktest.Ensemble) {
	for _, s := range ens.Servers {
		on(t, s, `nft -f - <<'END'
add table ip quiet
add chain ip quiet in { type filter hook input priority 0; }
add rule ip quiet in icmp type echo-request drop
add rule ip quiet in tcp dport 7 drop
END`)
		must(t, s.Start(t.Context()))
	}
	must(t, ens.Wait(t.Context(), "followers to fail again and again", func() bool {
		failed := 0
		for _, s := range ens.Servers {
			if strings.Count(s.Log(), "IllegalArgumentException") >= 4 {
				failed++
			}
		}
		return failed >= 2
	}))
}

// TestRealOnceNoPings: this release asks whether its leader can be reached, and where nothing answers
// that follows nobody (ZOOKEEPER-3758). Only the servers' own logs tell.
func TestRealOnceNoPings(t *testing.T) {
	t.Parallel()
	c := shape{name: "nothing answers a ping", options: zktest.Options{Hosts: zktest.Namespaces, NoWait: true, NoStart: true}, do: dropPings, from: 1}
	got := c.look(t, zktest.StuckWrites)
	if v := got.Verdict; v.ExitCode == 0 || v.State == report.Serving {
		t.Errorf("verdict %s, exit %d", v.State, v.ExitCode)
	}
	if !slices.ContainsFunc(got.Unexplained, func(s report.Symptom) bool {
		return slices.ContainsFunc(s.Telling, func(e report.Evidence) bool { return strings.Contains(e.Value, "IllegalArgumentException") })
	}) {
		t.Errorf("nothing tells of the exception that repeats: %+v", got.Unexplained)
	}
	if !slices.ContainsFunc(got.Unexplained, func(s report.Symptom) bool {
		return strings.Contains(s.Next.Note, "ZOOKEEPER-3758") && strings.Contains(s.Next.Note, "multiAddress.reachabilityCheckEnabled=false")
	}) {
		t.Errorf("no next step names the setting that helps: %+v", got.Unexplained)
	}
}
