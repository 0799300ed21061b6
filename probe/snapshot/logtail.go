package snapshot

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// MaxLogTail is how much of the end of a log is read: some 2,000 lines, the last start of
// a server among them unless it has run for long, and then its start does not matter.
const MaxLogTail = 256 << 10

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
	// Events are what it says at WARN and above since the last start of the server, whether
	// zkdoctor knows it or not: the last one first, then those that are there most often, six
	// at the most.
	Events []LogEvent `json:"events,omitempty"`
}

// LogLine is the newest line of a kind.
type LogLine struct {
	Sign logline.Sign `json:"sign"`
	// At is the time as the log writes it, in the server's own time zone: that of the
	// line, or of the one above that an exception belongs to; empty where none has any.
	At string `json:"at,omitempty"`
	// Text is the message, printable, at most 240 bytes, without secrets.
	Text string `json:"text"`
	// Fields are what the text says, as far as diag judges by it.
	Fields logline.Fields `json:"fields,omitzero"`
	// Count is how many lines of the kind there are in what was read.
	Count int `json:"count"`
}
