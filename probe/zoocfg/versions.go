package zoocfg

import (
	"cmp"
	"strconv"
	"strings"
)

// Concerns reports whether a range of versions, as in Problem.Versions, holds
// a version such as "3.4.10" or "3.8.0-beta". A range is "" (every version),
// "3.4", "3.5+", "3.5-3.8" or, where a release in between changed it, "3.5.6+" or
// "3.5.0-3.5.7"; several are parted by commas. A version without its last number
// ("3.5") is in a range when any of its releases is. When the version is not known
// (""), only "" does.
func Concerns(versions, version string) bool {
	if versions == "" {
		return true
	}
	v, ok := numbers(version)
	if !ok {
		return false
	}
	for one := range strings.SplitSeq(versions, ",") {
		if within(one, v) {
			return true
		}
	}
	return false
}

// within reports whether a version is in one range.
func within(versions string, v []int) bool {
	first, last, closed := strings.Cut(strings.TrimSuffix(versions, "+"), "-")
	from, ok := numbers(first)
	if !ok || compare(v, from) < 0 {
		return false
	}
	if strings.HasSuffix(versions, "+") {
		return true
	}
	if !closed {
		last = first
	}
	to, ok := numbers(last)
	return ok && compare(v, to) <= 0
}

// compare looks only at the numbers that both have.
func compare(a, b []int) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
}

// numbers reads x.y or x.y.z, with whatever follows a hyphen.
func numbers(version string) ([]int, bool) {
	version, _, _ = strings.Cut(version, "-")
	parts := strings.Split(version, ".")
	if len(parts) < 2 {
		return nil, false
	}
	all := make([]int, 0, 3)
	for _, part := range parts[:min(len(parts), 3)] {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// Released reports whether zkdoctor knows a release, or a line of them as "3.9": those
// from 3.4 on, and 3.10, of which the source is read. What follows a hyphen, as the name of
// who packed it, is not looked at.
func Released(version string) bool {
	v, ok := numbers(version)
	if !ok || v[0] != 3 {
		return false
	}
	last, known := map[int]int{4: 14, 5: 10, 6: 4, 7: 2, 8: 7, 9: 6, 10: 0}[v[1]]
	return known && (len(v) == 2 || v[2] >= 0 && v[2] <= last)
}
