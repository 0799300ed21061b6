package thishost

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
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
// as it likes.
func programOf(pid int) (program snapshot.Obs[string], jvm bool) {
	started, proc := time.Now(), procOf(pid)
	exe, err := os.Readlink(filepath.Join(proc, "exe"))
	if err != nil {
		return snapshot.Failed[string](fileFailure(filepath.Join(proc, "exe"), err), time.Since(started)), false
	}
	file, err := os.Open(filepath.Join(proc, "maps"))
	if err != nil {
		return snapshot.Failed[string](fileFailure(filepath.Join(proc, "maps"), err), time.Since(started)), false
	}
	defer file.Close() //nolint:errcheck // only read from
	maps, err := io.ReadAll(io.LimitReader(file, maxMaps))
	if err != nil {
		return snapshot.Failed[string](fileFailure(filepath.Join(proc, "maps"), err), time.Since(started)), false
	}
	for _, library := range machine {
		jvm = jvm || bytes.Contains(maps, library)
	}
	return snapshot.Saw(snapshot.Printable(exe, snapshot.MaxForeign), time.Since(started)), jvm
}
