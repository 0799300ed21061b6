package thishost

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/procfs"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// memoryOf looks at the memory of a process with that command line.
func memoryOf(pid int, args []string) snapshot.Obs[snapshot.Memory] {
	path := filepath.Join(procOf(pid), "status")
	proc, err := procfs.NewProc(pid)
	if err != nil {
		return snapshot.Failed[snapshot.Memory](fileFailure(path, err), 0)
	}
	status, err := proc.NewStatus()
	if err != nil {
		return snapshot.Failed[snapshot.Memory](fileFailure(path, err), 0)
	}
	m := snapshot.Memory{MaxHeap: maxHeap(args), Resident: status.VmRSS, Swapped: status.VmSwap}
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if info, err := fs.Meminfo(); err == nil && info.MemTotalBytes != nil {
			m.Physical = *info.MemTotalBytes
		}
	}
	if limits, err := proc.Limits(); err == nil && limits.OpenFiles < unlimited {
		m.Files = limits.OpenFiles
	}
	m.Group = memoryGroup("/sys/fs/cgroup", proc)
	return snapshot.Saw(m, 0)
}

// memoryGroup looks at the control group of a process that counts memory.
func memoryGroup(root string, proc procfs.Proc) snapshot.Obs[snapshot.MemoryGroup] {
	groups, err := proc.Cgroups()
	if err != nil {
		return snapshot.Failed[snapshot.MemoryGroup](fileFailure(filepath.Join(procOf(proc.PID), "cgroup"), err), 0)
	}
	// In a mixture of both versions memory belongs to version 1.
	i := slices.IndexFunc(groups, func(g procfs.Cgroup) bool { return slices.Contains(g.Controllers, "memory") })
	files := groupFiles{
		filepath.Join(root, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control",
	}
	if i < 0 {
		i = slices.IndexFunc(groups, func(g procfs.Cgroup) bool { return g.HierarchyID == 0 })
		files = groupFiles{root, "memory.max", "memory.current", "memory.events"}
	}
	if i < 0 || strings.Contains(groups[i].Path, "..") {
		return snapshot.Failed[snapshot.MemoryGroup](&snapshot.Failure{Kind: snapshot.Absent, Text: "its control group is not one that is seen from here"}, 0)
	}
	return files.read(groups[i].Path)
}

// groupFiles are the names of one version.
type groupFiles struct{ root, limit, used, kills string }

func (f groupFiles) read(path string) snapshot.Obs[snapshot.MemoryGroup] {
	dir := filepath.Join(f.root, path)
	if _, err := os.Stat(dir); err != nil {
		return snapshot.Failed[snapshot.MemoryGroup](fileFailure(dir, err), 0)
	}
	g := snapshot.MemoryGroup{Path: path}
	for above := dir; len(above) >= len(f.root); above = filepath.Dir(above) {
		text, err := os.ReadFile(filepath.Join(above, f.limit))
		if err != nil {
			continue // the topmost has none in version 2
		}
		if limit, ok := parseLimit(string(text)); ok && limit > 0 && (g.Limit == 0 || limit < g.Limit) {
			g.Limit = limit
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, f.used)); err == nil {
		g.Used, _ = parseLimit(string(text)) // a number like the other
	}
	if text, err := os.ReadFile(filepath.Join(dir, f.kills)); err == nil {
		if kills, ok := parseKills(string(text)); ok {
			g.Kills = snapshot.Saw(kills, 0)
		}
	}
	return snapshot.Saw(g, 0)
}
