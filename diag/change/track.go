package change

import (
	"maps"
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

// Next takes the next look, and returns what changed since the one before. At the first these are
// the verdict, from nothing, and the findings above info.
func (t *Track) Next(l *Look) []report.Event {
	last := t.last
	t.last = l
	if last == nil {
		return l.first()
	}
	l.remember(last)
	var out []report.Event
	var jumping []spot
	for _, c := range between(last, l) {
		if c.Kind == report.VerdictChanged {
			c.Text = l.moment.Summary
		}
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

// first is what a watch begins with.
func (l *Look) first() []report.Event {
	list := []report.Change{{Kind: report.VerdictChanged, To: string(l.moment.State), Text: l.moment.Summary}}
	for _, c := range findingChanges(&Look{}, l) {
		if c.Severity != report.Info {
			list = append(list, c)
		}
	}
	out := make([]report.Event, len(list))
	for i, c := range list {
		out[i] = report.Event{At: l.ended, After: l.began, Change: c}
	}
	return out
}

// Rates are what servers did a second since the look before this one; nil at the first.
func (t *Track) Rates(l *Look) []report.Rate {
	if t.last == nil {
		return nil
	}
	return rates(t.last, l)
}

// remember fills in what this check did not show and an earlier one did, so that a server that
// was out is compared with what it was before.
func (l *Look) remember(before *Look) {
	if l.epoch == nil {
		l.epoch = before.epoch
	}
	for at, f := range before.findings {
		if _, has := l.findings[at]; !has && l.notJudged(at) != "" {
			l.findings[at] = f // until a check can say again whether it is there
		}
	}
	for path, file := range before.files {
		if _, read := l.files[path]; !read {
			l.files[path] = maps.Clone(file)
		}
	}
	for i := range l.servers {
		s := &l.servers[i]
		b := before.find(s.name)
		if b == nil {
			continue
		}
		if s.version == "" {
			s.version = b.version
		}
		if s.conf == nil {
			s.conf = b.conf
		}
		if s.members == nil {
			s.members, s.votersOnly = b.members, b.votersOnly
		}
		if s.since == nil {
			s.since = b.since
		}
		if s.elections == nil {
			s.elections = b.elections
		}
		if s.process == nil {
			s.process = b.process
		}
		if s.counters == nil {
			s.counters = b.counters
		}
	}
}
