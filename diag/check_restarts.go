package diag

import (
	"fmt"
	"slices"
	"time"
)

const (
	// justBegun is the age below which a process has hardly begun: an operator who starts a
	// server lets it live for longer than that.
	justBegun = time.Minute
	// startsWithin is a time in which nobody starts a server startsInLoop times by hand.
	startsWithin = 3 * time.Minute
	startsInLoop = 4
	// startsByItself is how many starts systemd has made by itself, one of them between
	// the looks, where that is no accident any more.
	startsByItself = 3
)

var restartLoopRule = Rule{
	Code: RestartLoop, Title: "is started again and again", Needs: "a server's own process, log and unit",
	Explains: slices.Concat(keptOut, []Code{ProcessDown, ServerStarting}),
	Eval:     checkRestarts,
}

// checkRestarts finds a server that ends again and again, and is started each time.
// One start between two looks is an operator's.
func checkRestarts(e *ensemble) result {
	out := e.perHost(func(h *host) ([]Finding, string) {
		loop := e.loop(h)
		if loop == nil {
			return nil, e.loopUnseen(h)
		}
		evidence := append([]Evidence{loop.evidence}, h.serviceEvidence()...)
		return []Finding{{
			Severity: e.hostSeverity(h), Certainty: loop.certainty, Servers: h.servers(),
			Summary:  "it ends soon after each start, and something starts it again and again. While that goes on it is not there, however often a look finds its process.",
			Evidence: append(evidence, h.logged(fatalSigns)...),
			Fix: []Fix{
				{Host: h.name(), Note: "read why it ends: the last lines of its log before each \"Reading configuration from\", and its exit code (systemctl status). Another restart changes nothing"},
				{Host: h.name(), Note: "mend that, and start it once"},
			},
		}}, ""
	})
	for _, h := range e.hosts {
		out.lookAgain = out.lookAgain || e.mayLoop(h)
	}
	return out
}

// loop is what shows that a server is started over and over.
type loop struct {
	certainty Certainty
	evidence  Evidence
}

// loop compares the two looks, and the starts in the log among themselves; nil for no
// loop, or where nothing tells.
func (e *ensemble) loop(h *host) *loop {
	b, then := e.earlierHost(h)
	if b != nil && b.Service.Seen() && h.Service.Seen() {
		was, is := b.Service.Value.Restarts, h.Service.Value.Restarts
		if is > was && (is-was > 1 || is >= startsByItself || then.isYoung(b)) {
			return &loop{Proven, Evidence{
				Source: "systemd", Server: h.name(), Key: h.Service.Value.Unit, Value: fmt.Sprintf("%d restarts by itself, %d before", is, was), Wanted: "none",
			}}
		}
	}
	if h.server != nil && h.server.serving == yes {
		return nil // whoever tries things starts it so often by hand; and it serves now
	}
	if b != nil && then.isYoung(b) && e.isYoung(h) && !h.Process.Started.Equal(b.Process.Started) {
		return &loop{Likely, Evidence{
			Source: "process", Server: h.name(), Key: fmt.Sprintf("pid %d", h.Process.PID),
			Value: fmt.Sprintf("is not pid %d of the look before, and neither lived for a minute", b.Process.PID),
		}}
	}
	if first, last, ok := h.startsInLog(); ok && (e.isYoung(h) || h.Process == nil && h.Looked.Sub(h.Log.Value.Modified) < justBegun) {
		return &loop{Likely, Evidence{
			Source: "log", Server: h.name(), Key: last.Format(time.DateTime),
			Value: fmt.Sprintf("%d starts within %s", startsInLoop, last.Sub(first)), Wanted: "one", File: h.Log.Value.Path,
		}}
	}
	return nil
}

// startsInLog are the times of the first and the last of the newest starts in its log,
// where they are so many and so close that nobody made them by hand.
func (h *host) startsInLog() (first, last time.Time, ok bool) {
	starts := h.Log.Value.Starts
	if !h.Log.Seen() || len(starts) < startsInLoop {
		return first, last, false
	}
	starts = starts[len(starts)-startsInLoop:]
	first, err := time.Parse(time.DateTime, starts[0])
	last, errToo := time.Parse(time.DateTime, starts[len(starts)-1])
	return first, last, err == nil && errToo == nil && !last.Before(first) && last.Sub(first) <= startsWithin
}

// loopUnseen is why it cannot be said that a server is not in a loop.
func (e *ensemble) loopUnseen(h *host) string {
	switch {
	case h.Process == nil && !h.Service.Seen() && !h.Log.Seen():
		return "neither its log nor systemd tells when it was started"
	case h.Process != nil && h.Process.Started.IsZero():
		return "when it was started was not told"
	case e.isYoung(h) && e.before == nil && !h.Log.Seen() && !h.Service.Seen():
		return "one look, and its process has just begun"
	}
	return ""
}

// mayLoop asks for a second look where one start has just failed or begun.
func (e *ensemble) mayLoop(h *host) bool {
	if h.Service.Seen() && h.Service.Value.Sub == "auto-restart" {
		return true
	}
	return e.isYoung(h) && h.server != nil && h.server.serving == no
}

// isYoung reports whether the server's process has just begun.
func (e *ensemble) isYoung(h *host) bool {
	age, ok := h.age(e.snap.Started)
	return ok && age < justBegun
}

// lives reports whether the server's process runs, and goes on running.
func (e *ensemble) lives(h *host) bool { return h.Process != nil && e.loop(h) == nil }

// earlierHost is the same server of the same host in the earlier look, or in that of its
// own host, by its configuration and its addresses; and the look. nil for none.
func (e *ensemble) earlierHost(h *host) (*host, *ensemble) {
	if h.config == nil || !h.Addrs.Seen() || h.Process != nil && h.Process.Container {
		return nil, nil
	}
	return e.findEarlier(func(b *host) bool {
		return b.config != nil && b.config.Path == h.config.Path && slices.Equal(b.Addrs.Value, h.Addrs.Value) &&
			(b.Process == nil || !b.Process.Container)
	})
}
