package diag

import (
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

// loop is what shows that a server is started over and over.
type loop struct {
	sign loopSign
	// before is the same server in the earlier look; nil with startsLogged.
	before *host
	// first and last are the times of the starts with startsLogged.
	first, last time.Time
}

// loopSign is where it shows.
type loopSign int

const (
	// restartsCounted: systemd has started it by itself between the looks.
	restartsCounted loopSign = iota
	// processesReplaced: each look found another process, neither of them old.
	processesReplaced
	// startsLogged: its log has many starts, close together.
	startsLogged
)

// findLoop compares the two looks, and the starts in the log among themselves; nil for no
// loop, or where nothing tells.
func (e *ensemble) findLoop(h *host) *loop {
	b, then := e.earlierHost(h)
	if b != nil && b.Service.Seen() && h.Service.Seen() {
		was, is := b.Service.Value.Restarts, h.Service.Value.Restarts
		if is > was && (is-was > 1 || is >= startsByItself || then.isYoung(b)) {
			return &loop{sign: restartsCounted, before: b}
		}
	}
	if h.server != nil && h.server.serving == yes {
		return nil // whoever tries things starts it so often by hand; and it serves now
	}
	if b != nil && then.isYoung(b) && e.isYoung(h) && !h.Process.Started.Equal(b.Process.Started) {
		return &loop{sign: processesReplaced, before: b}
	}
	if first, last, ok := h.startsInLog(); ok && (e.isYoung(h) || h.Process == nil && h.Looked.Sub(h.Log.Value.Modified) < justBegun) {
		return &loop{sign: startsLogged, first: first, last: last}
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

// isYoung reports whether the server's process has just begun.
func (e *ensemble) isYoung(h *host) bool {
	age, ok := h.age(e.snap.Started)
	return ok && age < justBegun
}

// lives reports whether the server's process runs, and goes on running.
func (e *ensemble) lives(h *host) bool { return h.Process != nil && e.findLoop(h) == nil }

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
