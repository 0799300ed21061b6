package thishost

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// maxArgs is how much of a command line is read: more than any class path has. firstArgs
	// is where the program's name ends, of any that there can be.
	maxArgs   = 256 << 10
	firstArgs = maxPath
)

// maxPath is more than the kernel takes for a path (PATH_MAX), so that a longer one is none.
const maxPath = 4096

// mainClasses are the classes whose command line names a ZooKeeper server. Their
// first argument is the configuration (QuorumPeerMain, ZooKeeperServerMain).
// Programs that embed a server start one of them, or one of the last two.
var mainClasses = []string{
	"org.apache.zookeeper.server.quorum.QuorumPeerMain",
	"org.apache.zookeeper.server.ZooKeeperServerMain",
	"org.apache.hadoop.hbase.zookeeper.HQuorumPeer",
}

// readCommandLine reads as much as maxArgs of a command line into buffer; nothing where it is not
// called as those are that run Java, which is told by little of it, or is gone.
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

// zooKeeperArgs finds the main class as an argument of its own in the command
// line of a JVM. sudo, nsenter or a shell that carry the same words are no JVM.
func zooKeeperArgs(args []string) (main string, rest []string, ok bool) {
	if len(args) == 0 {
		return "", nil, false
	}
	if !isLauncher(filepath.Base(args[0])) {
		return "", nil, false
	}
	for i, arg := range args[1:] {
		if slices.Contains(mainClasses, arg) {
			return arg[strings.LastIndexByte(arg, '.')+1:], args[i+2:], true
		}
	}
	return "", nil, false
}

// isLauncher reports whether a program is called as those are that run Java.
func isLauncher(name string) bool { return strings.HasPrefix(name, "java") || name == "jsvc" }
