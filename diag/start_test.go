package diag

import (
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// How a server of a scene would be started.

// noConfig fails the look at the configuration, with what else is in its directory.
func noConfig(kind snapshot.FailureKind, beside ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Config = snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: kind, Text: l.ConfigPath + ": " + string(kind)}, quick)
		l.MyID, l.DataDir, l.Data = snapshot.Obs[snapshot.MyID]{}, snapshot.Obs[bool]{}, snapshot.Obs[snapshot.Data]{}
		l.Resolved, l.Beside = nil, beside
	}
}

// byUnit is started by a unit, as user zookeeper (1000).
func byUnit(changes ...func(*snapshot.Unit)) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Unit = &snapshot.Unit{
			Name: "zookeeper.service", File: "/etc/systemd/system/zookeeper.service", Config: "/etc/zookeeper/zoo.cfg",
			Script: "/opt/zookeeper/bin/zkServer.sh", User: "zookeeper",
			Credentials: snapshot.Saw(snapshot.Credentials{UID: 1000, Groups: []uint32{1000}}, quick),
		}
		for _, change := range changes {
			change(l.Unit)
		}
	}
}

// configMode sets the permissions of the configuration, of the directory that it is in,
// or of both.
func configMode(dir, file snapshot.Owner) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.ConfigAccess = snapshot.Saw(snapshot.Access{
			{Path: "/", Owner: snapshot.Owner{Mode: 0o755}},
			{Path: "/etc/zookeeper", Owner: dir},
			{Path: "/etc/zookeeper/zoo.cfg", Owner: file},
		}, quick)
	}
}

func ownedBy(uid, gid, mode uint32) snapshot.Owner {
	return snapshot.Owner{UID: uid, GID: gid, Mode: mode}
}

// unpacked is the ZooKeeper that a start would run, started by the unit of the scene if
// it has one.
func unpacked(changes ...func(*snapshot.Install)) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		in := snapshot.Install{
			Dir: "/opt/zookeeper", Jars: []string{"zookeeper-3.9.5.jar"}, Lib: true,
			Java: snapshot.Java{FallsBack: true},
		}
		if l.Unit != nil {
			in.Java.InPath = snapshot.Saw("/usr/bin/java", quick)
		}
		for _, change := range changes {
			change(&in)
		}
		l.Install = snapshot.Saw(in, quick)
	}
}

// said is the newest line of its log.
func said(sign logline.Sign, text string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{Path: "/opt/zookeeper/logs/zookeeper.out", Lines: []snapshot.LogLine{{Sign: sign, Text: text, Fields: logline.Capture(sign, text), Count: 1}}}, quick)
	}
}

func noJars(in *snapshot.Install) { in.Jars = nil }

// home sets JAVA_HOME, with a java in it or without.
func home(has bool) func(*snapshot.Install) {
	return func(in *snapshot.Install) {
		in.Java.Home, in.Java.From, in.Java.HomeHas = "/usr/lib/jvm/java-8", "/etc/zookeeper/java.env", snapshot.Saw(has, quick)
	}
}

func noPath(in *snapshot.Install) { in.Java.InPath.Value = "" }

// began is a process of that number that began that long ago.
func began(pid int, ago time.Duration) func(*snapshot.Local) {
	return func(l *snapshot.Local) { l.Process.PID, l.Process.Started = pid, now().Add(-ago) }
}

// startedAt are the times of the starts in its log, which was written to that long ago.
func startedAt(written time.Duration, clock ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{Path: "/opt/zookeeper/logs/zookeeper.log", Begins: true, Modified: now().Add(-written)}, quick)
		for _, at := range clock {
			l.Log.Value.Starts = append(l.Log.Value.Starts, "2026-11-22 "+at)
		}
	}
}

// restarts is what systemd tells of them.
func restarts(n uint32, sub string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Service = snapshot.Saw(snapshot.Service{Unit: "zookeeper.service", Active: "activating", Sub: sub, Result: "exit-code", Restarts: n}, quick)
	}
}

// ended is what systemd tells: how the main process ended last.
func ended(result string, code, status int32) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Service = snapshot.Saw(snapshot.Service{Unit: "zookeeper.service", Active: "failed", Sub: "failed", Result: result, Code: code, Status: status}, quick)
	}
}

// remembers is the memory that its process has: MiB of heap that it may take, in a group
// that may have so many, on a host of 16 GiB.
func remembers(heap, limit uint64, changes ...func(*snapshot.Memory)) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		m := snapshot.Memory{
			MaxHeap: heap * mib, Resident: 600 * mib, Physical: 16 * gib,
			Group: snapshot.Saw(snapshot.MemoryGroup{Path: "/system.slice/zookeeper.service", Limit: limit * mib, Used: 700 * mib, Kills: snapshot.Saw[uint64](0, quick)}, quick),
		}
		for _, change := range changes {
			change(&m)
		}
		l.Process.Memory = snapshot.Saw(m, quick)
	}
}

// ranOut is a log that says so since the last start.
func ranOut(text string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{
			Path: "/opt/zookeeper/logs/zookeeper.out", Begins: true, Modified: now(),
			Lines: []snapshot.LogLine{{Sign: logline.OutOfMemory, At: "2026-11-22 03:03:00", Text: text, Fields: logline.Capture(logline.OutOfMemory, text), Count: 1}},
		}, quick)
	}
}

// stoodStill is a server whose monitor has counted so many milliseconds of pauses.
func stoodStill(count, sum int) state {
	return but(follower, func(s *snapshot.Server) {
		s.Mntr = reply(newest, "follower", snapshot.WordMntr, snapshot.ParseMntr, func(text string) string {
			return strings.NewReplacer(
				"zk_cnt_jvm_pause_time_ms\t0", "zk_cnt_jvm_pause_time_ms\t"+strconv.Itoa(count),
				"zk_sum_jvm_pause_time_ms\t0", "zk_sum_jvm_pause_time_ms\t"+strconv.Itoa(sum),
			).Replace(text)
		})
	})
}
