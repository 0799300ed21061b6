package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/zkdoctor/zkdoctor/internal/render"
)

// What a terminal is told: the screen that programs have for themselves (and afterwards the one
// that was there before), without a cursor; to begin at the top; and to clear what is left of a
// line, and of the screen. Every terminal since the VT220 obeys these.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	toTop       = "\x1b[H"
	clearLine   = "\x1b[K"
	clearBelow  = "\x1b[J"
)

// mostEvents is how many changes the screen remembers.
const mostEvents = 100

// screen is the view on a terminal.
type screen struct {
	t      terminal
	color  bool
	shown  render.Watch
	resize chan os.Signal
	// last is what was written, so that it can be said once more when the screen is left.
	last []string
}

func newScreen(t terminal, color bool, every time.Duration) *screen {
	v := &screen{t: t, color: color, resize: make(chan os.Signal, 1)}
	v.shown.Since, v.shown.Every = time.Now(), every
	notifyResize(v.resize)
	_, _ = io.WriteString(t.out, enterScreen)
	return v
}

func (v *screen) show(now *watched) error {
	v.shown.Trouble = now.trouble
	if now.report != nil {
		v.shown.Report, v.shown.Rates = now.report, now.rates
		v.shown.Events = append(v.shown.Events, now.events...)
		v.shown.Events = slices.Clone(v.shown.Events[max(0, len(v.shown.Events)-mostEvents):])
	}
	return v.draw()
}

// draw writes the screen over the one that is there.
func (v *screen) draw() error {
	if v.shown.Report == nil {
		return nil
	}
	columns, rows, err := term.GetSize(int(v.t.out.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		columns, rows = 80, 24
	}
	v.last = render.Screen(v.shown, render.Options{Width: columns, Color: v.color}, rows)
	var b strings.Builder
	b.WriteString(toTop)
	for i, line := range v.last[:min(len(v.last), rows)] {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(render.CutTo(line, columns) + clearLine)
	}
	b.WriteString(clearBelow)
	_, err = io.WriteString(v.t.out, b.String())
	return err
}

// wait draws again when the terminal has another size.
func (v *screen) wait(ctx context.Context, until time.Time) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-v.resize:
			_ = v.draw() // the next check finds out what is wrong with the terminal
		}
	}
}

// close gives the terminal back as it was, and leaves on it what the screen showed last.
func (v *screen) close() {
	signal.Stop(v.resize)
	var b strings.Builder
	b.WriteString(leaveScreen)
	for _, line := range v.last[:max(len(v.last)-1, 0)] {
		if line != "" {
			b.WriteString(line + "\r\n")
		}
	}
	_, _ = io.WriteString(v.t.out, b.String())
}
