package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// from36 are the versions whose mntr has sums and digests.
func from36(version string) bool { return from35(version) && !strings.HasPrefix(version, "3.5.") }

// noSums is why older ones cannot tell of their data and their pace.
const noSums = "before 3.6 mntr has no digests and no sums"

// stateFaults are about what servers report, now and between two looks.
func stateFaults() []fault {
	readOnly := []string{"-Dreadonlymode.enabled=true"}
	return []fault{
		{
			// It would step down after 50 s.
			shape: shape{
				name: "a leader whose followers are paused", options: zktest.Options{Config: map[string]string{"syncLimit": "100"}},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					write(t, ens.Server(3), 2, think)
					must(t, ens.Server(1).Pause())
					must(t, ens.Server(2).Pause())
					waitOutstanding(t, ens, ens.Server(3))
				}, args: []string{"-c", "@c3", "--timeout", "1500ms"},
			},
			root: diag.ServerHung, servers: []int64{1, 2}, fires: []report.Code{diag.LeaderNotCommitting, diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			// Nobody writes but zkdoctor itself.
			shape: shape{
				name: "a leader whose followers are paused, asked for a session", options: zktest.Options{Config: map[string]string{"syncLimit": "100"}},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					must(t, ens.Server(1).Pause())
					must(t, ens.Server(2).Pause())
				}, args: []string{"-c", "@c3", "--timeout", "1500ms", "--session"},
			},
			root: diag.ServerHung, servers: []int64{1, 2}, fires: []report.Code{diag.LeaderNotCommitting, diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			// Three of five are up, and two of those have no vote.
			shape: shape{
				name: "observers up, and most voters down", options: zktest.Options{Servers: 3, Observers: 2}, do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.Server(2).Kill())
					must(t, ens.Server(3).Kill())
					for _, id := range []int{1, 4, 5} {
						must(t, ens.WaitMode(t.Context(), ens.Server(id), ""))
					}
				}, args: []string{"-c", "@c1"},
			},
			root: diag.ProcessDown, servers: []int64{2, 3}, fires: []report.Code{diag.ObserverCounted, diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{
				name: "no quorum, and one serves reads", options: zktest.Options{JVM: readOnly}, do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.Server(2).Kill())
					must(t, ens.Server(3).Kill())
					must(t, ens.WaitMode(t.Context(), ens.Server(1), "read-only"))
				}, args: []string{"-c", "@c1"},
			},
			root: diag.ProcessDown, servers: []int64{2, 3}, fires: []report.Code{diag.ReadOnlyMode, diag.QuorumLost}, state: report.Down, exit: 2,
		},
		{
			shape: shape{
				name: "one cut off from its peers serves reads, from outside", options: zktest.Options{Hosts: zktest.Namespaces, JVM: readOnly},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					must(t, ens.Server(1).Cut(t.Context(), ens.Server(2).Host, ens.Server(3).Host))
					must(t, ens.WaitMode(t.Context(), ens.Server(1), "read-only"))
					must(t, ens.WaitQuorum(t.Context()))
				}, args: []string{"@1", "@2", "@3"},
			},
			fires: []report.Code{diag.ReadOnlyMode, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "file descriptors nearly used up", do: fewDescriptors(2), args: outside("@1", "@2", "@3")},
			root:  diag.FDLimitNear, servers: []int64{2}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "one voter with another syncLimit", options: zktest.Options{Edit: func(s *zktest.Server) {
				if s.ID == 3 {
					s.Set("syncLimit", "9")
				}
			}}, args: []string{"-c", "@c1"}},
			root: diag.ConfigDrift, servers: []int64{3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "1,001 observers that do not exist", only: from35, why: "3.4 reports no list", options: zktest.Options{Edit: func(s *zktest.Server) {
				for id := 1000; id <= 2000; id++ {
					s.ServerLines = append(s.ServerLines, fmt.Sprintf("server.%d=127.99.%d.%d:2888:3888:observer", id, id/250, 1+id%250))
				}
			}}, args: outside("@1", "@2", "@3")},
			root: diag.MembershipTooLarge, servers: []int64{1, 2, 3}, shows: "a list of 1004 members", state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "two voters", options: zktest.Options{Servers: 2}, args: []string{"-c", "@c1"}},
			root:  diag.EvenOrTinyEnsemble, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "four voters", options: zktest.Options{Servers: 4}, args: []string{"-c", "@c1"}},
			fires: []report.Code{diag.EvenOrTinyEnsemble}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "half an upgrade", only: func(version string) bool { return version == zktest.Newest }, why: "one pair of releases shows it", options: zktest.Options{Edit: func(s *zktest.Server) {
				if s.ID == 1 {
					s.Version = "3.8.6"
				}
			}}, args: outside("@1", "@2", "@3")},
			fires: []report.Code{diag.VersionMixed}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "the data of one server differs", only: from36, why: noSums, do: diverge, args: outside("@1", "@2", "@3")},
			root:  diag.DataDigestMismatch, servers: []int64{1}, state: report.Serving, exit: 2,
		},
		{
			shape: shape{
				name: "slow writes", only: from36, why: noSums, do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					write(t, ens.Server(3), 20, think)
					stallByTurns(t, ens.Server(1), ens.Server(2))
				}, args: outside("@1", "@2", "@3", "--window", "5s"),
			},
			root: diag.LatencyHigh, servers: []int64{3}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "a slow disk", only: from36, why: noSums, do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					slowSync(t, ens, ens.Server(3))
					write(t, ens.Server(3), 20, think)
				}, args: outside("@1", "@2", "@3", "--window", "5s"),
			},
			root: diag.FsyncSlow, servers: []int64{3}, proven: true, state: report.Serving, exit: 1,
		},
		{
			// A server that is thrown out is not behind: syncLimit keeps it in.
			shape: shape{
				name: "a follower that does not keep up", options: zktest.Options{Config: map[string]string{"syncLimit": "100"}},
				do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					slowFollower(t, ens, ens.Server(1))
					write(t, ens.Server(3), 8, time.Microsecond)
					must(t, ens.Wait(t.Context(), "a follower far behind", func() bool {
						ahead, behind := zxid(t, ens.Server(3)), zxid(t, ens.Server(1))
						return ahead>>32 > behind>>32 && ahead&0xffffffff > 3000 || ahead>>32 == behind>>32 && ahead-behind > 3000
					}))
				}, args: outside("@1", "@2", "@3", "--window", "2s"),
			},
			root: diag.FollowerLagging, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "two elections between the looks", do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(3))
					electTwice(t, ens)
				}, args: outside("@1", "@2", "@3", "--window", "20s"),
			},
			root: diag.LeaderFlapping, servers: []int64{3}, state: report.Serving, exit: 1,
		},
	}
}

// fewDescriptors lowers the limit of a server that runs to what it has open and a
// few more.
func fewDescriptors(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		descriptors := func() int {
			open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID()))
			must(t, err)
			return len(open)
		}
		// So many that a few more or less, as after an election, are nothing.
		const held = 40
		before := descriptors()
		_, err := s.HoldConnections(t.Context(), s.ClientPort, held)
		must(t, err)
		must(t, ens.Wait(t.Context(), "the connections to be accepted", func() bool { return descriptors() > before+held-5 }))
		limit := strconv.Itoa(descriptors() + 8)
		result, err := ens.Client.Run(t.Context(), "prlimit", "--pid", strconv.Itoa(s.PID()), "--nofile="+limit+":"+limit)
		must(t, err)
		if result.ExitCode != 0 {
			t.Fatalf("prlimit: %s", result.Stderr)
		}
	}
}

// diverge makes a follower write alone what the others do not have, under the zxids
// of what they write meanwhile. It then joins them as if nothing had happened, and
// the next write shows it.
func diverge(t *testing.T, ens *zktest.Ensemble) {
	leader, s := ens.Server(3), ens.Server(1)
	letLead(t, ens, leader)
	create(t, leader, "/first") // before the first write of an epoch a follower has an old zxid
	must(t, ens.Wait(t.Context(), "the follower to have the first write", func() bool { return zxid(t, s) == zxid(t, leader) }))
	lines := s.ConfigLines()
	must(t, s.Kill())
	must(t, s.WriteConfig(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "server.") })))
	must(t, s.Start(t.Context()))
	must(t, ens.WaitMode(t.Context(), s, "standalone"))
	create(t, s, "/alone")
	must(t, s.Kill())
	create(t, leader, "/together")
	must(t, s.WriteConfig(lines))
	must(t, s.Start(t.Context()))
	must(t, ens.WaitServing(t.Context()))
	create(t, leader, "/later")
	must(t, ens.Wait(t.Context(), "a digest that differs", func() bool {
		reply, err := s.Word(t.Context(), "mntr")
		return err == nil && strings.Contains(reply, "zk_digest_mismatches_count\t") && !strings.Contains(reply, "zk_digest_mismatches_count\t0\n")
	}))
}

// zxid is the server's, 0 when it tells none.
func zxid(t *testing.T, s *zktest.Server) int64 {
	reply, err := s.Word(t.Context(), "srvr")
	must(t, err)
	for line := range strings.Lines(reply) {
		if digits, ok := strings.CutPrefix(line, "Zxid: 0x"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 16, 64)
			must(t, err)
			return n
		}
	}
	return 0
}

// create makes three transactions: a session, a znode, and the session's end.
func create(t *testing.T, s *zktest.Server, path string) {
	session, err := s.OpenSession(t.Context(), 10*time.Second)
	must(t, err)
	must(t, session.Create(t.Context(), path, nil, false))
	must(t, session.Close(t.Context()))
}

// inBackground runs f until the test ends.
func inBackground(t *testing.T, f func()) {
	var group sync.WaitGroup
	group.Go(f)
	t.Cleanup(group.Wait) // the test's context is done by then
}

// waitOutstanding waits until requests wait in a server.
func waitOutstanding(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	must(t, ens.Wait(t.Context(), "requests to wait", func() bool {
		reply, err := s.Word(t.Context(), "srvr")
		return err == nil && strings.Contains(reply, "Outstanding: ") && !strings.Contains(reply, "Outstanding: 0\n")
	}))
}

// think is how long a client waits before its next write: longer than the servers
// run that stallByTurns stops, so that every write meets them stopped.
const think = 150 * time.Millisecond

// write has clients of a server create one znode after the other, each with a pause
// in between.
func write(t *testing.T, s *zktest.Server, clients int, think time.Duration) {
	for client := range clients {
		session, err := s.OpenSession(t.Context(), 10*time.Second)
		must(t, err)
		inBackground(t, func() {
			pause := time.NewTimer(think)
			defer pause.Stop()
			for n := 0; ; n++ {
				select {
				case <-t.Context().Done():
					return
				case <-pause.C:
				}
				if session.Create(t.Context(), fmt.Sprintf("/load-%d-%d", client, n), nil, false) != nil {
					return // the ensemble has ended
				}
				pause.Reset(think)
			}
		})
	}
}

// stallByTurns stops the servers for most of the time, so that who waits for their
// acknowledgements waits long. They are never silent for a whole tick.
func stallByTurns(t *testing.T, servers ...*zktest.Server) {
	inBackground(t, func() {
		stopped := false
		set := func(stop bool) {
			for _, s := range servers {
				if stop {
					_ = s.Pause()
				} else {
					_ = s.Resume()
				}
			}
			stopped = stop
		}
		defer func() { set(false) }()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-t.Context().Done():
				return
			case <-tick.C:
			}
			if run := n%5 == 0; run == stopped {
				set(!run)
			}
		}
	})
}

// slowFollower makes each read of what the leader sends take 300 ms longer: the
// thread that does it has the name of the server's role.
func slowFollower(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", s.PID()))
	must(t, err)
	for _, thread := range threads {
		if name, _ := os.ReadFile(thread + "/comm"); strings.HasPrefix(string(name), "QuorumPeer[") {
			trace(t, ens, filepath.Base(thread), "-e", "trace=read,recvfrom", "-e", "inject=read,recvfrom:delay_exit=300000")
			return
		}
	}
	t.Fatal("no thread that follows")
}

// slowSync makes every sync of a server take 200 ms longer.
func slowSync(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	trace(t, ens, strconv.Itoa(s.PID()), "-f", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_exit=200000")
}

// trace has strace hold a process or a thread until the test ends.
func trace(t *testing.T, ens *zktest.Ensemble, pid string, args ...string) {
	if _, err := exec.LookPath("strace"); err != nil {
		if zktest.Required() {
			t.Fatal("strace not found")
		}
		t.Skip("strace not found (Debian: apt-get install --no-install-recommends strace)")
	}
	cmd := exec.CommandContext(t.Context(), "strace", append([]string{"-qq", "-o", os.DevNull, "-p", pid}, args...)...)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() })
	must(t, ens.Wait(t.Context(), "strace to hold it", func() bool {
		status, err := os.ReadFile("/proc/" + pid + "/status")
		return err == nil && !strings.Contains(string(status), "TracerPid:\t0\n")
	}))
}

// electTwice waits for zkdoctor's first look, and then has the ensemble elect
// twice. The server with the highest id leads before, and after: of two servers it
// wins.
func electTwice(t *testing.T, ens *zktest.Ensemble) {
	inBackground(t, func() {
		highest := ens.Server(3)
		var next *zktest.Server
		for _, step := range []func() error{
			func() error {
				return ens.Wait(t.Context(), "the first look", func() bool { return strings.Contains(highest.Log(), "rocessing mntr command") })
			},
			highest.Kill,
			func() (err error) { next, err = ens.Leader(t.Context()); return err },
			func() error { return highest.Start(t.Context()) },
			func() error { return ens.WaitServing(t.Context()) },
			func() error { return writeOnce(t.Context(), highest) },
			func() error { return next.Kill() },
			func() error { return ens.WaitMode(t.Context(), highest, "leader") },
			func() error { return next.Start(t.Context()) },
		} {
			if err := step(); err != nil {
				t.Errorf("two elections: %v", err)
				return
			}
		}
	})
}
