package thishost

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxMaps is how much of a process's memory map is read: some ten times that of a JVM.
const maxMaps = 4 << 20

// machine are the libraries that make a process a JVM: the machine itself, which OpenJ9 calls
// by the same name, and what the java launcher loads that with in its first milliseconds.
var machine = [][]byte{[]byte("/libjvm.so"), []byte("/libjli.so")}

// programOf is the executable of a process, and whether a Java virtual machine is loaded into
// it. Both are the kernel's word: a process chooses its command line and the name of its file
// as it likes. The error is that of a process that keeps the kernel from answering.
func (h Host) programOf(ctx context.Context, p owned) (program snapshot.Obs[string], jvm bool, err error) {
	started, proc := time.Now(), procOf(p.pid)
	exe, err := os.Readlink(filepath.Join(proc, "exe"))
	if err != nil {
		return snapshot.Failed[string](fileFailure(filepath.Join(proc, "exe"), err), time.Since(started)), false, nil
	}
	path := filepath.Join(proc, "maps")
	jvm, err = askKernel(ctx, h, askAgainLimit, p.owner, func() (bool, error) { return mapsMachine(path) })
	if _, silent := noAnswer(err); silent {
		return program, false, err
	}
	if err != nil {
		return snapshot.Failed[string](fileFailure(path, err), time.Since(started)), false, nil
	}
	return snapshot.Saw(snapshot.Printable(exe, snapshot.MaxForeign), time.Since(started)), jvm, nil
}

// mapsMachine reports whether a memory map has a Java virtual machine.
func mapsMachine(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close() //nolint:errcheck // only read from
	maps, err := io.ReadAll(io.LimitReader(file, maxMaps))
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(machine, func(library []byte) bool { return bytes.Contains(maps, library) }), nil
}
