package thishost

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxHeap is the size that the last of -Xmx and -XX:MaxHeapSize sets, which counts; 0
// for none, or where Java would not take it.
func maxHeap(args []string) uint64 {
	var heap uint64
	for _, arg := range args {
		for _, flag := range []string{"-Xmx", "-XX:MaxHeapSize="} {
			if value, ok := strings.CutPrefix(arg, flag); ok {
				heap = javaSize(value)
			}
		}
	}
	return heap
}

// javaSize reads a number of bytes as Java takes it: 512m, 4G.
func javaSize(s string) uint64 {
	digits := strings.TrimRight(s, "kKmMgGtT")
	power := slices.Index([]string{"", "k", "m", "g", "t"}, strings.ToLower(s[len(digits):]))
	shift := 10 * max(power, 0)
	n, err := strconv.ParseUint(digits, 10, 64)
	if power < 0 || err != nil || n > math.MaxUint64>>shift {
		return 0
	}
	return n << shift
}

// unlimited is the least number that means no limit in version 1 of control groups,
// which has no word for it: the largest multiple of a page that fits, or near it.
const unlimited = 1 << 62

// parseLimit reads memory.max, or memory.limit_in_bytes; 0 for no limit.
func parseLimit(text string) (uint64, bool) {
	text = strings.TrimSpace(text)
	if text == "max" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if n >= unlimited {
		n = 0
	}
	return n, err == nil
}

// parseKills reads the line oom_kill of memory.events, or of memory.oom_control.
func parseKills(text string) (uint64, bool) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "oom_kill "); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
