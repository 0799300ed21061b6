package exporter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/zkdoctor/zkdoctor/diag"
)

// Caps on foreign text in characters, after escaping.
const (
	maxProse   = 800
	maxValue   = 240
	maxWord    = 48
	maxCommand = 4096
)

// visible makes foreign text safe to read: printable ASCII stays, everything else
// (control bytes, bidi marks, line ends, invalid UTF-8) is written out. The
// result is at most limit characters long; its middle gives way.
func visible(s string, limit int) string {
	if len(s) > 8*limit { // an escape needs at most 10 characters for 4 bytes
		s = s[:4*limit] + s[len(s)-4*limit:]
	}
	return cutMiddle(escaped(s, func(r rune) bool { return r >= ' ' && r < 0x7f }), limit)
}

// shownName is the name of an ensemble. It is the user's own, so letters of all
// scripts stay; marks that change the direction of writing do not.
func shownName(s string) string {
	const limit = 120
	if len(s) > 4*limit {
		s = s[:2*limit] + s[len(s)-2*limit:]
	}
	return cutMiddle(escaped(s, unicode.IsPrint), limit)
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

// cutMiddle shortens text to n characters by leaving out its middle.
func cutMiddle(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	tail := (n - 2) / 2
	return string(runes[:n-2-tail]) + ".." + string(runes[len(runes)-tail:])
}

// anchor is the fragment of an ensemble in the page's address: the same as long
// as its name is.
func anchor(name string) string {
	const longest = 80
	var b strings.Builder
	b.WriteString("e-")
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	if b.Len() > longest {
		sum := sha256.Sum256([]byte(name))
		return "e_" + hex.EncodeToString(sum[:12])
	}
	return b.String()
}

// The classes of a mark; the words beside them say the same.
const (
	classCrit    = "crit"
	classUnknown = "unknown"
	classWarn    = "warn"
	classOK      = "ok"
)

// mark is a state in words, and its colour.
type mark struct {
	Words, Class string

	rank int // the worst first
}

func markOf(code int) mark {
	switch code {
	case 0:
		return mark{"OK", classOK, 3}
	case 1:
		return mark{"WARN", classWarn, 2}
	case 2:
		return mark{"CRIT", classCrit, 0}
	}
	return mark{"UNKNOWN", classUnknown, 1}
}

// ensembleMark is the state of an ensemble. An old verdict says nothing about now,
// unless it was bad news.
func ensembleMark(e *pageEnsemble, now time.Time) mark {
	if e.Report == nil {
		b := markOf(3)
		b.Words = "NOT SEEN YET"
		return b
	}
	v := &e.Report.Verdict
	b := markOf(v.ExitCode)
	if state := v.State.Word(); state != b.Words {
		b.Words += " " + state
	}
	if now.Sub(e.LookedAt) > staleAfter {
		if b.rank > 1 {
			b.rank, b.Class = 1, classUnknown
		}
		b.Words = "OLD, was " + b.Words
	}
	return b
}

// severityMark is the mark of one finding.
func severityMark(s diag.Severity) mark {
	switch s {
	case diag.Critical:
		return markOf(2)
	case diag.Warning:
		return markOf(1)
	default:
		return mark{"note", "note", 4}
	}
}

// titleOf is the title of the page, which a browser shows on a narrow tab: the
// worst news first.
func titleOf(rows []*indexRow) string {
	if len(rows) == 0 {
		return "no ensembles - zkdoctor"
	}
	title, more := rows[0].Words+" "+rows[0].Shown, 0
	for _, r := range rows[1:] {
		if r.Class != classOK {
			more++
		}
	}
	switch {
	case len(rows) > 1 && rows[0].Class == classOK:
		title = "OK " + strconv.Itoa(len(rows)) + " ensembles"
	case more > 0:
		title += " and " + strconv.Itoa(more) + " more"
	}
	return title + " - zkdoctor"
}

// headlineOf counts the ensembles by state.
func headlineOf(rows []*indexRow) string {
	switch len(rows) {
	case 0:
		return "No ensembles are configured"
	case 1:
		return "ZooKeeper status"
	}
	counts := map[string]int{}
	var words []string
	for _, r := range rows {
		w := r.Words
		if counts[w] == 0 {
			words = append(words, w)
		}
		counts[w]++
	}
	for i, w := range words {
		words[i] = strconv.Itoa(counts[w]) + " " + w
	}
	return strconv.Itoa(len(rows)) + " ensembles: " + strings.Join(words, ", ")
}

// utc writes a time to the second, nothing when there is none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// ago writes how long ago something was.
func ago(d time.Duration) string {
	if d < time.Second {
		return "just now"
	}
	return span(int64(d.Seconds())) + " ago"
}

// span writes seconds: 14 s, 5 min, 3 h 12 min, 12 days.
func span(s int64) string {
	switch {
	case s < 0:
		return "?"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min", s/60)
	case s < 86400:
		return fmt.Sprintf("%d h %02d min", s/3600, s/60%60)
	case s < 2*86400:
		return "1 day"
	}
	return fmt.Sprintf("%d days", s/86400)
}

// millis writes milliseconds without their unit, and no digits that nobody reads.
func millis(f *float64) string {
	switch {
	case f == nil || math.IsNaN(*f) || math.IsInf(*f, 0):
		return "?"
	case math.Abs(*f) >= 1e7:
		return strconv.FormatFloat(*f, 'e', 1, 64)
	case math.Abs(*f) < 10 && *f != math.Trunc(*f):
		return strconv.FormatFloat(*f, 'f', 1, 64)
	}
	return strconv.FormatFloat(*f, 'f', 0, 64)
}

// plural is "1 look", "2 looks".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// word is a foreign value of one word, empty when not known.
func word(s *string) string {
	if s == nil {
		return ""
	}
	return visible(*s, 20)
}
