package zoocfg

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// numberFormat is java.lang.NumberFormatException; its text is Java's.
func numberFormat(text string) error { return fatal{NotANumber, `For input string: "` + text + `"`} }

// javaLong is Long.parseLong(text): an optional sign and decimal digits of any
// script (full-width ones too), no blanks.
func javaLong(text string) (int64, error) { return javaParse(text, 64) }

// javaInt is Integer.parseInt(text).
func javaInt(text string) (int, error) {
	n, err := javaParse(text, 32)
	return int(n), err
}

func javaParse(text string, bits int) (int64, error) {
	n, err := strconv.ParseInt(strings.Map(asciiDigit, text), 10, bits)
	if err != nil {
		return 0, numberFormat(text)
	}
	return n, nil
}

// asciiDigit maps any decimal digit to its ASCII one. The tables of unicode.Nd
// are runs of ten that begin with a zero. Java looks at UTF-16 units, so digits
// above U+FFFF are none.
func asciiDigit(r rune) rune {
	if r < 0x80 || r > math.MaxUint16 {
		return r
	}
	for _, run := range unicode.Nd.R16 {
		if uint16(r) >= run.Lo && uint16(r) <= run.Hi {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return r
}

// javaTrim is String.trim: anything up to U+0020 goes.
func javaTrim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
}

// javaSplit is String.split for a single character: empty parts at the end
// are dropped, and a text without the separator is its own only part.
func javaSplit(text string, separator string) []string {
	parts := strings.Split(text, separator)
	if len(parts) == 1 {
		return parts
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// onlyTrue is Boolean.getBoolean.
func onlyTrue(text string) (value, known bool) {
	value = strings.EqualFold(text, "true")
	return value, value || strings.EqualFold(text, "false")
}

// decode is Long.decode: decimal, hexadecimal or octal.
func decode(text string, bits int) (int64, error) {
	sign, digits := "", text
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		sign, digits = text[:1], text[1:]
	}
	if hex, found := strings.CutPrefix(digits, "#"); found {
		return strconv.ParseInt(sign+hex, 16, bits)
	}
	lower := strings.ToLower(digits)
	if strings.Contains(lower, "_") || strings.HasPrefix(lower, "0b") || strings.HasPrefix(lower, "0o") {
		return 0, numberFormat(text) // of Go alone
	}
	return strconv.ParseInt(text, 0, bits)
}
