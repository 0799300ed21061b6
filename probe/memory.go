package probe

import (
	"math"
	"strconv"
	"strings"
)

// Memory is what a server's process has of it, in bytes, and what else it is limited to.
type Memory struct {
	// MaxHeap is the largest heap that its command line allows (-Xmx, -XX:MaxHeapSize);
	// 0 where it says nothing: Java then takes a quarter of what there is.
	MaxHeap uint64 `json:"max_heap,omitempty"`
	// Resident is what it has in memory, and Swapped what was taken from there.
	Resident uint64 `json:"resident"`
	Swapped  uint64 `json:"swapped"`
	// Files is how many files and connections it may have open (RLIMIT_NOFILE, the soft
	// one); 0 where that was not told, or there is no limit.
	Files uint64 `json:"files,omitempty"`
	// Physical is the memory of the host; 0 where that was not told.
	Physical uint64 `json:"physical"`
	// Group is what its control group may have.
	Group Obs[MemoryGroup] `json:"group"`
}

// MemoryGroup is a control group, version 1 or 2.
type MemoryGroup struct {
	// Path is that of the group in its hierarchy.
	Path string `json:"path"`
	// Limit is the lowest of its own and of those above it; 0 for none.
	Limit uint64 `json:"limit"`
	// Used is what the group uses, caches of files among it.
	Used uint64 `json:"used"`
	// Kills is how often the kernel has killed in the group for want of memory, not
	// tried where it does not count that (before Linux 4.13).
	Kills Obs[uint64] `json:"kills"`
}

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
	shift := 0
	switch strings.ToLower(s[len(digits):]) {
	case "":
	case "k":
		shift = 10
	case "m":
		shift = 20
	case "g":
		shift = 30
	case "t":
		shift = 40
	default:
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > math.MaxUint64>>shift {
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
