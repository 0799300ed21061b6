package thishost

import (
	"context"
	"crypto/sha256"
	"path/filepath"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v3/process"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// maxScan is how long the scan of all processes may take. That of a host with a thousand
	// takes some 50 ms.
	maxScan = 2 * time.Second
	// maxLate is how long those are waited for, after all others, that did not answer at once.
	maxLate = 500 * time.Millisecond
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
func (h Host) findProcesses(ctx context.Context, asked Asked) ([]localProcess, snapshot.Others) {
	bound, cancel := context.WithTimeout(ctx, scanTime(ctx))
	defer cancel()
	s := newScan(h)
	pids, err := process.PidsWithContext(ctx)
	if err != nil {
		return nil, s.others
	}
	slices.Sort(pids)
	all := make([]owned, len(pids))
	for i, pid := range pids {
		all[i] = owned{int(pid), procOwner(int(pid))}
	}
	s.scan(bound, byTurns(all, func(p owned) uint64 { return p.owner }))
	likely, left := h.mostLikely(bound, s.found, asked)
	for i := range left {
		s.others.Add(left[i].other(snapshot.BeyondLimit))
	}
	var described []localProcess
	for _, p := range likely {
		line, err := s.commandLine(ctx, askAgainLimit, p.owned())
		switch {
		case err != nil:
			s.others.Unscanned++
		case sha256.Sum256(line) == p.line: // else another program runs in its place
			p.command = splitArgs(line)
			p.describe(ctx)
			described = append(described, p)
		}
	}
	return described, s.others
}

// scan is one scan of a host's processes.
type scan struct {
	host   Host
	found  []localProcess
	others snapshot.Others
	// users are the names of those met so far.
	users map[uint64]string
	// buffer takes one command line after the other.
	buffer *[maxArgs]byte
}

func newScan(h Host) *scan {
	return &scan{host: h, users: map[uint64]string{}, buffer: new([maxArgs]byte)}
}

// scan looks at the processes until ctx ends, and counts those that are left then.
func (s *scan) scan(ctx context.Context, all []owned) {
	type late struct {
		owned
		ended <-chan struct{}
	}
	var waiting []late
	for i, p := range all {
		if ctx.Err() != nil {
			s.others.Unscanned += len(all) - i
			break
		}
		if ended, silent := noAnswer(s.lookAt(ctx, p)); silent {
			waiting = append(waiting, late{p, ended})
		}
	}
	// On a busy machine an honest one is late, too.
	bound, cancel := context.WithTimeout(ctx, maxLate)
	defer cancel()
	for _, p := range waiting {
		silent := true
		if p.ended != nil {
			select {
			case <-p.ended:
				_, silent = noAnswer(s.lookAt(bound, p.owned))
			case <-bound.Done():
			}
		}
		if silent {
			s.others.Unscanned++
		}
	}
}

// lookAt notes a process that looks like a server. The error is that of one that keeps the
// kernel from telling.
func (s *scan) lookAt(ctx context.Context, p owned) error {
	line, err := s.commandLine(ctx, askLimit, p)
	if err != nil || !namesMainClass(line) {
		return err
	}
	main, rest, ok := zooKeeperArgs(splitArgs(line))
	if !ok {
		return nil
	}
	l := localProcess{Process: snapshot.Process{PID: p.pid, Main: main}, owner: p.owner, line: sha256.Sum256(line)}
	l.State, l.Container, l.uid = processStatus(l.PID)
	if l.State == "" || l.State == "Z" {
		return nil
	}
	if _, known := s.users[l.uid]; !known {
		s.users[l.uid] = userOf(ctx, int32(p.pid)) //nolint:gosec // a process id
	}
	l.User = s.users[l.uid]
	if main != "HQuorumPeer" { // which takes HBase's own configuration
		l.takeArgs(rest)
	}
	var jvm bool
	if l.Program, jvm, err = s.host.programOf(ctx, p); err != nil {
		return err
	}
	switch {
	case jvm || !l.Program.Seen():
		s.found = append(s.found, l)
	case filepath.Base(l.Program.Value) == "jsvc":
		return nil // it starts the JVM as its child, which has the same command line
	default:
		s.others.Add(l.other(snapshot.NotJava))
	}
	s.others.Found++
	return nil
}

// commandLine is that of a process, as readCommandLine reads it, until the next is read. The
// error is that of a process that keeps the kernel from answering.
func (s *scan) commandLine(ctx context.Context, limit time.Duration, p owned) ([]byte, error) {
	buffer := s.buffer
	n, err := askKernel(ctx, s.host, limit, p.owner, func() (int, error) { return readCommandLine(p.pid, buffer), nil })
	if err != nil {
		s.buffer = new([maxArgs]byte) // that one may still be written to
		return nil, err
	}
	return buffer[:n], nil
}

// inTurns are the numbers of those chosen, in the order of turns.
func (s *Scanned) inTurns(chosen []int) []int {
	turns := make([]int, len(chosen))
	for n := range turns {
		turns[n] = n
	}
	return byTurns(turns, func(n int) uint64 { return s.processes[chosen[n]].owner })
}
