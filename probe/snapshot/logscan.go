package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// logBegins is what every start of a server writes (QuorumPeerConfig.parse, all
// versions): what stands before it is of an earlier run.
const logBegins = "Reading configuration from: "

const (
	// MaxLogText is the most that is kept of a line.
	MaxLogText = 240
	// maxStarts is how many starts are kept of a log.
	maxStarts = 10
)

// ScanLog finds the lines that mean something, since the last start, and fills in
// what else the text alone tells. cut says that the first line may lack its beginning.
func ScanLog(log []byte, cut bool) LogTail {
	var tail LogTail
	text := string(log)
	if cut {
		_, text, _ = strings.Cut(text, "\n")
	}
	tail.Starts = startsIn(text)
	if i := strings.LastIndex(text, logBegins); i >= 0 {
		tail.Begins, text = true, text[i:]
	}
	signs := logline.In(text)
	var challenged, opened bool
	var events grouping
	for line := range strings.Lines(text) {
		line = bare(line)
		at, message := takeApart(line)
		events.add(line, at, message)
		if at != "" {
			tail.Last = at
		}
		sign, ok := signs.SignOf(line)
		if challenged && at == "" {
			both := logline.Challenge + ": " + message
			if s, _ := signs.SignOf(both); s == logline.ChallengeTimeout {
				sign, ok, message = s, true, both
			}
		}
		challenged = strings.HasSuffix(message, logline.Challenge)
		if opened && at == "" && sign == logline.AddressForeign {
			ok = false // it was to connect, and not to listen
		}
		opened = strings.Contains(message, logline.OpenChannel)
		if !ok {
			continue
		}
		one := LogLine{Sign: sign, At: tail.Last, Text: printableText(redacted(message)), Count: 1}
		if i := slices.IndexFunc(tail.Lines, func(l LogLine) bool { return l.Sign == sign }); i >= 0 {
			one.Count += tail.Lines[i].Count
			tail.Lines = slices.Delete(tail.Lines, i, i+1)
		}
		tail.Lines = append(tail.Lines, one)
	}
	slices.Reverse(tail.Lines)
	tail.capture()
	tail.Events = events.most()
	return tail
}

// capture fills in the fields of the lines. Those of a snapshot that was written
// without them follow from its texts.
func (t *LogTail) capture() {
	for i := range t.Lines {
		l := &t.Lines[i]
		if l.Fields == (logline.Fields{}) {
			l.Fields = logline.Capture(l.Sign, l.Text)
		}
	}
}

func startsIn(text string) []string {
	var starts []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, logBegins) {
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
func takeApart(line string) (at, message string) {
	message = strings.TrimSpace(line)
	rest := message
	if !stamped(rest) {
		_, rest, _ = strings.Cut(message, "]: ")
	}
	if !stamped(rest) {
		return "", message
	}
	// A copy: what is kept must not hold on to the whole log.
	at, message = strings.Clone(rest[:len(logStamp)]), rest
	if _, behind, found := strings.Cut(message, " - "); found {
		message = behind
	}
	if _, behind, found := strings.Cut(message, "] - "); found {
		message = behind
	}
	return at, message
}

// stamped reports whether a line begins with a time.
func stamped(line string) bool {
	if len(line) <= len(logStamp) || line[4] != '-' {
		return false
	}
	_, err := time.Parse(logStamp, line[:len(logStamp)])
	return err == nil
}

// printableText makes a line from outside fit for a screen and a file.
func printableText(message string) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, message)
	return strings.Clone(s[:min(len(s), MaxLogText)])
}
