package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// startFaults are why a server does not come up.
func startFaults() []fault {
	targets := []string{"@1", "@2", "@3"}
	return []fault{
		{
			shape: shape{name: "its configuration is gone", options: namespaces(), do: restartWith(1, func(t *testing.T, s *zktest.Server) {
				runBy(t, s, "")
				must(t, os.Rename(s.ConfigFile, filepath.Join(filepath.Dir(s.ConfigFile), "zoo_sample.cfg")))
			}), from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, fires: []diag.Code{diag.ProcessDown}, state: diag.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its configuration is not for its user", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				runAsNobody(t, ens, 1, "Invalid config, exiting abnormally", func(s *zktest.Server) {
					runBy(t, s, "nobody")
					must(t, os.Chmod(s.ConfigFile, 0o600))
				})
			}, from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, fires: []diag.Code{diag.ProcessDown}, state: diag.Degraded, exit: 1,
		},
		{
			shape: shape{name: "its configuration is removed while it runs", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, os.Rename(ens.Server(1).ConfigFile, ens.Server(1).ConfigFile+".old"))
			}, options: namespaces(), from: 1, args: targets},
			root: diag.ConfigNotLoaded, servers: []int64{1}, state: diag.Serving, exit: 1,
		},
		{
			shape: shape{name: "another file is edited", do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				text, err := os.ReadFile(s.ConfigFile)
				must(t, err)
				must(t, os.WriteFile(s.ConfigFile+".old", append(text, "globalOutstandingLimit=10\n"...), 0o644))
			}, args: []string{"-c", "@c1.old"}},
			fires: []diag.Code{diag.ConfigNotLoaded}, state: diag.Serving, exit: 0,
		},
	}
}

// runBy lets a unit of systemd start a server of a host with a file system of its
// own, as far as its files go.
func runBy(t *testing.T, s *zktest.Server, user string) {
	t.Helper()
	unit := "[Service]\nExecStart=" + s.Dir + "/bin/zkServer.sh start-foreground " + s.ConfigFile + "\n"
	if user != "" {
		unit += "User=" + user + "\n"
	}
	on(t, s, "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && cat >/run/systemd/system/zookeeper.service <<'END'\n"+unit+"END")
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
