package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// rolling is a loop of the page of rolling restarts on a shape of ensemble.
type rolling struct {
	shape
	// title says which loop: the first shell block below it.
	title string
	// pods: the servers are named as pods.
	pods bool
}

func rollings() []rolling {
	restart := func(name string, o zktest.Options) rolling {
		o.Hosts = zktest.Namespaces
		// As people run it. With the short ticks of the other tests a machine that has too much to do for
		// 2.5 s makes an election that nobody asked for, and the loop rightly stops at it.
		config := map[string]string{"tickTime": "2000"}
		maps.Copy(config, o.Config)
		o.Config = config
		return rolling{shape: shape{name: name, options: o}, title: "## Hosts with systemd"}
	}
	silent := restart("a leader that serves no clients", zktest.Options{Config: map[string]string{"leaderServes": "no"}, NoWait: true})
	silent.do = waitFollowers
	dynamic := restart("a list in a dynamic file", zktest.Options{Config: map[string]string{"reconfigEnabled": "true"}})
	dynamic.only, dynamic.why = from35, noReconfig
	docker := restart("by docker", zktest.Options{})
	docker.title = "## Docker"
	pods := restart("by kubectl", zktest.Options{})
	pods.title, pods.pods = "## Kubernetes", true
	return []rolling{
		restart("three servers", zktest.Options{}),
		restart("five servers", zktest.Options{Servers: 5}),
		restart("three servers and two observers", zktest.Options{Observers: 2}),
		silent, dynamic, docker, pods,
	}
}

// TestRealRolling runs the loops of the pages as they stand, beside a client that writes all the
// time: no write waits for longer than an election. ZKTEST_ROLLS says how often, and
// ZKTEST_RESTARTS=all has all of them.
func TestRealRolling(t *testing.T) {
	t.Parallel()
	rounds := times(t, "ZKTEST_ROLLS")
	for i, c := range rollings() {
		if i > 0 && os.Getenv("ZKTEST_RESTARTS") != "all" {
			break
		}
		c.logMissing(t)
		for _, version := range c.versions() {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				patient := c.start(t, version)
				ens := patient.ens
				rolls := newRolls(t, ens)
				if c.pods {
					rolls.names = namePods(t, ens)
				}
				writer := startWriter(t, ens)
				for range rounds {
					rolls.run(t, shellBlock(t, "rolling-restart.md", c.title))
				}
				longest, n := writer.end(t)
				t.Logf("ROLLING | %s | %s | %d rolls, %d writes, none for %v at most |", c.name, version, rounds, n, longest.Round(time.Millisecond))
			})
		}
	}
}

// longestElection is how long no write may be confirmed: an election of 200 ms to a second, the
// client's reconnect, and a machine of two cores that starts JVMs meanwhile.
const longestElection = 10 * time.Second

// TestRealOnceUngated: the same without waiting loses the quorum.
func TestRealOnceUngated(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	c := shape{name: "restarted without waiting", options: namespaces()}
	ens := c.start(t, zktest.Newest).ens
	lost := false
	for _, s := range ens.Servers {
		must(t, s.Stop(t.Context()))
		must(t, s.Start(t.Context()))
		lost = lost || len(ens.Modes(t.Context())) == 0
	}
	must(t, ens.WaitServing(t.Context()))
	if !lost {
		t.Error("the quorum was not lost")
	}
}

// TestRealHooks: readiness passes while there is a quorum and fails without one; the preStop hook ends
// at once where the others are in sync.
func TestRealHooks(t *testing.T) {
	t.Parallel()
	onlyInFull(t)
	program, err := builtProgram()
	must(t, err)
	c := shape{name: "probes and hooks", options: namespaces()}
	for _, version := range c.versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			ens := c.start(t, version).ens
			dir := t.TempDir()
			must(t, os.Symlink(program, filepath.Join(dir, "zkdoctor")))
			zktest.WriteProgram(t, filepath.Join(dir, "hostname"), "#!/bin/sh\necho zk-1\n")
			namePods(t, ens)
			hook := func(title string) zktest.Result {
				result, err := ens.Server(2).Host.Run(t.Context(), "env", "PATH="+dir+":/usr/bin:/bin", "sh", "-c", shellBlock(t, "rolling-restart.md", title))
				must(t, err)
				return result
			}
			if got := hook("#### readiness"); got.ExitCode != 0 {
				t.Errorf("readiness: exit %d: %s", got.ExitCode, got.Stderr)
			}
			if got := hook("#### preStop"); got.ExitCode != 0 || !strings.HasPrefix(string(got.Stdout), "OK") {
				t.Errorf("preStop: exit %d: %s%s", got.ExitCode, got.Stdout, got.Stderr)
			}
			kill(1, 3)(t, ens)
			if got := hook("#### readiness"); got.ExitCode == 0 {
				t.Errorf("readiness without a quorum: %s", got.Stdout)
			}
		})
	}
}

// shellBlock is the first shell block of a page below a title.
func shellBlock(t *testing.T, page, title string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	must(t, err)
	_, below, ok := strings.Cut(string(text), "\n"+title+"\n")
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(below)
	if !ok || block == nil {
		t.Fatalf("%s has no shell block below %q", page, title)
	}
	return block[1]
}

// rolls runs loops on the client's host, with what they call.
type rolls struct {
	ens *zktest.Ensemble
	dir string
	// names are those of the servers.
	names []string
	// release is the one that servers are started with; empty for that which they have.
	release string
}

// namePods gives all hosts the names of pods for the servers.
func namePods(t *testing.T, ens *zktest.Ensemble) (names []string) {
	t.Helper()
	lines := []string{"127.0.0.1 localhost"}
	for i, s := range ens.Servers {
		names = append(names, fmt.Sprintf("zk-%d.zk", i))
		lines = append(lines, fmt.Sprintf("%s zk-%d zk-%d.zk", s.Addr, i, i))
	}
	must(t, ens.Client.SetHosts(lines))
	for _, s := range ens.Servers {
		must(t, s.Host.SetHosts(lines))
	}
	return names
}

// newRolls prepares the hosts: sshd on each, names, and programs in place of sudo, docker and
// kubectl that ask this test to stop, start or restart a server.
func newRolls(t *testing.T, ens *zktest.Ensemble) *rolls {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	r := &rolls{ens: ens, dir: t.TempDir()}
	for _, s := range ens.Servers {
		r.names = append(r.names, s.Addr)
	}
	must(t, os.Symlink(program, filepath.Join(r.dir, "zkdoctor")))
	config := startSSH(t, ens, filepath.Join(r.dir, "zkdoctor"))
	ssh := "#!/bin/sh\nexec /usr/bin/ssh -F " + config + ` "$@"` + "\n"
	asks := "#!/bin/sh\n[ \"${1-systemctl}\" = systemctl ] || exec \"$@\"\nasked=$ZOOCFGDIR/${2-restart}\ntouch \"$asked\"\nwhile [ -e \"$asked\" ]; do sleep 0.1; done\n"
	for name, text := range map[string]string{
		"ssh":     ssh,
		"sudo":    asks,
		"docker":  "#!/bin/sh\nway=$1 host=$2\nshift 2\n[ $way = restart ] && exec ssh $host sudo\nexec ssh $host -- \"$@\"\n",
		"kubectl": "#!/bin/sh\nway=$1 host=$2\nshift 2\n[ $way = delete ] && exec ssh $1 sudo\nshift\nexec ssh $host -- \"$@\"\n",
	} {
		zktest.WriteProgram(t, filepath.Join(r.dir, name), text)
	}
	return r
}

// onlyInFull skips a test that takes long, but in make restarts.
func onlyInFull(t *testing.T) {
	t.Helper()
	if os.Getenv("ZKTEST_RESTARTS") != "all" {
		t.Skip("make restarts runs it")
	}
}

// stable is how long a state has to last: 10 s by default, and less where time is short.
func stable() string {
	if os.Getenv("ZKTEST_RESTARTS") == "all" {
		return "10s"
	}
	return "3s"
}

// run runs a loop for all servers to its end.
func (r *rolls) run(t *testing.T, loop string, args ...string) {
	t.Helper()
	result, restarted := r.try(t, loop, append(args, r.names...)...)
	if result.ExitCode != 0 || restarted != len(r.names) {
		t.Fatalf("exit %d, %d restarts\n%s\n%s", result.ExitCode, restarted, result.Stdout, result.Stderr)
	}
}

// try runs a loop with its arguments, and restarts the servers that it asks for.
func (r *rolls) try(t *testing.T, loop string, args ...string) (result zktest.Result, restarted int) {
	t.Helper()
	command := append([]string{"env", "-C", r.dir, "PATH=" + r.dir + ":/usr/bin:/bin", "ZKDOCTOR_DEADLINE=60s", "ZKDOCTOR_STABLE=" + stable(), "sh", "-c", loop, "loop"}, args...)
	running, err := r.ens.Client.StartCommand(command...)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(len(r.ens.Servers))*time.Minute)
	defer cancel()
	for running.Running() && ctx.Err() == nil {
		for _, s := range r.ens.Servers {
			if r.answer(t, s) == "restart" {
				restarted++
			}
		}
		<-time.After(50 * time.Millisecond) // between two looks at files
	}
	result, err = running.Wait(ctx)
	if err != nil {
		t.Errorf("%v", err)
	}
	return result, restarted
}

// answer does with a server what was asked for, and says what that was.
func (r *rolls) answer(t *testing.T, s *zktest.Server) string {
	t.Helper()
	for _, what := range []string{"stop", "start", "restart"} {
		asked := filepath.Join(filepath.Dir(s.ConfigFile), what)
		if !exists(asked) {
			continue
		}
		if what != "start" {
			must(t, s.Stop(t.Context()))
		}
		if what != "stop" {
			s.Version = cmp.Or(r.release, s.Version)
			must(t, s.Start(t.Context()))
		}
		must(t, os.Remove(asked))
		return what
	}
	return ""
}

// writer is a client that writes all the time, and goes to another server where it has to.
type writer struct {
	stop    context.CancelFunc
	ended   chan struct{}
	writes  atomic.Int64
	longest time.Duration
}

// startWriter starts one.
func startWriter(t *testing.T, ens *zktest.Ensemble) *writer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &writer{stop: cancel, ended: make(chan struct{})}
	go w.write(ctx, ens)
	t.Cleanup(func() { cancel(); <-w.ended })
	return w
}

// write creates a znode after the other, until ctx ends.
func (w *writer) write(ctx context.Context, ens *zktest.Ensemble) {
	defer close(w.ended)
	last := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		s := ens.Servers[n%len(ens.Servers)]
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		session, err := s.OpenSession(try, 10*time.Second)
		if err == nil {
			// There already, but the first time. Below one znode, as clients keep theirs: mntr has lines for each
			// top-level one.
			_ = session.Create(try, "/writer", nil, false)
		}
		for err == nil && ctx.Err() == nil {
			once, done := context.WithTimeout(ctx, 5*time.Second)
			err = session.Create(once, fmt.Sprintf("/writer/%d-%d", n, w.writes.Load()), []byte("x"), true)
			done()
			if err == nil {
				w.longest = max(w.longest, time.Since(last))
				last = time.Now()
				w.writes.Add(1)
				<-time.After(5 * time.Millisecond) // a client that leaves the disks some room
			}
		}
		if session != nil {
			session.Drop()
		}
		cancel()
		if errors.Is(err, context.Canceled) {
			return
		}
		<-time.After(20 * time.Millisecond) // as a client waits before it tries the next server
	}
}

// end ends it, and gives the longest time without a confirmed write, and how many there were. The test
// fails where that time is longer than an election may take.
func (w *writer) end(t *testing.T) (longest time.Duration, n int64) {
	t.Helper()
	w.stop()
	<-w.ended
	if w.longest > longestElection {
		t.Errorf("no write was confirmed for %v", w.longest)
	}
	return w.longest, w.writes.Load()
}
