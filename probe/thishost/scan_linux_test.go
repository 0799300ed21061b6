package thishost

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// startedAs runs a shell with the command line of a Java program.
func startedAs(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return startedWith(t, nil, args...)
}

// startedWith does so with files of the test's.
func startedWith(t *testing.T, files []*os.File, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh")
	cmd.Args = append([]string{"java", "-c", "read line", "sh"}, args...)
	cmd.ExtraFiles = files
	return started(t, cmd)
}

// started starts a command that ends with its stdin, and waits for its command line.
func started(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() }) // that it failed says nothing
	for end := time.Now().Add(10 * time.Second); ; { // it has no arguments yet when Start returns
		if line, err := os.ReadFile(procOf(cmd.Process.Pid) + "/cmdline"); err == nil && len(line) > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it has no command line")
		}
	}
	return cmd
}

// TestScan: what is called Java and names a main class is found, behind a class path as long
// as an argument may be, too; the scan counts what it had no time for.
func TestScan(t *testing.T) {
	const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
	long := startedAs(t, "-cp", strings.Repeat("x", 100<<10), main, "/srv/long.cfg")
	other := startedAs(t, "-Dclass="+main, "/srv/other.cfg")
	s := newScan(in(t))
	pids := []owned{{pid: os.Getpid()}, {pid: other.Process.Pid}, {pid: long.Process.Pid}, {pid: 1 << 30}}
	s.scan(t.Context(), pids)
	want := []snapshot.OtherProcess{{PID: long.Process.Pid, User: s.users[uint64(os.Getuid())], Config: "/srv/long.cfg", Why: snapshot.NotJava}}
	if diff := cmp.Diff(want, s.others.Processes); diff != "" || s.others.Found != 1 || !s.others.All() {
		t.Errorf("%+v: %s", s.others, diff)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	late := newScan(in(t))
	if late.scan(over, pids); late.others.Unscanned != len(pids) || late.others.All() {
		t.Errorf("got %+v, want %d processes left", late.others, len(pids))
	}
}

// TestCommandLine: of a program that is not called Java nothing is kept, of any no more than
// the limit: and by that much it is known again.
func TestCommandLine(t *testing.T) {
	s := newScan(in(t))
	of := func(pid int) []byte {
		t.Helper()
		line, err := s.commandLine(t.Context(), time.Minute, owned{pid: pid})
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	if line := of(os.Getpid()); len(line) > 0 {
		t.Errorf("got %q", line)
	}
	args := []string{strings.Repeat("x", 100<<10), strings.Repeat("y", 100<<10), strings.Repeat("z", 100<<10)}
	long := startedAs(t, args...).Process.Pid
	line := of(long)
	if len(line) != maxArgs {
		t.Errorf("got %d bytes, want %d", len(line), maxArgs)
	}
	proc, err := os.OpenRoot(procOf(long))
	if err != nil {
		t.Fatal(err)
	}
	defer proc.Close()
	if !wasStartedAs(proc, splitArgs(line)) {
		t.Error("the process is taken for another one")
	}
	if line := of(startedAs(t, "/srv/zoo.cfg").Process.Pid); splitArgs(line)[4] != "/srv/zoo.cfg" {
		t.Errorf("got %q", line)
	}
}

// TestScanTime: most of a run's time is left for what comes after the scan.
func TestScanTime(t *testing.T) {
	if got := scanTime(context.Background()); got != maxScan {
		t.Errorf("without a deadline: %v", got)
	}
	for _, c := range []struct{ left, most time.Duration }{{time.Hour, maxScan}, {4 * time.Second, time.Second}} {
		ctx, cancel := context.WithTimeout(t.Context(), c.left)
		if got := scanTime(ctx); got > c.most || got < c.most/2 {
			t.Errorf("%v left: got %v, want %v", c.left, got, c.most)
		}
		cancel()
	}
}

// TestByTurns: a user with many is no more often among the first than one with one.
func TestByTurns(t *testing.T) {
	got := byTurns([]string{"a1", "a2", "a3", "b1", "b2", "c1"}, func(p string) uint64 { return uint64(p[0]) })
	if want := []string{"a1", "b1", "c1", "a2", "b2", "a3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLookAgainInHaste: in a second look without the time to find the processes, one that runs
// has not ended, and what does not may.
func TestLookAgainInHaste(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	first := []snapshot.Local{
		{Process: &snapshot.Process{PID: os.Getpid()}, ConfigPath: "/srv/1.cfg"},
		{ConfigPath: "/srv/2.cfg"},
	}
	again := in(t).LookAgain(over, first)
	if len(again) != 2 || again[0].Process == nil || again[0].MayRun || again[1].Process != nil || !again[1].MayRun {
		t.Errorf("got %+v", again)
	}
}
