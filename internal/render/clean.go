package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Caps on foreign text in characters, after escaping. A myid file may hold a
// megabyte; a screen may not.
const (
	maxProse   = 800
	maxValue   = 240
	maxWord    = 40
	maxCode    = 32
	maxCommand = 4096
)

// clean makes foreign text safe to print on any terminal: printable ASCII stays,
// everything else (control bytes, escape sequences, bidi marks, line ends,
// invalid UTF-8) is written out. The result is at most limit characters long.
func clean(s string, limit int) string {
	if len(s) > 8*limit { // an escape needs at most 10 characters for 4 bytes
		s = s[:4*limit] + s[len(s)-4*limit:]
	}
	return cut(escape(s), limit)
}

// shownName is the name of an ensemble. It is the user's own, so letters of all
// scripts stay; marks that change the direction of writing do not.
func shownName(s string) string {
	const limit = 120
	if len(s) > 4*limit {
		s = s[:2*limit] + s[len(s)-2*limit:]
	}
	return cut(escaped(s, unicode.IsPrint), limit)
}

// escape writes out everything that is not printable ASCII.
func escape(s string) string {
	if plain(s) {
		return s
	}
	return escaped(s, func(r rune) bool { return r >= ' ' && r < 0x7f })
}

// escaped writes out every character that may not stay.
func escaped(s string, stays func(rune) bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case stays(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r <= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

// plain reports whether s is printable ASCII throughout.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cut shortens text to n characters by leaving out its middle: both ends of a
// name or of a path tell more than its middle does. Three dots: between the parts of a path
// two are the directory above.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	switch tail := (n - 3) / 2; {
	case len(r) <= n:
		return s
	case n <= 5:
		return string(r[:max(n, 0)])
	default:
		return string(r[:n-3-tail]) + "..." + string(r[len(r)-tail:])
	}
}

// slug returns the code of a finding, which ends up behind "zkdoctor explain".
func slug(c report.Code) string { return clean(string(c), maxCode) }
