package thishost

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// The lines of bin/zkEnv.sh that decide, as a release has them.
const (
	env34 = "for i in \"$ZOOBINDIR\"/../zookeeper-*.jar\nZOOLIBDIR=${ZOOLIBDIR:-$ZOOBINDIR/../lib}\nif [ \"$JAVA_HOME\" != \"\" ]; then\n"
	env39 = "for f in \"$ZOOBINDIR\"/../zookeeper-*.jar\nfor i in \"$ZOOBINDIR\"/../lib/*.jar\nif [[ -n \"$JAVA_HOME\" ]] && [[ -x \"$JAVA_HOME/bin/java\" ]];  then\n"
)

func TestReadInstall(t *testing.T) {
	program := &fstest.MapFile{Mode: 0o755}
	unpacked := func(env string, more ...string) fstest.MapFS {
		root := fstest.MapFS{"zk/bin/zkServer.sh": program, "zk/bin/zkEnv.sh": mapFile(env)}
		for _, path := range more {
			root[path] = program
		}
		return root
	}
	with := func(root fstest.MapFS, path, text string) fstest.MapFS { root[path] = mapFile(text); return root }
	none := snapshot.Obs[string]{}
	cases := []struct {
		name string
		root fstest.MapFS
		unit *snapshot.Unit
		want snapshot.Install
	}{
		{"3.9", unpacked(env39, "zk/lib/zookeeper-3.9.5.jar", "zk/lib/zookeeper-jute-3.9.5.jar"), nil, snapshot.Install{Jars: []string{"zookeeper-3.9.5.jar"}, Lib: true, Java: snapshot.Java{FallsBack: true}}},
		{"3.4", unpacked(env34, "zk/zookeeper-3.4.10.jar", "zk/lib/log4j.jar"), nil, snapshot.Install{Jars: []string{"zookeeper-3.4.10.jar"}, Lib: true}},
		{"the jar is missing", unpacked(env39, "zk/lib/zookeeper-jute-3.9.5.jar"), nil, snapshot.Install{Lib: true, Java: snapshot.Java{FallsBack: true}}},
		{"source", unpacked(env39, "zk/pom.xml", "zk/zookeeper-server/src/main/java/A.java"), nil, snapshot.Install{Source: true, Java: snapshot.Java{FallsBack: true}}},
		{"source of 3.4", unpacked(env34, "zk/build.xml", "zk/src/java/main/A.java"), nil, snapshot.Install{Source: true}},
		{"source that was built", unpacked(env39, "zk/pom.xml", "zk/zookeeper-server/src/A", "zk/zookeeper-server/target/classes/A.class"), nil, snapshot.Install{Source: true, ClassPath: "/zk", Java: snapshot.Java{FallsBack: true}}},
		{"a distribution's script", unpacked("CLASSPATH=/usr/share/java/zookeeper.jar\n"), nil, snapshot.Install{ClassPath: "/zk/bin/zkEnv.sh"}},
		{"a class path of its own", with(unpacked(env34), "zk/conf/java.env", "export CLASSPATH=/x/*\n"), nil, snapshot.Install{ClassPath: "/zk/conf/java.env"}},
		{
			"JAVA_HOME of java.env", with(unpacked(env34, "jdk/bin/java"), "zk/conf/java.env", "# JAVA_HOME=/no\nexport JAVA_HOME=\"/jdk\"\n"), nil,
			snapshot.Install{Java: snapshot.Java{Home: "/jdk", From: "/zk/conf/java.env", HomeHas: snapshot.Saw(true, 0)}},
		},
		{
			"JAVA_HOME without java, of the unit", unpacked(env39), &snapshot.Unit{File: "/u", JavaHome: "/jdk"},
			snapshot.Install{Java: snapshot.Java{Home: "/jdk", From: "/u", HomeHas: snapshot.Saw(false, 0), FallsBack: true, InPath: snapshot.Saw("", 0)}},
		},
		{
			"the java of PATH", unpacked(env39, "opt/bin/java"), &snapshot.Unit{File: "/u", Path: "/bin:/opt/bin", SetsMore: true},
			snapshot.Install{Java: snapshot.Java{FallsBack: true, InPath: snapshot.Saw("/opt/bin/java", 0), Unsure: true}},
		},
		{"a JAVA_HOME written into the script", unpacked("JAVA_HOME=/jdk\n" + env39), nil, snapshot.Install{Java: snapshot.Java{FallsBack: true, Unsure: true}}},
		{"a JAVA_HOME that a shell must find", with(unpacked(env39), "zk/conf/zookeeper-env.sh", "JAVA_HOME=$(dirname x)\n"), nil, snapshot.Install{Java: snapshot.Java{FallsBack: true, Unsure: true, InPath: none}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.want.Dir = "/zk"
			got, _ := readInstall(c.root, "/zk", "/zk/conf", c.unit)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzSourced(f *testing.F) {
	f.Add("export JAVA_HOME=\"/jdk\"\n# no\nCLASSPATH=x\n")
	f.Add("JAVA_HOME=$(dirname x)\nPATH=/y:$PATH\n. other\n")
	f.Fuzz(func(_ *testing.T, text string) {
		var in snapshot.Install
		readSourced(&in, fstest.MapFS{"java.env": mapFile(text)}, "/java.env")
	})
}
