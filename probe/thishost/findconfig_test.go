package thishost

import (
	"testing"
	"testing/fstest"
)

func TestFindConfig(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	unit := file("[Service]\n# ExecStart=/bin/false /etc/other.cfg\nExecStart=/opt/zk/bin/zkServer.sh start-foreground '/srv/zk/zoo.cfg'\n")
	cases := []struct {
		name         string
		root         fstest.MapFS
		zoocfgdir    string
		path, source string
	}{
		{"nothing", fstest.MapFS{}, "", "", ""},
		{"a package's file", fstest.MapFS{"etc/zookeeper/conf/zoo.cfg": file("")}, "", "/etc/zookeeper/conf/zoo.cfg", "well-known path"},
		{"the variable before it", fstest.MapFS{"etc/zookeeper/conf/zoo.cfg": file(""), "conf.d/zoo.cfg": file("")}, "/conf.d", "/conf.d/zoo.cfg", "$ZOOCFGDIR"},
		{
			"a unit before both",
			fstest.MapFS{"conf.d/zoo.cfg": file(""), "srv/zk/zoo.cfg": file(""), "etc/systemd/system/zookeeper.service": unit},
			"/conf.d", "/srv/zk/zoo.cfg", "/etc/systemd/system/zookeeper.service",
		},
		{"a unit whose file is gone", fstest.MapFS{"etc/systemd/system/zookeeper.service": unit}, "", "/srv/zk/zoo.cfg", "/etc/systemd/system/zookeeper.service"},
		{
			"a file that is there before a unit whose file is gone",
			fstest.MapFS{"etc/systemd/system/zookeeper.service": unit, "etc/zookeeper/zoo.cfg": file("")},
			"", "/etc/zookeeper/zoo.cfg", "well-known path",
		},
		{"unpacked, and never configured", fstest.MapFS{"opt/zookeeper/bin/zkServer.sh": file("")}, "", "/opt/zookeeper/conf/zoo.cfg", "zkServer.sh beside it"},
		{"a directory in its place", fstest.MapFS{"etc/zookeeper/conf/zoo.cfg/x": file("")}, "", "", ""},
		{"a variable that leads nowhere", fstest.MapFS{}, "/nowhere", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path, source := findConfig(c.root, func(string) string { return c.zoocfgdir })
			if path != c.path || source != c.source {
				t.Errorf("got %q by %q, want %q by %q", path, source, c.path, c.source)
			}
		})
	}
}
