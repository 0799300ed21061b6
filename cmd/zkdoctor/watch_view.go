package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

// view shows a watch.
type view interface {
	show(now *watched) error
	// wait returns at that time, or when ctx ends.
	wait(ctx context.Context, until time.Time)
	close()
}

// view is a screen on a terminal, and lines elsewhere.
func (c *watchCmd) view(t terminal) view {
	if c.Output == "text" && isTerminal(t.out) && os.Getenv("TERM") != "dumb" {
		return newScreen(t, t.color(c.Color), time.Duration(c.Interval))
	}
	return &lines{t: t, json: c.Output == "json"}
}

// lines writes a line a change.
type lines struct {
	t    terminal
	json bool
	// trouble is what was told last: the same is told once.
	trouble string
}

func (v *lines) show(now *watched) error {
	if now.trouble != "" && now.trouble != v.trouble {
		fail(v.t, errors.New(now.trouble))
	}
	v.trouble = now.trouble
	for i := range now.events {
		if err := v.line(&now.events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (v *lines) line(e *report.Event) error {
	if v.json {
		return render.EventJSON(v.t.out, e)
	}
	_, err := io.WriteString(v.t.out, render.EventLine(e)+"\n")
	return err
}

func (*lines) wait(ctx context.Context, until time.Time) {
	sleepFor(ctx, time.Until(until))
}

func (*lines) close() {}
