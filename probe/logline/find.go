package logline

import (
	"slices"
	"strings"
	"sync"
)

// form is one text of a row: its parts, which stand in a line in this order.
type form struct {
	parts   []string
	capture func(line string) Fields
}

// kind is a sign with all forms of its lines.
type kind struct {
	sign   Sign
	atInfo bool
	forms  []form
}

// kinds are the rows with a sign, by precedence. They are built once: the lines of a log
// are many.
var kinds = sync.OnceValue(func() []kind {
	rows := Rows()
	var all []kind
	for _, sign := range precedence() {
		k := kind{sign: sign}
		for _, r := range rows {
			if r.Sign != sign {
				continue
			}
			k.atInfo = r.AtInfo
			for _, text := range r.Texts {
				k.forms = append(k.forms, form{strings.Split(text, Gap), r.capture})
			}
		}
		all = append(all, k)
	}
	return all
})

// Finder finds the signs of the lines of one text.
type Finder struct {
	// above are for lines above the level INFO, all for those of any.
	above, all []kind
}

// In prepares a Finder for a text. A log of 2,000 lines has a few signs at all, and only
// for those is each line looked at.
func In(text string) Finder {
	var f Finder
	for _, k := range kinds() {
		if !slices.ContainsFunc(k.forms, func(f form) bool { return f.scatteredIn(text) }) {
			continue
		}
		f.above = append(f.above, k)
		if k.atInfo {
			f.all = append(f.all, k)
		}
	}
	return f
}

// SignOf is the sign of one line of the text; ok is false for a line that means nothing
// in a log tail.
func (f Finder) SignOf(line string) (sign Sign, ok bool) {
	if len(f.above) == 0 {
		return "", false
	}
	among := f.above
	if strings.Contains(line, " INFO ") || strings.Contains(line, " DEBUG ") {
		among = f.all
	}
	for _, k := range among {
		if !slices.ContainsFunc(k.forms, func(f form) bool { return f.in(line) }) {
			continue
		}
		if k.sign == clientTLS {
			break
		}
		return k.sign, true
	}
	return "", false
}

// Capture takes the fields out of a line of a sign.
func Capture(sign Sign, line string) Fields {
	for _, k := range kinds() {
		if k.sign != sign {
			continue
		}
		for _, f := range k.forms {
			if f.capture != nil && f.in(line) {
				return f.capture(line)
			}
		}
	}
	return Fields{}
}

// scatteredIn reports whether a text has all parts, wherever: without them no line of
// it has them in order.
func (f form) scatteredIn(text string) bool {
	return !slices.ContainsFunc(f.parts, func(part string) bool { return !strings.Contains(text, part) })
}

// in reports whether a line has the parts in their order.
func (f form) in(line string) bool {
	for _, part := range f.parts {
		_, rest, found := strings.Cut(line, part)
		if !found {
			return false
		}
		line = rest
	}
	return true
}
