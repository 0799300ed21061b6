package diag

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Rules about a start that ends before ZooKeeper itself has begun: Java or its
// classes are not there.

// started reports whether the server of a host has started, or may have: one that runs has,
// whatever its files say now. out is what a rule about its start then concludes.
func started(h *model.Host) (out Outcome, yes bool) {
	switch {
	case h.Process != nil:
		return Outcome{}, true
	case h.Hidden():
		return undecided(unseenProcess), true
	}
	return Outcome{}, false
}

// lastWord is the newest line of a server's log that means anything, if it is of that
// kind: what comes after it shows that the start went on.
func lastWord(h *model.Host, signs ...logline.Sign) *snapshot.LogLine {
	if !h.Log.Seen() || len(h.Log.Value.Lines) == 0 || !slices.Contains(signs, h.Log.Value.Lines[0].Sign) {
		return nil
	}
	return &h.Log.Value.Lines[0]
}

const StartFailedClassPath report.Code = "start-failed-classpath"

var startFailedClassPathRule = Rule{
	Code: StartFailedClassPath, Title: "Java does not find ZooKeeper's main class", Needs: "a server's own files and log",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perHost(checkStartClassPath),
}

func checkStartClassPath(_ *model.Ensemble, h *model.Host) Outcome {
	if out, yes := started(h); yes {
		return out
	}
	line := lastWord(h, logline.JavaClass)
	if line != nil && !strings.HasPrefix(line.Fields.Class, "org.apache.zookeeper.") {
		line = nil // another program's
	}
	in, why := installOf(h)
	bare := in != nil && JarsMissing(in)
	switch {
	case line == nil && in == nil:
		return undecided(why)
	case line == nil && in.ClassPath != "":
		return undecided(in.ClassPath + " sets its own class path")
	case line == nil && len(in.Jars) > 0:
		return Outcome{}
	case line == nil && !bare:
		return undecided(in.Dir + " does not have the layout of a release")
	}
	return found(noMainClass(h, line, in, bare))
}

// JarsMissing reports whether a start with the scripts of an install finds no main class.
func JarsMissing(in *snapshot.Install) bool {
	return in.ClassPath == "" && len(in.Jars) == 0 && (in.Lib || in.Source)
}

// installOf is the ZooKeeper that a start would run; nil, and why, when that is not known.
func installOf(h *model.Host) (*snapshot.Install, string) {
	switch {
	case h.Install.Seen():
		return &h.Install.Value, ""
	case h.Install.Tried:
		return nil, "its start script was not found: " + h.Install.Failure.Text
	}
	return nil, "its start script was not checked"
}

// noMainClass is a start without the jar that has ZooKeeper's main class. line is what
// the log says, nil for nothing; bare that the jar is not there.
func noMainClass(h *model.Host, line *snapshot.LogLine, in *snapshot.Install, bare bool) report.Finding {
	f := report.Finding{
		Certainty: report.Likely,
		Summary:   "Java was started and did not find ZooKeeper's main class: the jars are not where the scripts expect them. The start fails within a second, but zkServer.sh up to 3.5.4 prints STARTED anyway.",
		Fix: []report.Fix{
			step(nameOf(h), "unpack the same release again in a new directory, and use its bin and lib with the existing conf. This does not touch dataDir"),
			startIt(h, ", and wait until it follows"),
		},
	}
	if line != nil {
		addEvidence(&f, lineEvidence(h, *line))
	}
	if !bare {
		return f
	}
	addEvidence(&f, report.Evidence{
		Source: "install", Key: "zookeeper-VERSION.jar",
		Value: "none", Wanted: "one in lib (3.4: in the top directory)", File: in.Dir,
	})
	if in.Source {
		f.Summary = "the unpacked archive is ZooKeeper's source code, which has no jars. From 3.5.5 on the archive to download has -bin in its name."
		addEvidence(&f, report.Evidence{
			Source: "install", Key: "build files", Value: "source code, not built", File: in.Dir,
		})
		f.Fix[0].Note = "unpack apache-zookeeper-VERSION-bin.tar.gz in a new directory, and use its bin and lib with the existing conf"
	}
	if line != nil {
		f.Certainty = report.Proven
	}
	return f
}

const JavaMissingOrWrong report.Code = "java-missing-or-wrong"

var javaMissingOrWrongRule = Rule{
	Code: JavaMissingOrWrong, Title: "no Java found to start ZooKeeper", Needs: "a server's own files and log",
	Traits:   theory.Traits{BreaksStart: true},
	Explains: startless,
	Eval:     perHost(checkJava),
}

func checkJava(_ *model.Ensemble, h *model.Host) Outcome {
	if out, yes := started(h); yes {
		return out
	}
	line := lastWord(h, logline.JavaMissing, logline.JavaVersion, logline.JavaOptions)
	missing, evidence, why := javaMissing(h)
	switch {
	case line != nil && line.Sign != logline.JavaMissing:
		return found(wrongJava(h, line))
	case line == nil && !missing:
		return undecided(why)
	}
	f := noJava(h, evidence)
	if line != nil {
		f.Evidence = slices.Insert(f.Evidence, 0, lineEvidence(h, *line))
	}
	if missing && (line != nil || h.EndedWith(126, 127, 203)) {
		f.Certainty = report.Proven
	}
	addEvidence(&f, serviceEvidence(h)...)
	return found(f)
}

// javaMissing reports whether what starts the server would find no java, with the
// evidence, or why that is not known.
func javaMissing(h *model.Host) (missing bool, evidence []report.Evidence, why string) {
	if u := h.Unit; u != nil && u.Java != "" && u.Config == h.Settings.Path {
		missing := u.JavaRuns.Seen() && !u.JavaRuns.Value
		return missing, []report.Evidence{{
			Source: "unit", Key: "ExecStart",
			Value: u.Java + " cannot be run", Wanted: "a java", File: u.File,
		}}, ""
	}
	in, why := installOf(h)
	if in == nil {
		return false, nil, why
	}
	return ScriptJavaMissing(&in.Java, h.Unit)
}

// ScriptJavaMissing reports whether the scripts of an install, started by a unit or by hand (nil),
// find no java, with the evidence, or why that is not known.
func ScriptJavaMissing(j *snapshot.Java, u *snapshot.Unit) (missing bool, evidence []report.Evidence, why string) {
	noHome := j.HomeHas.Seen() && !j.HomeHas.Value
	if noHome {
		evidence = append(evidence, report.Evidence{
			Source: "java", Key: "JAVA_HOME",
			Value: j.Home + " has no bin/java that can be run", Wanted: "the directory of a JDK or JRE", File: j.From,
		})
	}
	nowhere := u != nil && j.InPath.Seen() && j.InPath.Value == ""
	if nowhere {
		evidence = append(evidence, report.Evidence{
			Source: "java", Key: "PATH",
			Value: "no java in the PATH of the unit", Wanted: "one, or JAVA_HOME", File: u.File,
		})
	}
	switch {
	case j.HomeHas.Seen() && j.HomeHas.Value:
		return false, nil, ""
	case j.Unsure:
		return false, nil, "files or variables that were not read may set which java it uses"
	case noHome && !j.FallsBack:
		return true, evidence, ""
	case !j.InPath.Seen():
		return false, nil, "the PATH of its start is not known"
	}
	return nowhere, evidence, ""
}

func noJava(h *model.Host, evidence []report.Evidence) report.Finding {
	return report.Finding{
		Certainty: report.Likely, Evidence: evidence,
		Summary: "there is no java where its start script expects one, so no process was started. zkServer.sh up to 3.5.4 prints STARTED anyway.",
		Fix: []report.Fix{
			inspect(nameOf(h), "readlink -f /usr/bin/java; ls -d /usr/lib/jvm/*", "find out which java is installed: the PATH of your shell is not that of a service"),
			step(nameOf(h), "install Java if there is none; then write the line JAVA_HOME=/usr/lib/jvm/NAME into java.env beside zoo.cfg, which zkServer.sh reads at every start"),
			startIt(h, ", and wait until it follows"),
		},
	}
}

// wrongJava is a java that cannot run this ZooKeeper, or refuses its options.
func wrongJava(h *model.Host, line *snapshot.LogLine) report.Finding {
	f := report.Finding{
		Title: "Java is too old for this ZooKeeper", Certainty: report.Likely,
		Summary:  "the java that started it is older than its classes need. The numbers are class file versions: 52 is Java 8, 55 is 11, 61 is 17.",
		Evidence: []report.Evidence{lineEvidence(h, *line)},
		Fix: []report.Fix{
			step(nameOf(h), "write the line JAVA_HOME=/usr/lib/jvm/NAME with a newer java into java.env beside zoo.cfg. A system update may have changed the default java"),
			startIt(h, ", and wait until it follows"),
		},
	}
	if line.Sign == logline.JavaOptions {
		f.Title = "Java does not accept its options"
		f.Summary = "Java exited before ZooKeeper started: it does not know one of its options, or cannot get the requested memory. A newer Java no longer accepts some options of older ones, mainly those of garbage collectors."
		f.Fix[0].Note = "remove the option from JVMFLAGS, SERVER_JVMFLAGS, java.env or the systemd unit, or set a value that this Java accepts on this host"
	}
	if h.Install.Seen() {
		if j := h.Install.Value.Java; j.Version != "" {
			addEvidence(&f, report.Evidence{
				Source: "java", Key: "JAVA_VERSION", Value: j.Version, File: cmp.Or(j.Home, j.InPath.Value),
			})
		}
	}
	return f
}
