package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceGrow adds a fourth server by the loop of the page, as it stands: the new list is on all
// hosts, the new server runs, and the others are restarted one after the other beside a client that
// writes all the time.
func TestRealOnceGrow(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	for _, version := range zktest.UnderTest(t.Name()) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			var whole []string
			c := shape{name: "grown by restarts", options: zktest.Options{Servers: 4, Hosts: zktest.Namespaces, NoStart: true, NoWait: true, Edit: func(s *zktest.Server) {
				if whole = s.ServerLines; s.ID < 4 {
					s.ServerLines = s.ServerLines[:3]
				}
			}}, do: startThree}
			ens := c.start(t, version).ens
			for _, s := range ens.Servers[:3] {
				s.ServerLines = whole
				must(t, s.WriteConfig(s.ConfigLines()))
			}
			must(t, ens.Server(4).Start(t.Context()))
			rolls := newRolls(t, ens)
			added := rolls.names[3]
			rolls.names = rolls.names[:3]
			writer := startWriter(t, ens)
			rolls.run(t, shellBlock(t, "grow-and-shrink.md", "## With static lists (3.4, or reconfiguration off)"), added)
			longest, n := writer.end(t)
			t.Logf("GROWN | %s | %d writes, none for %v at most |", version, n, longest)
		})
	}
}

// TestRealOnceShrink takes a server out of static lists by the script of the page as it stands: one that
// follows, and the leader.
func TestRealOnceShrink(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	for _, leader := range []int{3, 4} {
		for _, version := range zktest.UnderTest(t.Name()) {
			t.Run(fmt.Sprintf("%s/server.%d leads", version, leader), func(t *testing.T) {
				t.Parallel()
				c := shape{name: "shrunk by restarts", options: zktest.Options{Servers: 4, Hosts: zktest.Namespaces}, do: func(t *testing.T, ens *zktest.Ensemble) {
					letLead(t, ens, ens.Server(leader))
				}}
				ens := c.start(t, version).ens
				for _, s := range ens.Servers[:3] {
					s.ServerLines = s.ServerLines[:3]
					must(t, s.WriteConfig(s.ConfigLines()))
				}
				rolls := newRolls(t, ens)
				writer := startWriter(t, ens)
				removed := ens.Server(4)
				loop := shellBlock(t, "grow-and-shrink.md", "### Remove a server")
				got, restarted := rolls.try(t, loop, append([]string{removed.Addr}, rolls.names[:3]...)...)
				if got.ExitCode != 0 || restarted != 3 {
					t.Errorf("exit %d, %d restarts\n%s\n%s", got.ExitCode, restarted, got.Stdout, got.Stderr)
				}
				must(t, removed.Stop(t.Context()))
				longest, n := writer.end(t)
				t.Logf("SHRUNK | %s | server.%d led | %d writes, none for %v at most |", version, leader, n, longest)
			})
		}
	}
}

// TestRealOnceAdd adds a server by reconfiguration, by the script of the page as it stands.
func TestRealOnceAdd(t *testing.T) {
	t.Parallel()
	c := shape{name: "added by reconfiguration", options: joining(4), do: joinAll}
	ens := c.start(t, zktest.Newest).ens
	rolls := newRolls(t, ens)
	// zkCli.sh asks this test to send what it would.
	asked := filepath.Join(rolls.dir, "reconfig")
	zktest.WriteProgram(t, filepath.Join(rolls.dir, "zkCli.sh"), "#!/bin/sh\necho \"$*\" > "+asked+".new\nmv "+asked+".new "+asked+"\nwhile [ -e "+asked+" ]; do sleep 0.1; done\n")
	line := "server.4=" + rolls.names[3] + ":2888:3888;2181"
	command := slices.Concat([]string{
		"env", "PATH=" + rolls.dir + ":/usr/bin:/bin", "ZKDOCTOR_STABLE=" + stable(), "sh", "-c",
		shellBlock(t, "grow-and-shrink.md", "## With reconfiguration (3.5 and later)"), "add.sh", line, rolls.names[3],
	}, rolls.names[:3])
	running, err := ens.Client.StartCommand(command...)
	must(t, err)
	must(t, ens.Wait(t.Context(), "the script to add it", func() bool { return exists(asked) || !running.Running() }))
	words, err := os.ReadFile(asked)
	must(t, err)
	if want := "-server " + rolls.names[0] + " reconfig -add " + line; strings.TrimSpace(string(words)) != want {
		t.Errorf("zkCli.sh %s, want %s", words, want)
	}
	reconfigure(t, ens, []int{4}, "")
	must(t, os.Remove(asked))
	result, err := running.Wait(t.Context())
	must(t, err)
	if result.ExitCode != 0 || !strings.Contains(string(result.Stdout), "4 of 4 voters") {
		t.Errorf("exit %d\n%s\n%s", result.ExitCode, result.Stdout, result.Stderr)
	}
}

// exists reports whether a file is there.
func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// TestRealOnceUpgrade upgrades 3.4 to the next line by the scripts of the page, as they stand: the
// loop alone ends where a server has no snapshot yet.
func TestRealOnceUpgrade(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	const next = "3.5.10"
	c := shape{name: "upgraded from 3.4", options: namespaces()}
	ens := c.start(t, zktest.Oldest).ens
	rolls := newRolls(t, ens)
	upgrade := shellBlock(t, "upgrade.md", "## The loop")
	zktest.WriteProgram(t, filepath.Join(rolls.dir, "upgrade.sh"), upgrade)
	if got, restarted := rolls.try(t, upgrade, append([]string{next}, rolls.names...)...); got.ExitCode != 1 || restarted > 0 || !strings.Contains(string(got.Stderr), "no snapshot yet") {
		t.Errorf("without a snapshot: exit %d, %d restarts\n%s%s", got.ExitCode, restarted, got.Stdout, got.Stderr)
	}
	writer := startWriter(t, ens)
	rolls.release = next
	rolls.run(t, shellBlock(t, "upgrade.md", "### From 3.4"), "$ZOOCFGDIR/zoo.cfg", next)
	longest, n := writer.end(t)
	wantRelease(t, ens, next)
	for _, s := range ens.Servers {
		if text, err := os.ReadFile(s.ConfigFile); err != nil || strings.Contains(string(text), "trust.empty") {
			t.Errorf("server.%d: %v\n%s", s.ID, err, text)
		}
	}
	t.Logf("UPGRADED | %s to %s | %d writes, none for %v at most |", zktest.Oldest, next, n, longest)
}

// TestRealOnceUpgradeLater upgrades later releases by the loop of the page.
func TestRealOnceUpgradeLater(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	for _, old := range []string{"3.5.10", "3.6.4", "3.8.6"} {
		t.Run(old, func(t *testing.T) {
			t.Parallel()
			c := shape{name: "upgraded from " + old, options: namespaces()}
			ens := c.start(t, old).ens
			rolls := newRolls(t, ens)
			rolls.release = zktest.Newest
			writer := startWriter(t, ens)
			rolls.run(t, shellBlock(t, "upgrade.md", "## The loop"), zktest.Newest)
			longest, n := writer.end(t)
			wantRelease(t, ens, zktest.Newest)
			t.Logf("UPGRADED | %s to %s | %d writes, none for %v at most |", old, zktest.Newest, n, longest)
		})
	}
}

// wantRelease fails the test unless all servers run that release.
func wantRelease(t *testing.T, ens *zktest.Ensemble, release string) {
	t.Helper()
	for _, s := range ens.Servers {
		if reply, err := s.Word(t.Context(), "srvr"); err != nil || !strings.Contains(reply, "Zookeeper version: "+release) {
			t.Errorf("server.%d: %v %s", s.ID, err, reply)
		}
	}
}
