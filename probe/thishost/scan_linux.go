package thishost

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v3/process"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// maxProcesses is how many processes of a host are looked at: more ZooKeepers than a
	// laboratory runs on one, and few enough when another user starts thousands that look so.
	maxProcesses = 64
	// maxScan is how long the scan of all processes may take. That of a host with a thousand
	// takes some 50 ms.
	maxScan = 2 * time.Second
	// maxArgs is how much of a command line is read: more than any class path has. firstArgs
	// is where the program's name ends, of any that there can be.
	maxArgs   = 256 << 10
	firstArgs = maxPath
)

// scanTime is how long the scan may take: what comes after it needs the most of a run's time.
func scanTime(ctx context.Context) time.Duration {
	if end, bound := ctx.Deadline(); bound {
		return min(maxScan, time.Until(end)/4)
	}
	return maxScan
}

// findProcesses scans the command lines of all processes, as far as scanTime goes, and keeps
// those with a Java virtual machine, maxProcesses of them at most. A process that ends
// meanwhile is not there.
func findProcesses(ctx context.Context) ([]localProcess, snapshot.Others) {
	bound, cancel := context.WithTimeout(ctx, scanTime(ctx))
	defer cancel()
	s := scan{users: map[uint64]string{}}
	pids, err := process.PidsWithContext(ctx)
	if err != nil {
		return nil, s.others
	}
	slices.Sort(pids)
	s.scan(bound, byTurns(pids, func(pid int32) uint64 { return procOwner(int(pid)) }))
	var described []localProcess
	for _, p := range s.mostLikely(bound) {
		if line := s.commandLine(p.PID); sha256.Sum256(line) == p.line { // else another program runs in its place
			p.command = splitArgs(line)
			p.describe(ctx)
			described = append(described, p)
		}
	}
	return described, s.others
}

// scan is one scan of a host's processes.
type scan struct {
	found  []localProcess
	others snapshot.Others
	// users are the names of those met so far.
	users map[uint64]string
	// buffer takes one command line after the other.
	buffer [maxArgs]byte
}

// scan looks at the processes until ctx ends, and counts those that are left then.
func (s *scan) scan(ctx context.Context, pids []int32) {
	for i, pid := range pids {
		if ctx.Err() != nil {
			s.others.Unscanned = len(pids) - i
			return
		}
		s.lookAt(ctx, pid)
	}
}

func (s *scan) lookAt(ctx context.Context, pid int32) {
	line := s.commandLine(int(pid))
	if !namesMainClass(line) {
		return
	}
	main, rest, ok := zooKeeperArgs(splitArgs(line))
	if !ok {
		return
	}
	l := localProcess{Process: snapshot.Process{PID: int(pid), Main: main}, line: sha256.Sum256(line)}
	l.State, l.Container, l.uid = processStatus(l.PID)
	if l.State == "" || l.State == "Z" {
		return
	}
	if _, known := s.users[l.uid]; !known {
		s.users[l.uid] = userOf(ctx, pid)
	}
	l.User = s.users[l.uid]
	if len(rest) == 1 && main != "HQuorumPeer" { // which takes HBase's own configuration
		l.configPath = strings.Clone(rest[0][:min(len(rest[0]), maxPath)])
	}
	var jvm bool
	l.Program, jvm = programOf(l.PID)
	switch {
	case jvm || !l.Program.Seen():
		s.found = append(s.found, l)
	case filepath.Base(l.Program.Value) == "jsvc":
		return // it starts the JVM as its child, which has the same command line
	default:
		s.others.Add(l.other(snapshot.NotJava))
	}
	s.others.Found++
}

// mostLikely are the first maxProcesses of those found, in the order of PID. Where there are
// more, users take turns, each with those that have a listening socket before those that have
// none: another user's crowd, whatever it does, leaves a server its place.
func (s *scan) mostLikely(ctx context.Context) []localProcess {
	if len(s.found) <= maxProcesses {
		slices.SortFunc(s.found, func(a, b localProcess) int { return a.PID - b.PID })
		return s.found
	}
	var listening, silent []localProcess
	listeners := listenerTables{}
	for _, p := range s.found {
		if ctx.Err() == nil && listeners.any(p.PID) {
			listening = append(listening, p)
		} else {
			silent = append(silent, p)
		}
	}
	ranked := byTurns(slices.Concat(listening, silent), func(p localProcess) uint64 { return sharer(p.PID, p.uid) })
	for _, p := range ranked[maxProcesses:] {
		s.others.Add(p.other(snapshot.BeyondLimit))
	}
	kept := ranked[:maxProcesses]
	slices.SortFunc(kept, func(a, b localProcess) int { return a.PID - b.PID })
	return kept
}

// byTurns puts first the first of each user, then the second of each, and so on: no user takes
// more than a share, however many he has.
func byTurns[P any](all []P, userOf func(P) uint64) []P {
	turns := map[uint64]int{}
	var rounds [][]P
	for _, p := range all {
		user := userOf(p)
		turn := turns[user]
		if turns[user]++; turn == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[turn] = append(rounds[turn], p)
	}
	return slices.Concat(rounds...)
}

// procOwner is the user whose files the kernel shows of a process: its effective one, or root
// where it is not to be looked into (proc(5)). It is the cheapest that there is to see.
func procOwner(pid int) uint64 {
	var stat syscall.Stat_t
	if err := syscall.Stat(procOf(pid), &stat); err != nil {
		return 0
	}
	return sharer(pid, uint64(stat.Uid))
}

// sharer is whose turn that of a process is. A user has one number of the system's, and as
// many more as /etc/subuid gives him, in user namespaces of his own: those are all one.
func sharer(pid int, uid uint64) uint64 {
	const firstSubordinate, subordinates = 1 << 16, 1 << 32
	if uid >= firstSubordinate && otherUsers(pid) {
		return subordinates
	}
	return uid
}

// commandLine is that of a process, until the next is read; empty where it is not called as
// those are that run Java, which is told by little of it.
func (s *scan) commandLine(pid int) []byte {
	file, err := os.Open(filepath.Join(procOf(pid), "cmdline"))
	if err != nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // only read from
	n, err := file.Read(s.buffer[:firstArgs])
	name, _, _ := bytes.Cut(s.buffer[:n], []byte{0})
	if err != nil || !isLauncher(filepath.Base(string(name))) {
		return nil
	}
	more, err := io.ReadFull(file, s.buffer[n:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { //nolint:errorlint // as ReadFull returns them
		return nil
	}
	return s.buffer[:n+more]
}

// namesMainClass reports whether a main class is anywhere in a command line: of most programs
// in Java that is all there is to see, and it takes no splitting.
func namesMainClass(line []byte) bool {
	return slices.ContainsFunc(mainClasses, func(class string) bool { return bytes.Contains(line, []byte(class)) })
}

// splitArgs are the arguments of a command line; they are a copy of it.
func splitArgs(line []byte) []string {
	return strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
}
