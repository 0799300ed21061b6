package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// staticProgram builds zkdoctor as a release has it: it needs no library where it runs.
var staticProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zkdoctor-test-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "zkdoctor")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

// pod is a root of its own beside the server: a shell, the commands of POSIX that --push takes, /proc and /tmp. Who
// enters it has mounts of his own, as each container has.
const pod = `
mkdir -p $0/bin $0/dev $0/proc $0/tmp $0/etc $0/var/tmp
touch $0/dev/null
mount --bind /dev/null $0/dev/null
cp "$(command -v busybox)" $0/bin/busybox
for name in sh cat chmod df head mkdir od rm rmdir tail uname wc; do ln -sf busybox $0/bin/$name; done
mount -t proc proc $0/proc
mount -t tmpfs -o mode=1777 tmpfs $0/tmp
mount -t tmpfs -o mode=1777 tmpfs $0/var/tmp
cp /etc/hosts $0/etc/hosts
`

// standIn makes a directory with a kubectl that leads into the pods of an ensemble, and nowhere else.
func standIn(t *testing.T, ens *zktest.Ensemble) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("busybox"); err != nil {
		if zktest.Required() {
			t.Fatal("busybox not found: .ci/install installs it")
		}
		t.Skip("busybox not found")
	}
	var script strings.Builder
	script.WriteString("#!/bin/sh\n[ \"$1 $2 $4 $5 $6\" = 'exec -i -c zookeeper --' ] || { echo \"error: unknown command $*\" >&2; exit 1; }\npod=$3; shift 6\ncase $pod in\n")
	for _, s := range ens.Servers {
		root := zktest.HostDir + "/pod-" + s.Name
		if out, err := s.Host.Run(t.Context(), "sh", "-c", pod, root); err != nil || out.ExitCode != 0 {
			t.Fatalf("%v: %s", err, out.Stderr)
		}
		fmt.Fprintf(&script, "%s) exec %s \"$@\" ;;\n", s.Name, strings.Join(s.Host.Inside("env", "-i", "PATH=/bin", "/usr/bin/unshare", "--mount", "/usr/sbin/chroot", root), " "))
	}
	script.WriteString("esac\necho \"Error from server (NotFound): pods \\\"$pod\\\" not found\" >&2\nexit 1\n")
	dir = t.TempDir()
	zktest.WriteProgram(t, filepath.Join(dir, "kubectl"), script.String())
	return dir
}

// TestRealOncePush: servers in pods that have nothing but a shell are diagnosed from a machine that reaches
// none of them but by kubectl exec, and by ssh from one that does, as where zkdoctor is installed. Nothing is
// left behind.
func TestRealOncePush(t *testing.T) {
	t.Parallel()
	program, err := staticProgram()
	must(t, err)
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	ens := zktest.StartT(t, namespaces())
	bin := standIn(t, ens)
	ssh := startSSH(t, ens, "/nowhere/zkdoctor")
	inPods := func(script string) {
		for _, s := range ens.Servers {
			_, err := s.Host.Run(t.Context(), "sh", "-c", script, zktest.HostDir+"/pod-"+s.Name)
			must(t, err)
		}
	}
	kubectl := []string{"--no-local", "--via", "kubectl exec -i {name} -c zookeeper --"}
	for _, c := range []struct {
		name    string
		way     []string
		do      func()
		root    report.Code
		servers []int64
		says    string // on stderr
		exit    int
	}{
		{name: "pods", way: kubectl},
		{name: "ssh", way: []string{"--via", "ssh -F " + ssh + " {host} --"}},
		{name: "no program may be in /tmp", way: kubectl, do: func() { inPods("mount -o remount,noexec $0/tmp") }},
		{
			name: "one way blocked", way: kubectl, do: func() { must(t, ens.Server(2).DropIn(t.Context(), 3888, ens.Server(1).Host)) },
			root: diag.LatentPortBlock, servers: []int64{2}, exit: 1,
		},
		{
			name: "no program may be anywhere", way: kubectl, do: func() { inPods("mount -t tmpfs -o ro tmpfs $0/var/tmp") }, exit: 3,
			says: "\"kubectl\": there is no directory for a temporary program (/tmp: noexec, /var/tmp: not writable): TMPDIR may name one\n",
		},
		{
			name: "no shell", way: kubectl, do: func() { inPods("rm -f $0/bin/sh") }, exit: 3,
			says: "there is no shell there, which --push needs (exit code 127: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.do != nil {
				c.do()
			}
			command := append([]string{program, "check", "-o", "json", "--deadline", "60s", "--push"}, c.way...)
			got, said, exit := pushTo(t, ens, bin, append(command, "zk1", "zk2", "zk3"))
			if exit != c.exit || !strings.Contains(said, c.says) || c.says == "" && said != "" {
				t.Errorf("exit %d, want %d; stderr %q, want %q", exit, c.exit, said, c.says)
			}
			nothingLeft(t, ens)
			if c.says != "" {
				return
			}
			checkSeenFromHosts(t, got, c.root, c.servers)
		})
	}
}

// pushTo runs check: with kubectl on this machine, which reaches no server, and else on the client's host.
func pushTo(t *testing.T, ens *zktest.Ensemble, bin string, command []string) (got *report.Report, said string, exit int) {
	t.Helper()
	if !slices.Contains(command, "--no-local") {
		command = ens.Client.Inside(command...)
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	_ = cmd.Run() // the exit code is looked at
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("exit %d\n%s\n%s", exit, out.Bytes(), words.Bytes())
		}
	})
	got, exit = new(report.Report), cmd.ProcessState.ExitCode()
	if out.Len() > 0 {
		must(t, json.Unmarshal(out.Bytes(), got))
	}
	return got, words.String(), exit
}

// nothingLeft: no file and no process of zkdoctor's is in the pods. What watches the time for busybox's
// timeout looks once a second whether it is still needed: processes have some seconds to end.
func nothingLeft(t *testing.T, ens *zktest.Ensemble) {
	t.Helper()
	for _, s := range ens.Servers {
		root := zktest.HostDir + "/pod-" + s.Name
		left := func(script string) string {
			found, err := s.Host.Run(t.Context(), "sh", "-c", script, root)
			must(t, err)
			return string(found.Stdout)
		}
		if files := left(`ls -Ad $0/tmp/zkdoctor* $0/var/tmp/zkdoctor* /tmp/zkdoctor.* 2>/dev/null`); files != "" {
			t.Errorf("left on %s: %s", s.Name, files)
		}
		processes := ""
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := ens.Wait(ctx, "the processes to end", func() bool {
			processes = left(`ls -l /proc/[0-9]*/exe 2>/dev/null | grep -e zkdoctor -e busybox`)
			return processes == ""
		})
		cancel()
		if err != nil {
			t.Errorf("left on %s: %s", s.Name, processes)
		}
	}
}
