package thishost

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ReadNamedLog reads the log that the user named, if any.
func ReadNamedLog(l *snapshot.Local) {
	if l.LogPath == "" {
		return
	}
	started := time.Now()
	if tail, failure := readTail(hostFiles{}, l.LogPath); failure != nil {
		l.Log = snapshot.Failed[snapshot.LogTail](failure, time.Since(started))
	} else {
		l.Log = snapshot.Saw(*tail, time.Since(started))
	}
}

// readLog reads the end of the first log that is there.
func readLog(f hostFiles, paths []string) snapshot.Obs[snapshot.LogTail] {
	started := time.Now()
	failure := &snapshot.Failure{Kind: snapshot.Absent, Text: "no log was found: its output goes to a journal or a pipe"}
	for _, path := range paths {
		tail, failed := readTail(f, path)
		if failed == nil {
			return snapshot.Saw(*tail, time.Since(started))
		}
		if failed.Kind != snapshot.Absent {
			failure = failed
		}
	}
	return snapshot.Failed[snapshot.LogTail](failure, time.Since(started))
}

// tail reads the end of one log. It asks for nothing that could block: the file is
// a regular one.
func readTail(f hostFiles, path string) (*snapshot.LogTail, *snapshot.Failure) {
	file, info, failure := f.open(path)
	if failure != nil {
		return nil, failure
	}
	defer file.Close() //nolint:errcheck // only read from
	shown := f.absolute(path)
	from := max(info.Size()-snapshot.MaxLogTail, 0)
	text, err := io.ReadAll(io.NewSectionReader(file, from, snapshot.MaxLogTail))
	if err != nil {
		return nil, fileFailure(shown, err)
	}
	if info.Size() == 0 {
		return nil, &snapshot.Failure{Kind: snapshot.Empty, Text: shown + ": is empty"}
	}
	if !isText(text) {
		return nil, &snapshot.Failure{Kind: snapshot.Protocol, Text: shown + ": is no text: a log that is packed or binary has to be unpacked first"}
	}
	tail := snapshot.ScanLog(text, from > 0)
	tail.Path, tail.Size, tail.Read, tail.Modified = shown, info.Size(), int64(len(text)), info.ModTime().UTC()
	return &tail, nil
}

// isText reports whether bytes are a log's. Of packed or binary files every tenth byte
// is a control character. NUL is none here: a log that another program cuts while its
// server writes begins with any number of them.
func isText(text []byte) bool {
	control := 0
	for _, b := range text {
		if b < ' ' && b != 0 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\x1b' {
			control++
		}
	}
	return control <= len(text)/100
}

// logsBeside are where the scripts of ZooKeeper and its packages write the log of a
// server that does not run: logs beside conf (zkEnv.sh, 3.5+), or /var/log for a
// configuration in /etc. The newest comes first.
func logsBeside(f hostFiles, config string) []string {
	config = f.absolute(config)
	dirs := []string{filepath.Join(filepath.Dir(filepath.Dir(config)), "logs")}
	if strings.HasPrefix(config, "/etc/") {
		dirs = []string{"/var/log/zookeeper"}
	}
	var found []string
	ages := map[string]time.Time{}
	for _, dir := range dirs {
		located, err := f.locate(dir)
		if err != nil || f.denied != nil {
			continue
		}
		entries, err := os.ReadDir(located)
		if err != nil {
			continue
		}
		for _, e := range entries[:min(len(entries), maxLogs)] {
			info, err := e.Info()
			if name := e.Name(); err == nil && info.Mode().IsRegular() && isLogName(name) {
				path := filepath.Join(dir, name)
				found, ages[path] = append(found, path), info.ModTime()
			}
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return ages[b].Compare(ages[a]) })
	return found
}

// maxLogs bounds how many files of a directory are looked at.
const maxLogs = 1000

// isLogName reports whether a file is called as ZooKeeper's logs are:
// zookeeper.out, zookeeper-zk-server-host.log, zookeeper.log.
func isLogName(name string) bool {
	return strings.HasPrefix(name, "zookeeper") && (strings.HasSuffix(name, ".out") || strings.HasSuffix(name, ".log"))
}
