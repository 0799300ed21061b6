package thishost

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
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

// FindConfig finds the zoo.cfg of a server that does not run: in its systemd
// unit, in $ZOOCFGDIR, then in the usual places. path is empty when nothing leads to
// one; source is what led to it. The file is there, unless nothing but a unit, or a
// ZooKeeper unpacked in a usual place, leads to one: then it is the file that a start
// would want.
func (h Host) FindConfig(ctx context.Context) (configPath, source string) {
	type place struct{ path, source string }
	found, _ := see(ctx, h, hostFiles{}, "the usual places", func(f hostFiles) place {
		path, source := findConfig(f.fs.Tree(), os.Getenv)
		return place{path, source}
	}, func(*snapshot.Failure) place { return place{} })
	return found.path, found.source
}

// findConfig does that in a file system rooted at /.
func findConfig(root fs.FS, getenv func(string) string) (configPath, source string) {
	if u := findUnit(root, func(u snapshot.Unit) bool { return isFile(root, u.Config) }); u != nil {
		return u.Config, u.File
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
	if u := findUnit(root, func(u snapshot.Unit) bool { return u.Config != "" }); u != nil {
		return u.Config, u.File
	}
	for _, file := range wellKnown {
		if isFile(root, path.Join(path.Dir(file), "..", "bin", "zkServer.sh")) {
			return file, "zkServer.sh beside it"
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

// NothingFound says what was looked for on this host.
func (s *Scanned) NothingFound() string {
	text := "this host has no ZooKeeper that zkdoctor can find:\n" +
		"no Java process with QuorumPeerMain, and no configuration at " + strings.Join(searched(os.Getenv), ", ")
	if left := s.Others.Unscanned + s.Others.Beyond; left > 0 {
		text += fmt.Sprintf(";\n%d of its processes were not checked: they are too many, or there was no time", left)
	}
	return text
}
