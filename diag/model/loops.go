package model

import (
	"slices"
	"time"
)

const (
	// justBegun is the age below which a process has hardly begun: an operator who starts a
	// server lets it live for longer than that.
	justBegun = time.Minute
	// startsWithin is a time in which nobody starts a server StartsInLoop times by hand.
	startsWithin = 3 * time.Minute
	// StartsInLoop is how many starts in the log show a loop.
	StartsInLoop = 4
	// startsByItself is how many starts systemd has made by itself, one of them between
	// the looks, where that is no accident any more.
	startsByItself = 3
)

// Loop is what shows that a server is started over and over.
type Loop struct {
	Sign LoopSign
	// Before is the same server in the earlier look; nil with StartsLogged.
	Before *Host
	// First and Last are the times of the first and the last start, with StartsLogged.
	First, Last time.Time
}

// LoopSign is where it shows.
type LoopSign int

const (
	// RestartsCounted: systemd has started it by itself between the looks.
	RestartsCounted LoopSign = iota
	// ProcessesReplaced: each look found another process, neither of them old.
	ProcessesReplaced
	// StartsLogged: its log has many starts, close together.
	StartsLogged
)

// FindLoop compares the two looks, and the starts in the log among themselves; nil for no
// loop, or where nothing shows it.
func (e *Ensemble) FindLoop(h *Host) *Loop {
	b, then := earlierHost(e, h)
	if b != nil && b.Service.Seen() && h.Service.Seen() {
		was, is := b.Service.Value.Restarts, h.Service.Value.Restarts
		if is > was && (is-was > 1 || is >= startsByItself || then.IsYoung(b)) {
			return &Loop{Sign: RestartsCounted, Before: b}
		}
	}
	if h.Server != nil && h.Server.Serving == Yes {
		return nil // whoever tries things starts it so often by hand; and it serves now
	}
	if b != nil && then.IsYoung(b) && e.IsYoung(h) && !h.Process.Started.Equal(b.Process.Started) {
		return &Loop{Sign: ProcessesReplaced, Before: b}
	}
	first, last, ok := h.startsInLog()
	if ok && (e.IsYoung(h) || h.Process == nil && h.Looked.Sub(h.Log.Value.Modified) < justBegun) {
		return &Loop{Sign: StartsLogged, First: first, Last: last}
	}
	return nil
}

// startsInLog are the times of the first and the last of the newest starts in its log,
// where they are so many and so close that nobody made them by hand.
func (h *Host) startsInLog() (first, last time.Time, ok bool) {
	starts := h.Log.Value.Starts
	if !h.Log.Seen() || len(starts) < StartsInLoop {
		return first, last, false
	}
	starts = starts[len(starts)-StartsInLoop:]
	first, err := time.Parse(time.DateTime, starts[0])
	last, errToo := time.Parse(time.DateTime, starts[len(starts)-1])
	return first, last, err == nil && errToo == nil && !last.Before(first) && last.Sub(first) <= startsWithin
}

// IsYoung reports whether the server's process has just begun.
func (e *Ensemble) IsYoung(h *Host) bool {
	age, ok := h.Age(e.Snap.Started)
	return ok && age < justBegun
}

// Lives reports whether the server's process runs, and goes on running.
func (e *Ensemble) Lives(h *Host) bool { return h.Process != nil && e.FindLoop(h) == nil }

// earlierHost is the same server of the same host in the earlier look, or in that of its
// own host, by its configuration and its addresses; and the look. nil for none.
func earlierHost(e *Ensemble, h *Host) (*Host, *Ensemble) {
	if h.Settings == nil || !h.Addrs.Seen() || h.Process != nil && h.Process.Container {
		return nil, nil
	}
	return e.FindEarlier(func(b *Host) bool {
		return b.Settings != nil && b.Settings.Path == h.Settings.Path && slices.Equal(b.Addrs.Value, h.Addrs.Value) &&
			(b.Process == nil || !b.Process.Container)
	})
}
