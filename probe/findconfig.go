package probe

import (
	"io/fs"
	"path"
	"strings"
)

// wellKnown are the places where a zoo.cfg lies on hosts that follow a package,
// an image or the usual guides.
var wellKnown = []string{
	"/etc/zookeeper/conf/zoo.cfg", // Debian, Bigtop
	"/conf/zoo.cfg",               // the official image
	"/opt/zookeeper/conf/zoo.cfg", // guides
	"/usr/local/zookeeper/conf/zoo.cfg",
	"/etc/zookeeper/zoo.cfg",
}

// unitDirs are where systemd reads units from, strongest first.
var unitDirs = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// unitNames are the names under which ZooKeeper is usually run.
var unitNames = []string{"zookeeper.service", "zookeeper-server.service", "zk.service", "confluent-zookeeper.service"}

// FindConfig finds the zoo.cfg of a server that does not run: in its systemd
// unit, in $ZOOCFGDIR, then in the usual places. root is the file system, rooted
// at /. path is empty when there is none; source is what led to it.
func FindConfig(root fs.FS, getenv func(string) string) (configPath, source string) {
	for _, dir := range unitDirs {
		for _, name := range unitNames {
			unit := path.Join(dir, name)
			if found := configOfUnit(root, unit); found != "" {
				return found, unit
			}
		}
	}
	if dir := getenv("ZOOCFGDIR"); dir != "" {
		if file := path.Join(dir, "zoo.cfg"); isFile(root, file) {
			return file, "$ZOOCFGDIR"
		}
	}
	for _, file := range wellKnown {
		if isFile(root, file) {
			return file, "well-known path"
		}
	}
	return "", ""
}

// searched are the places of FindConfig, for the user who is told that there was
// nothing.
func searched(getenv func(string) string) []string {
	places := []string{"a systemd unit zookeeper.service"}
	if dir := getenv("ZOOCFGDIR"); dir != "" {
		places = append(places, "$ZOOCFGDIR="+dir)
	} else {
		places = append(places, "$ZOOCFGDIR (not set)")
	}
	return append(places, wellKnown...)
}

// configOfUnit finds an existing file named *.cfg or *.properties in the command
// of a unit.
func configOfUnit(root fs.FS, unit string) string {
	data, err := fs.ReadFile(root, strings.TrimPrefix(unit, "/"))
	if err != nil || len(data) > maxConfig {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "ExecStart=")
		if !ok {
			continue
		}
		for word := range strings.FieldsSeq(command) {
			word = strings.Trim(word, `"'`)
			if ext := path.Ext(word); (ext == ".cfg" || ext == ".properties") && path.IsAbs(word) && isFile(root, word) {
				return word
			}
		}
	}
	return ""
}

func isFile(root fs.FS, file string) bool {
	info, err := fs.Stat(root, strings.TrimPrefix(file, "/"))
	return err == nil && info.Mode().IsRegular()
}
