package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/fakesystemd"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// startFaults are why a server does not come up.
func startFaults() []fault {
	targets := []string{"@1", "@2", "@3"}
	return []fault{
		{
			shape: shape{name: "its configuration is gone", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				restartWith(1, func(t *testing.T, s *zktest.Server) {
					runBy(t, s, "")
					must(t, os.Rename(s.ConfigFile, filepath.Join(filepath.Dir(s.ConfigFile), "zoo_sample.cfg")))
				})(t, ens)
				code, _ := ens.Server(1).ExitCode()
				saw(t, ens.Server(1), fakesystemd.Properties{
					"ActiveState": "failed", "SubState": "failed", "Result": "exit-code", "ExecMainCode": int32(1), "ExecMainStatus": int32(code),
				})
			}, from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, shows: "exit code 2 (its configuration or its myid)", state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its dynamic file is empty", only: from35, why: "3.4 has no dynamic file", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				restartWith(1, func(t *testing.T, s *zktest.Server) {
					dynamic := s.ConfigFile + ".dynamic"
					must(t, os.WriteFile(dynamic, nil, 0o644))
					s.ServerLines = nil
					s.Unset("clientPort")
					s.Set("standaloneEnabled", "false")
					s.Set("dynamicConfigFile", dynamic)
					must(t, s.WriteConfig(s.ConfigLines()))
				})(t, ens)
			}, from: 1, args: []string{"-c", "@c1"}},
			root: diag.ConfigNotLoaded, shows: "number of participants should be >0", state: report.Unknown, exit: 3,
		},
		{
			shape: shape{name: "its configuration is not for its user", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				runAsNobody(t, ens, 1, "Invalid config, exiting abnormally", func(s *zktest.Server) {
					runBy(t, s, "nobody")
					must(t, os.Chmod(s.ConfigFile, 0o600))
				})
			}, from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its configuration is removed while it runs", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, os.Rename(ens.Server(1).ConfigFile, ens.Server(1).ConfigFile+".old"))
			}, options: namespaces(), from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{name: "another file is edited", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				text, err := os.ReadFile(s.ConfigFile)
				must(t, err)
				must(t, os.WriteFile(s.ConfigFile+".old", append(text, "globalOutstandingLimit=10\n"...), 0o644))
			}, args: []string{"-c", "@c1.old"}},
			fires: []report.Code{diag.ConfigNotLoaded}, state: report.Serving, exit: 0,
		},
		{
			shape: shape{name: "started again and again", do: func(t *testing.T, ens *zktest.Ensemble) {
				killWith(1, func(t *testing.T, s *zktest.Server) { must(t, s.RemoveMyID()) })(t, ens)
				restartOnEnd(t, ens, 1)
			}, args: []string{"-c", "@c1"}},
			root: diag.MyidMissing, servers: []int64{1}, fires: []report.Code{diag.RestartLoop}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its jars are missing", do: startAs(1, "Could not find or load main class", func(_ *testing.T, s *zktest.Server) []string {
				return []string{"java", "-cp", s.Dir + "/lib/*"}
			}), args: []string{"-c", "@c1"}},
			root: diag.StartFailedClassPath, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its Java is too old", do: startAs(1, "UnsupportedClassVersionError", func(t *testing.T, s *zktest.Server) []string {
				// A class of a version that no Java knows yet.
				class := filepath.Join(s.Dir, "lib", filepath.FromSlash(strings.ReplaceAll(mainClass, ".", "/"))+".class")
				must(t, os.MkdirAll(filepath.Dir(class), 0o755))
				must(t, os.WriteFile(class, []byte("\xca\xfe\xba\xbe\x00\x00\x00\xff\x00\x01"), 0o644))
				must(t, os.WriteFile(filepath.Join(s.Dir, "lib", "zookeeper-"+s.Version+".jar"), nil, 0o644))
				return []string{"java", "-cp", s.Dir + "/lib"}
			}), args: []string{"-c", "@c1"}},
			root: diag.JavaMissingOrWrong, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its Java is gone", do: startAs(1, "No such file or directory", func(t *testing.T, s *zktest.Server) []string {
				must(t, os.WriteFile(filepath.Join(s.Dir, "conf", "java.env"), []byte("export JAVA_HOME=/usr/lib/jvm/gone\n"), 0o644))
				must(t, os.WriteFile(filepath.Join(s.Dir, "lib", "zookeeper-"+s.Version+".jar"), nil, 0o644))
				return []string{"/usr/lib/jvm/gone/bin/java"}
			}), args: []string{"-c", "@c1"}},
			root: diag.JavaMissingOrWrong, servers: []int64{1}, fires: []report.Code{diag.ProcessDown}, state: report.Degraded, exit: 1,
		},
	}
}

const mainClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// startAs ends a server, and starts it as zkServer.sh start does, with the files of a
// release round it, until it has ended with that message. prepare makes the fault, and
// returns the command as far as the main class.
func startAs(id int, message string, prepare func(*testing.T, *zktest.Server) []string) func(*testing.T, *zktest.Ensemble) {
	return killWith(id, func(t *testing.T, s *zktest.Server) {
		// What decides in the scripts of 3.4; those of later ones differ in the last line.
		const env = "for i in \"$ZOOBINDIR\"/../zookeeper-*.jar\nZOOLIBDIR=${ZOOLIBDIR:-$ZOOBINDIR/../lib}\nJAVA=\"$JAVA_HOME/bin/java\"\n"
		for path, text := range map[string]string{"bin/zkServer.sh": "", "bin/zkEnv.sh": env, "lib/log4j.jar": ""} {
			path = filepath.Join(s.Dir, path)
			must(t, os.MkdirAll(filepath.Dir(path), 0o755))
			zktest.WriteProgram(t, path, text)
		}
		command := append(prepare(t, s), mainClass, s.ConfigFile)
		on(t, s, "nohup '"+strings.Join(command, "' '")+"' > "+s.LogFile+" 2>&1 || true")
		if !strings.Contains(s.Log(), message) {
			t.Fatalf("it says: %s", s.Log())
		}
	})
}

// restartOnEnd starts a server whenever it has ended, until the test ends, and returns
// once it has been started some times.
func restartOnEnd(t *testing.T, ens *zktest.Ensemble, id int) {
	t.Helper()
	s := ens.Server(id)
	starts := func() int { return strings.Count(s.Log(), "Reading configuration from") }
	before := starts()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = s.Start(ctx) // one that cannot be started shows in the log below
			_ = ens.Wait(ctx, "it to end", func() bool { return !s.Running() })
		}
	}()
	must(t, ens.Wait(t.Context(), "some starts", func() bool { return starts() >= before+4 }))
}

// runBy lets a unit of systemd start a server of a host with a file system of its
// own, as far as its files go.
func runBy(t *testing.T, s *zktest.Server, user string, more ...string) {
	t.Helper()
	unit := "[Service]\nExecStart=" + s.Dir + "/bin/zkServer.sh start-foreground " + s.ConfigFile + "\n" + strings.Join(more, "\n") + "\n"
	if user != "" {
		unit += "User=" + user + "\n"
	}
	on(t, s, "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && cat >/run/systemd/system/zookeeper.service <<'END'\n"+unit+"END")
}

// saw lets systemd tell of that unit.
func saw(t *testing.T, s *zktest.Server, reported fakesystemd.Properties) *fakesystemd.Manager {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "bus")
	systemd := fakesystemd.Start(t, socket)
	systemd.Set(t, "zookeeper.service", reported)
	on(t, s, "mkdir /run/dbus && ln -s "+socket+" /run/dbus/system_bus_socket")
	return systemd
}

// runAsNobody ends a server that has run as root, and starts it as another user,
// until it dies with that message.
func runAsNobody(t *testing.T, ens *zktest.Ensemble, id int, message string, change func(*zktest.Server)) {
	t.Helper()
	s := ens.Server(id)
	on(t, s, "cat /proc/$(pgrep -x java)/cmdline > "+s.Dir+"/command")
	killWith(id, func(t *testing.T, s *zktest.Server) {
		change(s)
		result, err := s.Host.Run(t.Context(), "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
			"xargs", "--null", "--arg-file="+s.Dir+"/command", "env")
		must(t, err)
		if out := string(result.Stdout) + string(result.Stderr); !strings.Contains(out, message) {
			t.Fatalf("exit %d: %s", result.ExitCode, out)
		}
	})(t, ens)
}
