package probe

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// maxLogTail is how much of the end of a log is read: some 2,000 lines, the last
	// start of a server among them unless it has run for long, and then its start
	// does not matter.
	maxLogTail = 256 << 10
	// maxLogText is the most that is kept of a line.
	maxLogText = 240
)

// LogTail is the end of a server's log, as far as it has lines that mean something
// to zkdoctor. Other lines are not kept: they may hold what is not to be passed on.
type LogTail struct {
	Path string `json:"path"`
	// Size is that of the whole file in bytes, and Read what was read of its end.
	Size int64 `json:"size"`
	Read int64 `json:"read"`
	// Modified is when it was last written to, in UTC; zero where that is not known.
	Modified time.Time `json:"modified,omitzero"`
	// Begins is set where the last start of the server is in what was read. Without
	// it the server has run for long, or does not log its start: a line may then be of
	// a start before.
	Begins bool `json:"begins,omitempty"`
	// Starts are the times of the last starts, the oldest first, as the log writes
	// them: ten at the most.
	Starts []string `json:"starts,omitempty"`
	// Last is the time of the newest line of all that has one, as the log writes it.
	Last string `json:"last,omitempty"`
	// Lines are those since the last start of the server, each kind once, the newest
	// first.
	Lines []LogLine `json:"lines,omitempty"`
}

// LogLine is the newest line of a kind.
type LogLine struct {
	Sign LogSign `json:"sign"`
	// At is the time as the log writes it, in the server's own time zone: that of the
	// line, or of the one above that an exception belongs to; empty where none has any.
	At string `json:"at,omitempty"`
	// Text is the message, printable, at most 240 bytes.
	Text string `json:"text"`
	// Count is how many lines of the kind there are in what was read.
	Count int `json:"count"`
}

// logBegins is what every start of a server writes (QuorumPeerConfig.parse, all
// versions): what stands before it is of an earlier run.
const logBegins = "Reading configuration from: "

// ScanLog finds the lines that mean something, since the last start, and fills in
// what else the text alone tells. cut says that the first line may lack its beginning.
func ScanLog(text []byte, cut bool) LogTail {
	var tail LogTail
	if cut {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	tail.Starts = startsIn(text)
	if i := bytes.LastIndex(text, []byte(logBegins)); i >= 0 {
		tail.Begins, text = true, text[i:]
	}
	signs := signsIn(text)
	var challenged bool
	for line := range bytes.Lines(text) {
		at, message := takeApart(line)
		if at != "" {
			tail.Last = at
		}
		sign, ok := signs.of(line)
		if challenged && at == "" && bytes.Contains(line, []byte("SocketTimeoutException")) {
			sign, ok, message = LogChallengeTimeout, true, append([]byte(challenge+": "), message...)
		}
		challenged = bytes.HasSuffix(message, []byte(challenge))
		if !ok {
			continue
		}
		one := LogLine{Sign: sign, At: tail.Last, Text: printableText(message), Count: 1}
		if i := slices.IndexFunc(tail.Lines, func(l LogLine) bool { return l.Sign == sign }); i >= 0 {
			one.Count += tail.Lines[i].Count
			tail.Lines = slices.Delete(tail.Lines, i, i+1)
		}
		tail.Lines = append(tail.Lines, one)
	}
	slices.Reverse(tail.Lines)
	return tail
}

// maxStarts is how many starts are kept of a log.
const maxStarts = 10

func startsIn(text []byte) []string {
	var starts []string
	for line := range bytes.Lines(text) {
		if !bytes.Contains(line, []byte(logBegins)) {
			continue
		}
		if at, _ := takeApart(line); at != "" {
			starts = append(starts, at)
		}
	}
	return starts[max(len(starts)-maxStarts, 0):]
}

// logStamp is how ZooKeeper's own log configurations write a time, in all versions;
// the fraction of a second follows.
const logStamp = "2006-01-02 15:04:05"

// takeApart takes a line apart: "2026-11-25 12:35:43,025 [myid:] - WARN [thread] -
// message", with the journal's own head ("Nov 25 12:35:43 zk1 java[812]: ") before it
// or without. at is empty where a line has no time, and message is then all of it.
func takeApart(line []byte) (at string, message []byte) {
	message = bytes.TrimSpace(line)
	rest := message
	if !stamped(rest) {
		_, rest, _ = bytes.Cut(message, []byte("]: "))
	}
	if !stamped(rest) {
		return "", message
	}
	at, message = string(rest[:len(logStamp)]), rest
	if _, behind, found := bytes.Cut(message, []byte(" - ")); found {
		message = behind
	}
	if _, behind, found := bytes.Cut(message, []byte("] - ")); found {
		message = behind
	}
	return at, message
}

// stamped reports whether a line begins with a time.
func stamped(line []byte) bool {
	if len(line) <= len(logStamp) || line[4] != '-' {
		return false
	}
	_, err := time.Parse(logStamp, string(line[:len(logStamp)]))
	return err == nil
}

// printableText makes a stranger's line fit for a screen and a file.
func printableText(message []byte) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(message))
	return s[:min(len(s), maxLogText)]
}

// nameLog gives the one server among local the log at path, which the user named, in
// the place of what was found. The error is a *SetupError.
func nameLog(path string, local []Local) error {
	switch {
	case len(local) == 0:
		return setupErrorf("--log %s: this host has no server of the ensemble asked about whose log that could be", path)
	case len(local) > 1:
		var servers []string
		for _, l := range local {
			servers = append(servers, l.ConfigPath)
		}
		return setupErrorf("--log %s: this host has %d servers of the ensemble (%s), and whose log that is cannot be told", path, len(local), strings.Join(servers, ", "))
	}
	local[0].LogPath = path
	local[0].lookAtNamedLog()
	if failure := local[0].Log.Failure; failure != nil {
		return setupErrorf("--log %s", failure.Text)
	}
	return nil
}

// lookAtNamedLog reads the log that the user named, if any.
func (l *Local) lookAtNamedLog() {
	if l.LogPath == "" {
		return
	}
	started := time.Now()
	if tail, failure := (hostFiles{}).tail(l.LogPath); failure != nil {
		l.Log = Failed[LogTail](failure, time.Since(started))
	} else {
		l.Log = Saw(*tail, time.Since(started))
	}
}

// readLog reads the end of the first log that is there.
func (f hostFiles) readLog(paths []string) Obs[LogTail] {
	started := time.Now()
	failure := &Failure{Absent, "no log was found: its output goes to a journal or a pipe"}
	for _, path := range paths {
		tail, failed := f.tail(path)
		if failed == nil {
			return Saw(*tail, time.Since(started))
		}
		if failed.Kind != Absent {
			failure = failed
		}
	}
	return Failed[LogTail](failure, time.Since(started))
}

// tail reads the end of one log. It asks for nothing that could block: the file is
// a regular one.
func (f hostFiles) tail(path string) (*LogTail, *Failure) {
	file, info, failure := f.open(path)
	if failure != nil {
		return nil, failure
	}
	defer file.Close() //nolint:errcheck // only read from
	shown := f.absolute(path)
	from := max(info.Size()-maxLogTail, 0)
	text, err := io.ReadAll(io.NewSectionReader(file, from, maxLogTail))
	if err != nil {
		return nil, fileFailure(shown, err)
	}
	if info.Size() == 0 {
		return nil, &Failure{Empty, shown + ": is empty"}
	}
	if !isText(text) {
		return nil, &Failure{Protocol, shown + ": is no text: a log that is packed or binary has to be unpacked first"}
	}
	tail := ScanLog(text, from > 0)
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
func (f hostFiles) logsBeside(config string) []string {
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
