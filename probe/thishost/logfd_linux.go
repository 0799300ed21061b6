package thishost

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// maxFiles bounds how many open files of a process are looked at for its log: those
// with the lowest numbers, which are opened first.
const maxFiles = 512

// logsOf are the files that the process writes and that may be its log: what standard
// output goes to, and the file of its logging library. Whoever may not look at the
// open files gets none.
func logsOf(p localProcess) []string {
	dir := filepath.Join(procOf(p.PID), "fd")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	proc, err := procfs.NewProc(p.PID)
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries[:min(len(entries), maxFiles)] {
		path, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil || !filepath.IsAbs(path) || strings.HasPrefix(path, "/dev/") ||
			strings.Contains(path, "/version-2/") || slices.Contains(found, path) {
			continue
		}
		if info, err := proc.FDInfo(e.Name()); err == nil && writesOnly(info.Flags) {
			found = append(found, strings.TrimSuffix(path, " (deleted)"))
		}
	}
	// What is called like a log of ZooKeeper is one before what is not; the log of the
	// garbage collector never is.
	found = slices.DeleteFunc(found, func(path string) bool { return strings.Contains(filepath.Base(path), "gc") })
	slices.SortStableFunc(found, func(a, b string) int {
		return strings.Compare(strconv.FormatBool(!isLogName(filepath.Base(a))),
			strconv.FormatBool(!isLogName(filepath.Base(b))))
	})
	return found
}

// writesOnly reads the flags of open(2), in octal.
func writesOnly(flags string) bool {
	n, err := strconv.ParseUint(flags, 8, 64)
	return err == nil && n&0o3 == uint64(os.O_WRONLY)
}
