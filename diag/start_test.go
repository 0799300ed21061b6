package diag

import (
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// How a server of a scene would be started.

// noConfig fails the look at the configuration, with what else is in its directory.
func noConfig(kind probe.FailureKind, beside ...string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Config = probe.Failed[*zoocfg.Config](&probe.Failure{Kind: kind, Text: l.ConfigPath + ": " + string(kind)}, quick)
		l.MyID, l.DataDir, l.Data = probe.Obs[probe.MyID]{}, probe.Obs[bool]{}, probe.Obs[probe.Data]{}
		l.Resolved, l.Beside = nil, beside
	}
}

// byUnit is started by a unit, as user zookeeper (1000).
func byUnit(changes ...func(*probe.Unit)) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Unit = &probe.Unit{
			Name: "zookeeper.service", File: "/etc/systemd/system/zookeeper.service", Config: "/etc/zookeeper/zoo.cfg",
			Script: "/opt/zookeeper/bin/zkServer.sh", User: "zookeeper",
			Credentials: probe.Saw(probe.Credentials{UID: 1000, Groups: []uint32{1000}}, quick),
		}
		for _, change := range changes {
			change(l.Unit)
		}
	}
}

// configMode sets the permissions of the configuration, of the directory that it is in,
// or of both.
func configMode(dir, file probe.Owner) func(*probe.Local) {
	return func(l *probe.Local) {
		l.ConfigAccess = probe.Saw(probe.Access{
			{Path: "/", Owner: probe.Owner{Mode: 0o755}},
			{Path: "/etc/zookeeper", Owner: dir},
			{Path: "/etc/zookeeper/zoo.cfg", Owner: file},
		}, quick)
	}
}

func ownedBy(uid, gid, mode uint32) probe.Owner { return probe.Owner{UID: uid, GID: gid, Mode: mode} }

// unpacked is the ZooKeeper that a start would run, started by the unit of the scene if
// it has one.
func unpacked(changes ...func(*probe.Install)) func(*probe.Local) {
	return func(l *probe.Local) {
		in := probe.Install{
			Dir: "/opt/zookeeper", Jars: []string{"zookeeper-3.9.5.jar"}, Lib: true,
			Java: probe.Java{FallsBack: true},
		}
		if l.Unit != nil {
			in.Java.InPath = probe.Saw("/usr/bin/java", quick)
		}
		for _, change := range changes {
			change(&in)
		}
		l.Install = probe.Saw(in, quick)
	}
}

// said is the newest line of its log.
func said(sign probe.LogSign, text string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Log = probe.Saw(probe.LogTail{Path: "/opt/zookeeper/logs/zookeeper.out", Lines: []probe.LogLine{{Sign: sign, Text: text, Count: 1}}}, quick)
	}
}

func noJars(in *probe.Install) { in.Jars = nil }

// home sets JAVA_HOME, with a java in it or without.
func home(has bool) func(*probe.Install) {
	return func(in *probe.Install) {
		in.Java.Home, in.Java.From, in.Java.HomeHas = "/usr/lib/jvm/java-8", "/etc/zookeeper/java.env", probe.Saw(has, quick)
	}
}

func noPath(in *probe.Install) { in.Java.InPath.Value = "" }

// began is a process of that number that began that long ago.
func began(pid int, ago time.Duration) func(*probe.Local) {
	return func(l *probe.Local) { l.Process.PID, l.Process.Started = pid, now().Add(-ago) }
}

// startedAt are the times of the starts in its log, which was written to that long ago.
func startedAt(written time.Duration, clock ...string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Log = probe.Saw(probe.LogTail{Path: "/opt/zookeeper/logs/zookeeper.log", Begins: true, Modified: now().Add(-written)}, quick)
		for _, at := range clock {
			l.Log.Value.Starts = append(l.Log.Value.Starts, "2026-11-22 "+at)
		}
	}
}

// restarts is what systemd tells of them.
func restarts(n uint32, sub string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Service = probe.Saw(probe.Service{Unit: "zookeeper.service", Active: "activating", Sub: sub, Result: "exit-code", Restarts: n}, quick)
	}
}

// ended is what systemd tells: how the main process ended last.
func ended(result string, code, status int32) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Service = probe.Saw(probe.Service{Unit: "zookeeper.service", Active: "failed", Sub: "failed", Result: result, Code: code, Status: status}, quick)
	}
}

// remembers is the memory that its process has: MiB of heap that it may take, in a group
// that may have so many, on a host of 16 GiB.
func remembers(heap, limit uint64, changes ...func(*probe.Memory)) func(*probe.Local) {
	return func(l *probe.Local) {
		m := probe.Memory{
			MaxHeap: heap * mib, Resident: 600 * mib, Physical: 16 * gib,
			Group: probe.Saw(probe.MemoryGroup{Path: "/system.slice/zookeeper.service", Limit: limit * mib, Used: 700 * mib, Kills: probe.Saw[uint64](0, quick)}, quick),
		}
		for _, change := range changes {
			change(&m)
		}
		l.Process.Memory = probe.Saw(m, quick)
	}
}

// ranOut is a log that says so since the last start.
func ranOut(text string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Log = probe.Saw(probe.LogTail{
			Path: "/opt/zookeeper/logs/zookeeper.out", Begins: true, Modified: now(),
			Lines: []probe.LogLine{{Sign: probe.LogOutOfMemory, At: "2026-11-22 03:03:00", Text: text, Count: 1}},
		}, quick)
	}
}

// stoodStill is a server whose monitor has counted so many milliseconds of pauses.
func stoodStill(count, sum int) state {
	return but(follower, func(s *probe.Server) {
		s.Mntr = recorded(newest, "follower", probe.WordMntr, probe.ParseMntr, func(text string) string {
			return strings.NewReplacer(
				"zk_cnt_jvm_pause_time_ms\t0", "zk_cnt_jvm_pause_time_ms\t"+strconv.Itoa(count),
				"zk_sum_jvm_pause_time_ms\t0", "zk_sum_jvm_pause_time_ms\t"+strconv.Itoa(sum),
			).Replace(text)
		})
	})
}
