package snapshot

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxForeign is how much of another program's text a sentence of ours may carry.
const MaxForeign = 80

// Printable is text with everything unprintable escaped, at most limit bytes
// long: it comes from the network and goes to a terminal.
func Printable(text string, limit int) string {
	if len(text) <= limit && !strings.ContainsFunc(text, Unprintable) {
		return text
	}
	const more = "..."
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		piece := text[:size]
		if r == utf8.RuneError && size == 1 {
			piece = fmt.Sprintf(`\x%02x`, text[0])
		} else if Unprintable(r) {
			piece = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		if b.Len()+len(piece) > limit-len(more) {
			b.WriteString(more)
			break
		}
		b.WriteString(piece)
		text = text[size:]
	}
	return b.String()
}

// Unprintable covers broken UTF-8 too, since it decodes to RuneError.
func Unprintable(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError }

// Quoted is text from outside between quotation marks, safe to print.
func Quoted[T string | []byte](text T) string {
	return `"` + Printable(string(text[:min(len(text), 2*MaxForeign)]), MaxForeign) + `"`
}

// FirstLine is the first line that is not blank.
func FirstLine(data []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte("\n"))
	return bytes.TrimRight(line, "\r")
}
