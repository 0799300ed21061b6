package diag

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about a server's memory.

const (
	// jvmPause is the summary of mntr that a server has with jvm.pause.monitor=true
	// (JvmPauseMonitor, 3.6.4 and 3.7+): by how much its short sleeps are too long.
	jvmPause = "jvm_pause_time_ms"
	// pausedShare of the time between two looks is too much: a healthy collection of
	// garbage takes a hundredth.
	pausedShare = 0.25
	// pauseEvery is the short sleep (jvm.pause.sleep.time.ms).
	pauseEvery = 500 * time.Millisecond
	// swapped is how much of a process may be in swap: what it used once at its start.
	swapped = 16 << 20
)

var heapPressureRule = Rule{
	Code: HeapPressure, Title: "its memory does not suffice", Needs: "a server's own process and log, or mntr twice",
	// An end in the middle of a write leaves an epoch behind, and the thread that has the
	// client port may be the first to go.
	Explains: slices.Concat(keptOut, startless, []Code{ServerHung, ClientPortMismatch, LeaderFlapping, LatencyHigh, EpochMismatch}),
	Eval:     checkHeapPressure,
}

func checkHeapPressure(e *ensemble) result {
	if len(e.servers) == 0 && len(e.hosts) == 0 {
		return skip(SkipNotLooked, "no server was looked at")
	}
	var out result
	for _, h := range e.hosts {
		f, why := e.heap(h)
		if f != nil {
			out.findings = append(out.findings, *f)
		}
		if why != "" {
			out.skips = append(out.skips, Skip{Kind: SkipUndecided, Server: h.name(), Reason: why})
		}
	}
	for _, s := range e.servers {
		f, judged := e.pauses(s)
		if f != nil && !hasFinding(out.findings, s.Name) {
			out.findings = append(out.findings, *f)
		}
		if s.host == nil && !judged {
			out.skips = append(out.skips, Skip{Kind: SkipLocalFiles, Server: s.Name, Reason: "needs its own process and log, or two looks with jvm.pause.monitor=true"})
		}
		out.lookAgain = out.lookAgain || pausedEver(s) > pausedShare
	}
	return out
}

// heap judges by what a server's own host shows.
func (e *ensemble) heap(h *host) (*Finding, string) {
	if h.hidden() {
		return nil, unseenProcess
	}
	if f := e.ranOut(h); f != nil {
		return f, ""
	}
	if h.Process == nil {
		_, _, why := h.saysSinceStart()
		return nil, why
	}
	m := h.Process.Memory
	if !m.Seen() {
		return nil, reasonOf(m.Failure, "its memory was not looked at")
	}
	if h.server != nil {
		if f, _ := e.pauses(h.server); f != nil {
			return f, "" // what happens now comes before what may
		}
	}
	if f := e.killsInGroup(h, m.Value.Group); f != nil {
		return f, ""
	}
	return e.tooMuchHeap(h, m.Value), ""
}

// outOfHeap are the lines of its log since the last start that say so. Threads that
// cannot be made are a limit of another kind.
func (h *host) outOfHeap() []Evidence {
	lines, _, _ := h.saysSinceStart(logline.OutOfMemory)
	if len(lines) == 0 || lines[0].Fields.Threads {
		return nil
	}
	return []Evidence{h.logEvidence(lines[0])}
}

// ranOut is a server that has run out of memory since its last start.
func (e *ensemble) ranOut(h *host) *Finding {
	evidence := h.outOfHeap()
	killedForIt := h.Process == nil && h.Service.Seen() && h.Service.Value.Result == "oom-kill"
	if evidence == nil && !killedForIt {
		return nil
	}
	f := &Finding{
		Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
		Summary:  "its heap is exhausted. From the first OutOfMemoryError on threads are missing in it: it may answer, or look alive, and do a part of its work no more.",
		Evidence: append(evidence, h.memoryEvidence()...),
		Fix: []Fix{
			{Host: h.name(), Note: "restart it: after an OutOfMemoryError no Java program is whole", Risk: "with no spare voter that is an outage; mend the size first"},
			h.raiseHeap(),
			{Host: h.name(), Note: "find out what fills it: zk_approximate_data_size, zk_znode_count and zk_watch_count of mntr against those of last month"},
		},
	}
	if h.Process == nil {
		f.Summary = "it ran out of memory, and its process is gone: from 3.5.5 on zkServer.sh lets Java kill itself then, or the kernel did it."
		f.Evidence = append(f.Evidence, h.serviceEvidence()...)
		f.Fix[0] = Fix{Host: h.name(), Note: "start it as its own user, once the size is mended"}
		if !killedForIt {
			f.Certainty = Likely
		}
	}
	return f
}

// killsInGroup is a control group in which the kernel has killed.
func (e *ensemble) killsInGroup(h *host, group snapshot.Obs[snapshot.MemoryGroup]) *Finding {
	g := group.Value
	if !group.Seen() || !g.Kills.Seen() || g.Kills.Value == 0 || g.Limit == 0 {
		return nil
	}
	return &Finding{
		Severity: e.hostSeverity(h), Certainty: Likely, Servers: h.servers(), Later: true,
		Title:    "the kernel has killed for want of memory beside it",
		Summary:  "its control group has reached its limit, and the kernel has ended a process in it. This one still runs, or runs again.",
		Evidence: append([]Evidence{{Source: "cgroup", Server: h.name(), Key: "oom_kill", Value: strconv.FormatUint(g.Kills.Value, 10), Wanted: "0", File: g.Path}}, h.memoryEvidence()...),
		Fix:      []Fix{{Host: h.name(), Command: "dmesg -T | grep -i 'killed process'", Note: "see what was killed, and when", Risk: "none"}, h.raiseHeap()},
	}
}

// tooMuchHeap is a heap that may grow past what the host, or its control group, has.
func (e *ensemble) tooMuchHeap(h *host, m snapshot.Memory) *Finding {
	limit, of := m.Physical, "the memory of the host"
	if g := m.Group.Value; m.Group.Seen() && g.Limit > 0 && (limit == 0 || g.Limit < limit) {
		limit, of = g.Limit, "the limit of its control group"
	}
	if m.MaxHeap == 0 || limit == 0 || m.MaxHeap <= limit {
		return nil
	}
	return &Finding{
		Severity: Warning, Certainty: Likely, Servers: h.servers(), Later: true,
		Title:    "its heap may grow past the memory that there is",
		Summary:  fmt.Sprintf("-Xmx allows %s, and %s is %s. Java takes what it is allowed before it collects garbage in earnest: then the kernel kills it, or it swaps.", size(m.MaxHeap), of, size(limit)),
		Evidence: h.memoryEvidence(),
		Fix: []Fix{
			{Host: h.name(), Note: "set -Xmx to two thirds of what there is at the most: Java needs memory beside the heap, and the page cache makes the disk fast. ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS"},
			{Host: h.name(), Note: "or give it more memory; then restart it", Risk: "with no spare voter a restart is an outage"},
		},
	}
}

// raiseHeap is where to give it more.
func (h *host) raiseHeap() Fix {
	return Fix{Host: h.name(), Note: "give it a larger heap, and the host or the control group memory for it: ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS. All servers alike: each holds all of the data"}
}

// memoryEvidence is what its process has and may have; nothing where that was not seen.
func (h *host) memoryEvidence() []Evidence {
	if h.Process == nil || !h.Process.Memory.Seen() {
		return nil
	}
	m := h.Process.Memory.Value
	pid := "pid " + strconv.Itoa(h.Process.PID)
	var out []Evidence
	if m.MaxHeap > 0 {
		out = append(out, Evidence{Source: "process", Server: h.name(), Key: "-Xmx", Value: size(m.MaxHeap)})
	}
	out = append(out, Evidence{Source: "process", Server: h.name(), Key: pid, Value: size(m.Resident) + " resident, " + size(m.Swapped) + " swapped out"})
	if g := m.Group.Value; m.Group.Seen() && g.Limit > 0 {
		out = append(out, Evidence{Source: "cgroup", Server: h.name(), Key: "memory", Value: size(g.Used) + " used of " + size(g.Limit), File: g.Path})
	}
	if m.Physical > 0 {
		out = append(out, Evidence{Source: "host", Server: h.name(), Key: "memory", Value: size(m.Physical)})
	}
	return out
}

// pauses judges a server by how long it stood still between both looks. judged is false
// where it does not tell that.
func (e *ensemble) pauses(s *server) (f *Finding, judged bool) {
	m, ok := e.meanSince(s, jvmPause)
	if !ok || m.count == 0 || e.between() <= 0 {
		return nil, false // without the monitor nothing is counted
	}
	paused := time.Duration(m.count) * m.each
	// Looks merged from several hosts may be of other times: the count tells it too.
	passed := max(e.between(), paused+time.Duration(m.count)*pauseEvery)
	if float64(paused) < pausedShare*float64(passed) {
		return nil, true
	}
	f = &Finding{
		Severity: Warning, Certainty: Likely, Servers: []string{s.Name},
		Title:   "stands still for much of the time",
		Summary: "all of its threads were held up together: Java collects garbage in a heap that is too small, its memory is swapped out, or the host gives it no CPU. Pauses longer than syncLimit throw it out of the quorum.",
		Evidence: []Evidence{{
			Source: s.mntrFrom, Server: s.Name, Key: "zk_sum_" + jvmPause,
			Value: fmt.Sprintf("%s in %s", seconds(paused), seconds(passed)), Wanted: "a hundredth of it",
		}},
		Fix: []Fix{
			{Host: s.Name, Command: "jstat -gcutil $(pgrep -f QuorumPeerMain) 1000 5", Note: "is it the garbage? Then O is near 100 and FGC grows", Risk: "none"},
			{Host: s.Name, Command: "vmstat 1 5", Note: "is it swap (si, so), or stolen CPU (st)?", Risk: "none"},
			{Host: s.Name, Note: "a heap that is too small: ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS, on all servers alike; then restart one after the other", Risk: "with no spare voter a restart is an outage"},
		},
	}
	if s.host != nil {
		f.Evidence = slices.Concat(f.Evidence, s.host.memoryEvidence(), s.host.outOfHeap())
	}
	return f, true
}

// pausedEver is the share of its life that a server has stood still. It only decides
// whether a second look is worth its time.
func pausedEver(s *server) float64 {
	if !s.Mntr.Seen() {
		return 0
	}
	_, sum, ok := summary(&s.Mntr.Value, jvmPause)
	up, told := s.Mntr.Value.Uptime()
	if !ok || !told || up <= 0 {
		return 0
	}
	return sum / float64(up.Milliseconds())
}

var swapInUseRule = Rule{
	Code: SwapInUse, Title: "a part of it is in swap", Needs: "a server's own process",
	Eval: checkSwap,
}

// checkSwap finds a server with a part of its memory in swap. It is a remark: what it
// costs shows as pauses.
func checkSwap(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if h.Process == nil {
			return nil, "it does not run"
		}
		m := h.Process.Memory
		if !m.Seen() {
			return nil, reasonOf(m.Failure, "its memory was not looked at")
		}
		if m.Value.Swapped < swapped {
			return nil, ""
		}
		return []Finding{{
			Severity: Info, Certainty: Proven, Servers: h.servers(),
			Summary:  fmt.Sprintf("%s of it are swapped out. A collection of garbage reads all of the heap, so it waits for the disk then, and the server stands still.", size(m.Value.Swapped)),
			Evidence: h.memoryEvidence(),
			Fix: []Fix{
				{Host: h.name(), Command: "swapon --show; free -m; sysctl vm.swappiness", Note: "see who needs the memory", Risk: "none"},
				{Host: h.name(), Note: "make room for ZooKeeper: other programs elsewhere, -Xmx within what there is, vm.swappiness=1"},
			},
		}}, ""
	})
}
