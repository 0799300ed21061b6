package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// fewNamespaces is how many bytes are kept of what mntr says of single top-level znodes, where nobody
	// shows that: of 30 or 60 such znodes.
	fewNamespaces = 16 << 10
	// maxMntr is the most that is read of an answer to mntr, kept or not: that of 80,000 such znodes.
	maxMntr = 16 << 20
)

// namespaceReader leaves out of an answer to mntr the lines of single top-level znodes ("namespaces") beyond some
// bytes. 3.6 and later write five lines for each that was written to and twelve for each that was read, and keep
// them after the znode is gone (RequestPathMetricsCollector, BASIC and ADVANCED summary sets of
// ServerMetrics.java): 4 MiB for 20,000 znodes, after 17 KiB that all servers write. To close the connection early
// instead does harm: the server (3.9.5) logs a stack trace of 30 lines for each 2 KiB that it can no longer send
// (NIOServerCnxn.sendBufferSync), which took servers that were asked by several hosts at a time 9 s.
type namespaceReader struct {
	in *bufio.Reader
	// left is how many bytes of such lines are still passed on, and read how many bytes were read of all.
	left, read int
	// leftOut counts the lines that were not passed on.
	leftOut int
	// inLine: what comes next goes on a line too long to be one of these.
	inLine bool
	// rest is what is to be passed on next, and err what follows it.
	rest []byte
	err  error
}

func newNamespaceReader(r io.Reader, keep int) *namespaceReader {
	return &namespaceReader{in: bufio.NewReader(r), left: keep}
}

// Read implements io.Reader.
func (r *namespaceReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.rest) == 0 {
			if r.err != nil || n > 0 && r.in.Buffered() == 0 {
				break
			}
			r.next()
		}
		copied := copy(p[n:], r.rest)
		r.rest = r.rest[copied:]
		n += copied
	}
	if n == 0 {
		return 0, r.err
	}
	return n, nil
}

// next reads a line, or a part of a long one, and keeps it in rest unless it is left out.
func (r *namespaceReader) next() {
	line, err := r.in.ReadSlice('\n')
	r.read += len(line)
	begins, whole := !r.inLine, err == nil
	if r.inLine = errors.Is(err, bufio.ErrBufferFull); r.inLine {
		err = nil
	}
	if r.read > maxMntr {
		err = snapshot.ErrTooLarge
	}
	r.err = err
	if begins && whole && ofNamespace(line) {
		if r.left -= len(line); r.left < 0 {
			r.leftOut++
			return
		}
	}
	r.rest = line
}

// ofNamespace reports whether a line of mntr is about a single top-level znode: its key ends in
// _per_namespace, or has labels after that (Prometheus provider).
func ofNamespace(line []byte) bool {
	key, _, _ := bytes.Cut(line, []byte{'\t'})
	return bytes.HasSuffix(key, []byte("_per_namespace")) || bytes.Contains(key, []byte("_per_namespace{"))
}
