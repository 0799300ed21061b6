package restart

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// What starts it: the unit, the scripts and Java, as its host has them now.

// startScript: what its unit runs is there, and leads to the configuration that it runs with.
func startScript(s *subject) []Check {
	h := s.host()
	if h == nil || h.Next == nil {
		return nil
	}
	u, in := h.Next.Unit, &h.Next.Install
	switch {
	case u != nil && h.Next.Script.Seen() && !h.Next.Script.Value:
		shown := report.Evidence{
			Source: "unit", Server: s.s.Name, Key: "ExecStart",
			Value: u.Script + " is not there", Wanted: "a zkServer.sh", File: u.File,
		}
		return because(diag.StartFailedClassPath, fmt.Sprintf("%s runs %s, and that is not there", u.Name, u.Script), shown,
			do(s.s.Name, "put the release back, or correct the unit"))
	case u != nil && u.Config != "" && h.Settings != nil && u.Config != h.Settings.Path:
		shown := report.Evidence{
			Source: "unit", Server: s.s.Name, Key: "ExecStart",
			Value: u.Config, Wanted: h.Settings.Path + ", as it runs", File: u.File,
		}
		return because("", u.Name+" starts it with another configuration than it runs with", shown,
			do(s.s.Name, "correct the unit; if the change is meant, leave this check out: --ignore start-script"))
	case in.Seen() && diag.JarsMissing(&in.Value):
		shown := report.Evidence{
			Source: "install", Server: s.s.Name, Key: "zookeeper-VERSION.jar",
			Value: "none", Wanted: "one in lib (3.4: at the top)", File: in.Value.Dir,
		}
		return byScripts(h.Next, because(diag.StartFailedClassPath,
			in.Value.Dir+" has no jar of ZooKeeper: its scripts would find no main class", shown,
			do(s.s.Name, "put the release back whole before the restart")))
	}
	return s.startedBy()
}

// byScripts is what the scripts beside its configuration show: a no where a unit runs them, and else
// not known, because it may be started in another way.
func byScripts(next *snapshot.NextStart, c []Check) []Check {
	if u := next.Unit; u != nil && (u.Script != "" || u.Java != "") {
		return c
	}
	for i := range c {
		c[i].Result = NotKnown
		c[i].Do = append(c[i].Do, do("", "or, if other scripts start it, leave this check out by its name: --ignore"))
	}
	return c
}

// startedBy says what starts it, and with which release, as far as that was found.
func (s *subject) startedBy() []Check {
	u, in := s.host().Next.Unit, &s.host().Next.Install
	what := "the scripts in " + path.Join(in.Value.Dir, "bin")
	switch {
	case u != nil:
		what = u.Name
	case !in.Seen():
		return ok("no unit and no scripts of a release were found that lead to its configuration")
	}
	release := releaseOf(in.Value.Jars)
	if s.q.ZooKeeper != "" && release != "" && release != s.q.ZooKeeper {
		return ok("%s starts ZooKeeper %s today: install %s before the restart", what, release, s.q.ZooKeeper)
	}
	return ok("it is started by %s", what)
}

// releaseOf is the release of the jars in a directory; empty where they are of none, or of several.
func releaseOf(jars []string) string {
	if len(jars) != 1 {
		return ""
	}
	version := strings.TrimSuffix(strings.TrimPrefix(jars[0], "zookeeper-"), ".jar")
	if !zoocfg.Released(version) {
		return ""
	}
	return version
}

// javaThere: what would be started has a Java, which the release can run with.
func javaThere(s *subject) []Check {
	h := s.host()
	if h == nil || h.Process == nil {
		return nil
	}
	running, gone := strings.CutSuffix(h.Process.Program.Value, " (deleted)")
	look := do(s.s.Name, "run "+running+
		" -version: is a new one there, and does this release of ZooKeeper run with it? Then --ignore java")
	switch {
	case h.Next != nil:
		if missing := s.noJava(h.Next); missing != nil {
			return missing
		}
		if h.Next.Java.Seen() {
			return s.javaFits(h.Next.Java.Value, gone, look)
		}
	case gone:
		return notKnown("the Java that it runs was removed or replaced since it was started", look)
	}
	if !h.Process.Program.Seen() {
		return nil
	}
	return ok("it runs with %s", running)
}

// noJava is a start that finds no java at all; nil where that is not known.
func (s *subject) noJava(next *snapshot.NextStart) []Check {
	var evidence []report.Evidence
	missing := false
	switch java := &next.Java; {
	case next.Install.Seen():
		missing, evidence, _ = diag.ScriptJavaMissing(&next.Install.Value.Java, next.Unit)
	case java.Seen() && !java.Value.OfProcess && !java.Value.Runs:
		missing = true
		evidence = []report.Evidence{{
			Source: "unit", Key: "ExecStart", Value: java.Value.Path + " cannot be run", Wanted: "a java", File: next.Unit.File,
		}}
	}
	if !missing {
		return nil
	}
	return byScripts(next, []Check{{
		Result: NotOK, Finding: diag.JavaMissingOrWrong, Text: "its start finds no Java", Evidence: evidence,
		Do: []report.Fix{inspect(s.s.Name, "readlink -f /usr/bin/java; ls -d /usr/lib/jvm/*",
			"find out which Java there is; install one, or name it in java.env beside zoo.cfg")},
	}})
}

// javaFits judges the version of a java that is there, or is not the one that runs any more.
func (s *subject) javaFits(java snapshot.JavaProgram, gone bool, look report.Fix) []Check {
	release, running := s.release(), ""
	if v, known := s.s.Version(); known {
		running = v.String()
	}
	need, has := javaNeeded(release), majorOf(java.Version)
	switch {
	case !java.Runs && java.OfProcess && !gone:
		return ok("it runs with %s", java.Path)
	case !java.Runs:
		return notKnown("the Java that it runs was removed since it was started, and no other was found", look)
	case has > 0 && has < need:
		shown := report.Evidence{
			Source: "java", Server: s.s.Name, Key: "JAVA_VERSION",
			Value: java.Version, Wanted: fmt.Sprintf("%d or newer", need), File: java.Path,
		}
		old := because(diag.JavaMissingOrWrong,
			fmt.Sprintf("ZooKeeper %s needs Java %d, and its start takes Java %s", release, need, java.Version), shown,
			do(s.s.Name, "install a newer Java, and name it in java.env beside zoo.cfg: JAVA_HOME=/usr/lib/jvm/NAME"))
		if java.OfProcess {
			return old
		}
		return byScripts(s.host().Next, old)
	case has == 0 && (gone || need > javaNeeded(running)):
		look.Note = fmt.Sprintf("run %s -version: ZooKeeper %s needs Java %d or newer. If it has that, --ignore java",
			java.Path, release, need)
		return notKnown("which version its Java has was not seen", look)
	case has == 0:
		return ok("it is started with %s", java.Path)
	case java.OfProcess:
		return ok("it runs with Java %s, and nothing was found that starts it with another", java.Version)
	}
	return ok("it is started with Java %s", java.Version)
}

// release is the one that it will be started with, as far as that is known.
func (s *subject) release() string {
	if s.q.ZooKeeper != "" {
		return s.q.ZooKeeper
	}
	if v, known := s.s.Version(); known {
		return v.String()
	}
	return ""
}

// javaNeeded is the oldest Java that a release runs with, by the target that its classes are
// compiled for (build.xml, and pom.xml from 3.5.5 on).
func javaNeeded(release string) int {
	switch {
	case zoocfg.Concerns("3.10+", release):
		return 17
	case zoocfg.Concerns("3.5.5+", release):
		return 8
	case zoocfg.Concerns("3.5+", release):
		return 7
	}
	return 6
}

// majorOf is 8 of "1.8.0_392", and 17 of "17.0.9"; 0 of what is no version.
func majorOf(version string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(version, "1."), ".")
	digits, _, _ = strings.Cut(digits, "-") // 17-ea
	n, _ := strconv.Atoi(digits)            // no number is none
	return max(n, 0)
}

// fileLimit: the files that it has open are within what its start allows.
func fileLimit(s *subject) []Check {
	h := s.host()
	if h == nil || h.Process == nil {
		return nil
	}
	now, next, unit := h.Process.Memory.Value.Files, uint64(0), ""
	if h.Next != nil && h.Next.Unit != nil {
		next, unit = h.Next.Unit.Files, h.Next.Unit.Name
	}
	open, known := s.s.Mntr.Value.Count("zk_open_file_descriptor_count")
	switch {
	case known && next > 0 && uint64(max(open, 0)) >= next:
		shown := report.Evidence{
			Source: "unit", Server: s.s.Name, Key: "LimitNOFILE",
			Value: strconv.FormatUint(next, 10), Wanted: "65536", File: h.Next.Unit.File,
		}
		return because("fd-limit-near",
			fmt.Sprintf("it has %d files and connections open, and %s allows %d", open, unit, next), shown,
			inspect(s.s.Name, "sudo systemctl edit "+unit, "raise the limit first: [Service], then LimitNOFILE=65536"))
	case now == 0 && next == 0:
		return nil
	case !known:
		return ok("how many files it has open was not reported; it may open %d", max(now, next))
	case next > 0:
		return ok("it has %d files and connections open, and %s allows %d", open, unit, next)
	}
	return ok("it has %d files and connections open, and may open %d", open, now)
}
