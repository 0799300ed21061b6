package snapshot

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
