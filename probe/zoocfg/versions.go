package zoocfg

import (
	"strconv"
	"strings"
)

// Concerns reports whether a range of versions, as in Problem.Versions, holds
// a version such as "3.4.10" or "3.8.0-beta". A range is "" (every version),
// "3.4", "3.5+" or "3.5-3.8". When the version is not known (""), only "" does.
func Concerns(versions, version string) bool {
	if versions == "" {
		return true
	}
	minor, ok := minorOf(version)
	if !ok {
		return false
	}
	first, last, closed := strings.Cut(strings.TrimSuffix(versions, "+"), "-")
	from, ok := minorOf(first)
	if !ok || minor < from {
		return false
	}
	if strings.HasSuffix(versions, "+") {
		return true
	}
	if !closed {
		return minor == from
	}
	to, ok := minorOf(last)
	return ok && minor <= to
}

// minorOf reads x.y of x.y.z as x*1000 + y.
func minorOf(version string) (int, bool) {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	x, err1 := strconv.Atoi(major)
	y, err2 := strconv.Atoi(minor)
	return x*1000 + y, err1 == nil && err2 == nil
}
