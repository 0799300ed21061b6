package diag

import (
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
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

const HeapPressure report.Code = "heap-pressure"

var heapPressureRule = Rule{
	Code: HeapPressure, Title: "not enough memory", Needs: "a server's own process and log, or mntr twice",
	// An end in the middle of a write leaves an epoch behind, and the thread that has the
	// client port may be the first to go.
	Explains: slices.Concat(keptOut, startless, []report.Code{
		"server-hung", "client-port-mismatch", "leader-flapping", "latency-high", "epoch-mismatch",
	}),
	Compares: model.SummaryKeys(jvmPause),
	Eval:     checkHeapPressure,
}

func checkHeapPressure(e *model.Ensemble) Outcome {
	if len(e.Servers) == 0 && len(e.Hosts) == 0 {
		return skip(report.SkipNotLooked, "no server was checked")
	}
	var here Outcome
	if len(e.Hosts) > 0 {
		here = perAnyHost(heapHere)(e)
	}
	if len(e.Servers) == 0 {
		return here
	}
	return here.and(eachServer(e, func(s *model.Server) Outcome {
		var out Outcome
		f, judged := pausesOf(e, s)
		switch {
		case f != nil && !hasFinding(here.findings, s.Name):
			out = found(*f)
		case s.Local == nil && !judged:
			out = skip(report.SkipLocalFiles, "needs its own process and log, or two checks with jvm.pause.monitor=true")
		}
		return out.lookAgain(pausedEver(s) > pausedShare)
	}))
}

// heapHere judges by what a server's own host shows.
func heapHere(e *model.Ensemble, h *model.Host) Outcome {
	if h.Hidden() {
		return undecided(unseenProcess)
	}
	if f := ranOutFinding(h); f != nil {
		return found(*f)
	}
	if h.Process == nil {
		_, _, why := saysSinceStart(h)
		return undecided(why)
	}
	m := h.Process.Memory
	if !m.Seen() {
		return undecided(reasonOf(m, "its memory was not checked"))
	}
	if h.Server != nil {
		if f, _ := pausesOf(e, h.Server); f != nil {
			return found(*f) // what happens now comes before what may
		}
	}
	if f := killsInGroup(h, m.Value.Group); f != nil {
		return found(*f)
	}
	return tooMuchHeap(h, m.Value)
}

// outOfHeap are the lines of its log since the last start that say so. Threads that
// cannot be made are a limit of another kind.
func outOfHeap(h *model.Host) []report.Evidence {
	lines, _, _ := saysSinceStart(h, logline.OutOfMemory)
	if len(lines) == 0 || lines[0].Fields.Threads {
		return nil
	}
	return []report.Evidence{lineEvidence(h, lines[0])}
}

// ranOutFinding is a server that has run out of memory since its last start.
func ranOutFinding(h *model.Host) *report.Finding {
	evidence := outOfHeap(h)
	killedForIt := h.Process == nil && h.Service.Seen() && h.Service.Value.Result == "oom-kill"
	if evidence == nil && !killedForIt {
		return nil
	}
	f := &report.Finding{
		Certainty: report.Proven,
		Summary:   "its heap is exhausted. After the first OutOfMemoryError threads may be missing: the server may still answer, but no longer do part of its work.",
		Evidence:  append(evidence, memoryEvidence(h)...),
		Fix: []report.Fix{
			raiseHeap(h),
			restartIt(h, ": after an OutOfMemoryError a Java program is not reliable", mayBeOutage),
			step(nameOf(h), "find out what fills the heap: compare zk_approximate_data_size, zk_znode_count and zk_watch_count of mntr with those of last month"),
		},
	}
	if h.Process == nil {
		f.Summary = "it ran out of memory and its process ended: from 3.5.5 on zkServer.sh makes Java exit then, or the kernel killed it."
		addEvidence(f, serviceEvidence(h)...)
		f.Fix[1] = startIt(h, "")
		if !killedForIt {
			f.Certainty = report.Likely
		}
	}
	return f
}

// killsInGroup is a control group in which the kernel has killed.
func killsInGroup(h *model.Host, group snapshot.Obs[snapshot.MemoryGroup]) *report.Finding {
	g := group.Value
	if !group.Seen() || !g.Kills.Seen() || g.Kills.Value == 0 || g.Limit == 0 {
		return nil
	}
	return &report.Finding{
		Certainty: report.Likely, Later: true,
		Title:   "kernel killed a process: memory limit reached",
		Summary: "its control group reached its memory limit, and the kernel killed a process in it. This server still runs, or runs again.",
		Evidence: append([]report.Evidence{{
			Source: "cgroup", Key: "oom_kill",
			Value: fmt.Sprint(g.Kills.Value), Wanted: "0", File: g.Path,
		}}, memoryEvidence(h)...),
		Fix: []report.Fix{
			inspect(nameOf(h), "dmesg -T | grep -i 'killed process'", "find out which process was killed, and when"),
			raiseHeap(h),
		},
	}
}

// tooMuchHeap is a heap that may grow past what the host, or its control group, has.
func tooMuchHeap(h *model.Host, m snapshot.Memory) Outcome {
	limit, of := m.Physical, "the memory of the host"
	if g := m.Group.Value; m.Group.Seen() && g.Limit > 0 && (limit == 0 || g.Limit < limit) {
		limit, of = g.Limit, "the limit of its control group"
	}
	if m.MaxHeap == 0 || limit == 0 || m.MaxHeap <= limit {
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Later: true,
		Title:    "-Xmx is larger than the available memory",
		Summary:  fmt.Sprintf("-Xmx allows %s, and %s is %s. Java can use all of its heap before it collects garbage thoroughly: then the kernel kills it, or it swaps.", size(m.MaxHeap), of, size(limit)),
		Evidence: memoryEvidence(h),
		Fix: []report.Fix{
			step(nameOf(h), "set -Xmx to at most two thirds of the available memory: Java also needs memory outside the heap, and the page cache makes the disk fast. Set ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS. Added memory helps as well"),
			restartIt(h, "", mayBeOutage),
		},
	})
}

// raiseHeap is where to give it more.
func raiseHeap(h *model.Host) report.Fix {
	return step(nameOf(h), "set a larger heap, and provide the memory for it: ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS. Each server holds all of the data: give the others the same later, one at a time, once this one serves")
}

// memoryEvidence is what its process has and may have; nothing where that was not seen.
func memoryEvidence(h *model.Host) []report.Evidence {
	if h.Process == nil || !h.Process.Memory.Seen() {
		return nil
	}
	m := h.Process.Memory.Value
	var out []report.Evidence
	if m.MaxHeap > 0 {
		out = append(out, report.Evidence{Source: "process", Key: "-Xmx", Value: size(m.MaxHeap)})
	}
	out = append(out, processEvidence(h, size(m.Resident)+" resident, "+size(m.Swapped)+" swapped out", ""))
	if g := m.Group.Value; m.Group.Seen() && g.Limit > 0 {
		out = append(out, report.Evidence{
			Source: "cgroup", Key: "memory", Value: size(g.Used) + " used of " + size(g.Limit), File: g.Path,
		})
	}
	if m.Physical > 0 {
		out = append(out, report.Evidence{Source: "host", Key: "memory", Value: size(m.Physical)})
	}
	return out
}

// pausesOf judges a server by how long it stood still between both looks. judged is false
// where it does not tell that.
func pausesOf(e *model.Ensemble, s *model.Server) (f *report.Finding, judged bool) {
	m, ok := e.MeanSince(s, jvmPause)
	if !ok || m.Count == 0 || e.Between() <= 0 {
		return nil, false // without the monitor nothing is counted
	}
	paused := time.Duration(m.Count) * m.Each
	// Looks merged from several hosts may be of other times: the count tells it too.
	passed := max(e.Between(), paused+time.Duration(m.Count)*pauseEvery)
	if float64(paused) < pausedShare*float64(passed) {
		return nil, true
	}
	f = &report.Finding{
		Severity: report.Warning, Certainty: report.Likely,
		Title:   "long JVM pauses",
		Summary: "all of its threads paused together: Java collects garbage in a heap that is too small, its memory is swapped out, or the host gives it no CPU. After a pause longer than syncLimit it leaves the quorum.",
		Evidence: []report.Evidence{{
			Source: s.MntrFrom, Key: "zk_sum_" + jvmPause,
			Value: fmt.Sprintf("%s in %s", seconds(paused), seconds(passed)), Wanted: "at most 1% of it",
		}},
		Fix: []report.Fix{
			inspect(s.Name, "jstat -gcutil $(pgrep -f QuorumPeerMain) 1000 5", "garbage collection is the cause if O is near 100 and FGC grows"),
			inspect(s.Name, "vmstat 1 5", "check for swapping (si, so) and stolen CPU (st); leave out the first line, which has the averages since boot"),
			risky(s.Name, "if the heap is too small: set ZK_SERVER_HEAP (MB) in zookeeper-env.sh, or -Xmx in java.env or JVMFLAGS, on all servers; then restart one server at a time",
				"if the ensemble can lose 0 more, a restart is an outage"),
		},
	}
	if s.Local != nil {
		f.Evidence = slices.Concat(f.Evidence, memoryEvidence(s.Local), outOfHeap(s.Local))
	}
	return f, true
}

// pausedEver is the share of its life that a server has stood still. It only decides
// whether a second look is worth its time.
func pausedEver(s *model.Server) float64 {
	if !s.Mntr.Seen() {
		return 0
	}
	_, sum, ok := model.Summary(&s.Mntr.Value, jvmPause)
	up, reported := s.Mntr.Value.Uptime()
	if !ok || !reported || up <= 0 {
		return 0
	}
	return sum / float64(up.Milliseconds())
}

const SwapInUse report.Code = "swap-in-use"

var swapInUseRule = Rule{
	Code: SwapInUse, Title: "JVM memory is swapped out", Needs: "a server's own process",
	Eval: perHost(checkSwap),
}

// checkSwap finds a server with a part of its memory in swap. It is a remark: what it
// costs shows as pauses.
func checkSwap(_ *model.Ensemble, h *model.Host) Outcome {
	if h.Process == nil {
		return undecided("it does not run")
	}
	m := h.Process.Memory
	if !m.Seen() {
		return undecided(reasonOf(m, "its memory was not checked"))
	}
	if m.Value.Swapped < swapped {
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary:  fmt.Sprintf("%s of its memory are swapped out. A garbage collection reads the whole heap, waits for the disk, and pauses the server.", size(m.Value.Swapped)),
		Evidence: memoryEvidence(h),
		Fix: []report.Fix{
			inspect(nameOf(h), "swapon --show; free -m; sysctl vm.swappiness", "see how much memory and swap is in use, and vm.swappiness"),
			step(nameOf(h), "free memory for ZooKeeper: move other programs, set -Xmx below the available memory, set vm.swappiness=1"),
		},
	})
}
