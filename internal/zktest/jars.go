package zktest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoMaven and ErrNoJava say which command is missing.
var (
	ErrNoMaven = errors.New("mvn not found: install it (Debian: apt-get install maven)")
	ErrNoJava  = errors.New("java not found: install it (Debian: apt-get install default-jre-headless)")
)

// Jars returns the jar files that a server of the version needs, sorted, and
// fetches them with Maven into the cache where they are not there yet.
func Jars(ctx context.Context, version string) ([]string, error) {
	if version == Debian {
		return debianJars()
	}
	known := slices.Contains(slices.Concat(Versions(), Patches(), []string{StuckWrites}), version)
	return fetched(ctx, version, known, "zookeeper-"+version+".jar", pomFor(librariesOf(version)))
}

// ToolJars returns the jars that ZooKeeper's own tools of the version need: the server's,
// and the parser of command lines that the tarball has beside them from 3.5 on.
func ToolJars(ctx context.Context, version string) ([]string, error) {
	jars, err := Jars(ctx, version)
	if err != nil || version == Debian || before(version, 3, 5) {
		return jars, err
	}
	more, err := fetched(ctx, version+"-tools", true, "commons-cli-", toolsPom(version))
	return slices.Concat(jars, more), err
}

// fetched returns the jars in the cache's folder of the name, and fetches what the pom
// asks for where it is not there yet. One of the jars must have a name that begins so.
func fetched(ctx context.Context, name string, known bool, must string, project pom) ([]string, error) {
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	parent := filepath.Join(cache, "zookeeper")
	dir := filepath.Join(parent, name)
	if jars := jarsIn(dir); len(jars) > 0 {
		return jars, nil
	}
	if !known {
		all := slices.Concat(Versions(), Patches())
		return nil, fmt.Errorf("zookeeper %q: zktest knows only %s", name, strings.Join(all, ", "))
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	// One download at a time: Maven's local repository is shared by all.
	unlock, err := lockFile(ctx, filepath.Join(parent, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if jars := jarsIn(dir); len(jars) > 0 { // another process was first
		return jars, nil
	}
	if err := download(ctx, project, must, dir); err != nil {
		return nil, fmt.Errorf("zookeeper %s: %w", name, err)
	}
	return jarsIn(dir), nil
}

// download fetches into a directory beside dir and renames it when it is
// whole, so that a broken download never counts.
func download(ctx context.Context, project pom, must, dir string) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return ErrNoMaven
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "new-"+filepath.Base(dir)+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	text, err := xml.MarshalIndent(project, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), text, 0o644); err != nil {
		return err
	}
	jars := filepath.Join(tmp, "jars")
	err = runMaven(ctx, mvn, tmp, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+jars)
	if err != nil {
		return err
	}
	if version := filepath.Base(dir); librariesOf(version) != version {
		like := librariesOf(version)
		if err := replaceOwn(ctx, mvn, jars, like, version); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(jarsIn(filepath.Join(tmp, "jars")), func(jar string) bool {
		return strings.HasPrefix(filepath.Base(jar), must)
	}) {
		return fmt.Errorf("mvn delivered no %s", must)
	}
	return os.Rename(filepath.Join(tmp, "jars"), dir)
}

func runMaven(ctx context.Context, mvn, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, mvn, append([]string{"-q", "-B"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("mvn: %w\n%s", err, tail(string(out), 20))
	}
	return nil
}

// replaceOwn puts the jars that ZooKeeper itself is made of in the place of another patch's.
func replaceOwn(ctx context.Context, mvn, jars, other, version string) error {
	for _, artifact := range []string{"zookeeper", "zookeeper-jute"} {
		coordinates := zkGroup + ":" + artifact + ":" + version
		err := runMaven(ctx, mvn, jars, "dependency:copy", "-Dartifact="+coordinates, "-DoutputDirectory="+jars)
		if err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(jars, artifact+"-"+other+".jar")); err != nil {
			return err
		}
	}
	return nil
}

func jarsIn(dir string) []string {
	jars, _ := filepath.Glob(filepath.Join(dir, "*.jar")) // the pattern is well formed
	return jars
}

// debianJars is Debian's zookeeper.jar, whose manifest names what it needs, and
// a log binding, which it does not name.
func debianJars() ([]string, error) {
	jars := []string{"/usr/share/java/zookeeper.jar", "/usr/share/java/slf4j-log4j12.jar", "/usr/share/java/log4j-1.2.jar"}
	for _, jar := range jars {
		if !exists(jar) {
			return nil, fmt.Errorf("no %s: install it (Debian: apt-get install libzookeeper-java)", jar)
		}
	}
	return jars, nil
}

// cacheDir returns the folder for jars and run directories: ZKDOCTOR_CACHE, or
// .cache at the root of the module that the working directory is in. The folder
// tells git to ignore it.
func cacheDir() (string, error) {
	dir := os.Getenv("ZKDOCTOR_CACHE")
	if dir == "" {
		root, err := moduleRoot()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, ".cache")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	ignore := filepath.Join(dir, ".gitignore")
	if !exists(ignore) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// DataHome returns the folder below which servers keep their data: that of the jars,
// unless that is where files are cleared away, as in a checkout below /tmp. There a
// healthy server would not be healthy: its data would be gone after a reboot. Then it
// is /var/cache/zkdoctor for root, and .cache/zkdoctor in the home of others.
func DataHome() (string, error) {
	dir, err := cacheDir()
	if err != nil || !clearedAway(dir) {
		return dir, err
	}
	other := "/var/cache/zkdoctor"
	if os.Geteuid() != 0 {
		home, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		other = filepath.Join(home, "zkdoctor")
	}
	if clearedAway(other) {
		return "", fmt.Errorf("%s and %s are where files are cleared away: set ZKDOCTOR_CACHE to a folder elsewhere", dir, other)
	}
	return other, os.MkdirAll(other, 0o755)
}

// clearedAway reports whether a path is below a directory for temporary files.
func clearedAway(path string) bool {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	return slices.ContainsFunc([]string{"/tmp", "/var/tmp", "/dev/shm"}, func(tmp string) bool {
		return path == tmp || strings.HasPrefix(path, tmp+"/")
	})
}

// moduleRoot looks upwards from the working directory for go.mod.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod in %s or above: set ZKDOCTOR_CACHE to a folder for the ZooKeeper jars", start)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
