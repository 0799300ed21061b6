package thishost

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// unitDirs are where systemd reads units from, strongest first.
var unitDirs = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// unitNames are the names under which ZooKeeper is usually run.
var unitNames = []string{"zookeeper.service", "zookeeper-server.service", "zk.service", "confluent-zookeeper.service"}

// unitSigns may stand before a command (systemd.service(5)).
const unitSigns = "-@:+!|"

// maxDropIns bounds how many files beside a unit are read.
const maxDropIns = 32

// findUnit finds the first unit of a usual name for which wanted holds; nil for
// none. root is the file system, rooted at /.
func findUnit(root fs.FS, wanted func(snapshot.Unit) bool) *snapshot.Unit {
	for _, dir := range unitDirs {
		for _, name := range unitNames {
			if strongest(root, name) != dir {
				continue // another directory's file hides it
			}
			u, ok := readUnit(root, path.Join(dir, name))
			if ok && wanted(u) {
				return &u
			}
		}
	}
	return nil
}

// strongest is the directory whose file of that name counts; empty for none.
func strongest(root fs.FS, name string) string {
	for _, dir := range unitDirs {
		if isFile(root, path.Join(dir, name)) {
			return dir
		}
	}
	return ""
}

// readUnit reads a unit and its drop-ins, which come in the order of their names.
func readUnit(root fs.FS, file string) (snapshot.Unit, bool) {
	name := path.Base(file)
	text, ok := readSmall(root, file)
	if !ok {
		return snapshot.Unit{}, false
	}
	dropIns := map[string]string{} // by name: the strongest directory's counts
	for _, dir := range unitDirs {
		entries, err := fs.ReadDir(root, strings.TrimPrefix(path.Join(dir, name+".d"), "/"))
		if err != nil {
			continue
		}
		for _, e := range entries[:min(len(entries), maxDropIns)] {
			if _, hidden := dropIns[e.Name()]; !hidden && strings.HasSuffix(e.Name(), ".conf") {
				dropIns[e.Name()] = path.Join(dir, name+".d", e.Name())
			}
		}
	}
	texts := [][]byte{text}
	for _, dropIn := range slices.Sorted(maps.Keys(dropIns)) {
		if text, ok := readSmall(root, dropIns[dropIn]); ok {
			texts = append(texts, text)
		}
	}
	u, command, configDir := parseUnit(texts)
	u.Name, u.File = name, file
	u.Config, u.Script = startedBy(root, command, configDir)
	if len(command) > 0 {
		program := strings.TrimLeft(command[0], unitSigns)
		if path.IsAbs(program) && path.Base(program) == "java" && !strings.ContainsAny(program, "$%") {
			u.Java, u.JavaRuns = program, snapshot.Saw(runs(root, program), 0)
		}
	}
	return u, true
}

// parseUnit reads the files of one unit, the later ones over the earlier. What no
// parser of unit files takes says nothing. configDir is the $ZOOCFGDIR that it sets.
func parseUnit(texts [][]byte) (u snapshot.Unit, command []string, configDir string) {
	for _, text := range texts {
		options, err := unit.DeserializeOptions(bytes.NewReader(text))
		if err != nil {
			continue
		}
		for _, o := range options {
			if o.Section != "Service" {
				continue
			}
			switch o.Name {
			case "ExecStart":
				command = words(o.Value)
			case "LimitNOFILE":
				u.Files = hardLimit(o.Value)
			case "User":
				u.User = o.Value
			case "Environment":
				if dir := setVariables(&u, words(o.Value)); dir != "" {
					configDir = dir
				}
			case "EnvironmentFile", "PassEnvironment", "DynamicUser":
				u.SetsMore = true
			}
		}
	}
	return u, command, configDir
}

// hardLimit is the second of "soft:hard", or the only number; 0 for infinity and what is none.
func hardLimit(value string) uint64 {
	soft, hard, both := strings.Cut(strings.TrimSpace(value), ":")
	if !both {
		hard = soft
	}
	n, _ := strconv.ParseUint(hard, 10, 64) // none: 0
	return n
}

// setVariables takes the variables that mean something, and returns $ZOOCFGDIR.
func setVariables(u *snapshot.Unit, list []string) (configDir string) {
	for _, variable := range list {
		key, value, _ := strings.Cut(variable, "=")
		switch key {
		case "JAVA_HOME":
			u.JavaHome = value
		case "PATH":
			u.Path = value
		case "ZOOCFGDIR":
			configDir = value
		case "CLASSPATH":
			u.SetsClassPath = true
		}
	}
	return configDir
}

// words splits as systemd does: at blanks, outside quotes.
func words(s string) []string {
	var out []string
	var word strings.Builder
	quote, begun := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, begun = r, true
		case r == ' ' || r == '\t':
			if begun {
				out = append(out, word.String())
				word.Reset()
			}
			begun = false
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}

// startedBy finds in a command the zoo.cfg and the script that it leads to. A
// variable or a specifier in a name leads nowhere that can be told.
func startedBy(root fs.FS, command []string, configDir string) (config, script string) {
	known := func(word string) bool { return !strings.ContainsAny(word, "$%") }
	for i, word := range command {
		if i == 0 {
			word = strings.TrimLeft(word, unitSigns)
		}
		if path.Base(word) == "zkServer.sh" && path.IsAbs(word) && known(word) {
			script = word
		}
		ext := path.Ext(word)
		switch {
		case ext != ".cfg" && ext != ".properties", !known(word):
		case path.IsAbs(word):
			config = path.Clean(word)
		case configDir != "" && known(configDir) && word == path.Base(word):
			config = path.Join(configDir, word)
		}
		if word == "--config" && i+1 < len(command) && known(command[i+1]) {
			configDir = command[i+1] // zkServer.sh --config DIR
		}
	}
	if config == "" && script != "" {
		config = defaultConfig(root, script, configDir)
	}
	return config, script
}

// defaultConfig is the file that zkServer.sh takes when none is named: zoo.cfg in
// $ZOOCFGDIR, or else in ../conf, where that is there. Old releases took
// /etc/zookeeper before it, and other ones are not known (bin/zkEnv.sh).
func defaultConfig(root fs.FS, script, configDir string) string {
	dir := path.Dir(script)
	if configDir != "" {
		return path.Join(configDir, "zoo.cfg")
	}
	env, ok := readSmall(root, path.Join(dir, "zkEnv.sh"))
	newer := strings.Contains(string(env), "${ZOOKEEPER_PREFIX}/conf")
	if !ok || !newer && isDir(root, "/etc/zookeeper") || !isDir(root, path.Join(dir, "../conf")) {
		return ""
	}
	return path.Join(dir, "..", "conf", "zoo.cfg")
}
