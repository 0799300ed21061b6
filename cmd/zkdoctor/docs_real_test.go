package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceDocuments runs the commands of the README and of the pages for beginners as they stand,
// on a server of an ensemble whose hosts have the names that the pages use.
func TestRealOnceDocuments(t *testing.T) {
	t.Parallel()
	ens := zktest.StartT(t, zktest.Options{Version: zktest.Newest, Hosts: zktest.Namespaces, Edit: named})
	r := newRolls(t, ens)
	one, dir := ens.Server(1), t.TempDir()
	root, err := filepath.Abs("../..")
	must(t, err)
	must(t, os.Symlink(filepath.Join(root, "docs"), filepath.Join(dir, "docs")))
	must(t, os.Symlink(one.ConfigFile, filepath.Join(dir, "zoo.cfg")))
	must(t, os.WriteFile(filepath.Join(dir, "ensembles.yml"), []byte("ensembles:\n  - name: test\n    servers: [zk1, zk2, zk3]\n"), 0o600))
	run := func(s *zktest.Server, line string) zktest.Result {
		endless := strings.Contains(line, "zkdoctor watch") || strings.Contains(line, "zkdoctor exporter")
		command, err := s.Host.StartCommand("env", "PATH="+r.dir+":/usr/bin:/bin", "ZKDOCTOR_DEADLINE=40s", "ZKDOCTOR_TIMEOUT=10s",
			"ZKDOCTOR_LOOK_TIMEOUT=10s", "ZKDOCTOR_STABLE=1s",
			"sh", "-c", "cd "+dir+" && exec "+line)
		must(t, err)
		if endless { // What goes on until it is stopped is stopped once it has said something.
			must(t, ens.Wait(t.Context(), line, func() bool {
				return len(command.Stdout())+len(command.Stderr()) > 0 || !command.Running()
			}))
			must(t, command.Signal(t.Context(), syscall.SIGINT))
		}
		result, err := command.Wait(t.Context())
		must(t, err)
		return result
	}
	for _, file := range []string{"zk1", "zk2", "zk3", "before", "after"} {
		s := one
		if id, err := strconv.Atoi(strings.TrimPrefix(file, "zk")); err == nil {
			s = ens.Server(id)
		}
		if got := run(s, "zkdoctor collect -c "+s.ConfigFile+" --out "+file+".json"); got.ExitCode != 0 {
			t.Fatalf("collect: exit %d: %s", got.ExitCode, got.Stderr)
		}
	}
	done := map[string]bool{}
	for _, page := range []string{"README.md", "docs/getting-started.md", "docs/on-call.md", "docs/snapshots.md", "docs/changes.md", "docs/json.md"} {
		for _, line := range commands(t, filepath.Join("../..", page)) {
			line, _, _ = strings.Cut(line, " #")
			// kubectl and docker lead to containers, and sudo and the journal are those of a host.
			if line = strings.TrimSpace(line); done[line] || strings.Contains(line, "kubectl") || strings.Contains(line, "docker") || strings.Contains(line, "sudo") || strings.Contains(line, "zk.log") {
				continue
			}
			done[line] = true
			got := run(one, line)
			// One host alone cannot know whether its peers reach it: that is an answer.
			notKnown := got.ExitCode == 3 && bytes.HasPrefix(got.Stdout, []byte("NOT KNOWN"))
			if !notKnown && (got.ExitCode < 0 || got.ExitCode > 2) {
				t.Errorf("%s: %s: exit %d: %s%s", page, line, got.ExitCode, got.Stdout, got.Stderr)
			}
		}
	}
	if len(done) < 20 {
		t.Errorf("only %d commands", len(done))
	}
}
