package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func dataFaults() []fault {
	unstarted := zktest.Options{Hosts: zktest.Namespaces, NoStart: true, NoWait: true}
	return []fault{
		{
			shape: shape{name: "the disk of the logs is full", options: unstarted, do: fillDisk(1), from: 1},
			root:  diag.DiskFull, servers: []int64{1}, exit: 1, // a write throws it out, and it joins again until the next
		},
		{
			shape: shape{name: "the disk of the logs is nearly full", options: unstarted, do: func(t *testing.T, ens *zktest.Ensemble) {
				mountLogs(t, ens, 1, "60m")
				must(t, ens.WaitServing(t.Context()))
				fillWith(t, ens.Server(1), 20)
			}, from: 1},
			root: diag.DiskFull, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "newest log of 5 bytes", do: restartWith(1, func(t *testing.T, s *zktest.Server) {
				must(t, os.Truncate(newestFile(t, s.DataLogDir, "log."), 5))
			}), args: []string{"-c", "@c1"}},
			root: diag.TxnlogCorrupt, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "newest log of another format", do: restartWith(1, func(t *testing.T, s *zktest.Server) {
				overwrite(t, newestFile(t, s.DataLogDir, "log."), "ZKSN")
			}), args: []string{"-c", "@c1"}},
			root: diag.TxnlogCorrupt, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "newest log empty", only: only34, why: "3.9.3 and later remove an empty newest log; 3.5 to 3.9.2 are as 3.4", do: restartWith(1, emptyLog), args: []string{"-c", "@c1"}},
			root:  diag.TxnlogCorrupt, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "newest log empty, before a start", only: newer, why: "before 3.9.3 an empty newest log is fatal", do: killWith(1, emptyLog), args: []string{"-c", "@c1"}},
			root:  diag.ProcessDown, servers: []int64{1}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "newest log empty, after a start", only: newer, why: "before 3.9.3 an empty newest log is fatal", do: func(t *testing.T, ens *zktest.Ensemble) {
				killWith(1, emptyLog)(t, ens)
				must(t, ens.Server(1).Start(t.Context()))
				must(t, ens.WaitServing(t.Context()))
			}, args: []string{"-c", "@c1"}},
			state: report.Serving, exit: 0,
		},
		{
			// What stands behind the damage in that log is lost, and the next log is whole.
			shape: shape{name: "an older log damaged in its middle", only: newer, why: "before 3.9.4 such a server starts, without those transactions", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				fillWith(t, s, 40)
				must(t, s.Kill())
				must(t, s.Start(t.Context())) // the next transaction begins another log
				must(t, ens.WaitServing(t.Context()))
				must(t, writeOnce(t.Context(), s))
				must(t, s.Kill())
				damageOldestLog(t, s)
				must(t, s.Start(t.Context()))
				andEnd(func(*testing.T, *zktest.Ensemble) {}, 1)(t, ens)
			}, args: []string{"-c", "@c1"}},
			root: diag.TxnlogCorrupt, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "snapshots deleted", only: from35, why: "3.4 starts from its logs alone", do: restartWith(1, removeSnapshots), args: []string{"-c", "@c1"}},
			root:  diag.NoSnapshot, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "no snapshot, as 3.4 begins", only: only34, why: "3.5.3 and later do not start without a snapshot", do: func(t *testing.T, ens *zktest.Ensemble) {
				killWith(1, removeSnapshots)(t, ens)
				must(t, ens.Server(1).Start(t.Context()))
				must(t, ens.WaitServing(t.Context()))
			}, args: []string{"-c", "@c1"}},
			state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "accepted epoch before the current one", do: restartWith(1, epoch("acceptedEpoch", "0")), args: []string{"-c", "@c1"}},
			root:  diag.EpochMismatch, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "current epoch before the data's", do: restartWith(1, epoch("currentEpoch", "0")), args: []string{"-c", "@c1"}},
			root:  diag.EpochMismatch, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "current epoch empty", do: restartWith(1, epoch("currentEpoch", "")), args: []string{"-c", "@c1"}},
			root:  diag.EpochMismatch, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "data directory read-only", options: namespaces(), do: restartWith(1, func(t *testing.T, s *zktest.Server) {
				on(t, s, "mount --bind "+s.DataDir+" "+s.DataDir+" && mount -o remount,ro,bind "+s.DataDir)
			}), from: 1, args: []string{"-c", "@c1"}},
			root: diag.DataDirNotWritable, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "started once as root", options: namespaces(), do: restartAsNobody(1), from: 1, args: []string{"-c", "@c1"}},
			root:  diag.DataDirNotWritable, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "snapshots are never removed", options: zktest.Options{JVM: []string{"-Dzookeeper.snapCount=10"}},
				do: func(t *testing.T, ens *zktest.Ensemble) { fillWith(t, ens.Server(1), 200) }, args: []string{"-c", "@c1"},
			},
			fires: []report.Code{diag.AutopurgeOff}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "data in /tmp", options: zktest.Options{NoStart: true, NoWait: true}, do: dataInTmp(1), args: []string{"-c", "@c1"}},
			root:  diag.DataDirInTmp, servers: []int64{1}, state: report.Serving, exit: 1,
		},
	}
}

// newer are the versions that remove an empty newest log themselves.
func newer(version string) bool { return strings.HasPrefix(version, "3.9.") && version >= "3.9.3" }

// on runs a shell command on the host of a server.
func on(t *testing.T, s *zktest.Server, command string) {
	t.Helper()
	result, err := s.Host.Run(t.Context(), "sh", "-c", command)
	must(t, err)
	if result.ExitCode != 0 {
		t.Fatalf("%s: exit %d: %s", command, result.ExitCode, result.Stderr)
	}
}

// fillWith makes some znodes, so that there are transactions and logs.
func fillWith(t *testing.T, s *zktest.Server, n int) {
	t.Helper()
	session, err := s.OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	for i := range n {
		must(t, session.Create(t.Context(), fmt.Sprintf("/z%d", i), []byte("x"), false))
	}
	must(t, session.Close(t.Context()))
}

// killWith ends a server that has written something, and changes its files.
func killWith(id int, change func(*testing.T, *zktest.Server)) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		fillWith(t, s, 5)
		must(t, s.Kill())
		change(t, s)
		must(t, ens.WaitQuorum(t.Context()))
	}
}

// restartWith then starts it again, and waits for it to die of that.
func restartWith(id int, change func(*testing.T, *zktest.Server)) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		killWith(id, change)(t, ens)
		must(t, ens.Server(id).Start(t.Context()))
		andEnd(func(*testing.T, *zktest.Ensemble) {}, id)(t, ens)
	}
}

// newestFile is the newest file of a kind in the version-2 below dir.
func newestFile(t *testing.T, dir, prefix string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "version-2", prefix+"*"))
	must(t, err)
	if len(files) == 0 {
		t.Fatalf("no %s in %s", prefix, dir)
	}
	// Of one epoch the names have one length.
	return slices.Max(files)
}

func emptyLog(t *testing.T, s *zktest.Server) {
	must(t, os.Truncate(newestFile(t, s.DataLogDir, "log."), 0))
}

// damageOldestLog overwrites some transactions of the first log.
func damageOldestLog(t *testing.T, s *zktest.Server) {
	files, err := filepath.Glob(filepath.Join(s.DataLogDir, "version-2", "log.*"))
	must(t, err)
	if len(files) < 2 {
		t.Fatalf("no two logs: %v", files)
	}
	oldest := slices.Min(files)
	data, err := os.ReadFile(oldest)
	must(t, err)
	for i := 100; i < 3000; i++ {
		data[i] = byte(i)
	}
	must(t, os.WriteFile(oldest, data, 0o644))
}

func removeSnapshots(t *testing.T, s *zktest.Server) {
	files, err := filepath.Glob(filepath.Join(s.DataDir, "version-2", "snapshot.*"))
	must(t, err)
	for _, file := range files {
		must(t, os.Remove(file))
	}
}

func epoch(name, content string) func(*testing.T, *zktest.Server) {
	return func(t *testing.T, s *zktest.Server) {
		must(t, os.WriteFile(filepath.Join(s.DataDir, "version-2", name), []byte(content), 0o644))
	}
}

func overwrite(t *testing.T, path, begin string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteString(begin)
	must(t, err)
	must(t, file.Close())
}

// mountLogs gives a server a small file system for its logs, and starts all.
func mountLogs(t *testing.T, ens *zktest.Ensemble, id int, size string) {
	t.Helper()
	s := ens.Server(id)
	on(t, s, "mount -t tmpfs -o size="+size+" tmpfs "+s.DataLogDir)
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
}

// fillDisk fills the file system of a server's logs to the last byte, and writes
// until the server has noticed.
func fillDisk(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		mountLogs(t, ens, id, "70m")
		must(t, ens.WaitServing(t.Context()))
		fillWith(t, ens.Server(2), 5)
		on(t, s, "dd if=/dev/zero of="+s.DataLogDir+"/fill bs=4k 2>/dev/null || true")
		session, err := ens.Server(2).OpenSession(t.Context(), 20*time.Second)
		must(t, err)
		n := 0
		must(t, ens.Wait(t.Context(), "the server to be out", func() bool {
			n++
			must(t, session.Create(t.Context(), fmt.Sprintf("/fill%d", n), make([]byte, 10_000), false))
			return s.Mode(t.Context()) == ""
		}))
	}
}

// dataInTmp gives a server a dataDir in /tmp, the one thing that the tests keep
// there.
func dataInTmp(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(id)
		dir, err := os.MkdirTemp("/tmp", "zkdoctor-test-data-") //nolint:usetesting // /tmp, wherever t.TempDir is
		must(t, err)
		t.Cleanup(func() {
			_ = s.Kill() // it may not have been started
			must(t, os.RemoveAll(dir))
		})
		s.DataDir, s.DataLogDir = dir, ""
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.SetMyID(s.MyID))
		for _, s := range ens.Servers {
			must(t, s.Start(t.Context()))
		}
		must(t, ens.WaitServing(t.Context()))
	}
}

// restartAsNobody ends a server that has run as root, although its dataDir is
// another user's, and starts it as that user, until it dies of it.
func restartAsNobody(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		runAsNobody(t, ens, id, "Cannot write to", func(s *zktest.Server) {
			on(t, s, "chown nobody "+s.DataDir+" "+s.DataLogDir)
		})
	}
}
