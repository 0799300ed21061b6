package zoocfg

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Property is one key and its value.
type Property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	// Line is where the key begins, 1-based.
	Line int `json:"line"`
}

// errMalformed is the text of the IllegalArgumentException of
// java.util.Properties.loadConvert.
var errMalformed = fatal{BadEscape, `Malformed \uxxxx encoding.`}

// ParseProperties reads data as java.util.Properties.load(InputStream) does:
// ISO-8859-1, \uXXXX escapes, continued lines, the separators '=', ':' and
// blank, comments with '#' and '!'. A byte order mark is not stripped. The
// answer is in file order and keeps duplicates. Where Java gives up (a
// malformed \u escape) the escape is taken as it is written.
func ParseProperties(data []byte) []Property {
	properties, _ := loadProperties(data)
	return properties
}

// oddLines are lines that are not what they look like.
type oddLines struct {
	malformed []int // Java gives up there
	utf8      []int // they only look right in UTF-8
	escapes   []int // a backslash in the value makes something else of a letter
}

// loadProperties is ParseProperties, with the lines that are odd.
func loadProperties(data []byte) (properties []Property, odd oddLines) {
	r := lineReader{data: data, line: 1}
	for {
		line, number, ok := r.next()
		if !ok {
			return properties, odd
		}
		key, value := splitProperty(line)
		k, err1 := unescape(key)
		v, err2 := unescape(value)
		switch {
		case err1 != nil || err2 != nil:
			odd.malformed = append(odd.malformed, number)
		case escapesLetter(value):
			odd.escapes = append(odd.escapes, number)
		}
		if !isASCII(line) && utf8.Valid(line) {
			odd.utf8 = append(odd.utf8, number)
		}
		properties = append(properties, Property{Key: k, Value: v, Line: number})
	}
}

// lineReader yields logical lines, as Properties.LineReader does.
type lineReader struct {
	data []byte
	off  int
	line int // of data[off], 1-based
	buf  []byte
}

// next returns a logical line, without leading blanks and with its
// continuations, and the number of the natural line on which it begins. The
// line is valid until the next call.
func (r *lineReader) next() (line []byte, number int, ok bool) {
	r.buf = r.buf[:0]
	skipBlanks, continued, backslash := true, false, false
	for r.off < len(r.data) {
		c, here := r.data[r.off], r.line
		r.advance()
		if skipBlanks {
			if isBlank(c) || (!continued && isEOL(c)) {
				continue
			}
			skipBlanks, continued = false, false
		}
		switch {
		case len(r.buf) == 0 && (c == '#' || c == '!'):
			r.skipLine()
			skipBlanks = true
		case !isEOL(c):
			if len(r.buf) == 0 {
				number = here
			}
			r.buf = append(r.buf, c)
			backslash = c == '\\' && !backslash
		case len(r.buf) == 0:
			skipBlanks = true
		case backslash && r.off < len(r.data):
			r.buf = r.buf[:len(r.buf)-1]
			skipBlanks, continued, backslash = true, true, false
			if c == '\r' && r.data[r.off] == '\n' {
				r.advance()
			}
		default:
			return trimLast(r.buf, backslash), number, true
		}
	}
	if len(r.buf) == 0 {
		return nil, 0, false
	}
	return trimLast(r.buf, backslash), number, true
}

// advance steps over one byte; CR LF counts as one line end.
func (r *lineReader) advance() {
	c := r.data[r.off]
	r.off++
	if c == '\n' || (c == '\r' && (r.off == len(r.data) || r.data[r.off] != '\n')) {
		r.line++
	}
}

// skipLine steps over the rest of a comment and its line end.
func (r *lineReader) skipLine() {
	i := bytes.IndexAny(r.data[r.off:], "\r\n")
	if i < 0 {
		r.off = len(r.data)
		return
	}
	r.off += i
	r.advance()
}

func trimLast(line []byte, backslash bool) []byte {
	if backslash {
		return line[:len(line)-1]
	}
	return line
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }

func isEOL(c byte) bool { return c == '\n' || c == '\r' }

// splitProperty cuts a logical line at the first separator that is not
// escaped, and drops the blanks around it, as Properties.load0 does.
func splitProperty(line []byte) (key, value []byte) {
	end, separated, backslash := 0, false, false
	for end < len(line) {
		c := line[end]
		if !backslash && (c == '=' || c == ':' || isBlank(c)) {
			break
		}
		backslash = c == '\\' && !backslash
		end++
	}
	start := end
	for start < len(line) {
		c := line[start]
		if !isBlank(c) {
			if separated || (c != '=' && c != ':') {
				break
			}
			separated = true
		}
		start++
	}
	return line[:end], line[start:]
}

// unescape decodes ISO-8859-1 and resolves escapes, as Properties.loadConvert
// does. A surrogate without its other half becomes U+FFFD.
func unescape(text []byte) (string, error) {
	if isASCII(text) && bytes.IndexByte(text, '\\') < 0 {
		return string(text), nil
	}
	var err error
	units := make([]uint16, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			units = append(units, uint16(c))
			continue
		}
		i++
		switch c = text[i]; c {
		case 'u':
			unit, ok := hex4(text[i+1:])
			if !ok {
				err = errMalformed
				units = append(units, '\\', 'u')
				continue
			}
			units = append(units, unit)
			i += 4
		case 't':
			units = append(units, '\t')
		case 'r':
			units = append(units, '\r')
		case 'n':
			units = append(units, '\n')
		case 'f':
			units = append(units, '\f')
		default:
			units = append(units, uint16(c))
		}
	}
	return string(utf16.Decode(units)), err
}

// escapesLetter reports whether a backslash stands before a letter or a digit that is not
// the u of an escape: nobody wants a tab or a line end in a value, and any other loses its
// backslash.
func escapesLetter(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		c := text[i] | 0x20
		if c >= 'a' && c <= 'z' && text[i] != 'u' || text[i] >= '0' && text[i] <= '9' {
			return true
		}
	}
	return false
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func hex4(text []byte) (unit uint16, ok bool) {
	if len(text) < 4 {
		return 0, false
	}
	for _, c := range text[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | uint16(c)
	}
	return unit, true
}
