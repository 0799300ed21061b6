package thishost

import (
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// servicePath is the PATH that systemd gives to a service that sets none.
const servicePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// ownJar is the name of the jar with the main class, in a release.
var ownJar = regexp.MustCompile(`^zookeeper-[0-9].*\.jar$`)

// setsJava is a line of a script that says which java is taken.
var setsJava = regexp.MustCompile(`(?m)^\s*(export\s+)?(JAVA_HOME|PATH)=`)

// lookInstall looks at the ZooKeeper whose scripts lie beside a configuration, or
// that a unit starts. config is the path of the zoo.cfg, u may be nil.
func (f hostFiles) lookInstall(config string, u *snapshot.Unit) snapshot.Obs[snapshot.Install] {
	started := time.Now()
	if u != nil && u.Java != "" {
		return snapshot.Failed[snapshot.Install](&snapshot.Failure{
			Kind: snapshot.Absent, Text: u.File + " runs java itself",
		}, 0)
	}
	dir := filepath.Join(filepath.Dir(config), "..")
	if u != nil && u.Script != "" {
		dir = filepath.Join(filepath.Dir(u.Script), "..")
	}
	root := f.fs.Tree()
	if !isFile(root, path.Join(dir, "bin", "zkServer.sh")) || !isFile(root, path.Join(dir, "bin", "zkEnv.sh")) {
		return snapshot.Failed[snapshot.Install](&snapshot.Failure{
			Kind: snapshot.Absent, Text: "no bin/zkServer.sh in " + dir,
		}, time.Since(started))
	}
	in, java := readInstall(root, dir, filepath.Dir(config), u)
	if java != "" {
		in.Java.Version = f.javaVersion(java)
	}
	return snapshot.Saw(in, time.Since(started))
}

// readInstall looks at the ZooKeeper in dir; java is the program that it would run, empty
// where that is not found.
func readInstall(root fs.FS, dir, configDir string, u *snapshot.Unit) (in snapshot.Install, java string) {
	in = snapshot.Install{Dir: dir, Lib: isDir(root, path.Join(dir, "lib"))}
	for _, place := range []string{dir, path.Join(dir, "lib"), path.Join(dir, "share/zookeeper")} {
		in.Jars = append(in.Jars, jarsOf(root, place)...)
	}
	// The build files of 3.4 and 3.5 (ant), and of 3.5 and later (Maven).
	in.Source = isFile(root, path.Join(dir, "pom.xml")) && isDir(root, path.Join(dir, "zookeeper-server/src")) ||
		isFile(root, path.Join(dir, "build.xml")) && isDir(root, path.Join(dir, "src/java/main"))
	script, _ := readSmall(root, path.Join(dir, "bin", "zkEnv.sh"))
	env := string(script)
	if !strings.Contains(env, "/../lib") || !strings.Contains(env, "/../zookeeper-*.jar") {
		in.ClassPath = path.Join(dir, "bin", "zkEnv.sh") // a distribution's own
	}
	if built(root, dir) {
		in.ClassPath = dir // a source tree that was built: the scripts take what it built
	}
	in.Java = snapshot.Java{FallsBack: strings.Contains(env, `-x "$JAVA_HOME/bin/java"`)}
	if u != nil {
		in.Java.Home, in.Java.Unsure = u.JavaHome, u.SetsMore
		if u.JavaHome != "" {
			in.Java.From = u.File
		}
		if u.SetsClassPath {
			in.ClassPath = u.File
		}
	}
	server, _ := readSmall(root, path.Join(dir, "bin", "zkServer.sh"))
	in.Java.Unsure = in.Java.Unsure || setsJava.Match(script) || setsJava.Match(server) // as many guides advise
	// Both files are read by the shell, so that they win.
	for _, name := range []string{"zookeeper-env.sh", "java.env"} {
		readSourced(&in, root, path.Join(configDir, name))
	}
	return in, findJava(&in.Java, root, u)
}

// jarsOf are the names in a directory that ownJar has.
func jarsOf(root fs.FS, dir string) []string {
	entries, err := fs.ReadDir(root, strings.TrimPrefix(dir, "/"))
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if ownJar.MatchString(e.Name()) && isFile(root, path.Join(dir, e.Name())) {
			found = append(found, e.Name())
		}
	}
	return found
}

// built reports whether a source tree holds classes that its scripts would take.
func built(root fs.FS, dir string) bool {
	return slices.ContainsFunc([]string{"build/classes", "zookeeper-server/target/classes"}, func(classes string) bool {
		return isDir(root, path.Join(dir, classes))
	})
}

// sourced takes from a file that zkEnv.sh reads what it says of JAVA_HOME and of the
// class path.
func readSourced(in *snapshot.Install, root fs.FS, file string) {
	text, ok := readSmall(root, file)
	if !ok {
		if isFile(root, file) {
			in.Java.Unsure = true // it is there, and may not be read
		}
		return
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		value, set := strings.CutPrefix(strings.TrimPrefix(line, "export "), "JAVA_HOME=")
		switch {
		case set && strings.ContainsAny(value, "$`();&|"):
			in.Java.Unsure = true
		case set:
			in.Java.Home, in.Java.From = strings.Trim(value, `"'`), file
		case strings.Contains(line, "JAVA_HOME"),
			strings.Contains(line, "PATH=") && !strings.Contains(line, "CLASSPATH"),
			strings.HasPrefix(line, ". "), strings.HasPrefix(line, "source "):
			in.Java.Unsure = true
		case strings.Contains(line, "CLASSPATH"), strings.Contains(line, "ZOOLIBDIR"),
			strings.Contains(line, "ZOOKEEPER_PREFIX"):
			in.ClassPath = file
		}
	}
}

// findJava looks for the java itself.
func findJava(j *snapshot.Java, root fs.FS, u *snapshot.Unit) (taken string) {
	if j.Home != "" {
		has := runs(root, path.Join(j.Home, "bin/java"))
		j.HomeHas = snapshot.Saw(has, 0)
		if has {
			taken = path.Join(j.Home, "bin/java")
		}
	}
	if u != nil {
		search := servicePath
		if u.Path != "" {
			search = u.Path
		}
		found := ""
		for dir := range strings.SplitSeq(search, ":") {
			if java := path.Join(dir, "java"); found == "" && runs(root, java) {
				found = java
			}
		}
		j.InPath = snapshot.Saw(found, 0)
		if taken == "" {
			taken = found
		}
	}
	return taken
}

// javaVersion is JAVA_VERSION in the file release of a JDK or JRE, whose bin/java, or
// jre/bin/java, is named; empty where it has none.
func (f hostFiles) javaVersion(java string) string {
	java, err := f.fs.Real(java)
	if err != nil {
		return ""
	}
	root := f.fs.Tree()
	for _, up := range []string{"../..", "../../.."} {
		text, ok := readSmall(root, filepath.Join(java, up, "release"))
		if !ok {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "JAVA_VERSION="); ok {
				return strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return ""
}
