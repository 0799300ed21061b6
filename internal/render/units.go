package render

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// timeForm is the only form of a time: UTC, to the second.
const timeForm = "2006-01-02T15:04:05Z"

// clockForm is a time on a screen on which the date stands already.
const clockForm = "15:04:05Z"

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// utc writes a time, nothing when there is none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return clean(t.UTC().Format(timeForm), maxWord)
}

// seconds writes milliseconds as "0.3 s".
func seconds(ms int64) string {
	return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) + " s"
}

// age writes seconds for a column: 14s, 5m, 3h12m, 12d.
func age(s int64) string {
	switch {
	case s < 0:
		return "?"
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm", s/60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%dd", s/86400)
}

// ageLong writes seconds for a sentence: 14 s, 5 min, 3 h 12 min, 12 days.
func ageLong(s int64) string {
	switch {
	case s < 0:
		return "an unknown time"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min", s/60)
	case s < 86400:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	}
	return plural(int(s/86400), "day")
}

// millis writes milliseconds without their unit: a decimal below 10, and no
// digits that nobody reads.
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
	return itoa(n) + " " + one + "s"
}
