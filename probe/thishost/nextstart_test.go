package thishost

import (
	"testing"
	"testing/fstest"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestUnitOfProcess: the unit that a process runs in is its own whatever it is called; without one
// it is that whose command leads to its configuration.
func TestUnitOfProcess(t *testing.T) {
	root := fstest.MapFS{
		"etc/systemd/system/zookeeper.service":    mapFile("[Service]\nExecStart=/opt/zk/bin/zkServer.sh start /srv/zoo.cfg\n"),
		"usr/lib/systemd/system/ensemble.service": mapFile("[Service]\nExecStart=/opt/zk/bin/zkServer.sh start /else/zoo.cfg\n"),
	}
	for _, c := range []struct{ config, unit, want string }{
		{"/srv/zoo.cfg", "", "zookeeper.service"},
		{"/else/zoo.cfg", "ensemble.service", "ensemble.service"},
		{"/srv/zoo.cfg", "removed.service", "zookeeper.service"},
		{"/no/zoo.cfg", "", ""},
	} {
		got := ""
		if u := unitOfProcess(root, c.config, c.unit); u != nil {
			got = u.Name
		}
		if got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// TestNextJava: what a unit or the scripts take goes before what runs, unless more may name one.
func TestNextJava(t *testing.T) {
	running := &snapshot.Process{Program: snapshot.Saw("/run/java (deleted)", 0)}
	scripts := func(j snapshot.Java) *snapshot.NextStart {
		return &snapshot.NextStart{Install: snapshot.Saw(snapshot.Install{Java: j}, 0)}
	}
	for _, c := range []struct {
		name      string
		next      *snapshot.NextStart
		want      string
		ofProcess bool
	}{
		{"nothing known", &snapshot.NextStart{}, "/run/java", true},
		{"the unit's", &snapshot.NextStart{Unit: &snapshot.Unit{Java: "/unit/java"}}, "/unit/java", false},
		{"JAVA_HOME", scripts(snapshot.Java{Home: "/home", HomeHas: snapshot.Saw(true, 0), InPath: snapshot.Saw("/path/java", 0)}), "/home/bin/java", false},
		{"an empty JAVA_HOME of old scripts", scripts(snapshot.Java{Home: "/home", HomeHas: snapshot.Saw(false, 0)}), "/home/bin/java", false},
		{"an empty JAVA_HOME of new scripts", scripts(snapshot.Java{Home: "/home", HomeHas: snapshot.Saw(false, 0), FallsBack: true, InPath: snapshot.Saw("/path/java", 0)}), "/path/java", false},
		{"more may be set", scripts(snapshot.Java{Home: "/home", HomeHas: snapshot.Saw(true, 0), Unsure: true}), "/run/java", true},
	} {
		if got := nextJava(c.next, running); got.Path != c.want || got.OfProcess != c.ofProcess {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}
