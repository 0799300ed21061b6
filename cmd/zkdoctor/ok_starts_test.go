package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// latentStarts are in what starts the server.
func latentStarts() []latent {
	return []latent{
		{
			shape:  startedByUnit("its start names a Java that is gone", func(t *testing.T, s *zktest.Server) { nameJava(t, s, "/usr/lib/jvm/gone") }),
			server: 1, check: "java", finding: diag.JavaMissingOrWrong, text: "/usr/lib/jvm/gone has no bin/java", fails: failsByScript("not found"),
		},
		{
			shape: startedByUnit("its script was removed", func(t *testing.T, s *zktest.Server) {
				must(t, os.Remove(filepath.Join(s.Dir, "bin", "zkServer.sh")))
			}),
			server: 1, check: "start-script", finding: diag.StartFailedClassPath, text: "zkServer.sh is not there", fails: failsByScript("not found"),
		},
		{
			shape: startedByUnit("its jars were removed", func(t *testing.T, s *zktest.Server) {
				must(t, os.Remove(filepath.Join(s.Dir, "lib", "zookeeper-"+s.Version+".jar")))
			}),
			server: 1, check: "start-script", finding: diag.StartFailedClassPath, text: "no jar of ZooKeeper", fails: failsByScript("Could not find or load main class"),
		},
		{
			shape:  startedByUnit("its unit allows too few files", func(*testing.T, *zktest.Server) {}, "LimitNOFILE=12"),
			server: 1, check: "file-limit", text: "allows 12", fails: failsWithFiles("12"),
		},
	}
}

// startedByUnit has a unit start the first server from now on, by scripts and with jars as a release
// has them, and breaks that.
func startedByUnit(name string, breaks func(*testing.T, *zktest.Server), more ...string) shape {
	return shape{name: name, options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
		s := ens.Server(1)
		runBy(t, s, "", more...)
		const (
			// What decides in the scripts of 3.4, where java.env names a Java.
			env = "for i in \"$ZOOBINDIR\"/../zookeeper-*.jar; do :; done\nZOOLIBDIR=${ZOOLIBDIR:-$ZOOBINDIR/../lib}\n" +
				". \"$ZOOBINDIR/../conf/java.env\"\nJAVA=\"$JAVA_HOME/bin/java\"\n"
			server = "#!/bin/sh\nZOOBINDIR=$(dirname \"$0\")\n. \"$ZOOBINDIR/zkEnv.sh\"\nexec \"$JAVA\" -cp \"$ZOOLIBDIR/*\" " + mainClass + " \"$2\"\n"
		)
		for path, text := range map[string]string{"bin/zkServer.sh": server, "bin/zkEnv.sh": env} {
			path = filepath.Join(s.Dir, path)
			must(t, os.MkdirAll(filepath.Dir(path), 0o755))
			zktest.WriteProgram(t, path, text)
		}
		on(t, s, "mkdir -p "+s.Dir+"/lib && tr '\\0' '\\n' </proc/$(pgrep -x java)/cmdline | grep -m1 '[.]jar:' | tr : '\\n' | grep '[.]jar$' | xargs cp -t "+s.Dir+"/lib")
		nameJava(t, s, "/usr")
		breaks(t, s)
	}}
}

// nameJava has the scripts take the java of a home.
func nameJava(t *testing.T, s *zktest.Server, home string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.Dir, "conf", "java.env"), []byte("JAVA_HOME="+home+"\n"), 0o644))
}

// failsByScript stops a server, and wants its unit's command to end with that message.
func failsByScript(message string) func(*testing.T, *zktest.Ensemble, *zktest.Server) {
	return func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) {
		t.Helper()
		must(t, s.Stop(t.Context()))
		result, err := s.Host.Run(t.Context(), "timeout", "60", "sh", "-c", filepath.Join(s.Dir, "bin", "zkServer.sh")+" start-foreground "+s.ConfigFile)
		must(t, err)
		if out := string(result.Stdout) + string(result.Stderr); result.ExitCode == 0 || !strings.Contains(out, message) {
			t.Errorf("exit %d: %s", result.ExitCode, out)
		}
	}
}

// failsWithFiles starts a server anew with a limit of files, and wants it to end by itself.
func failsWithFiles(limit string) func(*testing.T, *zktest.Ensemble, *zktest.Server) {
	return func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) {
		t.Helper()
		on(t, s, "cat /proc/$(pgrep -x java)/cmdline > "+s.Dir+"/command")
		must(t, s.Stop(t.Context()))
		result, err := s.Host.Run(t.Context(), "timeout", "60", "prlimit", "--nofile="+limit+":"+limit,
			"xargs", "--null", "--arg-file="+s.Dir+"/command", "env")
		must(t, err)
		if result.ExitCode == 0 || result.ExitCode == 124 {
			t.Errorf("exit %d: %s%s", result.ExitCode, result.Stdout, result.Stderr)
		}
	}
}

// TestRealOnceObserverMaster: an observer gets its data from a follower, which ok-to-restart says of
// that follower. The restart is fine for it: it finds another server.
func TestRealOnceObserverMaster(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	c := shape{name: "an observer behind a follower", options: zktest.Options{
		Hosts: zktest.Namespaces, Observers: 1, Config: map[string]string{"observerMasterPort": "2191"},
	}}
	ens := c.start(t, zktest.Newest).ens
	var behind *zktest.Server
	must(t, ens.Wait(t.Context(), "the observer to have a follower", func() bool {
		for _, s := range ens.Servers {
			reply, _ := s.Word(t.Context(), "mntr")
			if strings.Contains(reply, "zk_server_state\tfollower") && strings.Contains(reply, "zk_synced_observers\t1") {
				behind = s
			}
		}
		return behind != nil
	}))
	got := okToRestart(t, ens.Client, append(collectAll(t, ens), behind.Addr)...)
	said := false
	for _, check := range got.Checks {
		said = said || strings.Contains(check.Text, "observers that get their data from it (observerMasterPort): 1")
	}
	if got.Answer != restart.OK || !said {
		t.Errorf("%s: %s\n%+v", got.Answer, got.Summary, got.Checks)
	}
	comesBack(t, ens, behind)
}
