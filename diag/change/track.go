package change

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Track is what is known of an ensemble that is looked at again and again. The zero value has
// seen nothing.
type Track struct {
	last *Look
	// jumping are the counters that jumped at the last look: one that goes on is told once.
	jumping []spot
}

// Next takes the next look, and returns what changed since the one before: nothing at the first.
func (t *Track) Next(l *Look) []report.Event {
	last := t.last
	t.last = l
	if last == nil {
		return nil
	}
	l.remember(last)
	var out []report.Event
	var jumping []spot
	for _, c := range between(last, l) {
		if c.Kind == report.CounterJumped {
			c.Servers = slices.DeleteFunc(slices.Clone(c.Servers), func(name string) bool {
				at := spot{report.Code(c.Key), name}
				jumping = append(jumping, at)
				return slices.Contains(t.jumping, at)
			})
			if len(c.Servers) == 0 {
				continue
			}
		}
		out = append(out, report.Event{At: l.ended, After: last.began, Change: c})
	}
	t.jumping = jumping
	return out
}
