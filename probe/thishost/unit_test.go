package thishost

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func mapFile(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestFindUnit(t *testing.T) {
	const file = "/etc/systemd/system/zookeeper.service"
	unitOf := func(text string) fstest.MapFS {
		return fstest.MapFS{"etc/systemd/system/zookeeper.service": mapFile("[Unit]\nUser=nobody\n[Service]\n" + text)}
	}
	with := func(root fstest.MapFS, path, text string) fstest.MapFS { root[path] = mapFile(text); return root }
	cases := []struct {
		name string
		root fstest.MapFS
		want *snapshot.Unit
	}{
		{"none", fstest.MapFS{}, nil},
		{
			"zkServer.sh and a file", unitOf("User=zk\nExecStart=/opt/zk/bin/zkServer.sh start-foreground /srv/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh", User: "zk"},
		},
		{
			"a limit of files", unitOf("LimitNOFILE=1024:4096\nExecStart=/opt/zk/bin/zkServer.sh start-foreground /srv/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh", Files: 4096},
		},
		{
			"no limit of files", unitOf("LimitNOFILE=512\nLimitNOFILE=infinity\nExecStart=/opt/zk/bin/zkServer.sh start-foreground /srv/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"java itself", unitOf("Environment=JAVA_HOME=/opt/jdk \"PATH=/opt/jdk/bin:/bin\" 'CLASSPATH=/opt/zk/*'\nExecStart=-/opt/jdk/bin/java -Dlog=/x.properties \\\n  org.apache.zookeeper.server.quorum.QuorumPeerMain \"/srv/my zoo.cfg\"\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/my zoo.cfg", Java: "/opt/jdk/bin/java", JavaRuns: snapshot.Saw(false, 0), JavaHome: "/opt/jdk", Path: "/opt/jdk/bin:/bin", SetsClassPath: true},
		},
		{
			"no file named: conf beside bin", with(with(unitOf("EnvironmentFile=-/etc/default/zookeeper\nExecStart=/opt/zk/bin/zkServer.sh start\n"), "opt/zk/bin/zkEnv.sh", ""), "opt/zk/conf/zoo_sample.cfg", ""),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/opt/zk/conf/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh", SetsMore: true},
		},
		{
			"no file named, and /etc/zookeeper, of a newer release",
			with(with(with(unitOf("ExecStart=/opt/zk/bin/zkServer.sh start\n"), "opt/zk/bin/zkEnv.sh", "if [ -e \"${ZOOKEEPER_PREFIX}/conf\" ]; then\n"), "etc/zookeeper/x", ""), "opt/zk/conf/x", ""),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/opt/zk/conf/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"no file named, and no conf", with(unitOf("ExecStart=/opt/zk/bin/zkServer.sh start\n"), "opt/zk/bin/zkEnv.sh", ""),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"no file named, and /etc/zookeeper", with(with(unitOf("ExecStart=/opt/zk/bin/zkServer.sh start\n"), "opt/zk/bin/zkEnv.sh", ""), "etc/zookeeper/x", ""),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"a directory named", unitOf("ExecStart=/opt/zk/bin/zkServer.sh --config /srv/conf start\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/conf/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"a name in ZOOCFGDIR", unitOf("Environment=ZOOCFGDIR=/srv/conf\nExecStart=/opt/zk/bin/zkServer.sh start my.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/srv/conf/my.cfg", Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"a variable leads nowhere", unitOf("ExecStart=/opt/zk/bin/zkServer.sh start ${CONF}/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Script: "/opt/zk/bin/zkServer.sh"},
		},
		{
			"a drop-in changes it", with(unitOf("User=zk\nExecStart=/opt/zk/bin/zkServer.sh start /a/zoo.cfg\n"), "run/systemd/system/zookeeper.service.d/10.conf", "[Service]\nExecStart=\nExecStart=/opt/zk/bin/zkServer.sh start /b/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/b/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh", User: "zk"},
		},
		{
			"the administrator's file before the package's", with(unitOf("ExecStart=/opt/zk/bin/zkServer.sh start /a/zoo.cfg\n"), "lib/systemd/system/zookeeper.service", "[Service]\nExecStart=/usr/bin/zk /b/zoo.cfg\n"),
			&snapshot.Unit{Name: "zookeeper.service", File: file, Config: "/a/zoo.cfg", Script: "/opt/zk/bin/zkServer.sh"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, findUnit(c.root, func(snapshot.Unit) bool { return true })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParseUnit(f *testing.F) {
	f.Add("[Service]\nExecStart=/a b \"c d\n", "[Service]\nEnvironment=A=b 'JAVA_HOME=/x y'\n")
	f.Add("ExecStart=", "[Service\n\\")
	f.Fuzz(func(_ *testing.T, text, dropIn string) {
		_, command, dir := parseUnit([][]byte{[]byte(text), []byte(dropIn)})
		startedBy(fstest.MapFS{}, command, dir)
	})
}
