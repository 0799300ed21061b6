package snapshot

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

const (
	// maxLogTail is how much of the end of a log is read: some 2,000 lines, the last
	// start of a server among them unless it has run for long, and then its start
	// does not matter.
	MaxLogTail = 256 << 10
	// maxLogText is the most that is kept of a line.
	MaxLogText = 240
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
			sign, ok, message = LogChallengeTimeout, true, append([]byte(Challenge+": "), message...)
		}
		challenged = bytes.HasSuffix(message, []byte(Challenge))
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
	return s[:min(len(s), MaxLogText)]
}
