package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// formatted is a value with Grafana's units, as far as the dashboards use them.
func formatted(v float64, unit string) string {
	if suffix, ok := strings.CutPrefix(unit, "suffix:"); ok {
		return number(v) + suffix
	}
	switch unit {
	case "percentunit":
		return number(v*100) + " %"
	case "reqps":
		return number(v) + "/s"
	case "dtdurations":
		return time.Duration(v * float64(time.Second)).Round(time.Second).String()
	case "s":
		return scaled(v, []scale{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}})
	case "bytes":
		return scaled(v, []scale{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}})
	}
	return number(v)
}

type scale struct {
	size float64
	name string
}

// scaled takes the largest unit that the value fills, or the last.
func scaled(v float64, scales []scale) string {
	if v == 0 {
		return "0"
	}
	for i, s := range scales {
		if math.Abs(v) >= s.size || i == len(scales)-1 {
			return number(v/s.size) + " " + s.name
		}
	}
	return number(v)
}

// number has three digits that count.
func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	if math.Abs(v) >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// grey is for what has no colour of its own.
const grey = "#8E8E8E"

// ink is black or white, whichever can be read on a colour (#RRGGBB).
func ink(color string) string {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil {
		return "inherit"
	}
	light := func(shift uint) float64 { return math.Pow(float64(rgb>>shift&0xff)/255, 2.2) }
	// Where both have the same contrast, as WCAG 2 counts it.
	if 0.2126*light(16)+0.7152*light(8)+0.0722*light(0) > 0.179 {
		return "#000"
	}
	return "#fff"
}
