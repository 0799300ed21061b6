package snapshot

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// LogEvent is something that a log says at WARN or above, once or again and again: lines that
// differ in their numbers and addresses alone are one.
type LogEvent struct {
	// Level is WARN, ERROR or FATAL.
	Level string `json:"level"`
	// Text is the newest message, and Cause the innermost exception below it, empty where there
	// is none; printable, at most 240 bytes each, without secrets.
	Text  string `json:"text"`
	Cause string `json:"cause,omitempty"`
	// Count is how often it is there since the last start, in what was read.
	Count int `json:"count"`
	// First and Last are the times of the first and the last, as the log writes them; empty where
	// it writes none.
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
}

const (
	// maxShapes bounds how many different events are told apart in one log.
	maxShapes = 300
	// maxEvents is how many are kept: the last one, and those that are there most often.
	maxEvents = 6
)

// grouping groups what a log says at WARN and above.
type grouping struct {
	events map[string]*LogEvent
	// open is the event whose lines are being read; nil between those that count.
	open, last *LogEvent
	failed     *LogEvent // the last one above WARN that says more than that the process ends
	shape      []byte    // of the event that is closed
}

// add reads one line, of which at and message are the time and the message where it has a time:
// the head of an event, or a line that belongs to the event above.
func (g *grouping) add(line, at, message string) {
	e, isHead := headOf(line, at, message)
	if !isHead && !strings.HasPrefix(line, "\t") {
		e, isHead = javaHead(line, g.open != nil)
	}
	if isHead {
		g.close()
		if e.Level != "" {
			g.open = &e
		}
		return
	}
	if g.open == nil || strings.HasPrefix(line, "\t") {
		return
	}
	// Of a chain of causes the last is the innermost.
	if cause, found := strings.CutPrefix(line, "Caused by: "); found {
		g.open.Cause = strings.TrimSpace(cause)
	} else if g.open.Cause == "" && exception.MatchString(line) {
		g.open.Cause = strings.TrimSpace(line)
	}
}

// close puts the event that was read to those of its shape.
func (g *grouping) close() {
	e := g.open
	if g.open = nil; e == nil || logline.Footprint(e.Text, e.Cause) {
		return
	}
	if g.events == nil {
		g.events = map[string]*LogEvent{}
	}
	g.shape = appendShape(appendShape(append(g.shape[:0], e.Level...), e.Text), e.Cause)
	old := g.events[string(g.shape)]
	switch {
	case old == nil && len(g.events) == maxShapes:
		return
	case old == nil:
		g.events[string(g.shape)] = e
	default:
		e.Count, e.First = old.Count+1, old.First
		*old = *e
		e = old
	}
	ends := logline.OnlyEnds(e.Text)
	if !ends && e.Level != "WARN" {
		g.failed = e
	}
	g.last = e
	if ends && g.failed != nil {
		g.last = g.failed
	}
}

// appendShape adds what is the same in all lines of an event: a text without its numbers. Those
// in hexadecimal are numbers from the first digit on.
func appendShape(shape []byte, text string) []byte {
	within := false
	for i := range len(text) {
		c := text[i]
		digit := '0' <= c && c <= '9' || within && ('a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == 'x')
		if !digit {
			shape = append(shape, c)
		} else if !within {
			shape = append(shape, '#')
		}
		within = digit
	}
	return append(shape, '\n')
}

// most are the events to keep: the last one, then those that are there most often.
func (g *grouping) most() []LogEvent {
	g.close()
	shapes := make([]string, 0, len(g.events))
	for shape := range g.events {
		shapes = append(shapes, shape)
	}
	slices.SortFunc(shapes, func(a, b string) int {
		return cmp.Or(
			-cmp.Compare(g.weight(a), g.weight(b)),
			cmp.Compare(a, b),
		)
	})
	var out []LogEvent
	for _, shape := range shapes[:min(len(shapes), maxEvents)] {
		e := *g.events[shape]
		e.Text, e.Cause = printableText(redacted(e.Text)), printableText(redacted(e.Cause))
		out = append(out, e)
	}
	return out
}

// weight is how often an event is there; the last one of the log weighs more than all.
func (g *grouping) weight(shape string) int {
	if e := g.events[shape]; e != g.last {
		return e.Count
	}
	return math.MaxInt
}

var (
	// exception is the first line of a stack trace.
	exception = regexp.MustCompile(`^[a-z][\w.]*\.[A-Z][\w$]*(Exception|Error|Throwable|Timeout)\b`)
	// simpleHead is slf4j-simple's "[thread] LEVEL class - message".
	simpleHead = regexp.MustCompile(`^(?:\d+ )?\[[^\]]*\] (TRACE|DEBUG|INFO|WARN|ERROR) \S+ - (.*)`)
	// outer is what kubectl logs --timestamps, container run-times and the journal write before
	// each line.
	outer = regexp.MustCompile(
		`^\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d) (?:std(?:out|err) [FP] )?|^[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ \S+\[\d+\]: `)
)

// bare is a line without what was written before it by others than the server. Most logs have
// nothing of the kind, and a look at two characters tells.
func bare(line string) string {
	if len(line) > len(logStamp) && (line[10] == 'T' || line[3] == ' ') {
		return line[len(outer.FindString(line)):]
	}
	return line
}

// levelIn is WARN, ERROR or FATAL, whichever a head has; "" for another.
func levelIn(head string) string {
	for _, level := range []string{"WARN", "ERROR", "FATAL"} {
		if strings.Contains(head, level) {
			return level
		}
	}
	return ""
}

// headOf takes the first line of an event apart; ok is false for a line that belongs to the one
// above. Its level is "" below WARN.
func headOf(line, at, message string) (e LogEvent, ok bool) {
	if at != "" {
		head := line[:max(strings.LastIndex(line, message), 0)]
		return LogEvent{Level: levelIn(head), Text: message, Count: 1, First: at, Last: at}, true
	}
	if strings.HasPrefix(line, "{") {
		return jsonHead(line)
	}
	if !strings.HasPrefix(line, "[") && !strings.Contains(line, " [") {
		return LogEvent{}, false
	}
	if m := simpleHead.FindStringSubmatch(line); m != nil {
		return LogEvent{Level: levelIn(m[1]), Text: strings.TrimSpace(m[2]), Count: 1}, true
	}
	return LogEvent{}, false
}

// jsonHead takes a line of JSON apart, by the names that the usual layouts have.
func jsonHead(line string) (e LogEvent, ok bool) {
	var fields map[string]any
	if json.Unmarshal([]byte(line), &fields) != nil {
		return LogEvent{}, false
	}
	first := func(names ...string) string {
		for _, name := range names {
			if text, ok := fields[name].(string); ok && text != "" {
				return text
			}
		}
		return ""
	}
	at := first("@timestamp", "timestamp", "time", "asctime")
	e = LogEvent{
		Level: levelIn(strings.ToUpper(first("level", "severity", "levelname"))), Text: first("message", "msg", "log"),
		Count: 1, First: printableText(at), Last: printableText(at),
	}
	for trace := range strings.Lines(first("stack_trace", "exception", "stacktrace", "thrown")) {
		trace = strings.TrimSpace(trace)
		if cause, found := strings.CutPrefix(trace, "Caused by: "); found {
			e.Cause = cause
		} else if e.Cause == "" && exception.MatchString(trace) {
			e.Cause = trace
		}
	}
	return e, e.Text != ""
}
