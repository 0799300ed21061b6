package thishost

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

const (
	// maxArgs is how much of a command line is read: more than any class path has. firstArgs
	// is where the program's name ends, of any that there can be.
	maxArgs   = 256 << 10
	firstArgs = maxPath
	// askLimit is how long the kernel may take to tell of a process what it has to ask the
	// memory of that process for: some microseconds, or else the process is in its way.
	askLimit = 50 * time.Millisecond
)

// askKernel calls ask, which reads of a process what is in its memory, or needs that to stand
// still: the command line, the map. A process can make such a read last for ever (userfaultfd(2),
// or a mount of its own). The error is that of one that was given up or not begun, or ask's.
func askKernel[T any](ctx context.Context, h Host, owner uint64, ask func() (T, error)) (T, error) {
	bound, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	return hostfile.LookAt(bound, h.Door, owner, ask)
}

// noAnswer reports whether the kernel does not answer, or is not asked for that; ended is then
// closed once it has after all, and nil where nobody asks.
func noAnswer(err error) (ended <-chan struct{}, silent bool) {
	if gaveUp, ok := errors.AsType[*hostfile.GivenUpError](err); ok {
		return gaveUp.Ended, true
	}
	return nil, errors.Is(err, hostfile.ErrStuck)
}

// commandLine is that of a process, until the next is read; empty where it is not called as
// those are that run Java, which is told by little of it, or is gone. The error is that of a
// process that keeps the kernel from answering.
func (s *scan) commandLine(ctx context.Context, p owned) ([]byte, error) {
	buffer := s.buffer
	n, err := askKernel(ctx, s.host, p.owner, func() (int, error) { return readCommandLine(p.pid, buffer), nil })
	if err != nil {
		s.buffer = new([maxArgs]byte) // that one may still be written to
		return nil, err
	}
	return buffer[:n], nil
}

func readCommandLine(pid int, buffer *[maxArgs]byte) int {
	file, err := os.Open(filepath.Join(procOf(pid), "cmdline"))
	if err != nil {
		return 0
	}
	defer file.Close() //nolint:errcheck // only read from
	n, err := file.Read(buffer[:firstArgs])
	name, _, _ := bytes.Cut(buffer[:n], []byte{0})
	if err != nil || !isLauncher(filepath.Base(string(name))) {
		return 0
	}
	more, err := io.ReadFull(file, buffer[n:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { //nolint:errorlint // as ReadFull returns them
		return 0
	}
	return n + more
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
