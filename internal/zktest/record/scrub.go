package main

import (
	"regexp"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// neutral replaces, in the reply to envi, the values that tell of the machine
// the recording was made on.
var neutral = []struct {
	line *regexp.Regexp
	want string
}{
	{regexp.MustCompile(`(?m)^os\.version=.*$`), "os.version=6.1.0-37-amd64"},
	{regexp.MustCompile(`(?m)^user\.name=.*$`), "user.name=zookeeper"},
	{regexp.MustCompile(`(?m)^user\.home=.*$`), "user.home=/home/zookeeper"},
}

// jarFolder is where a jar of a class path lies.
var jarFolder = regexp.MustCompile(`([:=])/[^:\n]*/([^:/\n]+\.jar)`)

// scrub makes a reply tell nothing of this machine: paths become those of the
// install guide. Every other byte stays.
func scrub(reply string, s *zktest.Server) string {
	reply = strings.ReplaceAll(reply, s.Dir, "/opt/zookeeper")
	reply = jarFolder.ReplaceAllString(reply, "$1/opt/zookeeper/lib/$2")
	for _, n := range neutral {
		reply = n.line.ReplaceAllString(reply, n.want)
	}
	return reply
}
