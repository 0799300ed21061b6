// Package asciijson writes JSON of which a terminal obeys nothing.
package asciijson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Write writes a value, and a newline at its end, indented by indent where that is not empty.
// Everything beyond printable ASCII is escaped, as JSON allows: what others sent may be
// looked at on a terminal, which obeys more than the controls that JSON itself escapes. What is
// read back is the same.
func Write(w io.Writer, value any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	_, err := w.Write(escaped(b.Bytes()))
	return err
}

// escaped escapes what is not printable ASCII. Outside of strings JSON is, so every such byte
// is within one.
func escaped(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r < 0x7f:
			out = append(out, b[0])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}
