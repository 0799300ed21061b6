package diag

import (
	"slices"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func startRules() []rule {
	missing := &snapshot.Failure{Kind: snapshot.Absent, Text: "/srv/zoo.cfg: no such file or directory"}
	ok, closed := ownedBy(0, 0, 0o755), ownedBy(0, 0, 0o600)
	named := func(keys ...string) func(*snapshot.Local) {
		return func(l *snapshot.Local) { l.Named = &snapshot.NamedConfig{Path: "/root/zoo.cfg", Keys: keys} }
	}
	nobody := zoo(0, "standaloneEnabled=false")
	const noMain = "Error: Could not find or load main class org.apache.zookeeper.server.quorum.QuorumPeerMain"
	noScripts := func(l *snapshot.Local) {
		l.Install = snapshot.Failed[snapshot.Install](&snapshot.Failure{Kind: snapshot.Absent, Text: "no bin/zkServer.sh in /opt/zookeeper"}, quick)
	}
	return []rule{
		{
			ConfigNotLoaded,
			[]fire{
				{"missing", out().on(3, stopped, noConfig(snapshot.Absent, "zoo_sample.cfg")), "warning likely zk3"},
				{"missing, and its log says so", out().on(3, stopped, noConfig(snapshot.Absent), logs(logline.ConfigInvalid)), "warning proven zk3"},
				{"missing, and systemd saw how it ended", out().on(3, stopped, noConfig(snapshot.Absent), byUnit(), ended("exit-code", 1, 2)), "warning proven zk3"},
				{"missing, and it ended of something else", out().on(3, stopped, noConfig(snapshot.Absent), byUnit(), ended("exit-code", 1, 3)), "warning likely zk3"},
				{"a directory", out().on(3, stopped, noConfig(snapshot.Protocol)), "warning likely zk3"},
				{"it lists nobody", look().onWith(3, nobody, stopped), "warning likely"},
				{"it lists nobody, and its log says so", look().onWith(3, nobody, stopped, logs(logline.ConfigInvalid)), "warning proven"},
				{"quorum lost", look(down, looking, down).on(3, stopped, noConfig(snapshot.Absent)), "critical likely zk3"},
				{"gone under a running server", healthy().on(3, noConfig(snapshot.Absent)), "warning proven zk3"},
				{"the unit leads to another", out().on(3, stopped, byUnit(func(u *snapshot.Unit) { u.Config, u.ConfigFailure = "/srv/zoo.cfg", missing })), "warning likely zk3"},
				{"its user may not read it", out().on(3, stopped, byUnit(), configMode(ok, closed)), "warning proven zk3"},
				{"its user may not enter the directory", out().on(3, stopped, byUnit(), configMode(ownedBy(0, 0, 0o700), ok)), "warning proven zk3"},
				{"its own, without r", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(1000, 0, 0o044))), "warning proven zk3"},
				{"closed under a running server", healthy().on(3, configMode(ok, closed)), "warning proven zk3"},
				{"another was named", healthy().on(3, named("server.3", "tickTime")), "info proven zk3"},
			},
			[]alike{
				{"there", out().on(3, stopped)},
				{"there, for its user", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(0, 1000, 0o640)))},
				{"it lists nobody, and is a standalone server", look().onWith(3, zoo(0), stopped)},
				{"root reads all", out().on(3, stopped, byUnit(func(u *snapshot.Unit) { u.Credentials.Value.WritesAll = true }), configMode(ok, closed))},
				{"a process that reads all", healthy().on(3, runsAs(0, true), configMode(ok, closed))},
				{"nobody says whom it runs as", out().on(3, stopped, configMode(ok, closed))},
				{"another server's unit", out().on(3, stopped, byUnit(func(u *snapshot.Unit) { u.Config = "/srv/zoo.cfg" }), configMode(ok, closed))},
				{"a left-over unit beside a running server", healthy().on(3, byUnit(func(u *snapshot.Unit) { u.Config, u.ConfigFailure = "/srv/zoo.cfg", missing }))},
				{"another was named, and it has ended since", out().on(3, stopped, named("tickTime"))},
				{"a container's users are its own", healthy().on(3, contained)},
			},
			[]blind{
				noLocal(), denied(),
				{"it answers, whatever the unit says", healthy().on(3, stopped, noConfig(snapshot.Absent)), report.SkipUndecided},
				{"who may read it was not seen", out().on(3, stopped, byUnit(), func(l *snapshot.Local) {
					l.ConfigAccess = snapshot.Failed[snapshot.Access](&snapshot.Failure{Kind: snapshot.Denied, Text: "/etc: permission denied"}, quick)
				}), report.SkipDenied},
				{"without a file", healthy().on(3, noConfig(snapshot.Absent), func(l *snapshot.Local) { l.ConfigPath = "" }), report.SkipUndecided},
				{"an unknown user", out().on(3, stopped, byUnit(func(u *snapshot.Unit) {
					u.Credentials = snapshot.Failed[snapshot.Credentials](&snapshot.Failure{Kind: snapshot.Absent, Text: "no such user"}, quick)
				}), configMode(ok, closed)), report.SkipUndecided},
				{"perhaps an access list", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(0, 0, 0o640))), report.SkipUndecided},
			},
		},
		{
			StartFailedClassPath,
			[]fire{
				{"its log says so", out().on(3, stopped, said(logline.JavaClass, noMain)), "warning likely zk3"},
				{"no jar", out().on(3, stopped, unpacked(noJars)), "warning likely zk3"},
				{"both", out().on(3, stopped, unpacked(noJars), said(logline.JavaClass, noMain)), "warning proven zk3"},
				{"source code", out().on(3, stopped, unpacked(noJars, func(in *snapshot.Install) { in.Lib, in.Source = false, true })), "warning likely zk3"},
				{"the jars came back since", out().on(3, stopped, unpacked(), said(logline.JavaClass, noMain)), "warning likely zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, unpacked(noJars)), "critical likely zk3"},
			},
			[]alike{
				{"all there", out().on(3, stopped, unpacked())},
				{"it runs", healthy().on(3, said(logline.JavaClass, noMain))},
				{"another program's class", out().on(3, stopped, unpacked(), said(logline.JavaClass, "Error: Could not find or load main class com.example.Main"))},
				{"it got further since", out().on(3, stopped, unpacked(), logs(logline.Exit, logline.JavaClass))},
			},
			[]blind{
				noLocal(), denied(),
				{"what starts it was not checked", out().on(3, stopped), report.SkipUndecided},
				{"no scripts", out().on(3, stopped, noScripts), report.SkipUndecided},
				{"neither lib nor source: some other layout", out().on(3, stopped, unpacked(noJars, func(in *snapshot.Install) { in.Lib = false })), report.SkipUndecided},
				{"it answers", healthy().on(3, stopped, unpacked(noJars)), report.SkipUndecided},
				{"a class path of its own", out().on(3, stopped, unpacked(noJars, func(in *snapshot.Install) { in.ClassPath = "/etc/zookeeper/java.env" })), report.SkipUndecided},
			},
		},
		{
			JavaMissingOrWrong,
			[]fire{
				{"nohup finds none", out().on(3, stopped, said(logline.JavaMissing, "nohup: failed to run command 'java': No such file or directory")), "warning likely zk3"},
				{"none in JAVA_HOME, which 3.4 takes", out().on(3, stopped, unpacked(home(false), func(in *snapshot.Install) { in.Java.FallsBack = false })), "warning likely zk3"},
				{"none in JAVA_HOME nor in PATH", out().on(3, stopped, byUnit(), unpacked(home(false), noPath)), "warning likely zk3"},
				{"none in PATH", out().on(3, stopped, byUnit(), unpacked(noPath)), "warning likely zk3"},
				{"none in PATH, and its log", out().on(3, stopped, byUnit(), unpacked(noPath), said(logline.JavaMissing, "java: command not found")), "warning proven zk3"},
				{"the unit's own", out().on(3, stopped, byUnit(func(u *snapshot.Unit) { u.Java, u.JavaRuns = "/usr/lib/jvm/x/bin/java", snapshot.Saw(false, quick) })), "warning likely zk3"},
				{"systemd could not run it", out().on(3, stopped, byUnit(), ended("exit-code", 1, 203), unpacked(noPath)), "warning proven zk3"},
				{"too old", out().on(3, stopped, unpacked(home(true)), said(logline.JavaVersion, "java.lang.UnsupportedClassVersionError: Unsupported major.minor version 52.0")), "warning likely zk3"},
				{"an option", out().on(3, stopped, said(logline.JavaOptions, "Unrecognized VM option 'UseParNewGC'")), "warning likely zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, byUnit(), unpacked(noPath)), "critical likely zk3"},
			},
			[]alike{
				{"in PATH", out().on(3, stopped, byUnit(), unpacked())},
				{"in JAVA_HOME", out().on(3, stopped, unpacked(home(true)))},
				{"none in JAVA_HOME: PATH's is taken", out().on(3, stopped, byUnit(), unpacked(home(false)))},
				{"it runs", healthy().on(3, byUnit(), unpacked(noPath), logs(logline.JavaMissing))},
				{"it got further since", out().on(3, stopped, byUnit(), unpacked(), logs(logline.Exit, logline.JavaMissing))},
				{"the unit's own", out().on(3, stopped, byUnit(func(u *snapshot.Unit) { u.Java, u.JavaRuns = "/usr/lib/jvm/x/bin/java", snapshot.Saw(true, quick) }))},
			},
			[]blind{
				noLocal(), denied(),
				{"what starts it was not checked", out().on(3, stopped), report.SkipUndecided},
				{"no scripts", out().on(3, stopped, noScripts), report.SkipUndecided},
				{"no unit: whose PATH?", out().on(3, stopped, unpacked()), report.SkipUndecided},
				{"a file that sets more", out().on(3, stopped, byUnit(), unpacked(noPath, func(in *snapshot.Install) { in.Java.Unsure = true })), report.SkipUndecided},
			},
		},
		{
			RestartLoop,
			[]fire{
				{"systemd counts on", out().on(3, stopped, restarts(9, "auto-restart")).after(out().on(3, stopped, restarts(8, "auto-restart"))), "warning proven zk3"},
				{"two at a time", healthy().on(3, restarts(2, "running")).after(healthy().on(3, restarts(0, "running"))), "warning proven zk3"},
				{"the first of systemd's, and young before", out().on(3, began(8, time.Second), restarts(1, "running")).after(out().on(3, began(7, 5*time.Second), restarts(0, "running"))), "warning proven zk3"},
				{"two processes", out().on(3, began(8, time.Second)).after(out().on(3, began(7, 5*time.Second))), "warning likely zk3"},
				{"its log", out().on(3, stopped, startedAt(5*time.Second, "01:00:00", "03:03:10", "03:03:20", "03:03:30", "03:03:40")), "warning likely zk3"},
				{"its log, between two ends", out().on(3, began(8, time.Second), startedAt(time.Second, "03:03:10", "03:03:20", "03:03:30", "03:03:40")), "warning likely zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, startedAt(time.Second, "03:03:10", "03:03:20", "03:03:30", "03:03:40")), "critical likely zk3"},
			},
			[]alike{
				{"runs on", healthy().on(3).twice()},
				{"an operator's restart", healthy().on(3, began(8, time.Second)).after(healthy().on(3, began(7, time.Hour)))},
				{"a start", healthy().on(3, began(8, time.Second)).after(out().on(3, stopped))},
				{"an operator's restart of a unit", healthy().on(3, began(8, time.Second), restarts(0, "running")).after(healthy().on(3, began(7, time.Hour), restarts(2, "running")))},
				{"it crashed once", healthy().on(3, began(8, time.Second), restarts(1, "running")).after(healthy().on(3, began(7, time.Hour), restarts(0, "running")))},
				{"systemd counted long ago", healthy().on(3, restarts(40, "running")).twice()},
				{"the log of last week", healthy().on(3, startedAt(time.Second, "03:03:10", "03:03:20", "03:03:30", "03:03:40"))},
				{"and of one that was given up", out().on(3, stopped, startedAt(time.Hour, "03:03:10", "03:03:20", "03:03:30", "03:03:40"))},
				{"starts of an afternoon", healthy().on(3, began(8, time.Second), startedAt(time.Second, "01:03:10", "02:03:20", "03:00:30", "03:03:40"))},
				{"somebody tries things, and it serves", healthy().on(3, began(8, time.Second), startedAt(time.Second, "03:03:10", "03:03:20", "03:03:30", "03:03:40"))},
				{"restarted twice, and it serves", healthy().on(3, began(8, time.Second)).after(healthy().on(3, began(7, 5*time.Second)))},
				{"starts by hand", healthy().on(3, began(8, time.Second), startedAt(time.Second, "03:00:10", "03:01:20", "03:02:30", "03:03:40"))},
				{"a clock set back", healthy().on(3, began(8, time.Second), startedAt(time.Second, "03:03:10", "03:03:20", "03:03:30", "03:03:05"))},
			},
			[]blind{
				noLocal(), denied(),
				{"neither log nor systemd", out().on(3, stopped), report.SkipUndecided},
				{"its age was not told", healthy().on(3, func(l *snapshot.Local) { l.Process.Started = time.Time{} }), report.SkipUndecided},
				{"one look at a young one", healthy().on(3, began(8, time.Second)), report.SkipUndecided},
			},
		},
	}
}

// TestMergedRestarts: of several hosts each is compared with itself, though all have
// their configuration in one place.
func TestMergedRestarts(t *testing.T) {
	t.Parallel()
	all := look(follower, leader, follower)
	r := merged(t, all.on(1, began(7, 5*time.Second)).from("zk1").twice(), all.on(3, began(8, 20*time.Second)).from("zk3").twice())
	if got := concluded(r, RestartLoop); got != nil {
		t.Errorf("started one after the other: got %q", got)
	}
	r = merged(t,
		out().on(1).from("zk1").twice(),
		out().on(3, began(9, time.Second)).from("zk3").after(out().on(3, began(8, 5*time.Second)).from("zk3")))
	if got := concluded(r, RestartLoop); !slices.Equal(got, []string{"warning likely zk3"}) {
		t.Errorf("in a loop: got %q", got)
	}
}
