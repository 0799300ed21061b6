package snapshot

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// javaHead is the first line of something that Java, or the shell, reports by itself. within says
// that it stands below an event, whose exception an OutOfMemoryError is then.
func javaHead(line string, within bool) (e LogEvent, ok bool) {
	level := logline.Console(line, within)
	return LogEvent{Level: level, Text: strings.TrimSpace(line), Count: 1}, level != ""
}
