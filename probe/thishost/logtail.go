package thishost

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ReadNamedLog reads the log that the user named, if any.
func (h Host) ReadNamedLog(ctx context.Context, l *snapshot.Local) {
	if l.LogPath != "" {
		path := l.LogPath
		l.Log = observe(ctx, h, hostFiles{}, path, func(f hostFiles) snapshot.Obs[snapshot.LogTail] {
			started := time.Now()
			tail, failure := readTail(f, path)
			if failure != nil {
				return snapshot.Failed[snapshot.LogTail](failure, time.Since(started))
			}
			return snapshot.Saw(*tail, time.Since(started))
		})
	}
}

// readLog reads the end of the first log that is there, of those that find names.
func (h Host) readLog(ctx context.Context, f hostFiles, find func(hostFiles) []string) snapshot.Obs[snapshot.LogTail] {
	return observe(ctx, h, f, "its log", func(f hostFiles) snapshot.Obs[snapshot.LogTail] { return readLog(f, find(f)) })
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

// readTail reads the end of one log.
func readTail(f hostFiles, path string) (*snapshot.LogTail, *snapshot.Failure) {
	ends, failure := f.ends(path, hostfile.Part{Tail: snapshot.MaxLogTail})
	if failure != nil {
		return nil, failure
	}
	shown, text, info := f.absolute(path), ends.Tail, ends.Info
	if info.Size() == 0 {
		return nil, &snapshot.Failure{Kind: snapshot.Empty, Text: shown + ": is empty"}
	}
	if !isText(text) {
		return nil, &snapshot.Failure{Kind: snapshot.Protocol, Text: shown + ": is no text: a log that is packed or binary has to be unpacked first"}
	}
	tail := snapshot.ScanLog(text, info.Size() > snapshot.MaxLogTail)
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

// logDir is where the scripts of ZooKeeper and its packages write the log of a server that
// does not run: logs beside conf (zkEnv.sh, 3.5+), or /var/log for a configuration in /etc.
func logDir(config string) string {
	if strings.HasPrefix(config, "/etc/") {
		return "/var/log/zookeeper"
	}
	return filepath.Join(filepath.Dir(filepath.Dir(config)), "logs")
}

// logsIn are the logs in a directory, the newest first.
func logsIn(f hostFiles, dir string) []string {
	var found []string
	ages := map[string]time.Time{}
	names := f.names(dir, isLogName)
	for _, name := range names[:min(len(names), maxLogs)] {
		path := filepath.Join(dir, name)
		if info, err := f.fs.Lstat(path); err == nil && info.Mode().IsRegular() {
			found, ages[path] = append(found, path), info.ModTime()
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
